"""The analysis against brute force over every point, its words, and its speed at size."""

import time
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ofrecord.kernel.calendar import Span
from ofrecord.kernel.money import Money
from ofrecord.program.analysis import analyze, cases, whole_rate
from ofrecord.program.cells import DIMENSIONS, Case
from ofrecord.program.clause_types import (
    DISTRIBUTOR,
    FORMER_PARTNER,
    HOST,
    PARTNER_OF_RECORD,
    REFERRER,
    Band,
    Bands,
    Basis,
    Clause,
    Condition,
    CountRange,
    Growth,
    Measure,
    Needs,
    Per,
    Scope,
    Unit,
)
from ofrecord.program.document import check
from ofrecord.program.types import Terms, Way
from ofrecord.program.words import case_words

from .conftest import Changed
from .documents import PROGRAMS, SHIPPED
from .programs import DAYS, FIRST_DAY, Point, claims, counts, offer, points, programs, terms

RANGES = ("seats", "sold", "billed", "months", "designated")
slow = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def has(case: Case, point: Point) -> bool:
    values = zip(
        (case.ways, case.roles, case.tiers, case.regions, case.segments, case.offers, case.deals),
        point,
        strict=False,
    )
    ranges = (case.seats, case.months, case.designated)
    numbers = (point.seats, point.month, point.designated)
    return (
        all(value in known for known, value in values)
        and all(known.has(number) for known, number in zip(ranges, numbers, strict=True))
        and case.sold.has(point.sold)
        and case.billed.has(point.billed)
    )


def covers(of: Terms, clause: Clause) -> bool:
    """Whether a clause covers what it claims: no condition first, no share of growth or of a pool."""
    beside = clause.growth is not None or clause.basis is Basis.POOLED
    if beside or clause.needs is not None:
        return False
    base = next((c for c in of.clauses if c.name == clause.of), None)
    chain = replace(of, clauses=tuple(c for c in of.clauses if c.name != clause.name))
    return base is None or covers(chain, base)


def may_not_meet(first: Clause, second: Clause) -> bool:
    if Basis.POOLED in (first.basis, second.basis):
        return False
    stated = first.name in second.instead_of or second.name in first.instead_of
    together = first.name in second.together_with or second.name in first.together_with
    both_pay = bool(first.rate or first.amount) and bool(second.rate or second.amount)
    return not stated and not (together and both_pay)


def roles_in_question(of: Terms, clauses: Iterable[Clause]) -> set[str]:
    return {PARTNER_OF_RECORD} | {role for c in clauses for role in (*c.payees, *c.when.roles)}


@given(programs())
@slow
def test_every_point_is_in_one_case_with_the_clauses_that_claim_it(of: Terms) -> None:
    found = cases(of)
    shown = [clause for clause in of.clauses if clause.basis is not Basis.POOLED]
    roles = roles_in_question(of, shown)
    reached = set()
    for point in points(of):
        if point.role in roles:
            inside = [number for number, case in enumerate(found) if has(case, point)]
            assert len(inside) == 1
            reached |= set(inside)
            assert found[inside[0]].clauses == tuple(c for c in shown if claims(of, c, point))
    assert reached == set(range(len(found))), "a case that cannot occur"


def names_in_way(of: Terms, clause: Clause, role: str, way: str) -> bool:
    """Whether the clause names the role, and it and those whose fees it is a share of are about the way."""
    seen: set[str] = set()
    named, found = role in (*clause.payees, *clause.when.roles), [clause]
    while found and found[0].name not in seen:
        seen.add(found[0].name)
        named &= not found[0].when.ways or way in found[0].when.ways
        found = [c for c in of.clauses if c.name == found[0].of]
    return named


