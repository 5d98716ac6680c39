"""What may change in a subscription, and from which day."""

from datetime import date

import pytest

from ofrecord.subscriptions.refusals import AlreadyCancelled, CommitmentRuns, DayPast, DayTooFar
from ofrecord.subscriptions.rules import earliest_end, require_cancellation, require_seat_change

TODAY, START = date(2026, 11, 2), date(2026, 4, 30)


def change(day: date, *, started_on: date = START, cancelled_from: date | None = None) -> None:
    require_seat_change(
        number="S-1", day=day, today=TODAY, started_on=started_on, cancelled_from=cancelled_from
    )


def cancel(day: date, *, months: int = 12, cancelled_from: date | None = None) -> None:
    require_cancellation(
        number="S-1",
        day=day,
        today=TODAY,
        started_on=START,
        commitment_months=months,
        cancelled_from=cancelled_from,
    )


def test_seats_change_from_today_until_the_end_of_the_service() -> None:
    change(TODAY)
    change(date(2026, 12, 24), cancelled_from=date(2026, 12, 25))
    with pytest.raises(DayPast):
        change(date(2026, 11, 1))
    with pytest.raises(AlreadyCancelled):
        change(date(2026, 12, 25), cancelled_from=date(2026, 12, 25))


def test_seats_of_a_later_start_change_from_its_first_day() -> None:
    change(date(2026, 12, 1), started_on=date(2026, 12, 1))
    with pytest.raises(DayPast) as refused:
        change(date(2026, 11, 30), started_on=date(2026, 12, 1))
    assert refused.value.earliest == date(2026, 12, 1)


@pytest.mark.parametrize("day", [date(2031, 11, 3), date.max])
def test_nobody_plans_beyond_five_years(day: date) -> None:
    with pytest.raises(DayTooFar):
        change(day)
    with pytest.raises(DayTooFar):
        cancel(day)


def test_a_commitment_is_kept_to_its_last_day() -> None:
    # From 30 April 2026 for ten months: the anchor of February is its last day.
    assert earliest_end(START, 10, TODAY) == date(2027, 2, 28)
    cancel(date(2027, 2, 28), months=10)
    with pytest.raises(CommitmentRuns) as refused:
        cancel(date(2027, 2, 27), months=10)
    assert refused.value.earliest == date(2027, 2, 28)


def test_a_subscription_is_cancelled_once() -> None:
    with pytest.raises(AlreadyCancelled):
        cancel(date(2027, 5, 1), cancelled_from=date(2027, 4, 30))
