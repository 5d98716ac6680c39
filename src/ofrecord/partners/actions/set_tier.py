"""A partner's tier, recorded by hand until standing is computed."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Actor
from ofrecord.journal.actions import record
from ofrecord.kernel.calendar import Span
from ofrecord.partners.models import Partner, TierSpan
from ofrecord.partners.rules import with_tier
from ofrecord.partners.types import TierHeld


@transaction.atomic
def set_tier(
    *,
    by: Actor,
    at: datetime,
    partner_id: UUID,
    tier: str,
    first: date,
    until: date | None = None,
    replaces_later: bool = False,
    reason: str = "",
) -> None:
    """From `first` until before `until` the partner holds `tier`, also on days that are over.

    Without an end it lasts until the next tier that is recorded already; that one is replaced only where it is
    said. The journal keeps what was recorded before, and why it was changed.
    """
    if not Partner.objects.select_for_update().filter(pk=partner_id).exists():
        raise NotFound(what="partner")
    spans = list(TierSpan.objects.filter(partner_id=partner_id).order_by("during"))
    before = [_held(span) for span in spans]
    after = with_tier(before, TierHeld(tier, Span(first, until)), replaces_later=replaces_later)
    _store(partner_id, spans, after, at)
    record(
        by=by,
        at=at,
        verb="tier set",
        subject=("partner", partner_id),
        partner_id=partner_id,
        tier=tier,
        first=str(first),
        until=str(until) if until else None,
        reason=reason,
        before=[_told(held) for held in before if held not in after],
    )


def _held(row: TierSpan) -> TierHeld:
    return TierHeld(row.tier, Span(row.during.lower, row.during.upper))


def _told(held: TierHeld) -> dict[str, str | None]:
    until = held.span.until
    return {"tier": held.tier, "first": str(held.span.first), "until": str(until) if until else None}


def _store(partner_id: UUID, rows: Sequence[TierSpan], after: Sequence[TierHeld], at: datetime) -> None:
    """Makes the rows say what holds now: first what goes, then what is cut or grows, then what is new."""
    wanted = {(held.tier, held.span.first): held for held in after}
    kept = [row for row in rows if (row.tier, row.during.lower) in wanted]
    TierSpan.objects.filter(pk__in={row.pk for row in rows} - {row.pk for row in kept}).delete()
    for row in kept:
        span = wanted.pop((row.tier, row.during.lower)).span
        if span.until != row.during.upper:
            row.during = DateRange(span.first, span.until)
            row.save(update_fields=["during"])
    for held in wanted.values():
        days = DateRange(held.span.first, held.span.until)
        TierSpan.objects.create(partner_id=partner_id, tier=held.tier, during=days, learned_at=at)
