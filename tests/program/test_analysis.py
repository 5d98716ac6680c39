"""The analysis against brute force over every point, its words, and its speed at size."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from ofrecord.kernel.calendar import Span
from ofrecord.kernel.money import Money, Rounding
from ofrecord.program.analysis import Case, analyze, cases
from ofrecord.program.document import check
from ofrecord.program.types import (
    PARTNER_OF_RECORD,
    Clause,
    Condition,
    MonthRange,
    Offer,
    Price,
    Service,
    Terms,
    Way,
)

from .conftest import Changed
from .documents import PROGRAMS, SHIPPED

WAYS, TIERS, REGIONS, OFFERS = ("w1", "w2"), ("t1", "t2"), ("r1", "r2", "r3"), ("o1", "o2")
LAST_SAMPLED_MONTH = 10  # no range below begins later or ends after it
DAY = date(2009, 4, 1)

Point = tuple[str, str, str, str, str, int]


def offer(code: str, regions: tuple[str, ...]) -> Offer:
    return Offer(code, code, (), tuple(Price(region, Span(DAY), Money(1500, "USD")) for region in regions))


def terms(
    ways: tuple[Way, ...], tiers: tuple[str, ...], offers: tuple[Offer, ...], clauses: tuple[Clause, ...]
) -> Terms:
    return Terms(
        sha256="", program="p", version="1", title="P", vendor="V", effective=DAY, notice_days=1, currency="USD",
        rounding=Rounding.HALF_UP, time_zone="UTC", tiers=tiers, ways=ways, offers=offers, clauses=clauses,
        service=Service("", "", True, 30),
    )  # fmt: skip


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    chosen = st.lists(st.sampled_from(values), unique=True, max_size=len(values))
    return chosen.map(lambda found: tuple(sorted(found)))


months = st.one_of(
    st.none(),
    st.tuples(st.integers(1, 6), st.one_of(st.none(), st.integers(0, 3))).map(
        lambda pair: MonthRange(pair[0], None if pair[1] is None else pair[0] + pair[1])
    ),
)
conditions = st.builds(
    Condition,
    ways=some(WAYS),
    roles=st.just(()),
    tiers=some(TIERS),
    regions=some(REGIONS),
    offers=some(OFFERS),
    months=months,
)
rates = st.one_of(st.none(), st.fractions(Fraction(1, 10), Fraction(1), max_denominator=10))


@st.composite
def programs(draw: st.DrawFn) -> Terms:
    ways = tuple(
        Way(code, code, "vendor", tuple((region, DAY) for region in draw(some(REGIONS)))) for code in WAYS
    )
    offers = tuple(offer(code, draw(some(REGIONS))) for code in OFFERS)
    clauses = []
    for number in range(draw(st.integers(0, 5))):
        rate = draw(rates)
        together = tuple(f"c{other}" for other in draw(st.sets(st.integers(0, 4))) if other != number)
        clauses.append(
            Clause(
                f"c{number}",
                "",
                PARTNER_OF_RECORD if rate else "",
                "billed",
                draw(conditions),
                rate,
                "",
                together,
            )
        )
    return terms(ways, draw(st.sampled_from([(), TIERS])), offers, tuple(clauses))


def points(of: Terms) -> Iterator[Point]:
    """Every single combination that can be sold, month by month."""
    for way, tier, deal in product(of.ways, of.tiers or ("",), of.offers):
        for region, month in product(REGIONS, range(1, LAST_SAMPLED_MONTH + 1)):
            if region in dict(way.open) and region in deal.regions():
                yield (way.code, PARTNER_OF_RECORD, tier, region, deal.code, month)


def claims(clause: Clause, point: Point) -> bool:
    way, role, tier, region, code, month = point
    when = clause.when
    asked = [(when.ways, way), (when.tiers, tier), (when.regions, region), (when.offers, code)]
    return (
        clause.role in ("", role)
        and all(not values or value in values for values, value in asked)
        and (when.months is None or when.months.has(month))
    )


def has(case: Case, point: Point) -> bool:
    way, role, tier, region, code, month = point
    inside = way in case.ways and role in case.roles and tier in case.tiers
    return inside and region in case.regions and code in case.offers and case.months.has(month)


@given(programs())
@settings(max_examples=150, deadline=None)
def test_every_point_is_in_one_case_with_the_clauses_that_claim_it(of: Terms) -> None:
    found = cases(of)
    for point in points(of):
        inside = [case for case in found if has(case, point)]
        assert len(inside) == 1
        assert inside[0].clauses == tuple(clause for clause in of.clauses if claims(clause, point))
    sold = set(points(of))
    for case in found:
        first = (
            case.ways[0],
            case.roles[0],
            case.tiers[0],
            case.regions[0],
            case.offers[0],
            case.months.first,
        )
        assert first in sold, "a case that cannot occur"


@given(programs())
@settings(max_examples=150, deadline=None)
def test_gaps_overlaps_and_idle_clauses_are_those_of_brute_force(of: Terms) -> None:
    analysis = analyze(of)
    claimed = {point: [clause for clause in of.clauses if claims(clause, point)] for point in points(of)}
    gaps = {point for point, clauses in claimed.items() if not clauses}
    assert {point for point in claimed if any(has(gap, point) for gap in analysis.gaps)} == gaps
    assert bool(analysis.gaps) == bool(gaps)
    clashes = {
        (first.name, second.name)
        for clauses in claimed.values()
        for first, second in combinations(clauses, 2)
        if first.rate is None or second.rate is None or not first.goes_with(second)
    }
    assert {(case.clauses[0].name, case.clauses[1].name) for case in analysis.overlaps} == clashes
    assert len(analysis.overlaps) == len(clashes), "one fault for a pair"
    idle = {clause.name for clause in of.clauses} - {c.name for found in claimed.values() for c in found}
    assert {clause.name for clause in analysis.never} == idle
    if not clashes:
        above = any(sum(c.rate or 0 for c in found) > 1 for found in claimed.values())
        assert bool(analysis.over_whole) == above


@given(programs())
@settings(max_examples=100, deadline=None)
def test_an_overlap_says_its_whole_range_and_no_more(of: Terms) -> None:
    for overlap in analyze(of).overlaps:
        for point in points(of):
            both = all(claims(clause, point) for clause in overlap.clauses)
            assert both == has(overlap, point)


@given(programs())
@settings(max_examples=100, deadline=None)
def test_gaps_cannot_be_put_together_further(of: Terms) -> None:
    """Of two gaps in the same months more than one fact differs; of the same values the months are apart."""
    for first, second in combinations(analyze(of).gaps, 2):
        facts = ("ways", "roles", "tiers", "regions", "offers")
        differ = sum(getattr(first, fact) != getattr(second, fact) for fact in facts)
        assert differ > 1 or first.months != second.months
        if not differ:
            assert first.months.last is not None
            assert first.months.last + 1 < second.months.first


@given(st.sampled_from(SHIPPED), months, st.data())
@settings(max_examples=100, deadline=None)
def test_a_mutated_document_has_a_fault_when_brute_force_finds_a_point(
    name: str, changed: MonthRange | None, data: st.DataObject
) -> None:
    of = check((PROGRAMS / name).read_bytes()).terms
    assert of is not None
    number = data.draw(st.integers(0, len(of.clauses) - 1))
    clause = of.clauses[number]
    mutated = replace(clause, when=replace(clause.when, months=changed))
    of = replace(of, clauses=(*of.clauses[:number], mutated, *of.clauses[number + 1 :]))
    bad = False
    for way, month in product(of.ways, range(1, 16)):
        point = (way.code, PARTNER_OF_RECORD, "", "US", "business-suite", month)
        found = [clause for clause in of.clauses if claims(clause, point)]
        bad |= not found or any(not a.goes_with(b) for a, b in combinations(found, 2))
    analysis = analyze(of)
    assert bool(analysis.gaps or analysis.overlaps) == bad


FIRST = 'when = { way = "partner-of-record", month = "1..12" }'
ONGOING = 'when = { way = "partner-of-record", month = "13.." }'


def test_a_gap_is_said_with_its_range(faults_after: Changed) -> None:
    gaps = [f for f in faults_after((ONGOING, ONGOING.replace('"13.."', '"14..24"'))) if "covers" in f.says]
    assert [gap.says for gap in gaps] == [
        "No clause covers partner-of-record, US, business-suite, month 13.",
        "No clause covers partner-of-record, US, business-suite, month 25 and later.",
    ]
    assert {gap.path for gap in gaps} == {"ways.partner-of-record"}
    assert gaps[0].remedy == "Let a clause pay it, or declare it under [unpaid] and say why."


def test_an_overlap_is_said_once_with_its_range(faults_after: Changed) -> None:
    (fault,) = [f for f in faults_after((ONGOING, ONGOING.replace('"13.."', '"10.."'))) if "both" in f.says]
    assert fault.says == (
        "first-year (line 24) and ongoing both pay partner-of-record, US, business-suite, months 10 to 12."
    )
    assert fault.path == "fees.ongoing.when"
    assert 'together_with = "first-year"' in fault.remedy


def test_what_is_paid_and_declared_unpaid_is_a_fault(faults_after: Changed) -> None:
    unpaid = '[unpaid.third]\nwhen = { month = 3 }\nbecause = "No reason."\n[[examples]]'
    (fault,) = [f for f in faults_after(("[[examples]]", unpaid)) if "unpaid" in f.says]
    assert fault.says == (
        "first-year (line 24) pays what third declares unpaid: partner-of-record, US, business-suite, month 3."
    )


def test_a_clause_for_what_is_not_sold_never_matches(faults_after: Changed) -> None:
    (fault,) = faults_after(
        ("[[examples]]", '[unpaid.gb]\nwhen = { region = "GB" }\nbecause = "Not sold."\n[[examples]]')
    )
    assert fault.says == "This clause can never match: nothing that it asks for is sold."


def test_rates_that_go_together_stay_within_the_whole(faults_after: Changed) -> None:
    faults = faults_after(
        ('rate = "12%"', 'rate = "60%"'),
        ('rate = "6%"', 'rate = "1/2"\ntogether_with = "first-year"'),
        (ONGOING, ONGOING.replace('"13.."', '"7.."')),
    )
    (fault,) = [fault for fault in faults if "together pay" in fault.says]
    assert fault.says == (
        "first-year and ongoing together pay 110% of what is billed: "
        "partner-of-record, US, business-suite, months 7 to 12."
    )


def test_hundreds_of_regions_and_offers_are_analyzed_in_seconds() -> None:
    """200 regions, 50 offers, 3 tiers, and 60 clauses that tell all of them apart."""
    regions = tuple(f"r{n}" for n in range(200))
    codes = tuple(f"o{n}" for n in range(50))
    ways = tuple(Way(w, w, "vendor", tuple((region, DAY) for region in regions)) for w in WAYS)
    tiers = ("t1", "t2", "t3")
    clauses = tuple(
        Clause(
            name=f"c{n}",
            title="",
            role=PARTNER_OF_RECORD,
            basis="billed",
            when=Condition(
                ways=(WAYS[n % 2],),
                tiers=(tiers[n % 3],) if n % 4 else (),
                regions=tuple(region for number, region in enumerate(regions) if (number >> n % 8) & 1),
                offers=tuple(code for number, code in enumerate(codes) if (number >> n % 6) & 1),
                months=MonthRange(n + 1, None if n % 5 == 0 else 1200 * (n + 1)),
            ),
            rate=Fraction(1, 100),
        )
        for n in range(60)
    )
    of = terms(ways, tiers, tuple(offer(code, regions) for code in codes), clauses)
    began = time.process_time()
    analysis = analyze(of)
    assert time.process_time() - began < 20
    assert analysis.overlaps
    assert analysis.gaps
