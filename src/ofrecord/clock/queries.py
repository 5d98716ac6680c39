"""Reads of the clock, for the edge: rooms are given `at` and never ask."""

from datetime import datetime
from zoneinfo import ZoneInfo

from ofrecord.clock.models import DEMONSTRATION, Clock


def now() -> datetime:
    """The instant by the clock, in the vendor's time zone, so that `now().date()` is the business day.

    In a demonstration: the day that was set, at the real time of day.
    """
    clock = Clock.objects.get()
    real = datetime.now(ZoneInfo(clock.time_zone))
    if clock.day is None:
        return real
    return real.replace(year=clock.day.year, month=clock.day.month, day=clock.day.day)


def is_demonstration() -> bool:
    return Clock.objects.filter(mode=DEMONSTRATION).exists()


def is_wound() -> bool:
    """Whether the installation was begun."""
    return Clock.objects.exists()
