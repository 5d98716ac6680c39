"""A partner's tier, recorded by hand until standing is computed."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q

from ofrecord.access.types import Actor
from ofrecord.journal.actions import record
from ofrecord.partners.models import TierSpan
from ofrecord.partners.refusals import TierSpanOverlaps


@transaction.atomic
def set_tier(*, by: Actor, at: datetime, partner_id: UUID, tier: str, first: date) -> None:
    """From `first` on the partner holds `tier`; the span before it ends there."""
    spans = TierSpan.objects.select_for_update().filter(partner_id=partner_id)
    later = spans.filter(Q(during__startswith__gte=first)).first()
    if later is not None:
        raise TierSpanOverlaps(first=later.during.lower)
    for span in spans.filter(during__contains=first):
        span.during = DateRange(span.during.lower, first)
        span.save(update_fields=["during"])
    TierSpan.objects.create(partner_id=partner_id, tier=tier, during=DateRange(first, None), learned_at=at)
    record(
        by=by,
        at=at,
        verb="tier set",
        subject=("partner", partner_id),
        partner_id=partner_id,
        tier=tier,
        first=str(first),
    )
