"""What billed lines earn: split, attributed, matched, rated, rounded."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ofrecord.engine.judge import judge, judge_fact, recompute, split
from ofrecord.engine.types import BilledFact, FeeLine, Recognition
from ofrecord.kernel.calendar import Span
from ofrecord.kernel.money import Money, Rounding
from ofrecord.program.types import PARTNER_OF_RECORD, Clause, Condition, MonthRange, Service, Terms

FIRST_YEAR = Clause(
    "first-year",
    "First year",
    PARTNER_OF_RECORD,
    "billed",
    Condition(ways=("partner-of-record",), months=MonthRange(1, 12)),
    Fraction(12, 100),
)
ONGOING = Clause(
    "ongoing",
    "Ongoing",
    PARTNER_OF_RECORD,
    "billed",
    Condition(ways=("partner-of-record",), months=MonthRange(13)),
    Fraction(6, 100),
)
DIRECT = Clause(
    "direct", "Direct", "", "", Condition(ways=("direct",)), None, "Orders placed directly earn no fee."
)
TERMS = Terms(
    sha256="a" * 64,
    program="online-services",
    version="1",
    title="Online Services",
    vendor="Northwind Online",
    effective=date(2009, 4, 1),
    notice_days=90,
    currency="USD",
    rounding=Rounding.HALF_UP,
    time_zone="UTC",
    tiers=(),
    ways=(),
    offers=(),
    clauses=(FIRST_YEAR, ONGOING, DIRECT),
    service=Service("Conditions of service", "", True, 30),
)
# 6% of everything, and 12% more in the first year: 18% together.
TOGETHER = replace(
    TERMS,
    clauses=(
        FIRST_YEAR,
        replace(ONGOING, when=Condition(ways=("partner-of-record",)), together_with=("first-year",)),
        DIRECT,
    ),
)


def recognized(first: str, until: str | None = None, partner: str = "p1", tier: str = "") -> Recognition:
    span = Span(date.fromisoformat(first), date.fromisoformat(until) if until else None)
    return Recognition(partner, PARTNER_OF_RECORD, span, tier)


def fact(
    *partners: Recognition, service: str = "2010-04", started: str = "2009-04-15", **other: object
) -> BilledFact:
    year, month = map(int, service.split("-"))
    span = Span(date(year, month, 1), date(year, month, 1).replace(month=month + 1))
    usual = BilledFact(
        invoice_line="line-1",
        invoice="N-2010-04-00001",
        invoice_day=date(year, month, 30),
        subscription="s1",
        started_on=date.fromisoformat(started),
        customer="c1",
        offer="business-suite",
        way="partner-of-record",
        region="US",
        currency="USD",
        seats=50,
        unit_price_minor=1500,
        billed_minor=75000,
        service=span,
        terms_sha256=TERMS.sha256,
        partners=partners or (recognized(started),),
    )
    return replace(usual, **other)  # type: ignore[arg-type]


def short(line: FeeLine) -> tuple[str, str, int, str, str]:
    basis = Money(line.basis_minor, line.currency).decimal_text()
    return (line.partner, line.clause, line.days, basis, line.fee.decimal_text())


def test_a_line_across_the_anniversary_is_split_by_days() -> None:
    # 750.00: 14 days of month 12 are 350.00 at 12%, 16 days of month 13 are 400.00 at 6%
    assert [short(line) for line in judge_fact(TERMS, fact())] == [
        ("p1", "first-year", 14, "350.00", "42.00"),
        ("p1", "ongoing", 16, "400.00", "24.00"),
    ]


def test_a_change_of_partner_pays_each_for_its_days() -> None:
    # 750.00 × 10/30 and 20/30, both in month 13 and later: 250.00 and 500.00 at 6%
    partners = (recognized("2009-01-01", "2010-04-11"), recognized("2010-04-11", partner="p2"))
    assert [short(line) for line in judge_fact(TERMS, fact(*partners, started="2009-01-01"))] == [
        ("p1", "ongoing", 10, "250.00", "15.00"),
        ("p2", "ongoing", 20, "500.00", "30.00"),
    ]


def test_clauses_that_go_together_pay_a_line_each() -> None:
    # 750.00 at 12% and at 6%: 90.00 + 45.00 = 18% together
    lines = judge_fact(TOGETHER, fact(started="2010-04-01"))
    assert [short(line) for line in lines] == [
        ("p1", "first-year", 30, "750.00", "90.00"),
        ("p1", "ongoing", 30, "750.00", "45.00"),
    ]


def test_a_sale_that_earns_nothing_is_a_line_with_its_reason() -> None:
    (line,) = judge_fact(TERMS, fact(way="direct", started="2010-04-01"))
    assert (line.clause, line.fee.decimal_text(), line.reason) == (
        "direct",
        "0.00",
        "Orders placed directly earn no fee.",
    )


def test_a_case_that_no_clause_covers_is_a_line_that_says_so() -> None:
    (line,) = judge_fact(TERMS, fact(way="resale", started="2010-04-01"))
    assert (line.clause, line.fee_minor) == ("", 0)
    assert line.reason == "No clause of Online Services 1 covers this case."


def test_without_a_partner_there_is_no_line() -> None:
    assert judge_fact(TERMS, fact(recognized("2009-01-01", "2010-01-01"))) == []


def test_a_partner_without_a_tier_has_the_lowest() -> None:
    by_tier = replace(FIRST_YEAR, when=Condition(tiers=("Registered",)))
    terms = replace(TERMS, tiers=("Registered", "Gold"), clauses=(by_tier,))
    partners = (recognized("2009-04-01"), recognized("2009-04-01", partner="p2", tier="Gold"))
    lines = judge_fact(terms, fact(*partners))
    assert [(x.partner, x.tier, x.clause) for x in lines] == [
        ("p1", "Registered", "first-year"),
        ("p2", "Gold", ""),
    ]


def test_every_fact_that_a_clause_names_is_asked() -> None:
    everything = Condition(
        ("partner-of-record",),
        (PARTNER_OF_RECORD,),
        ("Gold",),
        ("US",),
        ("business-suite",),
        MonthRange(2, 2),
    )
    terms = replace(TERMS, tiers=("Gold",), clauses=(replace(FIRST_YEAR, when=everything),))
    sale = fact(recognized("2010-03-01"), started="2010-03-01")
    assert judge_fact(terms, sale)[0].clause == "first-year"
    for other in ({"way": "direct"}, {"region": "GB"}, {"offer": "mail"}, {"started_on": date(2010, 4, 1)}):
        assert {line.clause for line in judge_fact(terms, replace(sale, **other))} == {""}
    silver = replace(sale, partners=(recognized("2010-03-01", tier="Silver"),))
    assert judge_fact(terms, silver)[0].clause == ""
    host = replace(sale, partners=(Recognition("p1", "host", Span(date(2010, 3, 1))),))
    assert judge_fact(terms, host)[0].clause == ""


def test_a_version_judges_its_own_sales() -> None:
    other = replace(TOGETHER, sha256="b" * 64)
    facts = [
        fact(started="2010-04-01", invoice_line="line-2", terms_sha256=other.sha256),
        fact(started="2010-04-01"),
    ]
    lines = judge({TERMS.sha256: TERMS, other.sha256: other}, facts)
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
terms = st.builds(
    lambda base, rounding: replace(base, rounding=rounding),
    st.sampled_from([TERMS, TOGETHER]),
    st.sampled_from(Rounding),
)


@given(terms, facts)
def test_pieces_sum_to_the_billed_line(version: Terms, billed: BilledFact) -> None:
    pieces = split(version, billed)
    assert sum(piece.basis.minor for piece in pieces) == billed.billed_minor
    assert sum(piece.service.days for piece in pieces) == billed.service.days
    assert [piece.number for piece in pieces] == list(range(len(pieces)))


@given(terms, facts)
def test_every_fee_is_what_its_working_gives(version: Terms, billed: BilledFact) -> None:
    lines = judge_fact(version, billed)
    for line in lines:
        assert line.recomputed() == line.fee == recompute(line, version)
        assert line.exact == line.basis_minor * line.rate
        assert (line.reason == "") == (line.rate != 0)
    assert len({line.key for line in lines}) == len(lines)


@given(terms, facts)
def test_the_order_of_arrival_does_not_matter(version: Terms, billed: BilledFact) -> None:
    other = replace(billed, invoice_line="line-0")
    by_sha = {version.sha256: version}
    assert judge(by_sha, [billed, other]) == judge(by_sha, [other, billed])


def test_an_altered_line_does_not_recompute() -> None:
    line = judge_fact(TERMS, fact())[0]
    altered = replace(line, fee_minor=line.fee_minor + 1)
    assert altered.recomputed() != altered.fee
    dearer = replace(TERMS, clauses=(replace(FIRST_YEAR, rate=Fraction(18, 100)), ONGOING))
    assert recompute(line, dearer) != line.fee