@given(programs())
@slow
def test_gaps_are_those_of_brute_force(of: Terms) -> None:
    sales = [c for c in of.clauses if c.growth is None and c.basis is not Basis.POOLED]
    sure = [c for c in of.clauses if covers(of, c)]
    found = analyze(of).gaps
    reached = set()
    for point in points(of):
        inside = [number for number, gap in enumerate(found) if has(gap, point)]
        reached |= set(inside)
        asked = any(names_in_way(of, c, point.role, point.way) for c in sales)
        asked |= point.role == PARTNER_OF_RECORD
        bare = asked and not any(claims(of, clause, point) for clause in sure)
        assert len(inside) == bare
        for number in inside:
            some = {c for c in sales if c not in sure and claims(of, c, point)}
            assert some <= set(found[number].clauses), "what pays there sometimes is named"
    assert reached == set(range(len(found))), "a gap that cannot occur"


@given(programs())
@slow
def test_overlaps_and_idle_clauses_are_those_of_brute_force(of: Terms) -> None:
    analysis = analyze(of)
    clashes = set()
    alive = set()
    for point in points(of):
        claimed = [clause for clause in of.clauses if claims(of, clause, point)]
        alive |= {clause.name for clause in claimed}
        for pair in combinations(claimed, 2):
            if may_not_meet(*pair):
                clashes.add((pair[0].name, pair[1].name))
    assert {tuple(clause.name for clause in case.clauses) for case in analysis.overlaps} == clashes
    assert len(analysis.overlaps) == len(clashes), "one fault for a pair"
    assert {clause.name for clause in analysis.never} == {clause.name for clause in of.clauses} - alive


@given(programs())
@slow
def test_an_overlap_says_its_whole_range_and_no_more(of: Terms) -> None:
    overlaps = analyze(of).overlaps
    for point in points(of) if overlaps else ():
        for overlap in overlaps:
            assert all(claims(of, clause, point) for clause in overlap.clauses) == has(overlap, point)


@given(programs())
@slow
def test_clauses_above_the_whole_are_those_of_brute_force(of: Terms) -> None:
    """Of all clauses that claim a sale, for whatever roles: with each one that needs something met and not."""
    analysis = analyze(of)
    rates = {c.name: rate for c in of.clauses if (rate := whole_rate(c, of)) and rate[0] is Basis.BILLED}
    above = set()
    anybody = roles_in_question(of, of.clauses)
    for point in points(of):
        if point.role != PARTNER_OF_RECORD:
            continue
        claimed = [
            clause
            for clause in of.clauses
            if clause.name in rates and any(claims(of, clause, point._replace(role=role)) for role in anybody)
        ]
        shared = [
            pair for pair in combinations(claimed, 2) if not set(pair[0].payees).isdisjoint(pair[1].payees)
        ]
        if any(may_not_meet(*pair) for pair in shared):
            continue
        for met in product(*((True,) if covers(of, c) else (True, False) for c in claimed)):
            paid = paid_when([c for c, is_met in zip(claimed, met, strict=True) if is_met])
            if sum(rates[c.name][1] for c in paid) > 1:
                above.add(point)
    found = [excess for excess in analysis.over_whole if excess.basis is Basis.BILLED]
    assert bool(found) == bool(above)
    for excess in found:
        assert excess.case is not None
        assert excess.total == sum(rates[c.name][1] for c in excess.clauses) > 1
        assert any(has(replace(excess.case, roles=(PARTNER_OF_RECORD,)), point) for point in above)


def paid_when(claimed: list[Clause]) -> list[Clause]:
    """Those that no other one which claims the case goes before."""
    return [
        clause
        for clause in claimed
        if not any(
            clause.name in other.instead_of and not set(other.payees).isdisjoint(clause.payees)
            for other in claimed
        )
    ]


@given(programs())
@slow
def test_gaps_cannot_be_put_together_further(of: Terms) -> None:
    """Two gaps differ in more than one fact, or in a range that goes on elsewhere."""
    for first, second in combinations(analyze(of).gaps, 2):
        differ = [name for name in DIMENSIONS if getattr(first, name) != getattr(second, name)]
        if len(differ) == 1:
            assert differ[0] in RANGES
            ranges = (getattr(first, differ[0]), getattr(second, differ[0]))
            assert not touch(*sorted(ranges, key=lambda found: found.first))


