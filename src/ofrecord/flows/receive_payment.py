"""Finance marks invoices as paid."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from ofrecord.access.refusals import NotFound
from ofrecord.access.rules import require
from ofrecord.access.types import Permission, Reader
from ofrecord.billing.actions import mark_paid
from ofrecord.billing.queries import invoices


def receive(*, reader: Reader, at: datetime, invoice_ids: Sequence[UUID], day: date) -> int:
    """The invoices were paid on `day`; says how many were not marked before."""
    require(reader, Permission.INVOICES_WRITE)
    if invoices(reader.scope).filter(pk__in=list(invoice_ids)).count() != len(set(invoice_ids)):
        raise NotFound(what="invoice")
    return mark_paid(by=reader.actor, at=at, invoice_ids=invoice_ids, day=day)
