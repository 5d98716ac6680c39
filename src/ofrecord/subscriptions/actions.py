"""Writes about subscriptions."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Actor
from ofrecord.journal.actions import record
from ofrecord.kernel.ids import new_code
from ofrecord.subscriptions.models import PartnerOfRecord, SeatChange, Subscription
from ofrecord.subscriptions.refusals import PartnerSpansOverlap
from ofrecord.subscriptions.rules import require_cancellation, require_seat_change
from ofrecord.subscriptions.types import Start


@transaction.atomic
def start(*, by: Actor, at: datetime, what: Start) -> UUID:
    """Starts what an order confirmed: the subscription, its seats and its partner of record."""
    subscription = Subscription.objects.create(
        number=new_code("S"),
        order_id=what.order_id,
        customer_id=what.customer_id,
        version_id=what.version_id,
        way=what.way,
        region=what.region,
        offer=what.offer,
        offer_title=what.offer_title,
        unit_price_minor=what.unit_price.minor,
        currency=what.unit_price.currency,
        commitment_months=what.commitment_months,
        started_on=what.starts_on,
        added_at=at,
    )
    SeatChange.objects.create(subscription=subscription, day=what.starts_on, seats=what.seats, learned_at=at)
    if what.partner_id is not None:
        _recognize(subscription, what.partner_id, what.starts_on, at)
    _note(by, at, "subscription started", subscription, what.partner_id, seats=what.seats)
    return subscription.pk


def _recognize(subscription: Subscription, partner_id: UUID, first: date, at: datetime) -> None:
    overlapping = PartnerOfRecord.objects.filter(
        subscription=subscription, during__overlap=DateRange(first, None)
    )
    if overlapping.exists():
        raise PartnerSpansOverlap(number=subscription.number)
    PartnerOfRecord.objects.create(
        subscription=subscription, partner_id=partner_id, during=DateRange(first, None), learned_at=at
    )


def _locked(subscription_id: UUID) -> Subscription:
    found = Subscription.objects.select_for_update().filter(pk=subscription_id).first()
    if found is None:
        raise NotFound(what="subscription")
    return found


def _partner_on(subscription: Subscription, day: date) -> UUID | None:
    spans = PartnerOfRecord.objects.filter(subscription=subscription, during__contains=day)
    return spans.values_list("partner_id", flat=True).first()


@transaction.atomic
def change_seats(*, by: Actor, at: datetime, subscription_id: UUID, day: date, seats: int) -> None:
    """From `day` on the subscription has `seats`; billed to the day."""
    subscription = _locked(subscription_id)
    require_seat_change(
        number=subscription.number,
        day=day,
        today=at.date(),
        started_on=subscription.started_on,
        cancelled_from=subscription.cancelled_from,
    )
    SeatChange.objects.create(subscription=subscription, day=day, seats=seats, learned_at=at)
    partner_id = _partner_on(subscription, day)
    _note(by, at, "seats changed", subscription, partner_id, day=str(day), seats=seats)


@transaction.atomic
def cancel(*, by: Actor, at: datetime, subscription_id: UUID, day: date) -> None:
    """Ends the service: `day` is the first day without it."""
    subscription = _locked(subscription_id)
    require_cancellation(
        number=subscription.number,
        day=day,
        today=at.date(),
        started_on=subscription.started_on,
        commitment_months=subscription.commitment_months,
        cancelled_from=subscription.cancelled_from,
    )
    subscription.cancelled_from = day
    subscription.save(update_fields=["cancelled_from"])
    partner_id = _partner_on(subscription, day)
    _note(by, at, "subscription cancelled", subscription, partner_id, day=str(day))


def _note(
    by: Actor, at: datetime, verb: str, subscription: Subscription, partner_id: UUID | None, **data: Any
) -> None:
    record(
        by=by,
        at=at,
        verb=verb,
        subject=("subscription", subscription.pk),
        partner_id=partner_id,
        **data,
    )
