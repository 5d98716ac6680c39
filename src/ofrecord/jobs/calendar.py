"""What falls due on which day, in which order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ofrecord.access.types import SYSTEM
from ofrecord.billing.actions import bill_month_of_all
from ofrecord.kernel.calendar import Month


@dataclass(frozen=True, slots=True)
class Due:
    """A job that falls due on a day."""

    name: str
    on: date
    run: Callable[[datetime], object]


def _bill_former_month(on: date) -> Due:
    month = Month.of(on).plus(-1)
    return Due("bill the month", on, lambda at: bill_month_of_all(by=SYSTEM, at=at, month=month))


def due_between(after: date, until: date) -> Iterator[Due]:
    """The jobs that fall due on the days after `after` up to and with `until`, the earliest first."""
    day = after + timedelta(days=1)
    while day <= until:
        if day.day == 1:
            yield _bill_former_month(day)
        day += timedelta(days=1)
