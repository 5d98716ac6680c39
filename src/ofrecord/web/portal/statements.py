"""Statements: the list by month, one with its lines, and a line at an address of its own."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import localdate

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Permission
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money, sum_money
from ofrecord.program.guide import clause_anchor
from ofrecord.program.queries import in_force, versions
from ofrecord.statements import queries
from ofrecord.statements.actions import MOST_LETTERS
from ofrecord.statements.cited import CORRECTS
from ofrecord.statements.types import Explanation, FactRow, NamedLine, StatementCard
from ofrecord.web import words
from ofrecord.web.disputes import has_open, on_line
from ofrecord.web.lists import Column, Days, Empty, Listing, Totals
from ofrecord.web.parts import Fact, Linked, Step, Way, Working
from ofrecord.web.portal.once import OnceForm
from ofrecord.web.portal.ways import page
from ofrecord.web.portal.why_not import why_not_page
from ofrecord.web.readers import portal, reader_in
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


def listing() -> "Listing[Any]":
    """The list of statements."""
    return Listing(
        name="statements",
        caption="Your statements",
        columns=(
            Column(
                title="Month",
                cell=lambda row: Linked(words.month_text(row.month), page("statement", row.pk)),
                export=lambda row: Month.of(row.month),
                sort="month",
            ),
            Column(title="Lines", cell=lambda row: row.lines, sort="lines", is_numeric=True),
            Column(
                title="Of them nothing", cell=lambda row: row.zero_lines, sort="zero_lines", is_numeric=True
            ),
            Column(title="Closed", cell=lambda row: localdate(row.at), sort="at"),
            Column(title="Earned", cell=_amount("total"), sort="total_minor", is_money=True),
            Column(title="Payable", cell=_amount("payable"), sort="payable_minor", is_money=True),
            Column(title="Carried", cell=_amount("carried"), sort="carried_minor", is_money=True),
        ),
        sort="-month",
        days=(Days(name="month", title="Month", path="month"),),
        empty=Empty(
            "No statements yet",
            "A statement is made when the vendor closes a month in which one of your subscriptions was billed.",
            Way("See the subscriptions", page("subscriptions")),
        ),
    )


def _amount(figure: str) -> Callable[[Any], Money]:
    return lambda row: Money(getattr(row, f"{figure}_minor"), row.currency)


@portal(Permission.STATEMENTS_READ)
def statements(request: HttpRequest) -> HttpResponseBase:
    """All statements of the reader's house."""
    found = queries.statements(reader_in(request).scope)
    last = found.order_by("-month", "currency").first()
    return listing().respond(
        request, found, "portal/statements.html", {"last": queries.card(last) if last else None}
    )


@portal(Permission.STATEMENTS_READ)
def statement(request: HttpRequest, statement_id: UUID) -> HttpResponseBase:
    """One statement with every line and why it pays what it pays."""
    scope = reader_in(request).scope
    card = queries.statement(statement_id, scope)
    if card is None:
        raise NotFound(what="statement")
    lines, guides = queries.lines_of(card, scope), _guides()
    explained = {why.line: why for why in queries.explanations(lines)}

    def why(named: NamedLine) -> Working:
        return _working(named, explained[named.id], guides)

    vendor = in_force(card.month.last).terms.vendor
    context = told_of(card, lines, scope, pays=f"{vendor} pays you") | {
        "clauses": queries.clause_totals(lines),
        "receipt": f"Book {card.month}, SHA-256",
        "corrections": corrections(lines, card.figures.currency, _line_page, why, _page_of),
        "waiting": waiting(lines, _line_page, why),
    }
    listing = _lines(card, lines, why)
    shown = lines if listing.asked(request).wants_file else ordinary(lines)
    fees = sum_money((named.due for named in shown), card.figures.currency)
    totals = Totals(label="Together", figures={"Fee": fees})
    return listing.respond(request, shown, "portal/statement.html", context, totals=totals)


@portal(Permission.STATEMENTS_READ)
def line(request: HttpRequest, line_id: str) -> HttpResponse:
    """One line, to be shown to somebody else of the house."""
    return line_page(request, line_id)


class DisputeForm(OnceForm):
    """What is wrong with a line."""

    reason = forms.CharField(
        label="What is wrong", max_length=MOST_LETTERS, widget=forms.Textarea(attrs={"rows": 4})
    )


