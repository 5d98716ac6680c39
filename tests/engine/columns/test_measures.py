"""What is added up over sales in columns is what the judge adds up."""

import os
from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from typing import Any

import ibis
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from tests.support import heard
from tests.support.generated import FIRST, LAST, bands, needs, periods, scopes

from ofrecord.engine.compiled.clauses import GROWTH, REACHED, kind_of, needs_clauses, numbered
from ofrecord.engine.flat import facts_of, flat
from ofrecord.engine.judging.judge import Hearing, hear
from ofrecord.engine.judging.measures import added_up
from ofrecord.engine.steps.sold import met, sold
from ofrecord.engine.steps.totals import baselines, first_events, reached, with_baselines, with_reached
from ofrecord.engine.types import SALE, BilledFact, History, Laws
from ofrecord.kernel.calendar import Span, add_months
from ofrecord.program.clause_types import Basis, Clause, Earned, Growth, Per
from ofrecord.program.types import Terms

tried = settings(
    deadline=None,
    max_examples=int(os.environ.get("OFRECORD_GENERATED", "15")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
engine = heard.engine()


def needing(clause: Clause) -> st.SearchStrategy[Clause]:
    during = st.none() | st.builds(
        lambda a, b: Span(FIRST.plus(a).first, FIRST.plus(a + b).first), *[st.integers(0, 5)] * 2
    )
    asked = st.builds(lambda needs, during: replace(needs, during=during), needs, during)
    return asked.map(lambda needs: replace(clause, needs=needs) if clause.pays else clause)


def in_bands(clause: Clause) -> st.SearchStrategy[Clause]:
    if clause.basis in (Basis.POOLED, Basis.FEE) or not clause.pays or clause.growth is not None:
        return st.just(clause)
    return bands().map(
        lambda bands: replace(
            clause, rate=None, amount=None, unit=None, bands=replace(bands, graduated=False), needs=None
        )
    )


def facts_as_tables(laws: Laws, facts: list[BilledFact]) -> tuple[ibis.Table, ibis.Table]:
    """The sales, and who is recognized."""
    sales = heard.events(laws, facts, LAST)
    return sales.filter(sales.source == SALE), ibis.memtable(flat(History(facts))["recognitions"])


@tried
@given(heard.laws(heard.with_clauses(needing)), heard.stories())
def test_what_a_partner_has_sold_is_what_the_judge_says(laws: Laws, facts: list[BilledFact]) -> None:
    sales = hear(laws, facts, LAST).sales
    expected = {
        (*seller, each.subscription): (each.customer, each.started_on, each.seats, each.deal, each.currency)
        for seller, own in sales.by_seller.items()
        for each in own.values()
        if sales.net[each.subscription] > 0
    }
    rows = engine.rows(sold(*facts_as_tables(laws, facts)))
    own = ("customer", "started_on", "seats", "deal", "currency")
    found = {(r["partner"], r["role"], r["subscription"]): tuple(r[name] for name in own) for r in rows}
    assert found == expected
    assert len(rows) == len(expected)


@tried
@given(heard.laws(heard.with_clauses(needing)), heard.stories())
def test_a_need_is_met_where_the_judge_says(laws: Laws, facts: list[BilledFact]) -> None:
    hearing = hear(laws, facts, LAST)
    asked = needs_clauses(laws)
    sales, recognitions = facts_as_tables(laws, facts)
    expected = {
        (heard.case_name(each.case), key): hearing.sales.is_met(terms, clause, each.case)
        for each in hearing.heard
        for key, terms, clause in asked
    }
    event("some are met" if len({*expected.values()}) == 2 else "all alike")
    rows = engine.rows(met(heard.cases(hearing), sold(sales, recognitions), sales, asked))
    assert len(rows) == len(hearing.heard)
    assert {(heard.row_name(row), key): row[f"met_{key}"] for row in rows for key, _, _ in asked} == expected


def asked_measures(laws: Laws) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for each in numbered(laws):
        if kind_of(each.clause) == REACHED:
            assert each.clause.bands is not None
            found[each.clause.bands.measure.value].add(each.clause.name)
    return found


def reached_by_judge(hearing: Hearing, terms: Terms, clause: Clause, case: Any) -> int:
    """What there is of the asking clause's own measure."""
    assert clause.bands is not None
    return hearing.totals._sum(added_up(terms, clause, clause.bands.per, case), clause.bands.measure)


@tried
@given(heard.laws(heard.with_clauses(in_bands)), heard.stories())
def test_what_bands_of_whole_amounts_count_is_what_the_judge_says(
    laws: Laws, facts: list[BilledFact]
) -> None:
    hearing, asked = hear(laws, facts, LAST), asked_measures(laws)
    claims = heard.claims(hearing)
    expected = {
        (heard.case_name(each.case), terms.sha256, clause.name): reached_by_judge(
            hearing, terms, clause, each.case
        )
        for each in hearing.heard
        for terms, clause in each.claiming
        if kind_of(clause) == REACHED
    }
    event("something was counted" if any(expected.values()) else "nothing was counted")
    if asked:
        claims = with_reached(claims, reached(claims, asked)).filter(claims.kind == REACHED)
        keys = {each.key: (each.terms.sha256, each.clause.name) for each in numbered(laws)}
        found = {(heard.row_name(r), *keys[r["clause_key"]]): r["reached"] for r in engine.rows(claims)}
        assert found == expected


def growing(clause: Clause) -> st.SearchStrategy[Clause]:
    if clause.basis in (Basis.POOLED, Basis.FEE) or not clause.pays:
        return st.just(clause)
    growth = st.builds(
        Growth, st.builds(Per, scopes, periods), st.sampled_from([Fraction(1), Fraction(11, 10)])
    )
    basis = st.sampled_from([Basis.BILLED, Basis.LIST, Basis.MARGIN])
    rated = replace(clause, rate=Fraction(1, 10), bands=None, amount=None, unit=None, needs=None)
    return st.builds(
        lambda growth, basis: replace(rated, growth=growth, basis=basis, earned=Earned.WHEN_BILLED),
        growth,
        basis,
    )


def again_a_year_later(facts: list[BilledFact]) -> list[BilledFact]:
    """The same bills again one year later."""
    later = [
        replace(
            fact,
            invoice_line=f"{fact.invoice_line}/again",
            invoice_day=add_months(fact.invoice_day, 12),
            service=Span(*(add_months(day, 12) for day in (fact.service.first, fact.service.until) if day)),
            credits=(),
            receipts=(),
        )
        for fact in facts
    ]
    return facts_of(flat(History([*facts, *later])))


@tried
@given(heard.laws(heard.with_clauses(growing)), heard.stories())
def test_growth_starts_from_what_the_judge_says(laws: Laws, once: list[BilledFact]) -> None:
    hearing = hear(laws, again_a_year_later(once), add_months(LAST, 12))
    asked = [(each.key, each.terms, each.clause) for each in numbered(laws) if each.clause.growth is not None]
    expected = {
        (heard.case_name(each.case), terms.sha256, clause.name): hearing.totals.baseline(
            terms, clause, clause.growth, each.case
        )
        for each in hearing.heard
        for terms, clause in each.claiming
        if clause.growth is not None
    }
    event("something grew" if any(expected.values()) else "nothing grew")
    if asked:
        claims = heard.claims(hearing)
        claims = with_baselines(claims, baselines(heard.cases(hearing), asked)).filter(claims.kind == GROWTH)
        keys = {key: (terms.sha256, clause.name) for key, terms, clause in asked}
        found = {(heard.row_name(r), *keys[r["clause_key"]]): r["baseline"] for r in engine.rows(claims)}
        assert found == expected


@tried
@given(heard.laws(st.just), heard.stories())
def test_the_first_of_a_subscription_and_of_a_customer_is_the_one_that_the_judge_says(
    laws: Laws, facts: list[BilledFact]
) -> None:
    totals = hear(laws, facts, LAST).totals
    expected = {(source, what, moment[-1]) for (source, what), moment in totals.firsts.items()}
    events = heard.events(laws, facts, LAST)
    found = {
        (row["source"], row[of], row["event"])
        for of in ("subscription", "customer")
        for row in engine.rows(events.semi_join(first_events(events, of), ["source", "event"]))
    }
    assert found == expected
