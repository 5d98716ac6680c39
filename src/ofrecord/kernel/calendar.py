"""Days, months and half-open spans of days. Business rules speak these; instants only order things."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import total_ordering

# The days that every month has.
_SHORTEST = 28


class CalendarFault(ValueError):
    """Text that is no month, or a span that ends before it begins."""


@total_ordering
@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month, written "2026-10"."""

    year: int
    number: int

    @staticmethod
    def parse(text: str) -> "Month":
        match = re.fullmatch(r"([12][0-9]{3})-(0[1-9]|1[0-2])", text)
        if not match:
            raise CalendarFault(f'{text!r} is no month; write it like "2026-10"')
        return Month(int(match[1]), int(match[2]))

    @staticmethod
    def of(day: date) -> "Month":
        return Month(day.year, day.month)

    def plus(self, months: int) -> "Month":
        year, index = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(year, index + 1)

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return self.plus(1).first - timedelta(days=1)

    @property
    def span(self) -> "Span":
        return Span(self.first, self.plus(1).first)

    def __lt__(self, other: "Month") -> bool:
        return (self.year, self.number) < (other.year, other.number)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"


@dataclass(frozen=True, slots=True)
class Span:
    """The days `[first, until)`; `until` None means without end."""

    first: date
    until: date | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.first:
            raise CalendarFault(f"a span cannot end on {self.until}, before it begins on {self.first}")

    @property
    def days(self) -> int:
        """How many days; only a span with an end can be counted."""
        if self.until is None:
            raise CalendarFault("a span without end has no number of days")
        return (self.until - self.first).days

    @property
    def last(self) -> date | None:
        """The last day inside, None when without end."""
        return None if self.until is None else self.until - timedelta(days=1)

    def has(self, day: date) -> bool:
        return self.first <= day and (self.until is None or day < self.until)

    def common(self, other: "Span") -> "Span | None":
        """The days that both have, None when there are none."""
        first = max(self.first, other.first)
        ends = [until for until in (self.until, other.until) if until is not None]
        until = min(ends) if ends else None
        return None if until is not None and until <= first else Span(first, until)

    def without(self, other: "Span") -> "list[Span]":
        """Its days that the other does not have: none, one piece, or one on either side."""
        if self.common(other) is None:
            return [self]
        pieces = [Span(self.first, other.first)] if self.first < other.first else []
        if other.until is not None and (self.until is None or other.until < self.until):
            pieces.append(Span(other.until, self.until))
        return pieces

    def cut(self, days: "list[date]") -> "list[Span]":
        """The span in pieces that begin on those of `days` that lie inside it."""
        if self.until is not None and self.until == self.first:
            return []
        starts = [self.first, *sorted({day for day in days if self.has(day) and day > self.first})]
        return [Span(start, until) for start, until in zip(starts, [*starts[1:], self.until], strict=True)]


def add_months(anchor: date, months: int) -> date:
    """The same day of the month, `months` later; clamped to the last day of a shorter month."""
    year, index = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    day = anchor.day if anchor.day <= _SHORTEST else min(anchor.day, monthrange(year, index + 1)[1])
    return date(year, index + 1, day)


def month_index(start: date, day: date) -> int:
    """Which month since `start` the day is in: 1 on the first day, 13 on the first anniversary.

    Defined as the greatest n with `add_months(start, n - 1) <= day`, so month ends clamp the same way.
    """
    index = (day.year - start.year) * 12 + day.month - start.month + 1
    if start.day <= _SHORTEST:
        return index if start.day <= day.day else index - 1
    return index if add_months(start, index - 1) <= day else index - 1
