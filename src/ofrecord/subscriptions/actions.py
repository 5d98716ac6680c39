"""Writes about subscriptions."""

from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import OFFICE, Actor
from ofrecord.customers.queries import lock_customer
from ofrecord.journal.actions import record
from ofrecord.kernel.calendar import Span
from ofrecord.kernel.ids import new_code
from ofrecord.kernel.rate import rate_text
from ofrecord.partners.queries import partner_names
from ofrecord.subscriptions.models import HeldRole, PartnerOfRecord, SeatChange, Subscription
from ofrecord.subscriptions.queries import running_offers
from ofrecord.subscriptions.refusals import PartnerSpansOverlap
from ofrecord.subscriptions.rules import (
    deal_of,
    require_cancellation,
    require_end,
    require_reason,
    require_recordable,
    require_role,
    require_seat_change,
    with_change,
)
from ofrecord.subscriptions.types import RecordSpan, RoleSpan, Start


@transaction.atomic
def start(*, by: Actor, at: datetime, what: Start) -> UUID:
    """Starts what an order confirmed: the subscription, its seats and its partner of record.

    What kind of deal it is follows from what the customer has running on that day, and stays.
    """
    deal = _deal(what)
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
        deal=deal,
        started_on=what.starts_on,
        added_at=at,
    )
    SeatChange.objects.create(subscription=subscription, day=what.starts_on, seats=what.seats, learned_at=at)
    if what.partner_id is not None:
        _recognize(subscription, what.partner_id, what.starts_on, at)
    _note(by, at, "subscription started", subscription, what.partner_id, seats=what.seats)
    return subscription.pk


def _deal(what: Start) -> str:
    # Of two orders of one customer that are confirmed at the same time, only one is new.
    lock_customer(what.customer_id)
    return deal_of(what.offer, running_offers(what.customer_id, what.starts_on))


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


@transaction.atomic
def change_partner(
    *,
    by: Actor,
    at: datetime,
    subscription_id: UUID,
    partner_id: UUID | None,
    first: date,
    reason: str,
    replaces_later: bool = False,
) -> None:
    """From `first` on the partner of record is another one, or nobody where `partner_id` is None.

    It may be dated back. Changes that are recorded for later days stay unless they are to be replaced. Who loses
    days and who gains them each find it in the journal, with the reason and with what was recorded before.
    """
    subscription = _locked(subscription_id)
    said = require_reason(reason, "A change of the partner of record")
    _require_day(subscription, first, at)
    rows = list(PartnerOfRecord.objects.filter(subscription=subscription).order_by("during"))
    before = [RecordSpan(row.partner_id, Span(row.during.lower, row.during.upper)) for row in rows]
    after = with_change(before, partner_id, first, replaces_later=replaces_later)
    _store(subscription, rows, after, at)
    _note(by, at, "partner of record changed", subscription, partner_id, first=str(first), reason=said)
    for former in before:
        if former not in after and former.partner_id != partner_id:
            lost = {"first": str(max(first, former.span.first)), "before": _days(former.span), "reason": said}
            _note(by, at, "partner of record ended", subscription, former.partner_id, **lost)


def _store(
    subscription: Subscription, rows: Sequence[PartnerOfRecord], after: Sequence[RecordSpan], at: datetime
) -> None:
    """Makes the rows say what holds now: first what goes, then what is cut or grows, then what is new."""
    wanted = {(each.partner_id, each.span.first): each for each in after}
    kept = [row for row in rows if (row.partner_id, row.during.lower) in wanted]
    PartnerOfRecord.objects.filter(pk__in={row.pk for row in rows} - {row.pk for row in kept}).delete()
    for row in kept:
        span = wanted.pop((row.partner_id, row.during.lower)).span
        if span.until != row.during.upper:
            row.during = DateRange(span.first, span.until)
            row.save(update_fields=["during"])
    for each in wanted.values():
        PartnerOfRecord.objects.create(
            subscription=subscription,
            partner_id=each.partner_id,
            during=DateRange(each.span.first, each.span.until),
            learned_at=at,
        )


@transaction.atomic
def record_role(
    *,
    by: Actor,
    at: datetime,
    subscription_id: UUID,
    partner_id: UUID,
    role: str,
    first: date,
    until: date | None = None,
    share: Fraction | None = None,
) -> UUID:
    """The partner holds `role` from `first` until before `until`; with a share, beside others. The role's id."""
    subscription = _locked(subscription_id)
    _require_day(subscription, first, at)
    wanted = RoleSpan(partner_id, role, _span(first, until), share)
    name = partner_names([partner_id], OFFICE).get(partner_id, "")
    held = HeldRole.objects.filter(subscription=subscription, role=role)
    require_role([_held(row) for row in held.order_by("during")], wanted, name)
    row = HeldRole.objects.create(
        subscription=subscription,
        partner_id=partner_id,
        role=role,
        during=DateRange(first, until),
        share_numerator=share.numerator if share is not None else None,
        share_denominator=share.denominator if share is not None else None,
        learned_at=at,
    )
    part = rate_text(share) if share is not None else None
    days = _days(wanted.span)
    _note(by, at, "role recorded", subscription, partner_id, role=role, share=part, **days)
    return row.pk


@transaction.atomic
def end_role(
    *, by: Actor, at: datetime, subscription_id: UUID, heldrole_id: UUID, day: date, reason: str
) -> None:
    """`day` is the first day without the role; its first day undoes it. The journal keeps what was recorded."""
    subscription = _locked(subscription_id)
    row = HeldRole.objects.filter(pk=heldrole_id, subscription=subscription).first()
    if row is None:
        raise NotFound(what="role")
    said, held = require_reason(reason, "The end of a role"), _held(row)
    require_end(held, day)
    if day == held.span.first:
        row.delete()
    else:
        row.during = DateRange(held.span.first, day)
        row.save(update_fields=["during"])
    _note(
        by,
        at,
        "role ended",
        subscription,
        row.partner_id,
        role=row.role,
        day=str(day),
        reason=said,
        before=_days(held.span),
    )


def _require_day(subscription: Subscription, first: date, at: datetime) -> None:
    require_recordable(
        number=subscription.number,
        day=first,
        today=at.date(),
        started_on=subscription.started_on,
        cancelled_from=subscription.cancelled_from,
    )


def _span(first: date, until: date | None) -> Span:
    """The days; those that cross are none, which the rule refuses."""
    return Span(first, max(first, until) if until else None)


def _held(row: HeldRole) -> RoleSpan:
    return RoleSpan(row.partner_id, row.role, Span(row.during.lower, row.during.upper), row.share)


def _days(span: Span) -> dict[str, str | None]:
    return {"first": str(span.first), "until": str(span.until) if span.until else None}


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
