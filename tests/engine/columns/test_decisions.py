"""What is decided for a combination of facts is what the judge decides for each of its cases."""

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from tests.support.generated import FIRST, LAST, ROLES, TIERS, histories, programs
from tests.support.told import billed, clause, recognized, terms, unpaid

from ofrecord.engine.compiled.clauses import needs_clauses, numbered, pays_collected
from ofrecord.engine.compiled.decisions import decide, pool_claims
from ofrecord.engine.compiled.limits import needs_judge
from ofrecord.engine.compiled.profiles import RECORDED, asked_of, met_column, profile_columns, profiled
from ofrecord.engine.compiled.reaches import extensions, staying
from ofrecord.engine.exact import duck
from ofrecord.engine.judging.claims import Case, case_of, failing
from ofrecord.engine.judging.judge import Hearing, _leaves_a_trace, _unclaimed, hear
from ofrecord.engine.judging.laws import reaches
from ofrecord.engine.types import SALE, BilledFact, Laws, Receipt
from ofrecord.kernel.calendar import Span
from ofrecord.kernel.money import Money
from ofrecord.program.clause_types import (
    DEALS,
    DESIGNATION,
    DISTRIBUTOR,
    FORMER_PARTNER,
    PARTNER_OF_RECORD,
    Applies,
    Band,
    Bands,
    Basis,
    Clause,
    Condition,
    CountRange,
    Earned,
    Growth,
    Measure,
    Needs,
    Per,
    Period,
    PoolKey,
    Scope,
)
from ofrecord.program.types import Offer, Terms

OFFERS = (Offer("business-suite", "Business suite", (), (), family="suites"), Offer("mail", "Mail", (), ()))
DUCK = ibis.duckdb.connect()
duck.define(DUCK.con)
tried = settings(
    deadline=None,
    max_examples=int(os.environ.get("OFRECORD_GENERATED", "60")),
    suppress_health_check=[HealthCheck.too_slow],
)


@st.composite
def asking(draw: st.DrawFn, version: Terms) -> Terms:
    """The version with more that its clauses ask for."""
    clauses = [
        replace(each, when=draw(more_asked(each.when))) if draw(st.integers(0, 2)) == 0 else each
        for each in version.clauses
    ]
    segments = draw(st.sampled_from([(), ("small", "large"), ("large", "small")]))
    offers = draw(st.sampled_from([OFFERS, OFFERS[1:], (replace(OFFERS[0], family="mail"), OFFERS[1])]))
    return replace(version, clauses=tuple(clauses), segments=segments, offers=offers)


@st.composite
def more_asked(draw: st.DrawFn, when: Condition) -> Condition:
    day = FIRST.first + timedelta(days=draw(st.integers(0, 250)))
    spans = st.sampled_from([None, None, Span(day), Span(date.min, day), Span(day, day + timedelta(days=90))])
    return replace(
        when,
        segments=draw(st.sampled_from([(), (), ("small",), ("large",)])),
        families=draw(st.sampled_from([(), (), ("suites",), ("mail", "")])),
        offers=draw(st.sampled_from([(), (), ("mail",), ("business-suite",)])),
        roles=draw(st.sampled_from([(), (), (), (PARTNER_OF_RECORD, FORMER_PARTNER)])),
        sold=draw(spans),
        billed=draw(spans),
    )


@st.composite
def many_laws(draw: st.DrawFn) -> Laws:
    """One version, or several that follow one another."""
    found = [draw(asking(draw(programs(sha)))) for sha in "abc"[: draw(st.integers(1, 3))]]
    months = sorted(draw(st.lists(st.integers(1, 6), min_size=2, max_size=2)))
    days = [found[0].effective, *(FIRST.plus(month).first for month in months)]
    return Laws(
        tuple(
            replace(each, effective=day, version=str(number))
            for number, (each, day) in enumerate(zip(found, days, strict=False))
        )
    )


@st.composite
def sold(draw: st.DrawFn, laws: Laws) -> list[BilledFact]:
    """Sales under any of the versions, with segments and offers."""
    facts = draw(histories("abc"[: len(laws.versions)]))
    told = {
        fact.subscription: {
            "segment": draw(st.sampled_from(["", "small", "large"])),
            "offer": draw(st.sampled_from(["business-suite", "mail"])),
        }
        for fact in facts
    }
    return [replace(fact, **told[fact.subscription]) for fact in facts]


