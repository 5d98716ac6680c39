"""What may change in a subscription, from which day, and who is recognized on which days."""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from uuid import UUID

from ofrecord.kernel.calendar import Span, add_months
from ofrecord.partners.refusals import WhyMissing
from ofrecord.program.clause_types import CROSS_SELL, FORMER_PARTNER, NEW, RECORDED_ROLES, UPSELL
from ofrecord.subscriptions.refusals import (
    AlreadyCancelled,
    CommitmentRuns,
    DayPast,
    DayTooFar,
    RecordUnchanged,
    RoleEnded,
    RoleHeld,
    RoleUnknown,
    ShareOutOfRange,
    SharesTooMuch,
    SpanEmpty,
)
from ofrecord.subscriptions.types import RecordSpan, RoleSpan

PLANNED_MONTHS = 60
WHOLE = Fraction(1)


def require_day(day: date, earliest: date, today: date) -> None:
    """A change begins on a day that people plan for: not before `earliest`, and within some years of today."""
    if day < earliest:
        raise DayPast(day=day, earliest=earliest)
    latest = add_months(today, PLANNED_MONTHS)
    if day > latest:
        raise DayTooFar(day=day, latest=latest)


def require_seat_change(
    *, number: str, day: date, today: date, started_on: date, cancelled_from: date | None
) -> None:
    """Seats change from today or a later day on, within the days of service."""
    require_day(day, max(today, started_on), today)
    if cancelled_from is not None and day >= cancelled_from:
        raise AlreadyCancelled(number=number, cancelled_from=cancelled_from)


def earliest_end(started_on: date, commitment_months: int, today: date) -> date:
    """The first day on which a subscription may be without service: after its commitment, and not in the past."""
    return max(add_months(started_on, commitment_months), today)


def require_cancellation(
    *,
    number: str,
    day: date,
    today: date,
    started_on: date,
    commitment_months: int,
    cancelled_from: date | None,
) -> None:
    """A running subscription is cancelled once, from today or later, when its commitment is over."""
    if cancelled_from is not None:
        raise AlreadyCancelled(number=number, cancelled_from=cancelled_from)
    require_day(day, today, today)
    earliest = earliest_end(started_on, commitment_months, today)
    if day < earliest:
        raise CommitmentRuns(number=number, earliest=earliest)


def deal_of(offer: str, running: Iterable[str]) -> str:
    """What kind of deal a sale is, by the offers that the customer has running on the day on which it starts."""
    offers = set(running)
    return NEW if not offers else UPSELL if offer in offers else CROSS_SELL


def former_partners(records: Sequence[RecordSpan]) -> list[RoleSpan]:
    """The former partners of record of a subscription, whose `records` come in the order of the days.

    Who was followed by another partner on the very next day is a former one from then on, without end, but for
    the days on which it is partner of record again. Who was followed by nobody is none.
    """
    found: dict[UUID, list[Span]] = {}
    for record, following in pairwise(records):
        is_followed = record.span.until == following.span.first
        if is_followed and record.partner_id != following.partner_id and record.partner_id not in found:
            found[record.partner_id] = [Span(following.span.first)]
    for record in records:
        if record.partner_id in found:
            pieces = found[record.partner_id]
            found[record.partner_id] = [rest for piece in pieces for rest in piece.without(record.span)]
    return [RoleSpan(partner, FORMER_PARTNER, span) for partner, spans in found.items() for span in spans]


def require_recordable(
    *, number: str, day: date, today: date, started_on: date, cancelled_from: date | None
) -> None:
    """What is recorded begins within the days of service; it may lie in the past."""
    require_day(day, started_on, today)
    if cancelled_from is not None and day >= cancelled_from:
        raise AlreadyCancelled(number=number, cancelled_from=cancelled_from)


def with_change(
    records: Sequence[RecordSpan], partner_id: UUID | None, first: date, *, replaces_later: bool
) -> list[RecordSpan]:
    """The partners of record after a change: from `first` on `partner_id`, or nobody where it is None.

    The change lasts until the next one that is recorded already; with `replaces_later` it lasts without end. Days
    of one partner that meet become one span, so that taking a change back leaves no trace in who was recognized
    since when. Raises RecordUnchanged where nothing would be another.
    """
    later = [] if replaces_later else [r.span.first for r in records if r.span.first > first]
    changed = Span(first, min(later) if later else None)
    after = [RecordSpan(r.partner_id, rest) for r in records for rest in r.span.without(changed)]
    if partner_id is not None:
        after.append(RecordSpan(partner_id, changed))
    joined = _joined(sorted(after, key=lambda record: record.span.first))
    if joined == _joined(list(records)):
        raise RecordUnchanged(first=first)
    return joined


def _joined(records: Sequence[RecordSpan]) -> list[RecordSpan]:
    joined: list[RecordSpan] = []
    for record in records:
        former = joined[-1] if joined else None
        if former and former.partner_id == record.partner_id and former.span.until == record.span.first:
            joined[-1] = RecordSpan(record.partner_id, Span(former.span.first, record.span.until))
        else:
            joined.append(record)
    return joined


def require_role(held: Iterable[RoleSpan], wanted: RoleSpan, name: str) -> None:
    """Refuses a role that is not recorded by hand, a share that is none, a role that `name` holds already on one
    of the days, and shares that make more than the whole; `held` are the roles of the subscription."""
    if wanted.role not in RECORDED_ROLES:
        raise RoleUnknown(role=wanted.role)
    if wanted.span.until == wanted.span.first:
        raise SpanEmpty(first=wanted.span.first)
    if wanted.share is not None and not 0 < wanted.share <= WHOLE:
        raise ShareOutOfRange(share=wanted.share)
    beside = [each for each in held if each.role == wanted.role and each.span.common(wanted.span)]
    own = next((each for each in beside if each.partner_id == wanted.partner_id), None)
    if own is not None:
        raise RoleHeld(name=name, role=own.role, span=own.span)
    _require_shares(beside, wanted)


def _require_shares(beside: Sequence[RoleSpan], wanted: RoleSpan) -> None:
    begun = {max(each.span.first, wanted.span.first) for each in [*beside, wanted]}
    for day in sorted(begun):
        total = sum((_part(each) for each in [*beside, wanted] if each.span.has(day)), Fraction(0))
        if total > WHOLE:
            raise SharesTooMuch(role=wanted.role, day=day, total=total)


def _part(held: RoleSpan) -> Fraction:
    return WHOLE if held.share is None else held.share


def require_end(held: RoleSpan, day: date) -> None:
    """A role ends on one of its own days; on its first one, it was never held."""
    if day < held.span.first:
        raise DayPast(day=day, earliest=held.span.first)
    if held.span.until is not None and day >= held.span.until:
        raise RoleEnded(role=held.role, until=held.span.until)


def require_reason(reason: str, what: str) -> str:
    """The reason without blanks around it; refuses none. `what` needs it, as the sentence says."""
    if not reason.strip():
        raise WhyMissing(what=what)
    return reason.strip()
