"""The time of day of a demonstration."""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

# What falls due is done before people come. On a day of the history they come when its people have gone.
_BEGINS: Final = time(9)
_BEGINS_AFTER_HISTORY: Final = time(18)
_LAST: Final = time(23, 59)


def time_on(day: date, zone: ZoneInfo, *, elapsed: timedelta, is_history: bool) -> datetime:
    """What time it is on a set day, so long after it was set.

    Later is never earlier, and the day does not end until another one is set: the longer it lasts, the slower it goes.
    """
    begins = datetime.combine(day, _BEGINS_AFTER_HISTORY if is_history else _BEGINS, tzinfo=zone)
    room = datetime.combine(day, _LAST, tzinfo=zone) - begins
    elapsed = max(elapsed, timedelta())
    return begins + room * (elapsed / (elapsed + room))
