"""Statements as the vendor sees them: all partners of a month, and one with its lines, each with its "why?"."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from ofrecord.access.types import Permission
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money, sum_money
from ofrecord.statements import queries
from ofrecord.statements.types import ClauseTotal, Explanation, NamedLine
from ofrecord.web import words
from ofrecord.web.columns import Choice, Column, Totals
from ofrecord.web.desk.answers import found
from ofrecord.web.lists import Empty, Listing
from ofrecord.web.parts import Fact, Linked, Step, Working
from ofrecord.web.readers import desk, reader_in
from ofrecord.web.statement_sheet import sheet_columns


def listing(of_one_month: bool = False) -> "Listing[Any]":
    """Statements of all partners; `of_one_month` leaves out what is the same in every row."""
    month: Column[Any] = Column(
        title="Month",
        cell=_month,
        sort="month",
        export=lambda row: str(Month.of(row.month)),
    )
    return Listing(
        name="statements",
        caption="Statements",
        columns=(
            Column(title="Partner", cell=_named, sort="partner__name"),
            *(() if of_one_month else (month,)),
            Column(title="Number", cell=lambda row: row.partner.number, sort="partner__number"),
            Column(title="Lines", cell=lambda row: row.lines, sort="lines", is_numeric=True),
            Column(title="Paid nothing", cell=lambda row: row.zero_lines, sort="zero_lines", is_numeric=True),
            Column(title="Payable", cell=_payable, sort="total_minor", is_money=True),
        ),
        sort="-payable" if of_one_month else "-month",
        search=("partner__name", "partner__number"),
        empty=Empty("No statements", "Closing a month issues the statements of all its partners."),
    )


def _named(row: Any) -> Linked:
    return Linked(row.partner.name, reverse("desk:statement", args=[row.pk]))


def _month(row: Any) -> Linked:
    return Linked(words.month_text(Month.of(row.month)), reverse("desk:statement", args=[row.pk]))


def _payable(row: Any) -> Money:
    return Money(row.total_minor, row.currency)


@desk(Permission.STATEMENTS_READ)
def statements(request: HttpRequest) -> HttpResponseBase:
    """All statements that were issued."""
    every = queries.statements(reader_in(request).scope)
    return listing().respond(request, every, "desk/statements.html", {"count": every.count()})


@desk(Permission.STATEMENTS_READ)
def statement(request: HttpRequest, statement_id: UUID) -> HttpResponseBase:
    """One statement: what is payable, by which clauses, and behind every line why."""
    scope = reader_in(request).scope
    card = found(queries.statement(statement_id, scope), "statement")
    lines = queries.lines_of(card, scope)
    context = {
        "statement": card,
        "partner": queries.statements(scope).get(pk=statement_id).partner,
        "clauses": [(total, _rate_words(total)) for total in queries.clause_totals(lines)],
        "is_zero": not card.total,
    }
    totals = Totals(
        label="Payable", figures={"Billed": _billed(lines, card.total.currency), "Fee": card.total}
    )
    return _listing(card.total.currency, lines).respond(
        request, lines, "desk/statement.html", context, totals=totals, dress=_explained
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a statement with its explanation."""

    named: NamedLine
    explanation: Explanation


def _explained(lines: Sequence[NamedLine]) -> list[Line]:
    """The lines that are shown, explained together."""
    return [
        Line(named, explanation)
        for named, explanation in zip(lines, queries.explanations(lines), strict=True)
    ]


def _billed(lines: Sequence[NamedLine], currency: str) -> Money:
    """What was billed, each piece once: where two clauses pay beside each other, both lines name it."""
    pieces = {(line.booked.line.invoice_line, line.booked.line.piece): line.billed for line in lines}
    return sum_money(pieces.values(), currency)


def _listing(currency: str, lines: Sequence[NamedLine]) -> "Listing[Line]":
    clauses = sorted({(line.booked.line.clause, line.names.clause) for line in lines} - {("", "")})
    return Listing(
        name="lines",
        caption="Lines of the statement",
        columns=(
            Column(title="Customer", cell=_customer, sort="names__customer"),
            Column(title="Line", cell=lambda line: line.named.id, sort="booked__number"),
            Column(title="Clause", cell=lambda line: line.named.names.clause, sort="names__clause"),
            Column(title="Month", cell=_month_words, is_numeric=True),
            Column(
                title="Billed", cell=lambda line: line.named.billed, sort="billed__minor", currency=currency
            ),
            Column(title="Fee", cell=lambda line: line.named.fee, sort="fee__minor", currency=currency),
            *sheet_columns(lambda line: line.named),
        ),
        sort="-fee",
        search=("names__customer", "names__offer", "names__subscription", "booked__line__invoice"),
        choices=(Choice(name="clause", title="Clause", path="booked__line__clause", values=clauses),),
        working=lambda line: working(line.explanation),
        is_quiet=lambda line: not line.named.fee,
        empty=Empty("This statement has no lines"),
    )


def _customer(line: Line) -> Linked:
    fact, names = line.named.booked.line, line.named.names
    small = f"{names.offer}, {words.count_text(fact.seats)} seats, {fact.invoice}"
    return Linked(names.customer, reverse("desk:subscription", args=[fact.subscription]), small)


def _rate_words(total: ClauseTotal) -> str:
    """12% on 18 subscriptions; unpaid, on 1 subscription"""
    rate = words.percent_text(total.rate) if total.rate else "unpaid,"
    noun = "subscription" if total.subscriptions == 1 else "subscriptions"
    return f"{rate} on {words.count_text(total.subscriptions)} {noun}"


def _month_words(line: Line) -> str:
    """Which month of the subscription the line pays for; two where a billed month spans an anniversary day."""
    fact = line.named.booked.line
    if fact.month_first == fact.month_last:
        return str(fact.month_first)
    return f"{fact.month_first}–{fact.month_last}"


def working(explanation: Explanation) -> Working:
    """The explanation as "why?" shows it."""
    last = len(explanation.working) - 1
    steps = [
        Step(row.label, row.says, row.result, is_result=index == last)
        for index, row in enumerate(explanation.working)
    ]
    facts = [Fact(row.label, _fact_words(row.says)) for row in explanation.facts]
    question = f"Why {words.amount_text(explanation.fee)}?" if explanation.fee else "Why nothing?"
    return Working(question, [explanation.words], steps, facts)


def _fact_words(says: Any) -> str:
    return says if isinstance(says, str) else words.day_text(says)
