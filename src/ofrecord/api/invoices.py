"""Invoices, what was paid of them and what was taken back."""

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Permission
from ofrecord.api.answers import TAKES_KEY, once
from ofrecord.api.clients import client_of, needs
from ofrecord.api.months import MonthAsked, month_asked
from ofrecord.api.paging import Cursor, Limit, Piece, piece
from ofrecord.api.parsing import Body, WholeNumber
from ofrecord.api.problems import Problem
from ofrecord.api.shapes import Amount, AmountIn, Days
from ofrecord.billing.queries import books_by_invoice, invoices, lines_of
from ofrecord.billing.types import CreditKind, InvoiceBooks, InvoiceState, WantedCredit
from ofrecord.clock.queries import now
from ofrecord.flows.credit_invoice import credit
from ofrecord.flows.receive_payment import receive_part
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import Money

if TYPE_CHECKING:
    from ofrecord.billing.models import Invoice

router = Router(tags=["invoices"])


class InvoiceOut(Schema):
    id: UUID
    number: str = Field(examples=["N-2026-000123"])
    month: str = Field(examples=["2026-10"])
    day: date = Field(examples=["2026-10-31"])
    subscription_id: UUID
    customer: str = Field(examples=["Parker Hannifin"])
    total: Amount
    state: InvoiceState = Field(examples=["part paid"])
    paid: Amount = Field(description="All payments.")
    taken_back: Amount = Field(description="All credits, negative.")
    owed: Amount = Field(description="What is still owed; negative where more was paid.")
    paid_on: date | None = Field(
        description="The day of the last payment, once nothing is owed.", examples=[None]
    )


class InvoiceLineOut(Schema):
    number: int = Field(examples=[1])
    days: Days
    seats: int = Field(examples=[50])
    unit_price: Amount
    amount: Amount


class PaymentOut(Schema):
    id: UUID
    day: date = Field(examples=["2026-11-12"])
    amount: Amount
    reference: str = Field(examples=["bank 2026-11-12/4711"])


class CreditOut(Schema):
    id: UUID
    line: int = Field(examples=[1])
    kind: CreditKind = Field(examples=["refund"])
    day: date = Field(examples=["2026-11-20"])
    amount: Amount = Field(description="Negative; positive for a chargeback won back.")
    number: str = Field(description="Names the document, where there is one.", examples=["C-2026-000012"])
    reason: str = Field(examples=["Two days without service"])
    reference: str = Field(examples=[""])


class InvoiceWhole(InvoiceOut):
    lines: list[InvoiceLineOut]
    payments: list[PaymentOut]
    credits: list[CreditOut]


class InvoicePiece(Piece):
    items: list[InvoiceOut]


Reference = Field(
    "",
    max_length=120,
    description="What another system calls it; sent again with the same contents it changes nothing.",
    examples=["bank 2026-11-12/4711"],
)


class PaymentIn(Body):
    day: date = Field(examples=["2026-11-12"])
    amount: AmountIn | None = Field(None, description="Without it, all that is still owed.")
    reference: str = Reference


class CreditIn(Body):
    kind: CreditKind = Field(examples=["refund"])
    day: date = Field(examples=["2026-11-20"])
    reason: str = Field(max_length=500, examples=["Two days without service"])
    amount: AmountIn | None = Field(None, description="Without it, all that can be taken back.")
    line: WholeNumber | None = Field(
        None, description="The number of one line; without it the lines share the amount.", examples=[1]
    )
    reference: str = Reference

    def wanted(self) -> WantedCredit:
        amount = self.amount.money() if self.amount else None
        return WantedCredit(self.kind, self.day, self.reason, amount, self.line, self.reference)


def _fields(row: "Invoice") -> dict[str, object]:
    return {
        "id": row.pk,
        "number": row.number,
        "month": str(Month.of(row.month)),
        "day": row.day,
        "subscription_id": row.subscription_id,
        "customer": row.subscription.customer.name,
        "total": Amount.of(row.total),
        # The following are annotated by the query.
        "state": row.state,  # type: ignore[attr-defined]
        "paid": Amount.of(Money(row.paid_minor, row.currency)),  # type: ignore[attr-defined]
        "taken_back": Amount.of(Money(row.credited_minor, row.currency)),  # type: ignore[attr-defined]
        "owed": Amount.of(Money(row.owed_minor, row.currency)),  # type: ignore[attr-defined]
        "paid_on": row.paid_on,  # type: ignore[attr-defined]
    }


