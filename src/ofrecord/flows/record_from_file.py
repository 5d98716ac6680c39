"""Payments and credits come in a file: all of it is recorded, or nothing."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import transaction

from ofrecord.access.refusals import NotFound
from ofrecord.access.rules import require
from ofrecord.access.types import Permission, Reader
from ofrecord.billing.actions.credit_invoice import credit_invoice
from ofrecord.billing.actions.receive_payment import receive_payment
from ofrecord.billing.queries import numbered
from ofrecord.billing.record_file import FileRow, LineFault, read_credits, read_payments
from ofrecord.billing.refusals import FileFaulty
from ofrecord.billing.types import WantedCredit, WantedPayment
from ofrecord.kernel.refusal import Refusal

T = TypeVar("T", WantedPayment, WantedCredit)


@transaction.atomic
def record_payments(*, reader: Reader, at: datetime, content: bytes) -> int:
    """Records every payment of a file, in its order; says how many it holds. The same file again changes nothing.

    Raises FileFaulty with every fault of every line; then nothing of the file is recorded.
    """
    require(reader, Permission.INVOICES_WRITE)

    def receive(invoice_id: UUID, wanted: WantedPayment) -> None:
        receive_payment(
            by=reader.actor,
            at=at,
            invoice_id=invoice_id,
            day=wanted.day,
            amount=wanted.amount,
            reference=wanted.reference,
        )

    return _recorded(reader, *read_payments(content), receive)


@transaction.atomic
def record_credits(*, reader: Reader, at: datetime, content: bytes) -> int:
    """Records every credit of a file, as `record_payments` does payments."""
    require(reader, Permission.INVOICES_WRITE)

    def credit(invoice_id: UUID, wanted: WantedCredit) -> None:
        credit_invoice(by=reader.actor, at=at, invoice_id=invoice_id, wanted=wanted)

    return _recorded(reader, *read_credits(content), credit)


def _recorded(
    reader: Reader, rows: Sequence[FileRow[T]], unread: Sequence[LineFault], record: Callable[[UUID, T], None]
) -> int:
    """Tries every row, so that all faults are known at once; a single one undoes the others."""
    ids = numbered({row.invoice for row in rows}, reader.scope)
    faults = list(unread)
    for row in rows:
        try:
            if row.invoice not in ids:
                raise NotFound(what=f"invoice as {row.invoice!r}")
            with transaction.atomic():
                record(ids[row.invoice], row.wanted)
        except Refusal as refusal:
            faults.append((row.line, str(refusal)))
    if faults:
        raise FileFaulty(faults=tuple(sorted(faults)))
    return len(rows)
