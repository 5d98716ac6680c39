"""Reads of the clock, for the edge: rooms are given `at` and never ask."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from ofrecord.clock.models import Clock
from ofrecord.clock.rules import time_on
from ofrecord.clock.types import DEMONSTRATION, History


def now() -> datetime:
    """The instant by the clock, in the vendor's time zone, so that `now().date()` is the business day.

    A demonstration's time goes on from when its day was set, and never back.
    """
    clock = Clock.objects.get()
    zone = ZoneInfo(clock.time_zone)
    real = datetime.now(zone)
    if clock.day is None or clock.set_at is None:
        return real
    is_history = clock.history_until is not None and clock.day <= clock.history_until
    return time_on(clock.day, zone, elapsed=real - clock.set_at, is_history=is_history)


def is_demonstration() -> bool:
    return Clock.objects.filter(mode=DEMONSTRATION).exists()


def is_wound() -> bool:
    """Whether the installation was begun."""
    return Clock.objects.exists()


def began_on() -> date:
    """The first day of the installation, by its own clock."""
    return Clock.objects.values_list("began_on", flat=True).get()


def history() -> History | None:
    """How far a demonstration's history is loaded; None where there is none to load."""
    clock = Clock.objects.filter(day__isnull=False, history_until__isnull=False).first()
    if clock is None or clock.day is None or clock.history_until is None:
        return None
    return History(clock.began_on, clock.day, clock.history_until)


def vendors_zone() -> ZoneInfo:
    """The time zone that the vendor's program names; UTC before the installation began."""
    name = Clock.objects.values_list("time_zone", flat=True).first()
    return ZoneInfo(name or "UTC")
