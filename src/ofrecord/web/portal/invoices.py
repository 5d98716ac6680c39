"""Invoices of the customers, as lists that other pages carry, with how each amount came about."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from ofrecord.access.types import Scope
from ofrecord.billing.queries import books_by_invoice, lines_by_invoice
from ofrecord.billing.types import Credited, InvoiceBooks, LineValue, Paid
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import Money
from ofrecord.web import words
from ofrecord.web.lists import Column, Days, Empty, Listing
from ofrecord.web.parts import Linked, Step, Working
from ofrecord.web.portal.states import invoice_state, seats_words
from ofrecord.web.portal.ways import page

if TYPE_CHECKING:
    from ofrecord.billing.models import Invoice, InvoiceLine

Lines = dict[UUID, "tuple[list[InvoiceLine], InvoiceBooks]"]
NOTHING_KNOWN: "tuple[list[InvoiceLine], InvoiceBooks]" = ([], InvoiceBooks(()))


def invoice_listing(lines: Lines) -> "Listing[Any]":
    """The list of invoices; `lines` are those of the invoices that can be on it, with what became of them."""
    return Listing(
        name="invoices",
        caption="Invoices",
        columns=(
            Column(
                title="Invoice",
                cell=lambda invoice: Linked(invoice.number, small=invoice.subscription.offer_title),
                export=lambda invoice: invoice.number,
                sort="number",
                is_whole=True,
            ),
            Column(
                title="Subscription",
                cell=lambda invoice: Linked(
                    invoice.subscription.number, page("subscription", invoice.subscription_id)
                ),
                sort="subscription__number",
                is_whole=True,
            ),
            Column(title="Month", cell=lambda invoice: Month.of(invoice.month), sort="month"),
            Column(title="Dated", cell=lambda invoice: invoice.day, sort="day"),
            Column(title="Amount", cell=lambda invoice: invoice.total, sort="total_minor", is_money=True),
            Column(title="State", cell=lambda invoice: invoice_state(invoice.state), sort="state"),
        ),
        sort="-month",
        search=("number", "subscription__number"),
        days=(Days(name="dated", title="Dated", path="day"),),
        working=lambda invoice: _working(invoice, *lines.get(invoice.pk, NOTHING_KNOWN)),
        empty=Empty(
            "No invoices yet", "The vendor bills each month of service on the first day of the next."
        ),
    )


def lines_for(invoices: Any, scope: Scope) -> Lines:
    """The lines of the invoices, what was paid of them and what was taken back: a fixed number of queries."""
    wanted = list(invoices.values_list("pk", flat=True))
    books = books_by_invoice(wanted, scope)
    return {key: (lines, books[key]) for key, lines in lines_by_invoice(wanted, scope).items()}


def _working(invoice: "Invoice", lines: "Sequence[InvoiceLine]", books: InvoiceBooks) -> Working:
    """How the invoice came to its amount, and what became of it since."""
    steps = [
        _step(
            Span(line.first, line.until),
            line.seats,
            Money(line.unit_price_minor, invoice.currency),
            Money(line.amount_minor, invoice.currency),
        )
        for line in lines
    ]
    became = _became(books)
    total = Step("Invoice", "", invoice.total, is_result=True)
    owed = Step("Owed", "", Money(invoice.owed_minor, invoice.currency), is_result=True)  # type: ignore[attr-defined]
    question = f"why {words.amount_text(invoice.total)}?"
    sentence = "Each stretch of days with the same seats is a line, billed to the day and rounded once."
    return Working(question, [sentence], [*steps, total, *became, *([owed] if became else [])])


def _became(books: InvoiceBooks) -> list[Step]:
    """Payments and credits in the order of their days."""
    numbers = {line.id: line.number for line in books.lines}
    events: list[Paid | Credited] = [*books.payments, *books.credits]
    return [
        _paid_step(each) if isinstance(each, Paid) else _credit_step(each, numbers[each.line_id])
        for each in sorted(events, key=lambda each: (each.day, each.id))
    ]


def _paid_step(paid: Paid) -> Step:
    return Step("Paid", f"on {words.day_text(paid.day, 'short')}", -paid.amount)


def _credit_step(credit: Credited, line: int) -> Step:
    title = f"{credit.kind.value.capitalize()} {credit.number}".strip()
    says = f"of line {line} on {words.day_text(credit.day, 'short')}: {credit.reason}"
    return Step(title, says, credit.amount)


def foreseen_steps(lines: Sequence[LineValue]) -> list[Step]:
    """The lines of an invoice to come."""
    return [_step(line.span, line.seats, line.unit_price, line.amount) for line in lines]


def _step(span: Span, seats: int, price: Money, amount: Money) -> Step:
    assert span.last is not None, "the days of a line have an end"
    of_month = Month.of(span.first).span.days
    days = f"{words.day_text(span.first, 'short')} to {words.day_text(span.last, 'short')}"
    part = "" if span.days == of_month else f" × {span.days}/{of_month} of the month"
    return Step(days, f"{seats_words(seats)} × {words.money_text(price)}{part}", amount)
