"""Writes of the clock."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from ofrecord.access.types import Actor
from ofrecord.clock.models import Clock
from ofrecord.clock.refusals import (
    ClockGoesForward,
    ClockGoesSlowly,
    ClockIsReal,
    DayWouldGoBack,
    HistoryLoading,
)
from ofrecord.clock.types import DEMONSTRATION, REAL
from ofrecord.journal.actions import record
from ofrecord.kernel.calendar import add_months

MONTHS_AT_ONCE = 24


@transaction.atomic
def wind(*, mode: str, day: date | None = None, history_until: date | None = None) -> None:
    """Begins the installation: real, or a demonstration that starts on `day`. Once; again it changes nothing.

    With `history_until` the demonstration has a history to load: people cannot set the clock before that day.
    """
    assert mode in (REAL, DEMONSTRATION), mode
    real = datetime.now(UTC)
    Clock.objects.get_or_create(
        pk=1,
        defaults={
            "mode": mode,
            "day": day,
            "set_at": None if day is None else real,
            "began_on": day or real.date(),
            "history_until": history_until,
        },
    )


@transaction.atomic
def set_day(*, by: Actor, at: datetime, day: date) -> None:
    """Moves a demonstration's clock forward to `day`."""
    clock = Clock.objects.select_for_update().get()
    if clock.day is None:
        raise ClockIsReal
    if clock.history_until is not None and clock.day < clock.history_until:
        raise HistoryLoading(day=clock.day, until=clock.history_until)
    if day < clock.day:
        raise ClockGoesForward(today=clock.day, wanted=day)
    latest = add_months(clock.day, MONTHS_AT_ONCE)
    if day > latest:
        raise ClockGoesSlowly(wanted=day, latest=latest)
    former = clock.day
    _turn(clock, day)
    record(by=by, at=at, verb="clock set", subject=("clock", None), former=str(former), day=str(day))


@transaction.atomic
def play_day(*, day: date) -> None:
    """The history of a demonstration reaches `day`. What happens on the day belongs into the same transaction.

    Not journaled: nobody decided it, and what happened on the day is.
    """
    clock = Clock.objects.select_for_update().get()
    assert clock.day is not None, "only a demonstration has a history"
    assert clock.history_until is not None, "only a demonstration has a history"
    assert clock.day < day <= clock.history_until, (clock.day, day, clock.history_until)
    _turn(clock, day)


def _turn(clock: Clock, day: date) -> None:
    """A day that is set again goes on; another one begins."""
    if clock.day != day:
        clock.day, clock.set_at = day, datetime.now(UTC)
        clock.save(update_fields=["day", "set_at"])


@transaction.atomic
def set_time_zone(*, by: Actor, at: datetime, time_zone: str) -> None:
    """The vendor's time zone, as its program names it; a business day that has begun does not end by it."""
    clock = Clock.objects.select_for_update().get()
    if clock.day is None and at.astimezone(ZoneInfo(time_zone)).date() < at.date():
        raise DayWouldGoBack(time_zone=time_zone, today=at.date())
    changed = Clock.objects.exclude(time_zone=time_zone).update(time_zone=time_zone)
    if changed:
        record(by=by, at=at, verb="time zone set", subject=("clock", None), time_zone=time_zone)
