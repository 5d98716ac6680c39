"""Writes about customers."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Actor
from ofrecord.customers.models import Customer, Relationship, SegmentSpan
from ofrecord.customers.rules import with_segment
from ofrecord.customers.types import SegmentHeld
from ofrecord.journal.actions import record
from ofrecord.kernel.calendar import Span
from ofrecord.kernel.ids import new_code


@transaction.atomic
def add_customer(*, by: Actor, at: datetime, name: str, region: str, partner_id: UUID | None) -> UUID:
    """A customer that a partner brings, or that came by itself where `partner_id` is None."""
    customer = Customer.objects.create(
        number=new_code("C"),
        name=" ".join(name.split()),
        region=region,
        brought_by_id=partner_id,
        added_at=at,
    )
    if partner_id is not None:
        add_relationship(customer_id=customer.pk, partner_id=partner_id, since=at.date())
    record(by=by, at=at, verb="customer added", subject=("customer", customer.pk), partner_id=partner_id)
    return customer.pk


@transaction.atomic
def add_relationship(*, customer_id: UUID, partner_id: UUID, since: date) -> None:
    """From now on the partner deals with the customer; a second time changes nothing."""
    Relationship.objects.bulk_create(
        [Relationship(customer_id=customer_id, partner_id=partner_id, since=since)], ignore_conflicts=True
    )


@transaction.atomic
def set_segment(
    *,
    by: Actor,
    at: datetime,
    customer_id: UUID,
    segment: str,
    first: date,
    replaces_later: bool = False,
) -> None:
    """From `first` on, which may be over, the customer is in `segment`; empty is the first that the program names.

    It lasts until the next one that is recorded already; those go only where it is said. The journal keeps what was
    recorded before. To record what is recorded changes nothing.
    """
    if not Customer.objects.select_for_update().filter(pk=customer_id).exists():
        raise NotFound(what="customer")
    spans = list(SegmentSpan.objects.filter(customer_id=customer_id).order_by("during"))
    before = [_held(span) for span in spans]
    after = with_segment(before, segment, first, replaces_later=replaces_later)
    if after == before:
        return
    _store(customer_id, spans, after, at)
    record(
        by=by,
        at=at,
        verb="segment set",
        subject=("customer", customer_id),
        segment=segment,
        first=str(first),
        before=[_told(held) for held in before if held not in after],
    )


def _held(row: SegmentSpan) -> SegmentHeld:
    return SegmentHeld(row.segment, Span(row.during.lower, row.during.upper))


def _told(held: SegmentHeld) -> dict[str, str | None]:
    until = held.span.until
    return {"segment": held.segment, "first": str(held.span.first), "until": str(until) if until else None}


def _store(
    customer_id: UUID, rows: Sequence[SegmentSpan], after: Sequence[SegmentHeld], at: datetime
) -> None:
    """Makes the rows say what holds now; one that says it already keeps the instant at which it was learned."""
    kept = [row for row in rows if _held(row) in after]
    SegmentSpan.objects.filter(pk__in={row.pk for row in rows} - {row.pk for row in kept}).delete()
    known = [_held(row) for row in kept]
    for held in after:
        if held not in known:
            SegmentSpan.objects.create(
                customer_id=customer_id,
                segment=held.segment,
                during=DateRange(held.span.first, held.span.until),
                learned_at=at,
            )
