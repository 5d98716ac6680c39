"""Whether a closed month ties out: what the book, the statements and the ledger say, figure by figure."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from ofrecord.access.types import Permission
from ofrecord.flows.check_month import check_month
from ofrecord.partners.queries import partner_names
from ofrecord.settlement.types import Break, Figures
from ofrecord.web.columns import Choice, Column
from ofrecord.web.desk.closing import month_of
from ofrecord.web.figures import FigureTable, sum_table
from ofrecord.web.lists import Empty, Listing
from ofrecord.web.readers import desk, reader_in


@dataclass(frozen=True, slots=True)
class BreakRow:
    """A break with the name of its partner."""

    partner: str
    found: Break


def _listing() -> "Listing[BreakRow]":
    return Listing(
        name="breaks",
        caption="Figures that are not one amount",
        columns=(
            Column(title="Partner", cell=lambda row: row.partner, sort="partner"),
            Column(title="Figure", cell=lambda row: row.found.figure, sort="found__figure"),
            Column(title="Book", cell=lambda row: row.found.book, is_money=True),
            Column(title="Statement", cell=lambda row: row.found.statement, is_money=True),
            Column(title="Ledger", cell=lambda row: row.found.ledger, is_money=True),
        ),
        sort="partner",
        search=("partner",),
        choices=(
            Choice(
                name="figure",
                title="Figure",
                path="found__figure",
                values=[
                    (name, name) for name in ("opening", "fees", "held", "released", "payable", "carried")
                ],
            ),
        ),
        empty=Empty(
            "No figure differs", "For every partner, book, statement and ledger say the same amounts."
        ),
    )


@desk(Permission.SETTLEMENT_READ)
def tie_out(request: HttpRequest, month: str) -> HttpResponseBase:
    """Works the month out again and holds it against what was posted."""
    reader = reader_in(request)
    checked = check_month(reader=reader, month=month_of(month))
    names = partner_names({each.partner_id for each in checked.breaks}, reader.scope)
    rows = [BreakRow(names.get(each.partner_id, str(each.partner_id)), each) for each in checked.breaks]
    context = {
        "checked": checked,
        "partners": len({each.partner_id for each in checked.breaks}),
        "tables": _tables(checked.statements),
    }
    return _listing().respond(request, rows, "desk/tie_out.html", context)


def _tables(statements: Sequence[Figures]) -> list[FigureTable]:
    """The figures of all statements, currency by currency."""
    return [
        sum_table(code, [each for each in statements if each.currency == code])
        for code in sorted({each.currency for each in statements})
    ]
