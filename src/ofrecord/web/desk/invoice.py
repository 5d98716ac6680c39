"""One invoice: its lines, what was paid and taken back; payments and credits are recorded here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from ofrecord.access.types import Permission, Reader
from ofrecord.billing.queries import books_by_invoice, invoices, lines_of
from ofrecord.billing.types import InvoiceBooks, InvoiceState
from ofrecord.clock.queries import now
from ofrecord.flows import credit_invoice, receive_payment
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.kernel.refusal import Refusal
from ofrecord.web import words
from ofrecord.web.desk.answers import found, refused
from ofrecord.web.desk.happenings import history
from ofrecord.web.desk.invoice_forms import CreditForm, PaymentForm
from ofrecord.web.desk.states import invoice_state
from ofrecord.web.forms import RecordForm
from ofrecord.web.parts import Step, Working
from ofrecord.web.readers import desk, reader_in

TEMPLATE = "desk/invoice.html"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an invoice with the answer to its "why?"."""

    number: int
    first: date
    last: date
    days: int
    seats: int
    unit_price: Money
    amount: Money
    working: Working


@dataclass(frozen=True, slots=True)
class Event:
    """A payment or a credit, as the page lists it; payments and what is taken back are negative."""

    day: date
    what: str
    of: str
    says: str
    amount: Money


@desk(Permission.INVOICES_READ)
def invoice(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """One invoice: what was billed, paid and taken back, and what is owed."""
    return render(request, TEMPLATE, _page(reader_in(request), invoice_id))


@require_POST
@desk(Permission.INVOICES_WRITE)
def record_payment(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """A part of the invoice was paid, or the rest."""
    reader = reader_in(request)
    page = _page(reader, invoice_id)
    form = PaymentForm(request.POST, currency=page["total"].currency)

    def record() -> str:
        receive_payment.receive_part(reader=reader, at=now(), invoice_id=invoice_id, **form.cleaned_data)
        return "The payment is recorded."

    return _carried_out(request, page, "payment_form", form, record)


@require_POST
@desk(Permission.INVOICES_WRITE)
def record_credit(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """Something is taken back of the invoice."""
    reader = reader_in(request)
    page = _page(reader, invoice_id)
    form = CreditForm(request.POST, currency=page["total"].currency, lines=page["books"].lines)

    def record() -> str:
        made = credit_invoice.credit(reader=reader, at=now(), invoice_id=invoice_id, wanted=form.wanted())
        named = f" Its number is {made[0].number}." if made[0].number else ""
        return f"The {made[0].kind.value} is recorded.{named}"

    return _carried_out(request, page, "credit_form", form, record)


def _carried_out(
    request: HttpRequest, page: dict[str, Any], name: str, form: RecordForm, record: Callable[[], str]
) -> HttpResponse:
    """Does what the form asks; or the page again, with the form and what is wrong."""
    refusal = None
    if form.is_valid():
        try:
            messages.success(request, record())
            return redirect("desk:invoice", page["invoice"].pk)
        except Refusal as said:
            refusal = said
    return refused(request, TEMPLATE, {**page, name: form}, form, refusal)


def _page(reader: Reader, invoice_id: UUID) -> dict[str, Any]:
    scope, today = reader.scope, now().date()
    row: Any = found(invoices(scope).filter(pk=invoice_id).first(), "invoice")
    month, currency = Month.of(row.month), row.currency
    books = books_by_invoice([invoice_id], scope)[invoice_id]
    page = {
        "invoice": row,
        "sentence": _sentence(row, books, month),
        "month": month,
        "total": Money(row.total_minor, currency),
        "paid": Money(row.paid_minor, currency),
        "taken_back": Money(row.credited_minor, currency),
        "owed": Money(row.owed_minor, currency),
        "state": invoice_state(row.state),
        "lines": [_line(line, month, currency) for line in lines_of(invoice_id, scope)],
        "books": books,
        "events": _events(books),
        "history": history(invoice_id, scope),
    }
    if reader.may(Permission.INVOICES_WRITE):
        first = {"day": today}
        page["credit_form"] = CreditForm(initial=first, currency=currency, lines=books.lines)
        if row.owed_minor > 0:
            page["payment_form"] = PaymentForm(initial=first, currency=currency)
    return page


def _sentence(row: Any, books: InvoiceBooks, month: Month) -> str:
    """What a customer owes or paid, and of what it paid what went back to it or to its bank."""
    customer, owed, named = row.subscription.customer.name, row.owed_minor, words.month_text(month)
    if owed > 0:
        return f"{customer} owes {words.money_text(Money(owed, row.currency))} for {named}"
    if owed < 0:
        more = words.money_text(Money(-owed, row.currency))
        return f"{customer} paid {more} more than is owed for {named}"
    gone = -sum(each.amount.minor for each in books.credits if each.kind.moves_money)
    if row.paid_on is None or not (gone or row.state == InvoiceState.PAID):
        return f"{customer} owes nothing for {named}"
    paid = f"{customer} paid {words.money_text(Money(row.paid_minor, row.currency))} on {words.day_text(row.paid_on)}"
    if gone <= 0:
        return paid
    part = "it" if gone == row.paid_minor else f"{words.money_text(Money(gone, row.currency))} of it"
    return f"{paid}, and {part} was taken back"


def _events(books: InvoiceBooks) -> list[Event]:
    """Payments and credits in the order of their days."""
    numbers = {line.id: line.number for line in books.lines}
    paid = [
        (each.id, Event(each.day, "payment", "the whole invoice", each.reference, -each.amount))
        for each in books.payments
    ]
    taken = [
        (
            each.id,
            Event(
                each.day,
                f"{each.kind.value} {each.number}".strip(),
                f"line {numbers[each.line_id]}",
                each.reason,
                each.amount,
            ),
        )
        for each in books.credits
    ]
    return [event for _, event in sorted([*paid, *taken], key=lambda each: (each[1].day, each[0]))]


def _line(row: Any, month: Month, currency: str) -> Line:
    last = row.until - timedelta(days=1)
    price, amount = Money(row.unit_price_minor, currency), Money(row.amount_minor, currency)
    days = (row.until - row.first).days
    return Line(
        row.number, row.first, last, days, row.seats, price, amount, _working(row, days, month, price, amount)
    )


def _working(row: Any, days: int, month: Month, price: Money, amount: Money) -> Working:
    """How the line came to its amount: the price, the seats, the part of the month."""
    part = Fraction(days, month.span.days)
    whole = part == 1
    said = (
        f"{words.count_text(row.seats)} seats were served on all {days} days of {words.month_text(month)}."
        if whole
        else f"{words.count_text(row.seats)} seats were served on {days} of the {month.span.days} days of "
        f"{words.month_text(month)}, so {days}/{month.span.days} of the monthly price is billed."
    )
    steps = [
        Step("Price", "for a seat and a month", price),
        Step("Seats", "", row.seats),
        Step("Part of the month", f"{days} of {month.span.days} days", "all" if whole else f"× {part}"),
        Step("Amount", "rounded once to the smallest unit", amount, is_result=True),
    ]
    return Working(f"Why {words.amount_text(amount)}?", [said], steps)
