"""Statements as the vendor sees them: all partners of a month, and one with its lines, each with its "why?"."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html

from ofrecord.access.types import Permission, Reader
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money, sum_money
from ofrecord.partners.queries import partner_names
from ofrecord.statements import queries
from ofrecord.statements.cited import CORRECTS
from ofrecord.statements.types import Explanation, FactRow, NamedLine, StatementCard
from ofrecord.web import words
from ofrecord.web.columns import Choice, Column, Days, Totals
from ofrecord.web.desk.answers import found
from ofrecord.web.disputes import on_line
from ofrecord.web.lists import Empty, Listing
from ofrecord.web.parts import Fact, Linked, Step, Working
from ofrecord.web.readers import desk, reader_in
from ofrecord.web.statement_lines import (
    billed_currency,
    corrections,
    ordinary,
    question,
    subject,
    told_of,
    waiting,
)
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
            Column(
                title="Number", cell=lambda row: row.partner.number, sort="partner__number", is_whole=True
            ),
            Column(title="Lines", cell=lambda row: row.lines, sort="lines", is_numeric=True),
            Column(title="Paid nothing", cell=lambda row: row.zero_lines, sort="zero_lines", is_numeric=True),
            Column(
                title="Corrections", cell=lambda row: row.corrections, sort="corrections", is_numeric=True
            ),
            Column(title="Earned", cell=_amount("total"), sort="total_minor", is_money=True),
            Column(title="Payable", cell=_amount("payable"), sort="payable_minor", is_money=True),
            Column(title="Carried", cell=_amount("carried"), sort="carried_minor", is_money=True),
            *_sheet_figures(),
        ),
        sort="-payable" if of_one_month else "-month",
        search=("partner__name", "partner__number"),
        days=() if of_one_month else (Days(name="month", title="Month", path="month"),),
        empty=Empty("No statements", "Closing a month issues the statements of all its partners."),
    )


def _amount(figure: str) -> Callable[[Any], Money]:
    return lambda row: Money(getattr(row, f"{figure}_minor"), row.currency)


def _sheet_figures() -> "tuple[Column[Any], ...]":
    """The figures that a page of all statements has no room for."""
    titles = {
        "opening": "Opening balance",
        "new": "New lines",
        "corrected": "Corrected",
        "waived": "Not taken back",
        "held": "Held back",
        "released": "Released",
    }
    return tuple(
        Column(title=title, cell=_amount(name), is_money=True, is_sheet_only=True)
        for name, title in titles.items()
    )


def _named(row: Any) -> Linked:
    return Linked(row.partner.name, reverse("desk:statement", args=[row.pk]))


def _month(row: Any) -> Linked:
    return Linked(words.month_text(Month.of(row.month)), reverse("desk:statement", args=[row.pk]))


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
    name = partner_names([card.partner_id], scope)[card.partner_id]
    explained = Explained(lines)
    context = told_of(card, lines, scope, pays=f"{name} is paid") | {
        "partner": name,
        "clauses": queries.clause_totals(lines),
        "corrections": corrections(lines, card.figures.currency, _line_page, explained.working, _page_of),
        "waiting": waiting(lines, _line_page, explained.working),
    }
    listing = _listing(card.figures.currency, lines)
    shown = lines if listing.asked(request).wants_file else ordinary(lines)
    return listing.respond(
        request, shown, "desk/statement.html", context, totals=_totals(shown, card), dress=_explained
    )


@desk(Permission.STATEMENTS_READ)
def line(request: HttpRequest, line_id: str) -> HttpResponse:
    """One line: why it pays what it pays, what corrected it later, and whether its partner disputes it."""
    reader = reader_in(request)
    named = found(queries.line(line_id, reader.scope), "line")
    context = line_context(named, reader) | {"disputes": on_line(named.id, reader)}
    return render(request, "desk/line.html", context)


def line_context(named: NamedLine, reader: Reader) -> dict[str, object]:
    """What a page about a line shows: its explanation, its statement, and what corrected it later."""
    later = queries.corrections_of(named)
    return {
        "line": named,
        "subject": subject(named),
        "working": working(named, queries.explanation(named)),
        "month": named.booked.month,
        "statement": queries.statement_of(named, reader.scope),
        "later": [(Linked(each.id, _page_of(each.id)), each.line) for each in later],
    }


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


class Explained:
    """Explanations of the lines that stand in groups of their own, asked together."""

    def __init__(self, lines: Sequence[NamedLine]) -> None:
        own = [named for named in lines if named.is_correction or named.waits]
        self._found = {why.line: why for why in queries.explanations(own)}

    def working(self, named: NamedLine) -> Working:
        return working(named, self._found[named.id])


def _line_page(named: NamedLine) -> str:
    return _page_of(named.id)


def _page_of(line_id: str) -> str:
    return reverse("desk:line", args=[line_id])


def _totals(lines: Sequence[NamedLine], card: StatementCard) -> Totals:
    """The sums of the list; what was billed is summed where it is all in one currency."""
    currency = card.figures.currency
    figures: dict[str, object] = {"Fee": sum_money((named.due for named in lines), currency)}
    if billed := billed_currency(lines, currency):
        figures["Billed"] = _billed(lines, billed)
    return Totals(label="Together", figures=figures)


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
            Column(title="Line", cell=_line_link, sort="booked__number", is_whole=True),
            Column(title="Clause", cell=_clause, sort="names__clause"),
            Column(title="Month", cell=_month_words, is_numeric=True),
            Column(
                title="Billed",
                cell=lambda line: line.named.billed,
                sort="billed__minor",
                is_money=True,
                currency=billed_currency(ordinary(lines), currency),
            ),
            Column(title="Fee", cell=lambda line: line.named.due, sort="due__minor", currency=currency),
            *sheet_columns(lambda line: line.named),
        ),
        sort="-fee",
        search=("names__customer", "names__offer", "names__subscription", "booked__line__invoice", "id"),
        choices=(Choice(name="clause", title="Clause", path="booked__line__clause", values=clauses),),
        working=lambda line: working(line.named, line.explanation),
        is_quiet=lambda line: not line.named.due,
        empty=Empty("This statement has no new lines"),
    )


def _line_link(line: Line) -> Linked:
    return Linked(line.named.id, _line_page(line.named))


def _clause(line: Line) -> Linked:
    """The clause, and why nothing is paid where nothing is."""
    return Linked(line.named.names.clause, small=line.named.booked.line.reason)


def _customer(line: Line) -> Linked:
    fact, names = line.named.booked.line, line.named.names
    if not fact.subscription:
        return Linked(subject(line.named))
    sold = f"{names.offer}, {words.count_text(fact.seats)} seats"
    small = format_html('{}, <span class="whole">{}</span>', sold, fact.invoice)
    return Linked(names.customer, reverse("desk:subscription", args=[fact.subscription]), small)


def _month_words(line: Line) -> str:
    """Which month of the subscription the line pays for; two where a billed month spans an anniversary day."""
    fact = line.named.booked.line
    if not fact.subscription:
        return words.NOTHING
    if fact.month_first == fact.month_last:
        return str(fact.month_first)
    return f"{fact.month_first}–{fact.month_last}"


def working(named: NamedLine, explanation: Explanation) -> Working:
    """The explanation as "why?" shows it."""
    steps = [Step(row.label, row.says, row.result, is_result=row.is_result) for row in explanation.working]
    facts = [_fact(row) for row in explanation.facts]
    return Working(question(named).capitalize(), [explanation.words], steps, facts)


_FACT_PAGES = {CORRECTS: "desk:line", "Customer": "desk:customer", "Subscription": "desk:subscription"}


def _fact(row: FactRow) -> Fact:
    """A fact; what has a page of its own leads to it."""
    name = _FACT_PAGES.get(row.label, "")
    return Fact(row.label, _fact_words(row.says), reverse(name, args=[row.id]) if name else "")


def _fact_words(says: Any) -> str:
    return says if isinstance(says, str) else words.day_text(says)
