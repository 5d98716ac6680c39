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
from ofrecord.engine.judging.begun import ANEW, Begun, Used
from ofrecord.engine.judging.events import events_of
from ofrecord.engine.judging.judge import judge
from ofrecord.engine.judging.resuming import answers_stand, beginnings, used_before
from ofrecord.engine.reach import LooksBack, looks_back
from ofrecord.engine.types import PAYMENT, SALE, BilledFact, FeeLine, History, Laws, Recognition
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
)
from ofrecord.program.types import Payment, Terms

USD = Money(10000, "USD")
ALL = ("share", "more", "growing", "grown", "paid")
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
        (clause("share", bands=bands(YEARLY, graduated=False)), Scope.CUSTOMER),
        (clause("share", bands=bands(Per(Scope.CUSTOMER), graduated=False)), None),
        (clause("share", bands=bands(YEARLY, graduated=True)), Scope.CUSTOMER),
        (clause("share", bands=bands(Per(Scope.PARTNER), graduated=True)), Scope.PARTNER),
        (clause("share", "10%", growth=Growth(YEARLY)), Scope.CUSTOMER),
        (clause("share", "10%", growth=Growth(Per(Scope.CUSTOMER))), None),
        (clause("share", "10%", needs=Needs(seats=3)), Scope.PARTNER),
        (clause("share", "10%", floor=Limit(USD, YEARLY)), Scope.CUSTOMER),
        (clause("share", "10%", floor=Limit(USD, Per(Scope.CUSTOMER))), None),
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


def test_from_which_day_on_is_judged_and_what_counts_of_earlier_days() -> None:
    far = looks_back(Laws((terms(clause("share", bands=bands(YEARLY, graduated=False)), year_from=(7, 1)),)))
    assert far is not None
    assert far.since(date(2010, 4, 1)) == date(2009, 7, 1)
    counted = looks_back(
        Laws((terms(clause("share", bands=bands(YEARLY, graduated=True)), year_from=(7, 1)),))
    )
    assert counted is not None
    assert counted.since(date(2010, 4, 1)) == date(2010, 4, 1)
    assert counted.counted_from(date(2010, 4, 1)) == date(2009, 7, 1)
    growing = looks_back(Laws((terms(clause("share", "10%", growth=Growth(YEARLY)), year_from=(7, 1)),)))
    assert growing is not None
    assert growing.counted_from(date(2010, 4, 1)) == date(2008, 7, 1)


def looking_back(one: Clause) -> Clause:
    """The clause without what reaches further than back."""
    yearly = {
        name: replace(part, per=Per(part.per.scope, Period.YEAR))
        for name in ("bands", "floor", "growth")
        if (part := getattr(one, name)) is not None
        and part.per.scope is not Scope.LINE
        and part.per.period is Period.LIFETIME
    }
    unit = {"unit": Unit.SEAT} if one.unit in (Unit.SUBSCRIPTION, Unit.CUSTOMER) else {}
    return replace(one, **yearly, **unit)


@st.composite
def stories(draw: st.DrawFn) -> tuple[Terms, list[BilledFact], list[BilledFact], Month]:
    """Laws that may look back, what was known when a month was closed, what is known later, and that month."""
    version = draw(st.one_of(generated.programs(), capped_programs(), rich_programs()))
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
def rich_programs(draw: st.DrawFn) -> Terms:
    """Beside a cap what a partner must have sold, bands of all that it sells, growth, and what comes with payments."""
    scopes = st.sampled_from([Scope.CUSTOMER, Scope.PARTNER])
    per = st.builds(Per, scopes, st.sampled_from([Period.QUARTER, Period.YEAR]))
    measure = draw(st.sampled_from([Measure.AMOUNT, Measure.SEATS, Measure.CUSTOMERS]))
    steps = (Band(100_00 if measure is Measure.AMOUNT else 5, Fraction(1, 20)), Band(None, Fraction(1, 10)))
    graduated = measure is not Measure.CUSTOMERS and draw(st.booleans())
    banded = Bands(graduated, measure, draw(per), steps)
    found = [
        clause(
            "share", draw(generated.rates), cap=Limit(draw(generated.amounts), draw(per)), together_with=ALL
        ),
        clause("more", "6%", needs=draw(generated.needs), together_with=ALL),
        clause(
            "growing",
            bands=banded,
            basis=draw(st.sampled_from([Basis.BILLED, Basis.COLLECTED])),
            together_with=ALL,
        ),
        clause("grown", "7%", growth=Growth(draw(per)), together_with=ALL),
        clause("paid", "3%", basis=Basis.COLLECTED, together_with=ALL),
    ]
    chosen = draw(st.sets(st.sampled_from(range(len(found))), min_size=1))
    window = st.none() | st.integers(0, 90)
    return terms(
        *(found[number] for number in sorted(chosen)),
        payment=Payment(claw_window=draw(window)),
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
    then: Sequence[BilledFact], now: Sequence[BilledFact], last: Month
) -> tuple[dict[str, date], set[str]]:
    """Subscriptions of which a bill is another now, with its month, and lines of others of which more was paid."""
    before = {fact.invoice_line: as_of(fact, last.last) for fact in then}
    subscriptions: dict[str, date] = {}
    paid = set()
    for fact in now:
        if fact.invoice_day > last.last:
            continue
        known, own = before.get(fact.invoice_line), as_of(fact, last.plus(1).last)
        more = known is not None and known.receipts != own.receipts
        if (
            known != as_of(fact, last.last)
            or known is None
            or known.credits != own.credits
            or (more and own.credits)
        ):
            first = Month.of(fact.invoice_day).first
            subscriptions[fact.subscription] = min(subscriptions.get(fact.subscription, first), first)
        elif more:
            paid.add(fact.invoice_line)
    return subscriptions, paid


