"""What must hold of any program and any history: nothing depends on when something became known."""

import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from tests.support.generated import FIRST, LAST, currencies, exchange, histories, pools, programs
from tests.support.told import Books

from ofrecord.engine.judging.judge import judge
from ofrecord.engine.recompute import steps_of
from ofrecord.engine.types import BilledFact, FeeLine, History, Laws
from ofrecord.kernel.calendar import Month
from ofrecord.program.clause_types import Scope, period_of
from ofrecord.program.types import Terms

LATER = "b"
# How many histories each property is tried on; many more are tried by `bin/generated`.
tried = settings(
    deadline=None,
    max_examples=int(os.environ.get("OFRECORD_GENERATED", "60")),
    suppress_health_check=[HealthCheck.too_slow],
    phases=[phase for phase in Phase if phase is not Phase.shrink or "OFRECORD_GENERATED" not in os.environ],
)


@st.composite
def two_versions(draw: st.DrawFn) -> Laws:
    """A version, and one that follows it some months later."""
    first = draw(programs())
    month = FIRST.plus(draw(st.integers(1, 6)))
    return Laws((first, replace(draw(programs(LATER)), effective=month.first, version="2")))


laws = programs().map(lambda terms: Laws((terms,))) | two_versions()


def beside(pooled: Sequence[Any], rates: Sequence[Any], wanted: dict[str, str]) -> dict[str, Any]:
    return {"pools": pooled, "rates": rates, "currencies": wanted}


def known_in(facts: Sequence[BilledFact], learned: dict[str, int], month: int) -> list[BilledFact]:
    """The facts as they were known in a month: some bills, payments and credits are learned late."""
    return [
        replace(
            fact,
            credits=tuple(c for c in fact.credits if learned.get(c.id, 0) <= month),
            receipts=tuple(r for r in fact.receipts if learned.get(r.id, 0) <= month),
        )
        for fact in facts
        if learned.get(fact.invoice_line, 0) <= month
    ]


def close_all(books: Books, facts: Sequence[BilledFact], learned: dict[str, int], **other: Any) -> None:
    month, number = FIRST, 0
    while month.last < LAST:
        books.close(str(month), known_in(facts, learned, number), **other)
        month, number = month.plus(1), number + 1


def sums(lines: Sequence[FeeLine]) -> dict[Any, tuple[int, int]]:
    found: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for line in lines:
        found[line.key][0] += line.fee_minor
        found[line.key][1] += line.due_minor
    return {key: (fee, due) for key, (fee, due) in found.items() if fee or due}


delays = st.dictionaries(st.integers(0, 60), st.integers(0, 12), max_size=12)
besides = st.builds(beside, pools, exchange, currencies)


def names_of(facts: Sequence[BilledFact]) -> list[str]:
    return [
        name
        for fact in facts
        for name in (fact.invoice_line, *(c.id for c in fact.credits), *(r.id for r in fact.receipts))
    ]


@tried
@given(laws, histories(), delays, besides)
def test_what_is_booked_in_the_end_is_what_would_have_been_earned_had_all_been_known_in_time(
    laws: Laws, facts: list[BilledFact], late: dict[int, int], other: dict[str, Any]
) -> None:
    names = names_of(facts)
    learned = {names[place % len(names)]: months for place, months in late.items()}
    told_late, told_in_time = Books(laws), Books(laws)
    close_all(told_late, facts, learned, **other)
    close_all(told_in_time, facts, {}, **other)
    note(f"learned late: {learned}")
    note("\n".join(f"{line.key} {line.fee_minor} {line.cause}" for line in told_late.lines[:12]))
    note("\n".join(str(clause) for terms in laws.versions for clause in terms.clauses))
    note("\n".join(str(fact) for fact in facts))
    assert sums(told_late.lines) == sums(told_in_time.lines)


@tried
@given(laws, histories(), besides)
def test_settled_month_by_month_or_at_once_comes_to_the_same(
    laws: Laws, facts: list[BilledFact], other: dict[str, Any]
) -> None:
    by_month, at_once = Books(laws), Books(laws)
    close_all(by_month, facts, {}, **other)
    at_once.close(str(Month.of(LAST).plus(-1)), facts, **other)
    assert sums(by_month.lines) == sums(at_once.lines)