def _became(books: InvoiceBooks) -> dict[str, object]:
    """Payments and credits, by day."""
    numbers = {line.id: line.number for line in books.lines}
    payments = [
        PaymentOut(id=each.id, day=each.day, amount=Amount.of(each.amount), reference=each.reference)
        for each in books.payments
    ]
    credits = [
        CreditOut(
            id=each.id,
            line=numbers[each.line_id],
            kind=each.kind,
            day=each.day,
            amount=Amount.of(each.amount),
            number=each.number,
            reason=each.reason,
            reference=each.reference,
        )
        for each in books.credits
    ]
    return {"payments": payments, "credits": credits}


def _whole(request: HttpRequest, invoice_id: UUID) -> InvoiceWhole:
    scope = client_of(request).scope
    row = invoices(scope).filter(pk=invoice_id).first()
    if row is None:
        raise NotFound(what="invoice")
    lines = [
        InvoiceLineOut(
            number=line.number,
            days=Days.of(Span(line.first, line.until)),
            seats=line.seats,
            unit_price=Amount.of(Money(line.unit_price_minor, row.currency)),
            amount=Amount.of(Money(line.amount_minor, row.currency)),
        )
        for line in lines_of(invoice_id, scope)
    ]
    books = books_by_invoice([invoice_id], scope)[invoice_id]
    return InvoiceWhole.model_validate(_fields(row) | {"lines": lines} | _became(books))


@router.get("", response={200: InvoicePiece}, **needs(Permission.INVOICES_READ))
def list_invoices(
    request: HttpRequest, cursor: Cursor, limit: Limit, month: MonthAsked, paid: bool | None = None
) -> InvoicePiece:
    """Invoices, latest first; of a month, on which nothing or something is owed."""
    found = invoices(client_of(request).scope)
    of = month_asked(month)
    if of is not None:
        found = found.filter(month=of.first)
    if paid is not None:
        found = found.filter(paid=paid)  # type: ignore[misc]  # annotated by the query
    rows, following = piece(found, cursor, limit)
    return InvoicePiece(items=[InvoiceOut.model_validate(_fields(row)) for row in rows], next=following)


@router.get(
    "/{uuid:invoice_id}", response={200: InvoiceWhole, 404: Problem}, **needs(Permission.INVOICES_READ)
)
def get_invoice(request: HttpRequest, invoice_id: UUID) -> InvoiceWhole:
    """One invoice with its lines, its payments and what was taken back."""
    return _whole(request, invoice_id)


@router.post(
    "/{uuid:invoice_id}/payments",
    response={200: InvoiceWhole, 404: Problem, 409: Problem, 422: Problem},
    **needs(Permission.INVOICES_WRITE, **TAKES_KEY),
)
def record_payment(request: HttpRequest, invoice_id: UUID, body: PaymentIn) -> HttpResponse:
    """Writes that a part of the invoice was paid, or all that is owed; never more than that."""

    def make() -> InvoiceWhole:
        receive_part(
            reader=client_of(request),
            at=now(),
            invoice_id=invoice_id,
            day=body.day,
            amount=body.amount.money() if body.amount else None,
            reference=body.reference,
        )
        return _whole(request, invoice_id)

    return once(request, 200, make)


@router.post(
    "/{uuid:invoice_id}/credits",
    response={200: InvoiceWhole, 404: Problem, 409: Problem, 422: Problem},
    **needs(Permission.INVOICES_WRITE, **TAKES_KEY),
)
def record_credit(request: HttpRequest, invoice_id: UUID, body: CreditIn) -> HttpResponse:
    """Writes what is taken back of the invoice: of a line, of all of it, or an amount that the lines share."""

    def make() -> InvoiceWhole:
        credit(reader=client_of(request), at=now(), invoice_id=invoice_id, wanted=body.wanted())
        return _whole(request, invoice_id)

    return once(request, 200, make)
