"""What may change in a subscription, and from which day."""

from datetime import date

from ofrecord.kernel.calendar import add_months
from ofrecord.subscriptions.refusals import AlreadyCancelled, CommitmentRuns, DayPast, DayTooFar

PLANNED_MONTHS = 60


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
