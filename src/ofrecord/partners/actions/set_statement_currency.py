"""The currency of a partner's statements."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Actor
from ofrecord.journal.actions import record
from ofrecord.partners.models import Partner
from ofrecord.partners.rules import require_currency, require_why


@transaction.atomic
def set_statement_currency(
    *, by: Actor, at: datetime, partner_id: UUID, currency: str, reason: str, has_statements: bool
) -> None:
    """What is booked from now on is stated in `currency`; empty is the currency of each line.

    A partner that has statements already learns why. To set what is set changes nothing.
    """
    partner = Partner.objects.select_for_update().filter(pk=partner_id).first()
    if partner is None:
        raise NotFound(what="partner")
    wanted, former = require_currency(currency), partner.statement_currency
    if wanted == former:
        return
    said = require_why(reason, "A change after the first statement") if has_statements else reason.strip()
    partner.statement_currency = wanted
    partner.save(update_fields=["statement_currency"])
    record(
        by=by,
        at=at,
        verb="statement currency set",
        subject=("partner", partner_id),
        partner_id=partner_id,
        currency=wanted,
        former=former,
        reason=said,
    )