@st.composite
def stories(draw: st.DrawFn) -> tuple[Laws, list[BilledFact]]:
    laws = draw(many_laws())
    return laws, draw(sold(laws))


def stage_of(laws: Laws, fact: BilledFact, day: date) -> str:
    """The versions of the sale's own reaches on the day, the one that governs last, as a stage names them."""
    extended = any(each.terms_sha256 == now_of(laws, fact) for each in extensions(laws))
    own = reaches(laws, fact)[1 if extended else 0 :]
    return "~".join(dict.fromkeys(reach.terms.sha256 for reach in own if reach.span.has(day)))


def now_of(laws: Laws, fact: BilledFact) -> str:
    """The version in force, where it is another than that of the sale and says something to all."""
    now = laws.in_force(fact.invoice_day)
    if now is None or now.sha256 == fact.terms_sha256:
        return ""
    return now.sha256 if any(each.applies is Applies.ALL for each in now.clauses) else ""


def case_row(hearing: Hearing, case: Case) -> dict[str, Any]:
    """The columns of a case that decide who claims it."""
    laws, event, fact = hearing.laws, case.event, case.event.fact
    met = {
        met_column(key): hearing.sales.is_met(version, each, case)
        for key, version, each in needs_clauses(laws)
    }
    return {
        "source": event.source,
        "terms_sha256": fact.terms_sha256,
        "stage": stage_of(laws, fact, case.piece.service.first),
        "now_sha256": now_of(laws, fact),
        "role": case.partner.role,
        "way": fact.way,
        "region": fact.region,
        "segment": case.segment,
        RECORDED: fact.segment,
        "family": case.family,
        "offer": fact.offer,
        "tier": case.partner.tier,
        "piece_deal": case.piece.deal,
        "month_first": case.piece.month_first,
        "recognized_from": case.partner.span.first,
        "piece_first": case.piece.service.first,
        "seats": fact.seats,
        "started_on": fact.started_on,
        "invoice_day": fact.invoice_day,
        **met,
    }


def joined(rows: Sequence[Mapping[str, Any]], laws: Laws, found: str) -> list[list[tuple[Any, str]]]:
    """For each case what is decided for its profile: by `decide` or `pool_claims`, as clauses and reasons."""
    asked = asked_of(laws)
    columns = list(profile_columns(asked))
    cases = profiled(ibis.memtable(pa.Table.from_pylist([*rows])), asked)
    profiles = DUCK.to_pyarrow(cases.select(columns))
    distinct = profiles.group_by(columns).aggregate([])
    answers: dict[Any, list[tuple[Any, str]]] = {}
    for row in {"decide": decide, "pools": pool_claims}[found](laws, asked, distinct).to_pylist():
        key = tuple(row[column] for column in columns)
        answers.setdefault(key, []).append((row["clause_key"], row.get("reason", "")))
    return [answers.get(tuple(row[column] for column in columns), []) for row in profiles.to_pylist()]


def heard(laws: Laws, facts: Sequence[BilledFact]) -> Hearing:
    """What the judge hears; of payments only where any clause pays for them."""
    hearing = hear(laws, facts, LAST)
    if not pays_collected(laws):
        hearing.heard = [each for each in hearing.heard if each.case.event.source == SALE]
    return hearing


def check(laws: Laws, facts: Sequence[BilledFact]) -> None:
    """Asserts for every case that the same clauses claim it, or that the same reason is given."""
    keys = {(each.terms.sha256, each.clause.name): each.key for each in numbered(laws)}
    hearing = heard(laws, facts)
    if not hearing.heard:
        return
    rows = [case_row(hearing, each.case) for each in hearing.heard]
    for each, row, found in zip(hearing.heard, rows, joined(rows, laws, "decide"), strict=True):
        expected: list[tuple[Any, str]] = [(keys[t.sha256, c.name], "") for t, c in each.claiming]
        if _leaves_a_trace(each):
            expected = [(None, _unclaimed(hearing, each).reason)]
        assert sorted(found, key=str) == sorted(expected, key=str), row


