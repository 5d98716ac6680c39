"""What billed lines earn: split, attributed, matched, rated, rounded."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.support.told import EVER, billed, clause, earned, recognized, terms, unpaid

from ofrecord.engine.booking import to_book
from ofrecord.engine.judging.judge import judge
from ofrecord.engine.recompute import is_sound
from ofrecord.engine.types import BilledFact, FeeLine, History, Laws, Recognition
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import Money, Rounding
from ofrecord.program.clause_types import PARTNER_OF_RECORD, Condition, CountRange
from ofrecord.program.types import Terms

FIRST_YEAR = clause(
    "first-year", "12%", when=Condition(ways=("partner-of-record",), months=CountRange(1, 12))
)
ONGOING = clause("ongoing", "6%", when=Condition(ways=("partner-of-record",), months=CountRange(13)))
DIRECT = unpaid("direct", "Orders placed directly earn no fee.", when=Condition(ways=("direct",)))
TERMS = terms(FIRST_YEAR, ONGOING, DIRECT)
# 6% of everything, and 12% more in the first year: 18% together.
TOGETHER = replace(
    TERMS,
    clauses=(
        FIRST_YEAR,
        replace(ONGOING, when=Condition(ways=("partner-of-record",)), together_with=("first-year",)),
        DIRECT,
    ),
)


def fact(*partners: Recognition, started: str = "2009-04-15", **other: Any) -> BilledFact:
    return billed("2010-04", *partners, started=started, **({"invoice_line": "line-1"} | other))


def short(line: FeeLine) -> tuple[str, str, int, str, str]:
    basis = Money(line.basis_minor, line.currency).decimal_text()
    return (line.partner, line.clause, line.days, basis, line.earned.decimal_text())


def test_a_line_across_the_anniversary_is_split_by_days() -> None:
    # 750.00: 14 days of month 12 are 350.00 at 12%, 16 days of month 13 are 400.00 at 6%
    assert [short(line) for line in earned(TERMS, fact())] == [
        ("p1", "first-year", 14, "350.00", "42.00"),
        ("p1", "ongoing", 16, "400.00", "24.00"),
    ]


def test_a_change_of_partner_pays_each_for_its_days() -> None:
    # 750.00 × 10/30 and 20/30, both in month 13 and later: 250.00 and 500.00 at 6%
    partners = (recognized("2009-01-01", "2010-04-11"), recognized("2010-04-11", partner="p2"))
    assert [short(line) for line in earned(TERMS, fact(*partners, started="2009-01-01"))] == [
        ("p1", "ongoing", 10, "250.00", "15.00"),
        ("p2", "ongoing", 20, "500.00", "30.00"),
    ]


def test_clauses_that_go_together_pay_a_line_each() -> None:
    # 750.00 at 12% and at 6%: 90.00 + 45.00 = 18% together
    lines = earned(TOGETHER, fact(started="2010-04-01"))
    assert [short(line) for line in lines] == [
        ("p1", "first-year", 30, "750.00", "90.00"),
        ("p1", "ongoing", 30, "750.00", "45.00"),
    ]


def test_a_sale_that_earns_nothing_is_a_line_with_its_reason() -> None:
    (line,) = earned(TERMS, fact(way="direct", started="2010-04-01"))
    assert (line.clause, line.fee.decimal_text(), line.reason) == (
        "direct",
        "0.00",
        "Orders placed directly earn no fee.",
    )


def test_a_case_that_no_clause_covers_is_a_line_that_says_so() -> None:
    (line,) = earned(TERMS, fact(way="resale", started="2010-04-01"))
    assert (line.clause, line.earned_minor) == ("", 0)
    assert line.reason == "No clause of Online Services 1 covers this case."


def test_without_a_partner_there_is_no_line() -> None:
    assert earned(TERMS, fact(recognized("2009-01-01", "2010-01-01"))) == []


def test_a_partner_without_a_tier_has_the_lowest() -> None:
    by_tier = replace(FIRST_YEAR, when=Condition(tiers=("Registered",)))
    version = replace(TERMS, tiers=("Registered", "Gold"), clauses=(by_tier,))
    partners = (recognized("2009-04-01"), recognized("2009-04-01", partner="p2", tier="Gold"))
    lines = earned(version, fact(*partners))
    assert [(x.partner, x.tier, x.clause) for x in lines] == [
        ("p2", "Gold", ""),
        ("p1", "Registered", "first-year"),
    ]


def test_every_fact_that_a_clause_names_is_asked() -> None:
    everything = Condition(
        ways=("partner-of-record",),
        roles=(PARTNER_OF_RECORD,),
        tiers=("Gold",),
        regions=("US",),
        offers=("business-suite",),
        months=CountRange(2, 2),
    )
    version = replace(TERMS, tiers=("Gold",), clauses=(replace(FIRST_YEAR, when=everything),))
    sale = fact(recognized("2010-03-01"), started="2010-03-01")
    assert earned(version, sale)[0].clause == "first-year"
    for other in ({"way": "direct"}, {"region": "GB"}, {"offer": "mail"}, {"started_on": date(2010, 4, 1)}):
        assert {line.clause for line in earned(version, replace(sale, **other))} == {""}
    silver = replace(sale, partners=(recognized("2010-03-01", tier="Silver"),))
    assert earned(version, silver)[0].clause == ""
    host = replace(sale, partners=(Recognition("p1", "host", Span(date(2010, 3, 1))),))
    assert earned(version, host)[0].clause == ""


def test_a_version_judges_its_own_sales() -> None:
    other = replace(TOGETHER, sha256="b" * 64)
    facts = [
        fact(started="2010-04-01", invoice_line="line-2", terms_sha256=other.sha256),
        fact(started="2010-04-01"),
    ]
    lines = earned(Laws((TERMS, other)), *facts)
    assert [(x.invoice_line, x.clause) for x in lines] == [
        ("line-1", "first-year"),
        ("line-2", "first-year"),
        ("line-2", "ongoing"),
    ]


days = st.dates(date(2009, 1, 1), date(2011, 12, 31))
facts = st.builds(
    lambda first, length, started, minor, spans, way: replace(
        fact(
            *(
                Recognition(f"p{n}", PARTNER_OF_RECORD, Span(min(pair), max(pair)))
                for n, pair in enumerate(spans)
            )
        ),
        service=Span(first, date.fromordinal(first.toordinal() + length)),
        started_on=min(started, first),
        billed_minor=minor,
        way=way,
    ),
    days,
    st.integers(1, 800),
    days,
    st.integers(-(10**9), 10**12),
    st.lists(st.tuples(days, days), max_size=3),
    st.sampled_from(["partner-of-record", "direct", "resale"]),
)
versions = st.builds(
    lambda base, rounding: replace(base, rounding=rounding),
    st.sampled_from([TERMS, TOGETHER]),
    st.sampled_from(Rounding),
)


def booked(version: Terms, *facts: BilledFact) -> list[FeeLine]:
    laws, history = Laws((version,)), History(facts)
    return to_book(laws, history, judge(laws, history, EVER), {}, Month.of(EVER))


@given(versions, facts)
def test_the_bases_of_a_clause_and_the_unpaid_sum_to_what_its_partner_sold(
    version: Terms, fact: BilledFact
) -> None:
    whole = replace(fact, partners=(Recognition("p1", PARTNER_OF_RECORD, Span(date(2000, 1, 1))),))
    lines = earned(version, whole)
    pieces = {(line.service.first, line.basis_minor, line.days) for line in lines}
    assert sum(basis for _, basis, _ in pieces) == whole.billed_minor
    assert sum(days for _, _, days in pieces) == whole.service.days


@given(versions, facts)
def test_every_fee_is_what_its_working_gives(version: Terms, fact: BilledFact) -> None:
    lines = booked(version, fact)
    for line in lines:
        assert is_sound(line, version)
        assert line.exact == line.basis_minor * line.rate
        assert line.fee_minor == line.earned_minor == line.due_minor
        assert (line.reason == "") == (line.earned_minor != 0)
    assert len({line.key for line in lines}) == len(lines)


@given(versions, facts)
def test_the_order_of_arrival_does_not_matter(version: Terms, fact: BilledFact) -> None:
    other = replace(fact, invoice_line="line-0")
    assert earned(version, fact, other) == earned(version, other, fact)


def test_an_altered_line_is_not_sound() -> None:
    line = booked(TERMS, fact())[0]
    assert is_sound(line, TERMS)
    for change in (
        {"fee_minor": line.fee_minor + 1},
        {"basis_minor": 1},
        {"earned_minor": 7},
        {"clause": "ongoing"},
    ):
        assert not is_sound(replace(line, **change), TERMS)
    dearer = replace(TERMS, clauses=(replace(FIRST_YEAR, rate=Fraction(18, 100)), ONGOING))
    assert not is_sound(line, dearer)
