"""Examples run through the rules that bill and pay: stories with their arithmetic, and properties of any story."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ofrecord.engine.recompute import is_sound
from ofrecord.flows.check_program import check_program, work
from ofrecord.flows.tell_story import price_on, tell
from ofrecord.kernel.calendar import Span
from ofrecord.kernel.money import Money, Rounding
from ofrecord.program.document import check
from ofrecord.program.story_types import Example, Story, StoryChange
from ofrecord.program.types import Price, Terms

from .documents import PROGRAMS, SHIPPED, SMALL

STORY = 'story = { offer = "business-suite", region = "US", seats = 50, months = 36 }'
PAYS = 'pays  = { "year 1" = "1080.00 USD", "year 2" = "540.00 USD", "year 3" = "540.00 USD" }'


def paid(story: str, *periods: str) -> list[str]:
    """What a story pays in the periods under the first reading."""
    told = f'{{ offer = "business-suite", region = "US", {story} }}'
    pays = ", ".join(f'"{period}" = "0.00 USD"' for period in periods)
    text = SMALL.replace(STORY, f"story = {told}").replace(PAYS, f"pays = {{ {pays} }}")
    (worked,) = check_program(text.encode()).examples
    return [period.paid.decimal_text() for period in worked.periods]


def test_a_change_of_seats_inside_a_month_is_paid_to_the_day() -> None:
    # April 2009: 50 × 15.00 × 15/30 = 375.00 and 60 × 15.00 × 15/30 = 450.00; 12% of each: 45.00 + 54.00
    assert paid(
        "seats = 50, months = 2, changes = [{ day = 2009-04-16, seats = 60 }]", "month 1", "month 2"
    ) == [
        "99.00",
        "108.00",
    ]


def test_nothing_is_paid_after_the_cancellation() -> None:
    # 10 of 30 days of June: 50 × 15.00 / 3 = 250.00; 12% are 30.00
    assert paid("seats = 50, months = 12, cancelled_from = 2009-06-11", "month 3", "month 4", "total") == [
        "30.00",
        "0.00",
        "210.00",
    ]


def test_an_anniversary_inside_a_month_pays_both_rates() -> None:
    # April 2010: 15 days of month 12 are 375.00 at 12%, 15 days of month 13 are 375.00 at 6%: 45.00 + 22.50
    assert paid("seats = 50, months = 13, start = 2009-04-16", "2010-04", "year 1") == ["67.50", "1080.00"]


def test_an_anniversary_on_the_last_day_of_a_month_pays_that_day_at_the_later_rate() -> None:
    # 28 × 15.00 = 420.00: 30 of 31 days are 406.45 at 12%, one day is 13.55 at 6%: 48.77 + 0.81
    assert paid("seats = 28, months = 13, start = 2009-08-31", "2010-08") == ["49.58"]


def test_each_line_is_rounded_on_its_own() -> None:
    # 1 seat: 15.00 × 12% = 1.80 a month; from April 2: 29/30 of 15.00 = 14.50, 12% are 1.74
    assert paid("seats = 1, months = 3, start = 2009-04-02", "2009-04", "2009-05") == ["1.74", "1.80"]


def test_a_period_that_cuts_an_invoice_line_is_a_fault() -> None:
    text = SMALL.replace("months = 36", "months = 36, start = 2009-04-16")
    faults = check_program(text.encode()).faults
    # The clauses cut at the first anniversary only, so year 1 is exact and the boundary of years 2 and 3 is not.
    assert [fault.path for fault in faults] == ['examples[1].pays."year 2"', 'examples[1].pays."year 3"']
    for fault in faults:
        assert "inside the invoice line of 2011-04-01 to 2011-04-30" in fault.says
        assert '"2011-04"' in fault.remedy


@pytest.mark.parametrize("name", SHIPPED)
def test_changing_an_expected_amount_is_a_fault_that_says_the_right_one(name: str) -> None:
    text = (PROGRAMS / name).read_text()
    (fault,) = check_program(text.replace('"total" = "2', '"total" = "3').encode()).faults
    assert fault.path == "examples[1].pays.total"
    assert "not 3," in fault.says
    assert "ongoing pays " in fault.says


def test_as_many_examples_as_a_document_may_have_are_run_in_seconds() -> None:
    told, _, _ = (PROGRAMS / "advisers-2027.toml").read_text().partition("[[examples]]")
    story = 'offer = "suite", region = "DE", months = 36'
    examples = "".join(
        f'[[examples]]\nsays = "{seats}"\nstory = {{ {story}, seats = {seats} }}\npays = {{ total = "0.00" }}\n'
        for seats in range(1, 201)
    )
    before = process_time()
    assert len(check_program(f"{told}{examples}".encode()).examples) == 200
    assert process_time() - before < 10


stories = st.builds(
    Story,
    offer=st.just("business-suite"),
    region=st.just("US"),
    way=st.sampled_from(["partner-of-record", "direct"]),
    seats=st.integers(1, 5000),
    months=st.integers(1, 40),
    start=st.dates(date(2009, 4, 1), date(2012, 12, 31)),
    tier=st.just(""),
    changes=st.lists(
        st.builds(StoryChange, st.dates(date(2009, 4, 1), date(2014, 12, 31)), st.integers(1, 5000)),
        max_size=4,
    ).map(tuple),
    cancelled_from=st.none() | st.dates(date(2009, 4, 2), date(2014, 12, 31)),
)
prices = st.integers(1, 10**6).map(lambda minor: Money(minor, "USD"))


def reading(number: int, price: Money, rounding: Rounding) -> Terms:
    terms = check((PROGRAMS / SHIPPED[number]).read_bytes()).terms
    assert terms is not None
    offer = replace(terms.offers[0], prices=(Price("US", Span(date(2009, 4, 1)), price),))
    return replace(terms, offers=(offer,), rounding=rounding)


@given(stories, prices, st.sampled_from(Rounding))
@settings(max_examples=60, deadline=None)
def test_every_line_of_any_story_recomputes_and_pieces_sum(
    story: Story, price: Money, rounding: Rounding
) -> None:
    for number in (0, 1):
        terms = reading(number, price, rounding)
        lines = tell(terms, story)
        for line in lines:
            booked = replace(line, fee_minor=line.earned_minor, due_minor=line.earned_minor)
            assert is_sound(replace(booked, due_earned_minor=line.earned_minor), terms)
            assert line.clause, "a checked program covers every case"
        billed = {line.invoice_line: line.billed_minor for line in lines}
        # In the second reading the first year is paid by two clauses: one of them covers every piece.
        pieces = [line for line in lines if number == 0 or line.clause != "first-year"]
        assert sum(line.basis_minor for line in pieces) == sum(billed.values())


@given(stories, prices, st.sampled_from(Rounding))
@settings(max_examples=60, deadline=None)
def test_the_readings_differ_by_6_percent_of_the_first_year_and_by_nothing_later(
    story: Story, price: Money, rounding: Rounding
) -> None:
    first, second = (tell(reading(number, price, rounding), story) for number in (0, 1))
    fees = [{(x.clause, x.service.first): x for x in lines} for lines in (first, second)]
    for key, line in fees[0].items():
        same = fees[1][key]
        assert (same.basis_minor, same.rate, same.earned) == (line.basis_minor, line.rate, line.earned)
    more = [line for key, line in fees[1].items() if key not in fees[0]]
    assert all(line.month_last <= 12 and line.rate == Fraction(6, 100) for line in more)


@given(stories)
@settings(max_examples=40, deadline=None)
def test_the_total_is_the_sum_of_the_invoices(story: Story) -> None:
    terms = reading(1, Money(1500, "USD"), Rounding.HALF_UP)
    invoices = sorted({line.invoice for line in tell(terms, story)})
    zero: Any = Money.zero("USD")
    example = Example("any", story, (("total", zero), *((month, zero) for month in invoices)))
    total, *months = work(terms, example).periods
    assert sum(month.paid.minor for month in months) == total.paid.minor
    assert price_on(terms, story) == Money(1500, "USD")