@tried
@given(laws, histories(), pools, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(
    laws: Laws, facts: list[BilledFact], pooled: list[Any], chance: Any
) -> None:
    shuffled = chance.sample(facts, len(facts))
    pooled_too = chance.sample(pooled, len(pooled))
    assert judge(laws, History(facts, pooled), LAST) == judge(laws, History(shuffled, pooled_too), LAST)


@tried
@given(laws, histories(), delays, besides)
def test_every_line_of_every_book_is_worked_out_again_from_itself(
    laws: Laws, facts: list[BilledFact], late: dict[int, int], other: dict[str, Any]
) -> None:
    names = names_of(facts)
    books = Books(laws)
    learned = {names[place % len(names)]: months for place, months in late.items()}
    close_all(books, facts, learned, **other)
    for line in books.lines:
        assert [step for step in steps_of(line, laws.by_sha[line.terms_sha256]) if not step.holds] == []
        assert bool(line.cause) == bool(line.corrects)
    assert max(Counter(line.key for line in judge(laws, History(facts), LAST)).values(), default=1) == 1


@tried
@given(programs(), histories())
def test_no_cap_is_passed_and_no_line_pays_more_than_its_clause_states(
    terms: Terms, facts: list[BilledFact]
) -> None:
    lines = judge(Laws((terms,)), History(facts), LAST)
    paid: dict[Any, int] = defaultdict(int)
    for line in lines:
        clause = terms.clause(line.clause)
        if clause is None or clause.cap is None or line.source == "top-up":
            continue
        per = clause.cap.per
        scope = {
            Scope.LINE: line.event,
            Scope.SUBSCRIPTION: line.subscription,
            Scope.CUSTOMER: line.customer,
            Scope.PARTNER: line.partner,
        }[per.scope]
        by_line = clause.floor is not None and clause.floor.per.scope is Scope.LINE
        if not by_line:
            first = period_of(per.period, line.event_day, terms.year_from).first
            paid[clause.name, scope, first] += line.earned_minor
            assert paid[clause.name, scope, first] <= clause.cap.amount.minor


@tried
@given(programs(), histories())
def test_what_is_divided_is_never_more_than_the_whole(terms: Terms, facts: list[BilledFact]) -> None:
    parts: dict[Any, list[FeeLine]] = defaultdict(list)
    for line in judge(Laws((terms,)), History(facts), LAST):
        clause = terms.clause(line.clause)
        if line.part < 1:
            role = "" if clause is not None and clause.split else line.role
            parts[line.event, line.service.first, line.deal, line.clause, role].append(line)
    for lines in parts.values():
        whole, given_parts = lines[0].whole_minor, sum((line.part for line in lines), Fraction(0))
        assert given_parts <= 1
        total = sum(line.earned_minor for line in lines)
        assert total == whole if given_parts == 1 else abs(total) <= abs(whole)


@tried
@given(laws, histories(), st.integers(0, 18))
def test_what_has_happened_by_a_day_does_not_depend_on_what_comes_after(
    laws: Laws, facts: list[BilledFact], months: int
) -> None:
    day: date = FIRST.plus(months).last
    until = [
        replace(
            fact,
            credits=tuple(c for c in fact.credits if c.day <= day),
            receipts=tuple(r for r in fact.receipts if r.day <= day),
        )
        for fact in facts
        if fact.invoice_day <= day
    ]
    assert judge(laws, History(facts), day) == judge(laws, History(until), day)


@tried
@given(laws, histories(), delays, besides)
def test_in_the_end_a_partner_has_what_it_retains_and_no_more(
    laws: Laws, facts: list[BilledFact], late: dict[int, int], other: dict[str, Any]
) -> None:
    """What is waived is the difference between what was taken back in all and what was taken back in time."""
    names = names_of(facts)
    books = Books(laws)
    close_all(books, facts, {names[place % len(names)]: months for place, months in late.items()}, **other)
    month = Month.of(LAST).plus(-1)
    retained = {line.key: line.retained_minor for line in judge(laws, History(facts, **other), month.last)}
    kept: dict[Any, int] = defaultdict(int)
    for line in books.lines:
        if line.due_currency == line.currency and not line.waits:
            kept[line.key] += line.due_minor + line.waived_minor
    for key, minor in kept.items():
        assert minor == retained.get(key, 0)
