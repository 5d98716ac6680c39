"""Under laws that only look back, the open month is judged by itself: the same lines as from the whole history."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.support import generated
from tests.support.told import Books, clause, terms

from ofrecord.engine.booking import to_book
from ofrecord.engine.judging.begun import ANEW, Begun
from ofrecord.engine.judging.judge import judge
from ofrecord.engine.judging.measures import AddedUp
from ofrecord.engine.reach import LooksBack, looks_back
from ofrecord.engine.types import POOL, TOP_UP, BilledFact, FeeLine, History, Laws, Recognition
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import Money
from ofrecord.program.clause_types import (
    PARTNER_OF_RECORD,
    Band,
    Bands,
    Basis,
    Clause,
    Growth,
    Limit,
    Measure,
    Needs,
    Per,
    Period,
    Scope,
    Unit,
    period_of,
)
from ofrecord.program.types import Payment, Terms

USD = Money(10000, "USD")
YEARLY = Per(Scope.CUSTOMER, Period.YEAR)


def bands(per: Per, *, graduated: bool) -> Bands:
    return Bands(graduated, Measure.AMOUNT, per, (Band(None, Fraction(1, 10)),))


@pytest.mark.parametrize(
    ("one", "scope"),
    [
        (clause("share", "10%"), Scope.SUBSCRIPTION),
        (clause("share", "10%", cap=Limit(USD, Per(Scope.SUBSCRIPTION))), Scope.SUBSCRIPTION),
        (clause("share", "10%", cap=Limit(USD, YEARLY)), Scope.CUSTOMER),
        (clause("share", bands=bands(Per(Scope.CUSTOMER, Period.MONTH), graduated=False)), Scope.CUSTOMER),
        (clause("share", bands=bands(YEARLY, graduated=False)), None),
        (clause("share", bands=bands(YEARLY, graduated=True)), None),
        (clause("share", "10%", growth=Growth(YEARLY)), None),
        (clause("share", "10%", needs=Needs(seats=3)), None),
        (clause("share", "10%", floor=Limit(USD, YEARLY)), None),
        (clause("share", amount=USD, unit=Unit.CUSTOMER), None),
        (clause("share", "10%", basis=Basis.COLLECTED, cap=Limit(USD, Per(Scope.LINE))), None),
    ],
)
def test_how_far_a_clause_reaches_is_read_off_what_it_adds_up(one: Clause, scope: Scope | None) -> None:
    found = looks_back(Laws((terms(one),)))
    assert (found.scope if found else None) == scope


def test_a_cap_that_not_every_version_has_is_not_read_from_books() -> None:
    capped = clause("share", "10%", cap=Limit(USD, Per(Scope.SUBSCRIPTION)))
    both = Laws((terms(capped), terms(clause("share", "10%"), sha="b")))
    assert looks_back(both) is None


def looking_back(one: Clause) -> Clause:
    """The clause without what reaches further than back."""
    monthly = {
        name: replace(part, per=Per(part.per.scope, Period.MONTH))
        for name in ("bands", "floor")
        if (part := getattr(one, name)) is not None and part.per.scope is not Scope.LINE
    }
    growth = {"growth": None, "needs": None}
    unit = {"unit": Unit.SEAT} if one.unit in (Unit.SUBSCRIPTION, Unit.CUSTOMER) else {}
    return replace(one, **monthly, **growth, **unit)


@st.composite
def stories(draw: st.DrawFn) -> tuple[Terms, list[BilledFact], list[BilledFact], Month]:
    """Laws that may look back, what was known when a month was closed, what is known later, and that month."""
    version = draw(st.one_of(generated.programs(), capped_programs()))
    version = replace(version, clauses=tuple(map(looking_back, version.clauses)))
    now = draw(generated.histories())
    if draw(st.booleans()):
        now = [replace(fact, partners=alone(fact)) for fact in now]
    last = generated.FIRST.plus(draw(st.integers(1, generated.MONTHS + 1)))
    late = draw(st.sets(st.sampled_from(sorted({fact.subscription for fact in now}))))
    then = [
        draw(known(fact)) if fact.subscription in late else fact
        for fact in now
        if fact.invoice_day <= last.last
    ]
    return version, [fact for fact in then if fact is not None], now, last


def alone(fact: BilledFact) -> tuple[Recognition, ...]:
    """One partner of record and nobody else."""
    first = fact.partners[0] if fact.partners else Recognition("p1", PARTNER_OF_RECORD, Span(fact.started_on))
    return (replace(first, partner="p1", role=PARTNER_OF_RECORD, share=None, span=Span(fact.started_on)),)


@st.composite
def capped_programs(draw: st.DrawFn) -> Terms:
    """What is billed and what is paid earns a fee, each within a cap that earlier months use up."""
    scopes = st.sampled_from([Scope.SUBSCRIPTION, Scope.CUSTOMER, Scope.PARTNER])
    pers = st.builds(Per, scopes, st.sampled_from([Period.QUARTER, Period.YEAR, Period.LIFETIME]))
    caps = st.builds(Limit, generated.amounts, pers)
    return terms(
        clause("share", draw(generated.rates), cap=draw(caps), together_with=("paid",)),
        clause("paid", "10%", basis=Basis.COLLECTED, cap=draw(st.none() | caps)),
        payment=Payment(claw_window=draw(st.none() | st.integers(0, 90))),
        year_from=(7, 1),
    )


@st.composite
def known(draw: st.DrawFn, fact: BilledFact) -> BilledFact | None:
    """What was known of the fact before something came late."""
    late = draw(st.sampled_from(["", "", "", "credits", "receipts", "tier", "role", "all"]))
    if late == "tier":
        return replace(fact, partners=tuple(replace(each, tier="Gold") for each in fact.partners))
    if late == "role":
        return replace(fact, partners=fact.partners[:1])
    if late in ("credits", "receipts"):
        return replace(fact, **{late: ()})
    return None if late == "all" else fact


def as_of(fact: BilledFact, day: date) -> BilledFact:
    """The fact with what has a day up to that one."""
    return replace(
        fact,
        credits=tuple(each for each in fact.credits if each.day <= day),
        receipts=tuple(each for each in fact.receipts if each.day <= day),
    )


def moved(
    version: Terms, then: Sequence[BilledFact], now: Sequence[BilledFact], last: Month, back: LooksBack
) -> tuple[set[str], set[str]]:
    """Subscriptions that are another now, and lines of others of which more was paid: as the facts say."""
    before = {fact.invoice_line: as_of(fact, last.last) for fact in then}
    subscriptions, paid = set(), set()
    window = version.payment.claw_window
    for fact in now:
        if fact.invoice_day > last.last:
            continue
        known, own = before.get(fact.invoice_line), as_of(fact, last.plus(1).last)
        late = window is not None and any(
            each.day >= fact.invoice_day + timedelta(days=window + 1) for each in own.credits
        )
        more = known is not None and known.receipts != own.receipts
        if (
            known != as_of(fact, last.last)
            or known is None
            or known.credits != own.credits
            or (late and back.caps)
            or (more and own.credits)
        ):
            subscriptions.add(fact.subscription)
        elif more:
            paid.add(fact.invoice_line)
    return subscriptions, paid


def capped(
    back: LooksBack, month: Month, lines: Sequence[FeeLine], partner: str, besides: Collection[str]
) -> dict[AddedUp, int]:
    found: dict[AddedUp, int] = defaultdict(int)
    for line in lines:
        if line.clause in back.caps and line.partner == partner and line.source not in (TOP_UP, POOL):
            version, per = back.caps[line.clause]
            first = period_of(per.period, month.first, version.year_from).first
            name = {
                Scope.SUBSCRIPTION: line.subscription,
                Scope.CUSTOMER: line.customer,
                Scope.PARTNER: line.partner,
            }[per.scope]
            if line.event_day >= first and name not in besides:
                found[line.clause, name, str(first), line.currency] += line.fee_minor
    return found


def opened(  # noqa: PLR0917
    version: Terms, now: Sequence[BilledFact], books: Books, last: Month, partner: str, then: Any
) -> tuple[list[BilledFact], Begun] | None:
    """What is judged for the partner, or None where that is everything."""
    back = looks_back(Laws((version,)))
    if back is None:
        return None
    month = last.plus(1)
    whole, paid = moved(version, then, now, last, back)
    customers = {fact.subscription: fact.customer for fact in now}
    partners: dict[str, set[str]] = defaultdict(set)
    shared = set()
    for fact in now:
        partners[fact.subscription] |= {each.partner for each in fact.partners}
        shared |= {fact.subscription for each in fact.partners if each.share is not None}
    if back.caps and back.scope is not Scope.PARTNER:
        whole |= {name for name in customers if name in shared or partners[name] - {partner}}
    if back.scope is Scope.CUSTOMER:
        of = {customers[name] for name in whole}
        whole = {name for name in customers if customers[name] in of}
    if back.scope is Scope.PARTNER and (whole or (back.caps and shared)):
        return None
    besides = whole | {customers[name] for name in whole}
    begun = Begun(month.first, frozenset(whole), capped(back, month, books.lines, partner, besides))
    facts = [
        fact
        for fact in now
        if fact.invoice_day >= month.first or fact.subscription in whole or fact.invoice_line in paid
    ]
    return facts, begun


@settings(deadline=None, max_examples=200)
@given(stories())
def test_what_only_looks_back_is_judged_from_where_the_last_close_left_it(story: Any) -> None:
    version, then, now, last = story
    laws, month = Laws((version,)), last.plus(1)
    books = Books(version)
    for closed in (last.plus(-2), last.plus(-1), last):
        books.close(str(closed), then)
    whole = judge(laws, History(now), month.last)
    for partner in generated.PARTNERS:
        lean = opened(version, now, books, last, partner, then)
        event("looks back" if lean else "whole")
        event("from what caps have used" if lean and any(lean[1].capped.values()) else "anew")
        if lean is None:
            continue
        facts, begun = lean
        assert begun != ANEW
        earned = judge(laws, History(facts), month.last, begun=begun)
        expected = booked(laws, [line for line in whole if line.partner == partner], books, month, partner)
        found = [line for line in earned if line.partner == partner]
        assert booked(laws, found, books, month, partner, begun.whole) == expected


def booked(  # noqa: PLR0917
    laws: Laws,
    lines: Sequence[FeeLine],
    books: Books,
    month: Month,
    partner: str,
    only: Collection[str] | None = None,
) -> list[FeeLine]:
    """What would be booked, held against what the books hold of the partner, or of these subscriptions of it."""
    record = {
        key: each
        for key, each in books.on_record.items()
        if each.latest.partner == partner and (only is None or each.latest.subscription in only)
    }
    return to_book(laws, History(()), lines, record, month)