def check_pools(laws: Laws, facts: Sequence[BilledFact]) -> None:
    """Asserts for every case that the same pooled clauses count it."""
    hearing = heard(laws, facts)
    if not hearing.heard:
        return
    cases = [each.case for each in hearing.heard]
    rows = [case_row(hearing, case) for case in cases]
    pooled = [each for each in numbered(laws) if each.clause.basis is Basis.POOLED]
    for case, row, found in zip(cases, rows, joined(rows, laws, "pools"), strict=True):
        expected = [
            each.key
            for each in pooled
            if failing(each.clause, case_of(each.terms, case.event, case.piece, case.partner)) is None
        ]
        assert sorted(key for key, _ in found) == expected, row


@tried
@given(stories())
def test_the_same_clauses_claim_every_case_or_the_same_reason_is_given(
    story: tuple[Laws, list[BilledFact]],
) -> None:
    laws, facts = story
    note("\n".join(str(each.clause) for each in numbered(laws)))
    check(laws, facts)


@st.composite
def pooling(draw: st.DrawFn) -> tuple[Laws, list[BilledFact]]:
    """Versions each with a clause that shares a pool."""
    laws = draw(many_laws())
    versions = []
    for version in laws.versions:
        pooled = clause("ads", "10%", basis=Basis.POOLED, pool="ads", pool_key=PoolKey.SEATS)
        asks = draw(
            more_asked(Condition(months=CountRange(2, 5), tiers=draw(st.sampled_from([(), TIERS[1:]]))))
        )
        versions.append(replace(version, clauses=(*version.clauses, replace(pooled, when=asks))))
    laws = Laws(tuple(versions))
    return laws, draw(sold(laws))


@tried
@given(pooling())
def test_a_pool_counts_the_sales_that_match_under_its_own_version(
    story: tuple[Laws, list[BilledFact]],
) -> None:
    laws, facts = story
    check_pools(laws, facts)


def test_laws_that_ask_for_little_have_small_profiles() -> None:
    plain = Laws((terms(clause("first-year", "12%", when=Condition(months=CountRange(1, 12)))),))
    assert profile_columns(asked_of(plain)) == ("role", "month_bucket")
    assert asked_of(plain).ranged[0].ends == (1, 13)
    both = Laws((*plain.versions, terms(clause("all", "1%"), sha="b", effective=date(2010, 7, 1))))
    assert profile_columns(asked_of(both)) == ("terms_sha256", "role", "month_bucket")
    ending = replace(plain.versions[0].clauses[0], applies=Applies.UNTIL_RENEWAL)
    extended = clause("all", "1%", basis=Basis.COLLECTED, applies=Applies.ALL, needs=Needs(seats=1))
    later = terms(extended, sha="b", effective=date(2010, 7, 1))
    changing = Laws((replace(plain.versions[0], clauses=(ending,)), later))
    assert profile_columns(asked_of(changing)) == (
        "source",
        "terms_sha256",
        "stage",
        "now_sha256",
        "role",
        "month_bucket",
        "met_1",
    )


def test_what_a_base_clause_asks_for_is_asked_of_a_share_of_its_fee() -> None:
    base = clause("hosting", "10%", when=Condition(regions=("GB",), tiers=("Gold",)))
    override = clause("override", "5%", role=DISTRIBUTOR, basis=Basis.FEE, of="hosting")
    laws = Laws((terms(base, override, tiers=TIERS),))
    seller = recognized("2010-04-01", tier="Gold")
    distributor = recognized("2010-04-01", partner="p2", role=DISTRIBUTOR)
    for region in ("US", "GB"):
        check(laws, [billed("2010-04", seller, distributor, region=region)])


def test_a_share_of_a_fee_does_not_count_months_from_the_designation_of_who_has_the_fee() -> None:
    when = Condition(months=CountRange(1, 3), months_from=DESIGNATION)
    override = clause("override", "5%", role=DISTRIBUTOR, basis=Basis.FEE, of="hosting")
    seller = recognized("2010-04-01")
    for first in ("2010-04-01", "2010-06-01"):
        distributor = recognized(first, partner="p2", role=DISTRIBUTOR)
        facts = [billed(month, seller, distributor) for month in ("2010-06", "2010-07")]
        check(Laws((terms(clause("hosting", "10%", when=when), override),)), facts)


PAID = Receipt("r1", date(2010, 5, 20), 75000)
NEVER_MET = Needs(seats=1000)


