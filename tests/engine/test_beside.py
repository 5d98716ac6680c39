"""What one sale more changes, read once, is what all of it judged twice says: with the sale and without it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.engine.test_reach import looking_back, rich_programs
from tests.support import generated

from ofrecord.engine.judging.begun import Begun
from ofrecord.engine.judging.beside import judged_beside, wide_clauses
from ofrecord.engine.judging.events import events_of, source_of
from ofrecord.engine.judging.judge import judge
from ofrecord.engine.reach import LooksBack, countings, looks_back
from ofrecord.engine.types import PAYMENT, BilledFact, FeeLine, History, Laws
from ofrecord.kernel.calendar import Month
from ofrecord.program.clause_types import Scope
from ofrecord.program.types import Terms


@st.composite
def sales(draw: st.DrawFn) -> tuple[Terms, list[BilledFact], list[BilledFact]]:
    """Laws, what is sold, and one sale more."""
    version = draw(st.one_of(generated.programs(), rich_programs()))
    version = replace(version, clauses=tuple(map(looking_back, version.clauses)))
    more = [
        replace(fact, subscription="zz", invoice_line=f"zz {fact.invoice_line}")
        for fact in draw(generated.sales(9))
    ]
    return version, draw(generated.histories()), [generated.with_partners_of_the_month(fact) for fact in more]


def counting(  # noqa: PLR0917
    laws: Laws, back: LooksBack, others: Sequence[BilledFact], own: BilledFact, since: date, through: date
) -> tuple[list[BilledFact], list[BilledFact]]:
    """Of other sales what still counts, and what was sold before that, bill by bill."""
    wide, (version,) = wide_clauses(laws), laws.versions
    firsts = {
        scope: min(
            (
                each.first(since)
                for clause in version.clauses
                for each in countings(version, clause)
                if wide.get(clause.name) in scopes
            ),
            default=since,
        )
        for scope, scopes in (
            (Scope.CUSTOMER, (Scope.CUSTOMER, Scope.PARTNER)),
            (Scope.PARTNER, (Scope.PARTNER,)),
        )
    }
    facts, sold = [], []
    for fact in others:
        first = firsts[Scope.CUSTOMER if fact.customer == own.customer else Scope.PARTNER]
        if fact.invoice_day >= first.replace(day=1):
            facts.append(fact)
        elif back.needs:
            (sale,) = events_of(replace(fact, receipts=()), version, through)
            sold.append(replace(fact, billed_minor=sale.net_minor, credits=(), receipts=()))
    return facts, sold


@settings(deadline=None, max_examples=200)
@given(sales())
def test_one_sale_more_read_once_is_what_is_judged_twice(drawn: Any) -> None:
    version, others, own = drawn
    laws, through = Laws((version,)), generated.LAST
    back = looks_back(laws)
    own_floors = all(
        clause.floor is None or clause.floor.per.scope in (Scope.LINE, Scope.SUBSCRIPTION)
        for clause in version.clauses
    )
    collects = any(
        clause.name in wide_clauses(laws) and source_of(clause) == PAYMENT for clause in version.clauses
    )
    if back is None or not own_floors or collects:
        event("whole")
        return
    since = back.since(Month.of(own[0].invoice_day).first)
    facts, sold = counting(laws, back, others, own[0], since, through)
    found = judged_beside(laws, facts, own, through, Begun(since, sold=sold))
    event("others are told otherwise" if found is None else "once")
    if found is None:
        return
    with_it, without = (
        {line.key: line for line in judge(laws, History(some), through)} for some in ([*others, *own], others)
    )
    assert {
        key: told(line) for key, line in with_it.items() if line.subscription == "zz" and not line.withdrawn
    } == {line.key: told(line) for line in found.lines}
    changed: dict[tuple[str, date], int] = defaultdict(int)
    for each in found.changed:
        changed[each.partner, each.event_day] += each.minor
    expected: dict[tuple[str, date], int] = defaultdict(int)
    for key in {*with_it, *without}:
        line = with_it.get(key) or without[key]
        if line.subscription != "zz":
            now, before = (each[key].earned_minor if key in each else 0 for each in (with_it, without))
            expected[line.partner, line.event_day] += now - before
    event("changes others" if any(expected.values()) else "changes nothing")
    assert {key: minor for key, minor in changed.items() if minor} == {
        key: minor for key, minor in expected.items() if minor
    }


def told(line: FeeLine) -> FeeLine:
    """The line but for what is retained of it: that is of what was taken back late."""
    return replace(line, retained_minor=line.earned_minor)
