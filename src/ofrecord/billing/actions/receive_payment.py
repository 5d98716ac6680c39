"""Payments of invoices are received: in parts, or the rest at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import OFFICE, Actor
from ofrecord.billing.models import Invoice, Payment
from ofrecord.billing.queries import books_by_invoice
from ofrecord.billing.refusals import PaymentDayFaulty, ReferenceUsed
from ofrecord.billing.rules import payable, require_sound
from ofrecord.billing.types import InvoiceBooks, Paid, WantedPayment
from ofrecord.journal.actions import record
from ofrecord.kernel.ids import new_id
from ofrecord.kernel.money import Money
from ofrecord.ledger.actions import Move, post
from ofrecord.ledger.types import BANK, RECEIVABLE, Posting

NAMED = 20


@dataclass(frozen=True, slots=True)
class _Receipt:
    """A payment and the invoice that it is for."""

    invoice: Invoice
    paid: Paid


@transaction.atomic
def receive_payment(
    *,
    by: Actor,
    at: datetime,
    invoice_id: UUID,
    day: date,
    amount: Money | None = None,
    reference: str = "",
) -> UUID | None:
    """Writes that `amount` of the invoice was paid on `day`, or all that is still owed; the payment's id.

    None when nothing was owed and no amount was named. Again under the same reference it changes nothing. Raises
    NotFound, ReferenceUsed, PaymentDayFaulty, CurrencyDiffers, AmountNotPositive, PaymentTooLarge, RefundedUnpaid.
    """
    [invoice] = _locked([invoice_id])
    books = books_by_invoice([invoice_id], OFFICE)[invoice_id]
    before = next((paid for paid in books.payments if reference and paid.reference == reference), None)
    if before is not None:
        if before.day != day or amount not in (None, before.amount):
            raise ReferenceUsed(invoice=invoice.number, reference=reference)
        return before.id
    receipt = _receipt(invoice, books, WantedPayment(day, amount, reference), at)
    if receipt is None:
        return None
    _write([receipt], by, at)
    record(
        by=by,
        at=at,
        verb="payment received",
        subject=("invoice", invoice.pk),
        invoice=invoice.number,
        amount=str(receipt.paid.amount),
        day=str(day),
        reference=reference,
    )
    return receipt.paid.id


@transaction.atomic
def mark_paid(*, by: Actor, at: datetime, invoice_ids: Sequence[UUID], day: date) -> int:
    """Writes that all that was owed on the invoices was paid on `day`; says on how many anything was owed."""
    invoices = _locked(invoice_ids)
    books = books_by_invoice(invoice_ids, OFFICE)
    receipts = [_receipt(invoice, books[invoice.pk], WantedPayment(day), at) for invoice in invoices]
    new = [receipt for receipt in receipts if receipt is not None]
    _write(new, by, at)
    if new:
        record(
            by=by,
            at=at,
            verb="invoices paid",
            subject=("invoice", new[0].invoice.pk if len(new) == 1 else None),
            invoices=[receipt.invoice.number for receipt in new[:NAMED]],
            count=len(new),
            day=str(day),
        )
    return len(new)


def _locked(invoice_ids: Sequence[UUID]) -> list[Invoice]:
    """The invoices, so that nobody else records anything about them until the end; in one order, against deadlock."""
    invoices = list(Invoice.objects.select_for_update().filter(pk__in=invoice_ids).order_by("pk"))
    if len(invoices) != len(set(invoice_ids)):
        raise NotFound(what="invoice")
    return invoices


def _receipt(invoice: Invoice, books: InvoiceBooks, wanted: WantedPayment, at: datetime) -> _Receipt | None:
    """The payment to write; None when nothing is to be paid."""
    if not invoice.day <= wanted.day <= at.date():
        raise PaymentDayFaulty(day=wanted.day, issued=invoice.day, today=at.date())
    comes_to = payable(books, wanted.amount, invoice.number)
    if not comes_to:
        return None
    paid = Paid(new_id(), wanted.day, comes_to, wanted.reference)
    known = InvoiceBooks(books.lines, (*books.payments, paid), books.credits)
    require_sound(known, wanted.day, invoice.number)
    return _Receipt(invoice, paid)


def _write(receipts: Sequence[_Receipt], by: Actor, at: datetime) -> None:
    Payment.objects.bulk_create(
        Payment(
            id=receipt.paid.id,
            invoice=receipt.invoice,
            day=receipt.paid.day,
            amount_minor=receipt.paid.amount.minor,
            reference=receipt.paid.reference,
            marked_by=by.id,
            at=at,
        )
        for receipt in receipts
    )
    for day in {receipt.paid.day for receipt in receipts}:
        post(moves=[_move(receipt) for receipt in receipts if receipt.paid.day == day], day=day, at=at)


def _move(receipt: _Receipt) -> Move:
    amount = receipt.paid.amount
    postings = (Posting(BANK, amount), Posting(RECEIVABLE, -amount))
    return Move(f"payment:{receipt.paid.id}", f"Payment of invoice {receipt.invoice.number}", postings)
