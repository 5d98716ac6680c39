"""When people do things: on workdays, in office hours."""

from datetime import date, timedelta

from ofrecord.demonstration.chance import Chance
from ofrecord.kernel.calendar import Month


def business_day(day: date) -> date:
    """The day, or the Monday after it."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


def last_business_day(month: Month) -> date:
    """The last workday of the month."""
    return month.last - timedelta(days=max(0, month.last.weekday() - 4))


def minute(chance: Chance, first_hour: int, last_hour: int) -> int:
    """A minute of the day within these hours."""
    return chance.whole(first_hour * 60, last_hour * 60 - 1)
