"""Finance records what customers paid: a part of an invoice, or all that is owed on several."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from ofrecord.access.refusals import NotFound
from ofrecord.access.rules import require
from ofrecord.access.types import Permission, Reader
from ofrecord.billing.actions.receive_payment import mark_paid, receive_payment
from ofrecord.billing.queries import invoices
from ofrecord.kernel.money import Money


def receive(*, reader: Reader, at: datetime, invoice_ids: Sequence[UUID], day: date) -> int:
    """All that was owed on the invoices was paid on `day`; says on how many anything was owed."""
    _require_seen(reader, invoice_ids)
    return mark_paid(by=reader.actor, at=at, invoice_ids=invoice_ids, day=day)


def receive_part(
    *,
    reader: Reader,
    at: datetime,
    invoice_id: UUID,
    day: date,
    amount: Money | None = None,
    reference: str = "",
) -> UUID | None:
    """`amount` of the invoice was paid on `day`, or all that is owed; the payment's id, None if nothing was owed."""
    _require_seen(reader, [invoice_id])
    return receive_payment(
        by=reader.actor, at=at, invoice_id=invoice_id, day=day, amount=amount, reference=reference
    )


def _require_seen(reader: Reader, invoice_ids: Sequence[UUID]) -> None:
    require(reader, Permission.INVOICES_WRITE)
    if invoices(reader.scope).filter(pk__in=list(invoice_ids)).count() != len(set(invoice_ids)):
        raise NotFound(what="invoice")