def touch(first: Any, second: Any) -> bool:
    """Whether the second range begins where the first one ends, or before."""
    if isinstance(first, Span):
        return first.until is None or first.until >= second.first
    return first.last is None or first.last + 1 >= second.first


@given(st.sampled_from(SHIPPED), counts, st.data())
@settings(max_examples=60, deadline=None)
def test_a_mutated_document_has_a_fault_when_brute_force_finds_a_point(
    name: str, changed: CountRange | None, data: st.DataObject
) -> None:
    of = check((PROGRAMS / name).read_bytes()).terms
    assert of is not None
    number = data.draw(st.integers(0, len(of.clauses) - 1))
    clause = of.clauses[number]
    mutated = replace(clause, when=replace(clause.when, months=changed))
    of = replace(of, clauses=(*of.clauses[:number], mutated, *of.clauses[number + 1 :]))
    bad = False
    for way, month in product(of.ways, range(1, 16)):
        day = max(DAYS)
        point = Point(
            way.code, PARTNER_OF_RECORD, "", "US", "", "business-suite", "new", 1, day, day, month, month
        )
        found = [clause for clause in of.clauses if claims(of, clause, point)]
        bad |= not found or any(may_not_meet(*pair) for pair in combinations(found, 2))
    analysis = analyze(of)
    assert bool(analysis.gaps or analysis.overlaps) == bad


def paying(name: str, role: str = PARTNER_OF_RECORD, rate: str = "1/10", **own: Any) -> Clause:
    when = own.pop("when", Condition())
    return Clause(name, name.title(), role, when, rate=None if own.get("bands") else Fraction(rate), **own)


def program(*clauses: Clause, **more: Any) -> Terms:
    """One way, one region, one offer, and these clauses."""
    ways = (Way("w1", "W1", "vendor", (("r1", FIRST_DAY),)),)
    return terms(ways, (), (offer("o1", ("r1",)),), clauses, **more)


def gaps(of: Terms) -> list[str]:
    return [case_words(gap, of) for gap in analyze(of).gaps]


def test_a_role_that_no_clause_names_needs_no_clause() -> None:
    assert gaps(program(paying("standard"))) == []


def test_a_role_that_a_clause_names_needs_one_for_every_case() -> None:
    first_year = Condition(months=CountRange(1, 12))
    of = program(paying("standard"), paying("run-off", FORMER_PARTNER, when=first_year))
    assert gaps(of) == ["w1, r1, o1, month 13 and later, for the former partner of record"]
    ended = Clause("ended", "", "", Condition(roles=(FORMER_PARTNER,), months=CountRange(13)), because="-")
    assert gaps(replace(of, clauses=(*of.clauses, ended))) == []


def test_a_role_needs_a_clause_only_in_the_ways_in_which_one_names_it() -> None:
    ways = tuple(Way(code, code, "vendor", (("r1", FIRST_DAY),)) for code in ("w1", "w2"))
    referral = paying("referral", REFERRER, when=Condition(ways=("w2",), months=CountRange(1, 12)))
    of = replace(program(paying("standard"), referral), ways=ways)
    assert gaps(of) == ["w2, r1, o1, month 13 and later, for the referrer"]


def test_the_partner_of_record_is_covered_although_no_clause_names_it() -> None:
    of = program(paying("referral", REFERRER))
    assert gaps(of) == ["w1, r1, o1, every month, for the partner of record"]


@pytest.mark.parametrize(
    "own", [{"needs": Needs(seats=75)}, {"growth": Growth(Per(Scope.PARTNER))}, {"basis": Basis.POOLED}]
)
def test_a_clause_that_pays_sometimes_only_covers_nothing(own: dict[str, Any]) -> None:
    of = program(paying("campaign", **own))
    assert gaps(of) == ["w1, r1, o1, every month"]
    (gap,) = analyze(of).gaps
    assert [clause.name for clause in gap.clauses] == (["campaign"] if "needs" in own else [])
    assert gaps(replace(of, clauses=(*of.clauses, paying("standard")))) == []


