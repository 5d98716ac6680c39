"""Invoices and their payments."""

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
from ofrecord.api.paging import Cursor, Limit, Piece, piece
from ofrecord.api.parsing import Body
from ofrecord.api.problems import Problem
from ofrecord.api.shapes import Amount, Days
from ofrecord.billing.queries import invoices, lines_of
from ofrecord.clock.queries import now
from ofrecord.flows.receive_payment import receive
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
    paid_on: date | None = Field(examples=[None])


class InvoiceLineOut(Schema):
    number: int = Field(examples=[1])
    days: Days
    seats: int = Field(examples=[50])
    unit_price: Amount
    amount: Amount


class InvoiceWhole(InvoiceOut):
    lines: list[InvoiceLineOut]


class InvoicePiece(Piece):
    items: list[InvoiceOut]


class PaymentIn(Body):
    day: date = Field(examples=["2026-11-12"])


def _fields(row: "Invoice") -> dict[str, object]:
    return {
        "id": row.pk,
        "number": row.number,
        "month": str(Month.of(row.month)),
        "day": row.day,
        "subscription_id": row.subscription_id,
        "customer": row.subscription.customer.name,
        "total": Amount.of(row.total),
        "paid_on": row.paid_on,  # type: ignore[attr-defined]  # annotated by the query
    }


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
    return InvoiceWhole.model_validate(_fields(row) | {"lines": lines})


@router.get("", response={200: InvoicePiece}, **needs(Permission.INVOICES_READ))
def list_invoices(
    request: HttpRequest, cursor: Cursor, limit: Limit, month: date | None = None, paid: bool | None = None
) -> InvoicePiece:
    """Invoices, latest first; of a month (named by its first day), paid or open."""
    found = invoices(client_of(request).scope)
    if month is not None:
        found = found.filter(month=month)
    if paid is not None:
        found = found.filter(paid=paid)  # type: ignore[misc]  # annotated by the query
    rows, following = piece(found, cursor, limit)
    return InvoicePiece(items=[InvoiceOut.model_validate(_fields(row)) for row in rows], next=following)


@router.get(
    "/{uuid:invoice_id}", response={200: InvoiceWhole, 404: Problem}, **needs(Permission.INVOICES_READ)
)
def get_invoice(request: HttpRequest, invoice_id: UUID) -> InvoiceWhole:
    """One invoice with its lines."""
    return _whole(request, invoice_id)


@router.post(
    "/{uuid:invoice_id}/payment",
    response={200: InvoiceWhole, 404: Problem, 422: Problem},
    **needs(Permission.INVOICES_WRITE, **TAKES_KEY),
)
def mark_invoice_paid(request: HttpRequest, invoice_id: UUID, body: PaymentIn) -> HttpResponse:
    """Writes that the invoice was paid in full; again it changes nothing."""

    def make() -> InvoiceWhole:
        receive(reader=client_of(request), at=now(), invoice_ids=[invoice_id], day=body.day)
        return _whole(request, invoice_id)

    return once(request, 200, make)
