"""Days, months and spans."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ofrecord.kernel.calendar import CalendarFault, Month, Span, add_months, month_index

days = st.dates(date(1990, 1, 1), date(2060, 12, 31))


def test_a_month_knows_its_days() -> None:
    february = Month.parse("2028-02")
    assert (february.first, february.last) == (date(2028, 2, 1), date(2028, 2, 29))
    assert str(february.plus(-2)) == "2027-12"
    assert Month.of(date(2028, 2, 29)) == february


@pytest.mark.parametrize("text", ["0000-01", "9999-12", "2026-13", "2026-1", "2026", "26-01", "2026-10-01"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(CalendarFault):
        Month.parse(text)


@pytest.mark.parametrize(
    ("start", "months", "day"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 31), 3, date(2026, 4, 30)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_month_anchors_clamp_to_the_end_of_the_month(start: date, months: int, day: date) -> None:
    assert add_months(start, months) == day


@pytest.mark.parametrize(
    ("start", "day", "index"),
    [
        (date(2025, 10, 1), date(2025, 10, 1), 1),
        (date(2025, 10, 1), date(2026, 9, 30), 12),
        (date(2025, 10, 1), date(2026, 10, 1), 13),
        (date(2026, 1, 31), date(2026, 2, 27), 1),
        (date(2026, 1, 31), date(2026, 2, 28), 2),
        (date(2025, 10, 15), date(2025, 10, 14), 0),
    ],
)
def test_the_month_of_a_subscription(start: date, day: date, index: int) -> None:
    assert month_index(start, day) == index


@given(days, st.integers(0, 20_000))
def test_a_day_is_in_the_month_that_its_anchors_bound(start: date, after: int) -> None:
    day = start + timedelta(days=after)
    index = month_index(start, day)
    assert add_months(start, index - 1) <= day < add_months(start, index)


def test_a_span_is_half_open() -> None:
    span = Span(date(2026, 10, 1), date(2026, 11, 1))
    assert span.days == 31
    assert span.has(date(2026, 10, 31))
    assert not span.has(date(2026, 11, 1))
    assert span.common(Span(date(2026, 11, 1))) is None
    assert span.common(Span(date(2026, 10, 14))) == Span(date(2026, 10, 14), date(2026, 11, 1))
    with pytest.raises(CalendarFault):
        Span(date(2026, 10, 2), date(2026, 10, 1))


@given(days, st.integers(1, 400), st.lists(days, max_size=6))
def test_cutting_keeps_every_day_once(first: date, length: int, cuts: list[date]) -> None:
    span = Span(first, first + timedelta(days=length))
    pieces = span.cut(cuts)
    assert sum(piece.days for piece in pieces) == span.days
    assert pieces[0].first == span.first
    assert pieces[-1].until == span.until
    assert all(one.until == other.first for one, other in pairwise(pieces))