def test_a_fee_on_the_fee_of_an_unsure_clause_covers_nothing() -> None:
    of = program(
        paying("standard"),
        paying("campaign", needs=Needs(seats=75), together_with=("standard",)),
        paying("override", DISTRIBUTOR, basis=Basis.FEE, of="campaign"),
    )
    assert gaps(of) == ["w1, r1, o1, every month, for the distributor"]


def test_a_fee_on_a_fee_covers_what_its_basis_covers() -> None:
    of = program(
        paying("first-year", when=Condition(months=CountRange(1, 12))),
        paying("later", when=Condition(months=CountRange(13))),
        paying("override", DISTRIBUTOR, basis=Basis.FEE, of="first-year"),
    )
    assert gaps(of) == ["w1, r1, o1, month 13 and later, for the distributor"]


def test_months_from_the_designation_are_an_axis_of_their_own() -> None:
    """What starts in month 13 of the designation never meets what ends with month 12 of the subscription."""
    first_year = paying("first-year", when=Condition(months=CountRange(1, 12)))
    later = paying("later", when=Condition(months=CountRange(13), months_from="designation"))
    of = program(first_year, later)
    assert gaps(of) == ["w1, r1, o1, month 13 and later, months 1 to 12 from the designation"]
    assert analyze(of).overlaps == ()
    soon = replace(later, when=replace(later.when, months=CountRange(12)))
    (overlap,) = analyze(program(first_year, soon)).overlaps
    assert (overlap.months, overlap.designated) == (CountRange(1, 12), CountRange(12))


@pytest.mark.parametrize(
    "when",
    [
        Condition(sold=Span(DAYS[0].replace(year=2008), FIRST_DAY)),
        Condition(billed=Span(DAYS[0].replace(year=2008), FIRST_DAY)),
        Condition(sold=Span(DAYS[5]), billed=Span(DAYS[1], DAYS[5])),
        Condition(deals=("renewal",), months=CountRange(1, 1)),
        Condition(families=("no-such-family",)),
        Condition(regions=("r1",), offers=("o2",)),
    ],
    ids=[
        "sold before it opens",
        "billed before it opens",
        "billed before sold",
        "renewed at once",
        "family",
        "offer",
    ],
)
def test_what_cannot_be_sold_never_matches(when: Condition) -> None:
    of = program(paying("standard"), paying("campaign", when=when, together_with=("standard",)))
    analysis = analyze(of)
    assert [clause.name for clause in analysis.never] == ["campaign"]
    assert analysis.strangers == (), "one fault for a clause that never matches"


def test_one_that_gives_way_may_claim_what_the_other_claims() -> None:
    campaign = paying("campaign", needs=Needs(seats=75))
    assert len(analyze(program(paying("standard"), campaign)).overlaps) == 1
    stated = replace(campaign, instead_of=("standard",))
    analysis = analyze(program(paying("standard"), stated))
    assert (analysis.overlaps, analysis.gaps, analysis.strangers) == ((), (), ())


def test_what_is_billed_and_what_is_collected_are_one_case() -> None:
    of = program(paying("billed"), paying("collected", basis=Basis.COLLECTED))
    (overlap,) = analyze(of).overlaps
    assert [clause.name for clause in overlap.clauses] == ["billed", "collected"]


def test_clauses_that_never_meet_do_not_name_each_other() -> None:
    of = program(
        paying("early", when=Condition(seats=CountRange(1, 24)), together_with=("late", "referral")),
        paying("late", when=Condition(seats=CountRange(25)), instead_of=("early",)),
        paying("referral", REFERRER),
    )
    found = [(s.clause.name, s.key, s.name, s.other_role) for s in analyze(of).strangers]
    assert found == [
        ("early", "together_with", "late", False),
        ("early", "together_with", "referral", True),
        ("late", "instead_of", "early", False),
    ]


def above(*clauses: Clause, **more: Any) -> list[tuple[str, Fraction]]:
    found = analyze(program(*clauses, **more)).over_whole
    return [(" ".join(clause.name for clause in excess.clauses), excess.total) for excess in found]


PER = Per(Scope.PARTNER)
BANDS = Bands(True, Measure.AMOUNT, PER, (Band(1000, Fraction(1, 10)), Band(None, Fraction(7, 10))))


