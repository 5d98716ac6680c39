"""Finance records what is taken back of an invoice: a refund, a credit note, a chargeback, a write-off."""

from datetime import datetime
from uuid import UUID

from ofrecord.access.refusals import NotFound
from ofrecord.access.rules import require
from ofrecord.access.types import Permission, Reader
from ofrecord.billing.actions.credit_invoice import credit_invoice
from ofrecord.billing.queries import invoices
from ofrecord.billing.types import Credited, WantedCredit


def credit(*, reader: Reader, at: datetime, invoice_id: UUID, wanted: WantedCredit) -> tuple[Credited, ...]:
    """What was taken back, one part for each line on which anything of it falls.

    Of one line, of the whole invoice, or an amount that its lines share by what can be taken back of each. What
    partners earned on it is worked out anew when the next month is closed.
    """
    require(reader, Permission.INVOICES_WRITE)
    if not invoices(reader.scope).filter(pk=invoice_id).exists():
        raise NotFound(what="invoice")
    return credit_invoice(by=reader.actor, at=at, invoice_id=invoice_id, wanted=wanted)
