"""Writes of the clock."""

from datetime import date, datetime

from django.db import transaction

from ofrecord.access.types import Actor
from ofrecord.clock.models import DEMONSTRATION, REAL, Clock
from ofrecord.clock.refusals import ClockGoesForward, ClockIsReal
from ofrecord.journal.actions import record


@transaction.atomic
def wind(*, mode: str, day: date | None = None) -> None:
    """Begins the installation: real, or a demonstration that starts on `day`. Once; again it changes nothing."""
    assert mode in (REAL, DEMONSTRATION), mode
    Clock.objects.get_or_create(pk=1, defaults={"mode": mode, "day": day})


@transaction.atomic
def set_day(*, by: Actor, at: datetime, day: date) -> None:
    """Moves a demonstration's clock forward to `day`."""
    clock = Clock.objects.select_for_update().get()
    if clock.day is None:
        raise ClockIsReal
    if day < clock.day:
        raise ClockGoesForward(today=clock.day, wanted=day)
    former, clock.day = clock.day, day
    clock.save(update_fields=["day"])
    record(by=by, at=at, verb="clock set", subject=("clock", None), former=str(former), day=str(day))


@transaction.atomic
def set_time_zone(*, by: Actor, at: datetime, time_zone: str) -> None:
    """The vendor's time zone, as its program names it."""
    changed = Clock.objects.exclude(time_zone=time_zone).update(time_zone=time_zone)
    if changed:
        record(by=by, at=at, verb="time zone set", subject=("clock", None), time_zone=time_zone)