def test_the_sum_counts_whoever_is_paid() -> None:
    assert above(paying("standard", rate="3/5"), paying("referral", REFERRER, "1/2")) == [
        ("standard referral", Fraction(11, 10))
    ]


def test_bands_count_with_their_highest_rate() -> None:
    assert above(paying("banded", bands=BANDS), paying("host", HOST, "2/5")) == [
        ("banded host", Fraction(11, 10))
    ]
    assert above(paying("banded", bands=BANDS), paying("host", HOST, "3/10")) == []


def test_a_split_counts_with_what_is_shared_out() -> None:
    split = ((PARTNER_OF_RECORD, Fraction(1, 2)), (REFERRER, Fraction(1, 4)))
    shared = replace(paying("shared", rate="1"), role="", split=split)
    assert above(shared, paying("host", HOST, "1/4")) == []
    assert above(shared, paying("host", HOST, "1/2")) == [("shared host", Fraction(5, 4))]


def test_a_fee_on_a_fee_counts_with_the_product() -> None:
    override = paying("override", DISTRIBUTOR, "1/2", basis=Basis.FEE, of="standard")
    assert above(paying("standard", rate="2/3"), override) == []
    assert above(paying("standard", rate="3/4"), override) == [("standard override", Fraction(9, 8))]


def test_what_gives_way_is_not_counted_beside_what_pays_instead() -> None:
    campaign = paying("campaign", rate="3/4", instead_of=("standard",))
    assert above(paying("standard", rate="2/3"), campaign) == []
    bonus = paying("bonus", rate="1/2", together_with=("standard", "campaign"))
    assert above(paying("standard", rate="2/3"), replace(campaign, needs=Needs(seats=9)), bonus) == [
        ("campaign bonus", Fraction(5, 4))
    ]


def test_different_bases_and_amounts_are_not_added_up() -> None:
    amount = replace(paying("amount", HOST), rate=None, amount=Money(10**6, "USD"), unit=Unit.SEAT)
    assert (
        above(paying("standard", rate="3/4"), paying("margin", REFERRER, "3/4", basis=Basis.MARGIN), amount)
        == []
    )


def test_more_than_a_pool_cannot_be_shared() -> None:
    early, late = Condition(billed=Span(DAYS[0], DAYS[3])), Condition(billed=Span(DAYS[3]))
    first = paying("first", rate="3/5", basis=Basis.POOLED, pool="ads", when=early)
    second = paying("second", rate="3/5", basis=Basis.POOLED, pool="ads", when=late)
    assert above(paying("standard"), first, second, pools=("ads",)) == []
    always = replace(second, when=Condition(tiers=()))
    assert above(paying("standard"), first, always, pools=("ads",)) == [("first second", Fraction(6, 5))]


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


def test_what_pays_under_a_condition_only_is_named_in_the_gap(faults_after: Changed) -> None:
    (fault,) = [
        f for f in faults_after(('rate = "6%"', 'rate = "6%"\nneeds = { seats = 75 }')) if "covers" in f.says
    ]
    assert fault.says == (
        "No clause covers partner-of-record, US, business-suite, month 13 and later. "
        "ongoing pays there only under a condition."
    )


REFERRAL = '[fees.referral]\npays = "referrer"\nwhen = {}\nrate = "95%"\n'


def test_clauses_for_different_roles_need_not_name_each_other(faults_after: Changed) -> None:
    referral = REFERRAL.replace("95%", "5%") + 'together_with = "first-year"\n[[examples]]'
    (fault,) = faults_after(("[[examples]]", referral))
    assert fault.says == "referral and first-year pay different roles, so each pays whatever the other does."
    assert fault.path == "fees.referral.together_with"


def test_all_roles_together_stay_within_the_whole(faults_after: Changed) -> None:
    found = [f for f in faults_after(("[[examples]]", f"{REFERRAL}[[examples]]")) if "together pay" in f.says]
    assert [fault.says for fault in found] == [
        "first-year and referral together pay 107% of what is billed: partner-of-record, US, business-suite, "
        "months 1 to 12, for the partner of record and referrer.",
        "ongoing and referral together pay 101% of what is billed: partner-of-record, US, business-suite, "
        "month 13 and later, for the partner of record and referrer.",
    ]