def used(back: LooksBack, lines: Sequence[FeeLine], partners: Collection[str]) -> list[Used]:
    return [
        Used(
            line.clause,
            line.subscription,
            line.customer,
            line.partner,
            line.currency,
            line.event_day,
            line.fee_minor,
            line.fee_minor + line.waived_minor,
        )
        for line in lines
        if line.clause in back.caps and line.partner in partners and line.source in (SALE, PAYMENT)
    ]


def opened(  # noqa: PLR0917
    version: Terms, now: Sequence[BilledFact], books: Books, last: Month, partner: str, then: Any, few: bool
) -> tuple[list[BilledFact], Begun] | None:
    """What is judged for the partner, or None where that is everything."""
    back = looks_back(Laws((version,)))
    if back is None:
        return None
    month = last.plus(1)
    first_days, paid = moved(then, now, last)
    customers = {fact.subscription: fact.customer for fact in now}
    partners: dict[str, set[str]] = defaultdict(set)
    shared = set()
    for fact in now:
        partners[fact.subscription] |= {each.partner for each in fact.partners}
        shared |= {fact.subscription for each in fact.partners if each.share is not None}
    beside = {partner} | ({other for found in partners.values() for other in found} if few else set())
    if back.caps and (shared or not few):
        if back.scope is Scope.PARTNER:
            return None
        first_days |= {name: date.min for name in customers if name in shared or partners[name] - {partner}}
        beside = {partner}
    begun = Begun(*beginnings(back, customers, first_days, month.first), counts=back.counts)
    if back.needs and any(late(version, fact) for fact in now):
        return None
    capped, kept = used_before(back, begun, used(back, books.lines, beside))
    facts, sold = split(version, back, now, begun, paid, month)
    begun = replace(begun, capped=capped, kept=kept, sold=sold)
    if back.needs and not answers_stand(
        Laws((version,)), back, begun, facts, first_days, partner, last.last, month.last
    ):
        return None
    return facts, begun


def late(version: Terms, fact: BilledFact) -> bool:
    window = version.payment.claw_window
    return window is not None and any(
        each.day >= fact.invoice_day + timedelta(days=window) for each in fact.credits
    )


def split(  # noqa: PLR0917
    version: Terms,
    back: LooksBack,
    now: Sequence[BilledFact],
    begun: Begun,
    paid: Collection[str],
    month: Month,
) -> tuple[list[BilledFact], list[BilledFact]]:
    """What is judged or counted, and one fact a bill for what was sold before."""
    facts, sold = [], []
    is_all = back.counts_payments or version.payment.claw_window is not None
    for fact in now:
        since = begun.since_of(fact.subscription)
        first = back.counted_from(since).replace(day=1)
        paid_from = back.counted_from(since) if back.counts_payments else since
        was_paid = fact.invoice_line in paid or any(each.day >= paid_from for each in fact.receipts)
        if fact.invoice_day >= first or (back.is_collected and was_paid):
            is_paid = back.is_collected and (
                is_all or was_paid or fact.invoice_day >= paid_from.replace(day=1)
            )
            facts.append(fact if is_paid else replace(fact, receipts=()))
        elif back.needs:
            (sale,) = events_of(replace(fact, receipts=()), version, month.last)
            sold.append(replace(fact, billed_minor=sale.net_minor, credits=(), receipts=()))
    return facts, sold


@settings(deadline=None, max_examples=200)
@given(stories(), st.booleans())
def test_what_only_looks_back_is_judged_from_where_the_last_close_left_it(story: Any, few: bool) -> None:
    version, then, now, last = story
    laws, month = Laws((version,)), last.plus(1)
    books = Books(version)
    for closed in (last.plus(-2), last.plus(-1), last):
        books.close(str(closed), then)
    whole = judge(laws, History(now), month.last)
    for partner in generated.PARTNERS:
        lean = opened(version, now, books, last, partner, then, few)
        event("looks back" if lean else "whole")
        if lean is None:
            continue
        facts, begun = lean
        event("from what caps have used" if any(begun.capped.values()) else "no caps")
        event("from what was counted" if begun.counts else "nothing counted")
        event("asks what was sold" if begun.sold else "nothing was sold before")
        assert begun != ANEW
        earned = judge(laws, History(facts), month.last, begun=begun)
        expected = booked(laws, [line for line in whole if line.partner == partner], books, month, partner)
        found = [line for line in earned if line.partner == partner]
        assert booked(laws, found, books, month, partner, begun) == expected


def booked(  # noqa: PLR0917
    laws: Laws,
    lines: Sequence[FeeLine],
    books: Books,
    month: Month,
    partner: str,
    begun: Begun = ANEW,
) -> list[FeeLine]:
    """What would be booked, held against what the books hold of the partner, of events that are still judged."""
    record = {
        key: each
        for key, each in books.on_record.items()
        if each.latest.partner == partner
        and each.latest.event_day >= begun.since_of(each.latest.subscription)
    }
    return to_book(laws, History(()), lines, record, month)
