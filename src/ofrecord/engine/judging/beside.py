"""What one sale more would earn and change, without a line of any other: both ways in one reading of the events.

Others are reckoned only where the sale can reach them: under the clauses that add up over a customer or a partner.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ofrecord.engine.judging.begun import Begun
from ofrecord.engine.judging.events import events_of
from ofrecord.engine.judging.judge import (
    Heard,
    Hearing,
    Ranks,
    add_up,
    hear,
    piece_claims,
    piece_lines,
    pieces_heard,
    ranks_of,
)
from ofrecord.engine.judging.measures import Sales
from ofrecord.engine.judging.periods import top_ups
from ofrecord.engine.judging.reckon import Running
from ofrecord.engine.types import SALE, BilledFact, FeeLine, Laws
from ofrecord.program.clause_types import Clause, Per, Scope


@dataclass(frozen=True, slots=True)
class Changed:
    """What the sale adds to, or takes from, what a partner earns for an event of another sale."""

    partner: str
    event_day: date
    currency: str
    minor: int


@dataclass(frozen=True, slots=True)
class Beside:
    """The lines of one sale by their keys, what it changes on others, and all that was sold with it."""

    lines: tuple[FeeLine, ...]
    changed: tuple[Changed, ...]
    sales: Sales


def wide_clauses(laws: Laws) -> dict[str, Scope]:
    """The clauses, by name, in which one sale can reach others, with how far: to its customer's or its partner's."""
    found: dict[str, Scope] = {}
    for clause in (clause for terms in laws.versions for clause in terms.clauses):
        scopes = {per.scope for per in _pers(clause)}
        wide = next((scope for scope in (Scope.PARTNER, Scope.CUSTOMER) if scope in scopes), None)
        if wide is not None and found.get(clause.name) is not Scope.PARTNER:
            found[clause.name] = wide
    return found


def _pers(clause: Clause) -> Iterator[Per]:
    parts = (clause.bands, clause.growth, clause.cap, clause.floor)
    return (part.per for part in parts if part is not None)


def judged_beside(
    laws: Laws, others: Sequence[BilledFact], own: Sequence[BilledFact], through: date, begun: Begun
) -> Beside | None:
    """What the sale of the facts `own` earns and what it changes from the day on which `begun` begins; earlier facts
    use up what they use up.

    None where others are told otherwise, with the sale, of what their partner has sold: any of them may change then.
    It holds under laws that look back and have no floors of a period that others reach.
    """
    with_it = hear(laws, [*others, *own], through, begun=replace(begun, counts=True))
    if not _are_told_alike(laws, with_it, others, begun, through):
        return None
    lines, changed = _both(with_it, own[0])
    found = [*lines, *top_ups(laws, lines, through)]
    return Beside(tuple(sorted(found, key=lambda line: line.key)), tuple(changed), with_it.sales)


def _are_told_alike(
    laws: Laws, hearing: Hearing, others: Sequence[BilledFact], begun: Begun, through: date
) -> bool:
    if not hearing.sales.asked:
        return True
    without = Sales()
    for fact in begun.sold:
        without.add(fact, fact.billed_minor)
    for fact in others:
        for event in events_of(fact, laws.by_sha[fact.terms_sha256], through):
            if event.source == SALE:
                without.add(fact, event.net_minor)
    return all(without.answer(question) == answer for question, answer in hearing.sales.asked.items())


def _both(hearing: Hearing, own: BilledFact) -> tuple[list[FeeLine], list[Changed]]:
    """The lines of the subscription, and the differences on others, in the order of the events."""
    ranks, reached = ranks_of(hearing.laws), _Reached.by(hearing.laws, own)
    without = Hearing(hearing.laws, hearing.through, hearing.begun)
    without.heard = [each for each in hearing.heard if _subscription(each) != own.subscription]
    add_up(without)
    pair = (Running(hearing.totals), Running(without.totals))
    lines: list[FeeLine] = []
    changed: list[Changed] = []
    for heard in pieces_heard(hearing):
        if _subscription(heard[0]) == own.subscription:
            lines += piece_lines(hearing, heard, pair[0], ranks)
            continue
        some = [each for each in map(reached.of, heard) if each.claiming]
        differences = _differences(some, pair, ranks) if some else iter(())
        if hearing.begun.is_open(heard[0].case.event):
            changed += differences
        else:
            deque(differences, maxlen=0)
    return lines, changed


@dataclass(frozen=True, slots=True)
class _Reached:
    """Which clauses the sale can reach: on all sales, and on those to its customer."""

    customer: str
    everywhere: frozenset[str]
    near: frozenset[str]

    @staticmethod
    def by(laws: Laws, own: BilledFact) -> "_Reached":
        wide = wide_clauses(laws)
        everywhere = {name for name, scope in wide.items() if scope is Scope.PARTNER}
        return _Reached(
            own.customer, _with_those_on_top(laws, everywhere), _with_those_on_top(laws, set(wide))
        )

    def of(self, each: Heard) -> Heard:
        """The case with those of its clauses that the sale can reach."""
        names = self.near if each.case.event.fact.customer == self.customer else self.everywhere
        claiming = tuple(claimed for claimed in each.claiming if claimed[1].name in names)
        return Heard(each.case, each.considered, claiming)


def _subscription(each: Heard) -> str:
    return each.case.event.fact.subscription


def _with_those_on_top(laws: Laws, names: set[str]) -> frozenset[str]:
    """The clauses with those that are a share of their fees."""
    found = set(names)
    clauses = [clause for terms in laws.versions for clause in terms.clauses]
    while more := {clause.name for clause in clauses if clause.of in found} - found:
        found |= more
    return frozenset(found)


def _differences(heard: Sequence[Heard], pair: Sequence[Running], ranks: Ranks) -> Iterator[Changed]:
    for _, payees, (now, before) in piece_claims(heard, pair, ranks):
        if now.whole_minor != before.whole_minor:
            dealt = zip(
                payees.cases, payees.divide(now.whole_minor), payees.divide(before.whole_minor), strict=True
            )
            for case, new, old in dealt:
                event = case.event
                minor = new.earned_minor - old.earned_minor
                yield Changed(case.partner.partner, event.day, event.fact.currency, minor)
