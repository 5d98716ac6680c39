"""What a month of service costs, in days and cents."""

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ofrecord.billing.rules import bill_month
from ofrecord.billing.types import Billable, SeatsFrom
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import Money, Rounding

FIFTEEN = Money.parse("15.00 USD")
OCTOBER = Month.parse("2026-10")


def subscription(*seats: tuple[str, int], until: str | None = None, price: Money = FIFTEEN) -> Billable:
    changes = tuple(SeatsFrom(date.fromisoformat(day), count) for day, count in seats)
    return Billable(price, changes[0].day, date.fromisoformat(until) if until else None, changes)


def billed(billable: Billable, month: Month = OCTOBER) -> list[tuple[str, str, int, str]]:
    lines = bill_month(billable, month, Rounding.HALF_UP)
    return [(str(x.span.first), str(x.span.last), x.seats, x.amount.decimal_text()) for x in lines]


def test_a_whole_month_costs_seats_times_price() -> None:
    # 50 × 15.00
    assert billed(subscription(("2026-03-01", 50))) == [("2026-10-01", "2026-10-31", 50, "750.00")]


def test_a_start_inside_the_month_is_billed_to_the_day() -> None:
    # 50 × 15.00 × 17/31 = 411.290…
    assert billed(subscription(("2026-10-15", 50))) == [("2026-10-15", "2026-10-31", 50, "411.29")]


def test_a_change_of_seats_makes_a_second_line() -> None:
    # 50 × 15.00 × 9/31 = 217.741…; 60 × 15.00 × 22/31 = 638.709…
    assert billed(subscription(("2026-03-01", 50), ("2026-10-10", 60))) == [
        ("2026-10-01", "2026-10-09", 50, "217.74"),
        ("2026-10-10", "2026-10-31", 60, "638.71"),
    ]


def test_two_changes_on_one_day_bill_the_later_and_no_empty_stretch() -> None:
    seats = (("2026-03-01", 50), ("2026-10-10", 55), ("2026-10-10", 60))
    assert [line[2] for line in billed(subscription(*seats))] == [50, 60]


def test_a_change_to_the_same_seats_is_no_new_stretch() -> None:
    assert len(billed(subscription(("2026-03-01", 50), ("2026-10-10", 50)))) == 1


def test_service_ends_before_the_day_it_is_cancelled_from() -> None:
    # 50 × 15.00 × 20/31 = 483.870…
    assert billed(subscription(("2026-03-01", 50), until="2026-10-21")) == [
        ("2026-10-01", "2026-10-20", 50, "483.87")
    ]


def test_nothing_is_billed_before_the_start_or_after_the_end_or_without_a_seat() -> None:
    assert billed(subscription(("2026-11-01", 50))) == []
    assert billed(subscription(("2026-03-01", 50), until="2026-10-01")) == []
    assert billed(subscription(("2026-10-05", 50), until="2026-10-05")) == []
    assert billed(subscription(("2026-03-01", 50), ("2026-09-30", 0))) == []


days = st.dates(date(2026, 9, 1), date(2026, 11, 30))


@given(
    st.lists(st.tuples(days, st.integers(0, 300)), min_size=1, max_size=6), days, st.sampled_from(Rounding)
)
def test_lines_are_the_served_days_each_once(
    seats: list[tuple[date, int]], end: date, rounding: Rounding
) -> None:
    changes = tuple(SeatsFrom(day, count) for day, count in sorted(seats, key=lambda change: change[0]))
    billable = Billable(FIFTEEN, changes[0].day, max(end, changes[0].day), changes)
    lines = bill_month(billable, OCTOBER, rounding)
    for line in lines:
        assert line.days == line.span.days > 0
        assert line.days_in_month == 31
    for before, after in pairwise(lines):
        assert before.span.until is not None
        assert before.span.until <= after.span.first
        assert before.span.until < after.span.first or before.seats != after.seats
    for day in OCTOBER.span.cut([date(2026, 10, n) for n in range(2, 32)]):
        expected = [c.seats for c in changes if c.day <= day.first][-1:] or [0]
        if not billable.service.has(day.first):
            expected = [0]
        assert [x.seats for x in lines if x.span.has(day.first)] == [count for count in expected if count]


def test_a_single_stretch_rounds_as_the_program_states() -> None:
    # 0.05 × 1 × 3/30 = 0.005: half a cent
    june = Month.parse("2026-06")
    billable = Billable(Money.parse("0.05 USD"), date(2026, 6, 28), None, (SeatsFrom(date(2026, 6, 28), 1),))
    amounts = {rounding: bill_month(billable, june, rounding)[0].amount.minor for rounding in Rounding}
    assert amounts == {Rounding.HALF_UP: 1, Rounding.HALF_EVEN: 0, Rounding.DOWN: 0}
    assert bill_month(billable, june, Rounding.DOWN)[0].span == Span(date(2026, 6, 28), date(2026, 7, 1))