def test_a_pool_is_shared_out_once(faults_after: Changed) -> None:
    share = 'pays = "partner of record"\non = "pooled"\npool = "ads"\nshared_by = "seats"\nrate = "60%"\nwhen = {}\n'
    pooled = f"[fees.first-share]\n{share}[fees.second-share]\n{share}[[examples]]"
    (fault,) = faults_after(("[[examples]]", pooled), ("currency  =", 'pools = ["ads"]\ncurrency  ='))
    assert fault.says == 'first-share and second-share together pay 120% of the pool "ads".'
    assert fault.path == "fees.second-share.rate"


def test_hundreds_of_regions_and_offers_are_analyzed_in_seconds() -> None:
    """200 regions, 300 offers in 30 families, 3 tiers, and 100 clauses for the roles, which tell all of them apart."""
    regions = tuple(f"r{n}" for n in range(200))
    codes = tuple(f"o{n}" for n in range(300))
    ways = tuple(Way(w, w, "vendor", tuple((region, FIRST_DAY) for region in regions)) for w in ("w1", "w2"))
    tiers = ("t1", "t2", "t3")
    clauses = tuple(
        Clause(
            name=f"c{n}",
            title="",
            role=(PARTNER_OF_RECORD, REFERRER, HOST)[n % 3],
            when=Condition(
                ways=(ways[n % 2].code,),
                tiers=(tiers[n // 2 % 3],) if n % 4 else (),
                regions=tuple(region for number, region in enumerate(regions) if (number >> n % 8) & 1),
                families=tuple(f"f{family}" for family in range(30) if (family >> n % 5) & 1),
                offers=tuple(code for number, code in enumerate(codes) if (number >> n % 9) & 1)
                if n % 7 == 0
                else (),
                months=CountRange(n + 1, None if n % 5 == 0 else 1200 * (n + 1)),
                seats=CountRange(n % 10 + 1) if n % 6 == 0 else None,
                sold=Span(DAYS[n % 7]) if n % 8 == 0 else None,
                billed=Span(DAYS[n % 7]) if n % 9 == 0 else None,
            ),
            rate=Fraction(1, 100),
        )
        for n in range(100)
    )
    offers = tuple(offer(code, regions, f"f{n % 30}") for n, code in enumerate(codes))
    of = terms(ways, tiers, offers, clauses)
    began = time.process_time()
    analysis = analyze(of)
    assert time.process_time() - began < 15
    assert analysis.overlaps
    assert analysis.gaps


def test_more_cases_than_can_be_listed_are_a_finding_and_do_not_take_for_ever() -> None:
    """Twenty values of each of five facts, each with a clause of its own beside all others: 20⁵ cases."""
    regions, codes = tuple(f"r{n}" for n in range(20)), tuple(f"o{n}" for n in range(20))
    tiers = tuple(f"t{n}" for n in range(20))
    counts = [CountRange(n + 1, None if n == 19 else n + 1) for n in range(20)]
    conditions = [
        *(Condition(regions=(region,)) for region in regions),
        *(Condition(offers=(code,)) for code in codes),
        *(Condition(tiers=(tier,)) for tier in tiers),
        *(Condition(seats=seats) for seats in counts),
        *(Condition(months=months) for months in counts),
    ]
    names = tuple(f"c{n}" for n in range(100))
    clauses = tuple(
        paying(name, rate="1/1000", when=when, together_with=tuple(other for other in names if other != name))
        for name, when in zip(names, conditions, strict=True)
    )
    ways = (Way("w1", "W1", "vendor", tuple((region, FIRST_DAY) for region in regions)),)
    of = terms(ways, tiers, tuple(offer(code, regions) for code in codes), clauses)
    began = time.process_time()
    analysis = analyze(of)
    assert time.process_time() - began < 60
    assert analysis.are_too_many
    assert analysis.overlaps == ()