@pytest.mark.parametrize("needs", [None, NEVER_MET])
def test_one_that_waits_for_the_payment_goes_before_others_on_the_bill(needs: Needs | None) -> None:
    """Unless what it needs is missing too: then the other one pays, with the bill."""
    waiting = clause("paid", "10%", earned=Earned.WHEN_COLLECTED, instead_of=("billed",), needs=needs)
    check(Laws((terms(waiting, clause("billed", "5%")),)), [billed("2010-04", receipts=(PAID,))])


@pytest.mark.parametrize("needs", [None, NEVER_MET])
def test_what_a_later_version_says_to_all_goes_before_even_while_it_waits(needs: Needs | None) -> None:
    waiting = clause("all", "10%", earned=Earned.WHEN_COLLECTED, applies=Applies.ALL, needs=needs)
    later = terms(waiting, clause("new", "3%"), sha="b", version="2", effective=date(2010, 4, 15))
    facts = [billed(month, receipts=(PAID,)) for month in ("2010-03", "2010-04", "2010-05")]
    check(Laws((terms(clause("own", "5%")), later)), facts)


@pytest.mark.parametrize("needs", [None, Needs(seats=1), NEVER_MET])
def test_a_clause_pays_instead_of_another_where_what_it_needs_is_met(needs: Needs | None) -> None:
    more = clause("more", "10%", needs=needs, instead_of=("usual",))
    check(Laws((terms(more, clause("usual", "5%")),)), [billed("2010-04")])


@pytest.mark.parametrize("collected", [None, clause("paid", "1%", earned=Earned.WHEN_COLLECTED)])
def test_more_sales_are_the_reason_unless_a_clause_waits_for_the_payment(collected: Clause | None) -> None:
    short = clause("more", "10%", needs=NEVER_MET)
    waiting = () if collected is None else (collected,)
    check(Laws((terms(short, *waiting),)), [billed("2010-04")])


def test_a_former_partner_of_record_is_told_of_no_sale() -> None:
    run_off = clause("run-off", "1%", role=FORMER_PARTNER, when=Condition(months=CountRange(1, 1)))
    former = recognized("2010-05-01", partner="p2", role=FORMER_PARTNER)
    check(Laws((terms(run_off),)), [billed("2010-06", recognized("2010-04-01"), former)])


@pytest.mark.parametrize("segment", ["", "small", "large"])
def test_a_pool_takes_the_segment_that_its_own_version_gives_to_who_has_none(segment: str) -> None:
    pooled = clause(
        "ads",
        "1%",
        basis=Basis.POOLED,
        pool="ads",
        pool_key=PoolKey.SEATS,
        when=Condition(segments=("large",)),
    )
    first = terms(clause("own", "5%"), segments=("small", "large"))
    later = terms(pooled, sha="b", version="2", effective=date(2010, 7, 1), segments=("large", "small"))
    check_pools(Laws((first, later)), [billed("2010-08", segment=segment)])


def test_what_was_declared_unpaid_is_no_reason_of_its_own() -> None:
    laws = Laws((terms(unpaid("none", "It is so.", when=Condition(regions=("US",))), clause("gb", "1%")),))
    check(laws, [billed("2010-04", region="US"), billed("2010-05", region="GB")])


def test_what_stays_after_a_renewal_is_what_the_stage_names_before_the_last() -> None:
    version = terms(
        clause("ends", "12%", applies=Applies.UNTIL_RENEWAL), clause("stays", "1%", role=DISTRIBUTOR)
    )
    assert [each.name for each in staying(version)] == ["stays"]
    later = terms(clause("all", "6%"), sha="b", version="2", effective=date(2010, 7, 1))
    partners = (recognized("2010-04-01"), recognized("2010-04-01", partner="p2", role=DISTRIBUTOR))
    facts = [
        billed(month, *partners, started="2010-04-01", commitment_months=6)
        for month in ("2010-08", "2010-10", "2010-11")
    ]
    check(Laws((version, later)), facts)


def test_five_thousand_profiles_and_thirty_clauses_are_decided_in_a_second() -> None:
    laws = Laws((terms(*_thirty_clauses(), tiers=TIERS),))
    asked = asked_of(laws)
    rows = [dict(zip(profile_columns(asked), row, strict=True)) for row in _thousands(5000)]
    profiles = pa.Table.from_pylist(rows)
    start = time.perf_counter()
    found = decide(laws, asked, profiles)
    assert time.perf_counter() - start < 1
    assert found.num_rows >= profiles.num_rows


