"""One invoice with its lines, each with the days and seats it bills."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ofrecord.access.types import Permission
from ofrecord.billing.queries import invoices, lines_of
from ofrecord.clock.queries import now
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.web import words
from ofrecord.web.desk.answers import found
from ofrecord.web.desk.happenings import history
from ofrecord.web.desk.invoices import PaidForm
from ofrecord.web.desk.states import invoice_state
from ofrecord.web.parts import Step, Working
from ofrecord.web.readers import desk, reader_in


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an invoice with the answer to its "why?"."""

    first: date
    last: date
    days: int
    seats: int
    unit_price: Money
    amount: Money
    working: Working


@desk(Permission.INVOICES_READ)
def invoice(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """One invoice."""
    scope, today = reader_in(request).scope, now().date()
    row: Any = found(invoices(scope).filter(pk=invoice_id).first(), "invoice")
    month = Month.of(row.month)
    context = {
        "invoice": row,
        "month": month,
        "total": Money(row.total_minor, row.currency),
        "state": invoice_state(row.paid),
        "lines": [_line(line, month, row.currency) for line in lines_of(invoice_id, scope)],
        "form": PaidForm(initial={"day": today}),
        "history": history(invoice_id, scope),
    }
    return render(request, "desk/invoice.html", context)


def _line(row: Any, month: Month, currency: str) -> Line:
    last = row.until - timedelta(days=1)
    price, amount = Money(row.unit_price_minor, currency), Money(row.amount_minor, currency)
    days = (row.until - row.first).days
    return Line(row.first, last, days, row.seats, price, amount, _working(row, days, month, price, amount))


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
