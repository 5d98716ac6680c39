"""Invoices of the customers, as lists that other pages carry, with how each amount came about."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from ofrecord.access.types import Scope
from ofrecord.billing.queries import lines_by_invoice
from ofrecord.billing.types import LineValue
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import Money
from ofrecord.web import words
from ofrecord.web.lists import Column, Days, Empty, Listing
from ofrecord.web.parts import Linked, Step, Working
from ofrecord.web.portal.states import paid_state, seats_words
from ofrecord.web.portal.ways import page

if TYPE_CHECKING:
    from ofrecord.billing.models import Invoice, InvoiceLine

Lines = dict[UUID, "list[InvoiceLine]"]


def invoice_listing(lines: Lines) -> "Listing[Any]":
    """The list of invoices; `lines` are those of the invoices that can be on it."""
    return Listing(
        name="invoices",
        caption="Invoices",
        columns=(
            Column(
                title="Invoice",
                cell=lambda invoice: Linked(invoice.number, small=invoice.subscription.offer_title),
                export=lambda invoice: invoice.number,
                sort="number",
            ),
            Column(
                title="Subscription",
                cell=lambda invoice: Linked(
                    invoice.subscription.number, page("subscription", invoice.subscription_id)
                ),
                sort="subscription__number",
            ),
            Column(title="Month", cell=lambda invoice: Month.of(invoice.month), sort="month"),
            Column(title="Dated", cell=lambda invoice: invoice.day, sort="day"),
            Column(title="Amount", cell=lambda invoice: invoice.total, sort="total_minor", is_money=True),
            Column(title="State", cell=lambda invoice: paid_state(invoice.paid), sort="paid"),
        ),
        sort="-month",
        search=("number", "subscription__number"),
        days=(Days(name="dated", title="Dated", path="day"),),
        working=lambda invoice: _working(invoice, lines.get(invoice.pk, [])),
        empty=Empty(
            "No invoices yet", "The vendor bills each month of service on the first day of the next."
        ),
    )


def lines_for(invoices: Any, scope: Scope) -> Lines:
    """The lines of the invoices, in one query."""
    return lines_by_invoice(invoices.values_list("pk", flat=True), scope)


def _working(invoice: "Invoice", lines: "Sequence[InvoiceLine]") -> Working:
    steps = [
        _step(
            Span(line.first, line.until),
            line.seats,
            Money(line.unit_price_minor, invoice.currency),
            Money(line.amount_minor, invoice.currency),
        )
        for line in lines
    ]
    result = Step("Invoice", "", invoice.total, is_result=True)
    question = f"why {words.amount_text(invoice.total)}?"
    sentence = "Each stretch of days with the same seats is a line, billed to the day and rounded once."
    return Working(question, [sentence], [*steps, result])


def foreseen_steps(lines: Sequence[LineValue]) -> list[Step]:
    """The lines of an invoice to come."""
    return [_step(line.span, line.seats, line.unit_price, line.amount) for line in lines]


def _step(span: Span, seats: int, price: Money, amount: Money) -> Step:
    assert span.last is not None, "the days of a line have an end"
    of_month = Month.of(span.first).span.days
    days = f"{words.day_text(span.first, 'short')} to {words.day_text(span.last, 'short')}"
    part = "" if span.days == of_month else f" × {span.days}/{of_month} of the month"
    return Step(days, f"{seats_words(seats)} × {words.money_text(price)}{part}", amount)