def _thirty_clauses() -> Iterable[Clause]:
    for number in range(30):
        when = Condition(
            ways=("resale",) if number % 2 else (),
            regions=("GB",) if number % 3 else (),
            tiers=TIERS[:1] if number % 5 else (),
            deals=DEALS[:2] if number % 7 else (),
            months=CountRange(number + 1, number + 12),
            seats=CountRange(number * 10),
        )
        yield clause(f"clause-{number}", "1%", role=ROLES[number % 4], when=when)


def _thousands(count: int) -> Iterable[tuple[Any, ...]]:
    """Rows of role, way, region, tier, deal, month and seats, no two the same."""
    for number in range(count):
        yield (
            ROLES[number % 4],
            ("resale", "direct")[number // 4 % 2],
            ("US", "GB")[number // 8 % 2],
            TIERS[number // 16 % 2],
            DEALS[number // 32 % 4],
            number // 128 % 40,
            number // 5120,
        )


def test_a_clause_whose_depth_differs_between_versions_needs_the_judge() -> None:
    first = terms(clause("hosting", "10%"), clause("override", "5%", basis=Basis.FEE, of="hosting"))
    later = terms(clause("override", "5%"), sha="b", version="2", effective=date(2010, 7, 1))
    assert needs_judge(Laws((first,))) is None
    assert needs_judge(Laws((first, later))) == (
        "Online Services 2, override: it stands on no fee here, and in another version on 1 fee."
    )


@pytest.mark.parametrize(
    ("stated", "what"),
    [
        ({"rate": Fraction(1, 10**15 + 1)}, "its rate"),
        (
            {
                "bands": Bands(
                    True,
                    Measure.AMOUNT,
                    Per(Scope.PARTNER, Period.MONTH),
                    (Band(100, Fraction(1, 10**8)), Band(None, Fraction(1, 10**8 + 1))),
                )
            },
            "its rates together",
        ),
        (
            {
                "rate": Fraction(1),
                "growth": Growth(Per(Scope.PARTNER, Period.MONTH), Fraction(1, 10**15 + 1)),
            },
            "what growth starts from",
        ),
        (
            {
                "rate": Fraction(1),
                "role": "",
                "split": ((PARTNER_OF_RECORD, Fraction(1, 10**8)), (DISTRIBUTOR, Fraction(1, 10**8 + 1))),
            },
            "its shares together",
        ),
    ],
)
def test_a_denominator_above_the_limit_needs_the_judge(stated: dict[str, Any], what: str) -> None:
    says = needs_judge(Laws((terms(replace(clause("hosting"), **stated)),)))
    assert says is not None
    assert says.startswith(f"Online Services 1, hosting: the denominator of {what} is 1000000")
    assert says.endswith("which is above 1000000000000000.")


def test_shares_on_the_record_without_a_small_common_denominator_need_the_judge() -> None:
    split = clause(
        "split",
        "12%",
        role="",
        split=((PARTNER_OF_RECORD, Fraction(1, 3)), (DISTRIBUTOR, Fraction(2, 10**6))),
    )
    plain, divided = Laws((terms(clause("fee")),)), Laws((terms(split),))
    # Those of one sale are held together, and those of another by themselves.
    assert needs_judge(plain, [[3, 10**8], [999999937]]) is None
    assert needs_judge(plain, [[2], [999999937, 10**8]]) == (
        "The shares on the record of those who share a sale have the common denominator 99999993700000000, which is "
        "above 10000000000."
    )
    assert needs_judge(divided, [[10**8]]) is None
    assert needs_judge(divided, [[10**8], [10**10]]) == (
        "Online Services 1, split: the denominator of its shares and of those on the record together is "
        "15000000000000000, which is above 1000000000000000."
    )


def test_usual_fractions_need_no_judge() -> None:
    usual = clause("hosting", "12.5%", growth=Growth(Per(Scope.PARTNER, Period.YEAR), Fraction(11, 10)))
    amount = clause("amount", amount=Money(5_00, "USD"))
    least = clause("least", "1/999999937")
    assert needs_judge(Laws((terms(usual, amount, least),))) is None