def line_page(request: HttpRequest, line_id: str, form: DisputeForm | None = None) -> HttpResponse:
    """The page of a line: why it pays what it pays, what corrected it later, and its disputes."""
    reader = reader_in(request)
    scope = reader.scope
    named = queries.line(line_id, scope)
    if named is None:
        raise NotFound(what="line")
    disputes = on_line(named.id, reader)
    may_dispute = form is not None or (reader.may(Permission.DISPUTES_OPEN) and not has_open(disputes))
    context = {
        "line": named,
        "subject": subject(named),
        "working": _working(named, queries.explanation(named), _guides()),
        "month": named.booked.month,
        "statement": queries.statement_of(named, scope),
        "later": [(Linked(each.id, _page_of(each.id)), each.line) for each in queries.corrections_of(named)],
        "disputes": disputes,
        "dispute_form": (form or DisputeForm()) if may_dispute else None,
    }
    return render(request, "portal/line.html", context)


def _line_page(named: NamedLine) -> str:
    return _page_of(named.id)


def _page_of(line_id: str) -> str:
    return page("line", line_id)


def _lines(
    card: StatementCard, lines: Sequence[NamedLine], why: Callable[[NamedLine], Working]
) -> "Listing[NamedLine]":
    """The list of a statement's lines; every one opens on its explanation."""
    currency = card.figures.currency
    return Listing(
        name=f"statement-{card.month}",
        caption=f"Lines of {words.month_text(card.month)}",
        columns=(
            Column(
                title="Customer and offer",
                cell=_customer,
                export=subject,
                sort="names__customer",
            ),
            Column(
                title="Clause",
                cell=lambda named: Linked(
                    named.names.clause or "No clause applies", small=named.booked.line.reason
                ),
                export=lambda named: named.names.clause or "No clause applies",
                sort="names__clause",
            ),
            Column(title="Month", cell=_months, sort="booked__line__month_first", is_numeric=True),
            Column(
                title="Line",
                cell=lambda named: Linked(named.id, page("line", named.id)),
                sort="booked__number",
                is_whole=True,
            ),
            Column(
                title="Billed",
                cell=lambda named: named.billed,
                sort="billed__minor",
                is_money=True,
                currency=billed_currency(ordinary(lines), currency),
            ),
            Column(title="Fee", cell=lambda named: named.due, sort="due__minor", currency=currency),
            *sheet_columns(lambda named: named),
        ),
        sort="-fee",
        search=("names__customer", "names__offer", "names__clause", "names__subscription", "id"),
        working=why,
        is_quiet=lambda named: not named.due,
        empty=Empty("No new lines", "Nothing of yours was billed in this month."),
    )


def _customer(named: NamedLine) -> Linked:
    if not named.booked.line.subscription:
        return Linked(subject(named))
    address = page("subscription", UUID(named.booked.line.subscription))
    return Linked(named.names.customer, address, _sold(named))


def _sold(named: NamedLine) -> str:
    """Business suite, 180 seats"""
    seats = named.booked.line.seats
    return f"{named.names.offer}, {words.count_text(seats)} {'seat' if seats == 1 else 'seats'}"


def _months(named: NamedLine) -> str:
    """The month of the subscription: 7; 12 to 13 where the line reaches over an anniversary; none without one."""
    found = named.booked.line
    if not found.subscription:
        return words.NOTHING
    if found.month_first == found.month_last:
        return str(found.month_first)
    return f"{found.month_first} to {found.month_last}"


def _working(named: NamedLine, why: Explanation, guides: Mapping[str, str]) -> Working:
    steps = [Step(row.label, row.says, row.result, is_result=row.is_result) for row in why.working]
    return Working(question(named), [why.words], steps, _facts(named, why, guides))


def _facts(named: NamedLine, why: Explanation, guides: Mapping[str, str]) -> list[Fact]:
    """The facts, with the pages where they can be seen."""
    found = named.booked.line
    guide = guides.get(found.terms_sha256, "")
    clause = (
        [Fact("Clause", named.names.clause, f"{guide}#{clause_anchor(why.clause)}")] if why.clause else []
    )
    pages = {
        CORRECTS: page("line", why.corrects) if why.corrects else "",
        "Customer": page("customer", UUID(found.customer)) if found.customer else "",
        "Subscription": page("subscription", UUID(found.subscription)) if found.subscription else "",
        "Program version": guide,
    }
    cited = [Fact(row.label, _said(row), pages.get(row.label, "")) for row in why.facts]
    return [*clause, *cited, *_considered(named)]


def _considered(named: NamedLine) -> list[Fact]:
    """Where a line that earned nothing leads: every clause that was considered for the sale."""
    found = named.booked.line
    if found.earned_minor or not found.subscription or found.invoice_day is None:
        return []
    address = why_not_page(found.subscription, Month.of(found.invoice_day))
    return [Fact("Clauses considered", "each clause, and what it lacked first", address)]


def _said(row: FactRow) -> str:
    return row.says if isinstance(row.says, str) else words.day_text(row.says)


def _guides() -> dict[str, str]:
    """The pages of all versions under their hashes."""
    return {published.terms.sha256: page("version", published.id) for published in versions()}
