"""The fees of an order that is asked about, judged beside what is on record and what else will be billed.

Where the laws only look back, that is one reading of what still counts: the order's own lines, and of others only the
clauses that it can reach. Under other laws all is judged twice: with the order and without it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ofrecord.billing.facts import expected_facts, facts_of_customers
from ofrecord.billing.open_facts import Reading, Wanted, facts_from
from ofrecord.engine.judging.begun import Begun
from ofrecord.engine.judging.beside import judged_beside, wide_clauses
from ofrecord.engine.judging.events import source_of
from ofrecord.engine.judging.judge import hear, judge
from ofrecord.engine.judging.measures import Sales
from ofrecord.engine.reach import LooksBack, countings, looks_back
from ofrecord.engine.types import PAYMENT, BilledFact, FeeLine, History, Laws, LineKey
from ofrecord.flows.foresee_case import FORESEEN, Case, asks_needs, paid
from ofrecord.flows.gather_open import are_told, reducing
from ofrecord.flows.gather_partner import bearing_on
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import Money
from ofrecord.program.clause_types import Scope, Unit
from ofrecord.subscriptions.facts import customers_bearing_on, subscription_facts
from ofrecord.subscriptions.queries import count_running, subscriptions_of

# Subscriptions whose bills of the years to come are judged with the order, and lines that were billed before: with more
# the order is judged alone.
MOST_BESIDE, MOST_LINES = 200, 10_000


@dataclass(frozen=True, slots=True)
class Judged:
    """The order's lines, what it changes on the partner's other sales by day, and all that was sold with it."""

    new: Sequence[FeeLine]
    elsewhere: Sequence[tuple[date, Money]]
    sales: Sales
    is_whole: bool = True


def judged_once(case: Case, own: Sequence[BilledFact]) -> Judged | None:
    """What still counts read once; None where the laws do not look back, or where the order changes what others are
    told of all that was sold, or where that is too much to read.
    """
    back = looks_back(case.laws)
    if back is None or _reach(case) is Scope.SUBSCRIPTION or not _floors_are_own(case.laws):
        return None
    since = back.since(case.months[0].first)
    begun = Begun(since)
    others = _counting(case, back, since)
    if others is None:
        return None
    facts, sold = others
    found = judged_beside(case.laws, facts, own, case.months[-1].last, replace(begun, sold=sold))
    if found is None:
        return None
    partner = str(case.draft.partner_id)
    elsewhere = [
        (each.event_day, Money(each.minor, case.currency))
        for each in found.changed
        if each.partner == partner and each.currency == case.currency
    ]
    new = [line for line in found.lines if line.partner == partner]
    return Judged(new, elsewhere, found.sales)


def _floors_are_own(laws: Laws) -> bool:
    own = (Scope.LINE, Scope.SUBSCRIPTION)
    floors = [clause.floor for terms in laws.versions for clause in terms.clauses]
    return all(floor is None or floor.per.scope in own for floor in floors)


def _counting(case: Case, back: LooksBack, since: date) -> tuple[list[BilledFact], list[BilledFact]] | None:
    """The facts of other sales that still count on the day `since`, with those to come; and one fact for all that each
    was billed before. None of too many.
    """
    assert case.draft.partner_id is not None, "an order of a partner"
    wide, customers = wide_clauses(case.laws), {case.draft.customer_id}
    if back.scope is Scope.PARTNER:
        customers |= set(customers_bearing_on(case.draft.partner_id, ()) or ())
    running = count_running(Span(Month.of(case.today).first, case.end), customers)
    if running > MOST_BESIDE or len(reducing(case.laws)) > 1 or _collects(case.laws, wide):
        return None
    firsts = {
        scope: min(
            (first for name, first in _firsts(case.laws, since) if wide.get(name) in scopes), default=since
        )
        for scope, scopes in (
            (Scope.CUSTOMER, (Scope.CUSTOMER, Scope.PARTNER)),
            (Scope.PARTNER, (Scope.PARTNER,)),
        )
    }
    wanted = {}
    for name, sale in subscription_facts(subscriptions_of(customers)).items():
        is_near = sale.customer_id == case.draft.customer_id
        first = firsts[Scope.CUSTOMER if is_near else Scope.PARTNER]
        wanted[name] = Wanted(min(first, Month.of(case.today).first).replace(day=1), since)
    reading = Reading(
        month=case.months[-1],
        wanted=wanted,
        paid=(),
        most_lines=MOST_LINES,
        with_payments=False,
        all_payments=False,
        sold_by_day=any(clause.needs and clause.needs.billed for _, clause in back.needs)
        if back.needs
        else None,
        reduced_by=sorted(reducing(case.laws)[0]),
    )
    found = facts_from(reading)
    if found is None or not are_told(found[1]):
        return None
    facts, sold = found
    ahead = _ahead(case)[:-1]
    return [*facts, *(expected_facts(ahead, customers) if ahead else ())], sold


def _collects(laws: Laws, wide: Mapping[str, Scope]) -> bool:
    """Whether what others pay counts for the order: bills of any age can be paid while it counts."""
    clauses = [clause for terms in laws.versions for clause in terms.clauses]
    return any(clause.name in wide and source_of(clause) == PAYMENT for clause in clauses)


def _firsts(laws: Laws, since: date) -> Iterator[tuple[str, date]]:
    """By clause the first day that counts for what it adds up on the day."""
    for terms in laws.versions:
        for clause in terms.clauses:
            for counting in countings(terms, clause):
                yield clause.name, counting.first(since)


def judged_twice(case: Case, own: Sequence[BilledFact]) -> Judged:
    """All of it judged with the order and without it."""
    others, is_whole = _others(case)
    through = case.months[-1].last
    without = {line.key: line for line in judge(case.laws, History(others), through)} if others else {}
    lines = [
        line
        for line in judge(case.laws, History([*others, *own]), through)
        if line.partner == str(case.draft.partner_id)
    ]
    new = [line for line in lines if line.key not in without and line.subscription == FORESEEN]
    sales = hear(case.laws, [*others, *own], through).sales if asks_needs(case.laws) else Sales()
    return Judged(new, _elsewhere(case, lines, new, without), sales, is_whole)


def _others(case: Case) -> tuple[list[BilledFact], bool]:
    """What the order's fees can depend on beside it: what was billed, and what will be, of as few as do; and whether
    that is all of it, or too much, and then nothing."""
    reach = _reach(case)
    if reach is Scope.SUBSCRIPTION:
        return [], True
    assert case.draft.partner_id is not None, "an order of a partner"
    customers = {case.draft.customer_id}
    if reach is Scope.PARTNER:
        bearing = bearing_on(case.laws, case.draft.partner_id, MOST_LINES)
        if bearing is None:
            return [], False
        customers |= set(bearing)
    if count_running(Span(Month.of(case.today).first, case.end), customers) > MOST_BESIDE:
        return [], False
    by_month = facts_of_customers(customers, case.months[-1])
    billed = [fact for facts in by_month.values() for fact in facts]
    return [*billed, *(paid(fact) for fact in expected_facts(_ahead(case), customers))], True


def _ahead(case: Case) -> list[Month]:
    """The months of which something may not be billed yet, up to the last of the order's."""
    first = min(Month.of(case.today).plus(-1), case.months[0])
    return [first.plus(number) for number in range(1 + _months_between(first, case.months[-1]))]


def _months_between(first: Month, last: Month) -> int:
    return (last.year - first.year) * 12 + last.number - first.number


def _reach(case: Case) -> Scope:
    """How far the clauses that may claim the order look: at it alone, at its customer, at all that its partner sold."""
    mine = [terms for terms in case.laws.versions if terms.effective >= case.terms.effective]
    scopes = {Scope.SUBSCRIPTION}
    for clause in (clause for terms in mine for clause in terms.clauses):
        parts = (clause.bands, clause.growth, clause.cap, clause.floor)
        scopes |= {part.per.scope for part in parts if part is not None}
        scopes |= {Scope.PARTNER} if clause.needs else set()
        scopes |= {Scope.CUSTOMER} if clause.unit is Unit.CUSTOMER else set()
    wide = (Scope.PARTNER, Scope.CUSTOMER)
    return next((scope for scope in wide if scope in scopes), Scope.SUBSCRIPTION)


def _elsewhere(
    case: Case, lines: Sequence[FeeLine], new: Sequence[FeeLine], without: dict[LineKey, FeeLine]
) -> list[tuple[date, Money]]:
    """What the order changes on the partner's other sales, by the day of the event; in the order's currency."""
    own = {line.key for line in new}
    beside = {line.key: line for line in lines if line.key not in own}
    before = {key: line for key, line in without.items() if line.partner == str(case.draft.partner_id)}
    found = []
    for key in sorted({*beside, *before}):
        line = beside.get(key) or before[key]
        earned = [each[key].earned_minor if key in each else 0 for each in (beside, before)]
        if line.currency == case.currency and earned[0] != earned[1]:
            found.append((line.event_day, Money(earned[0] - earned[1], case.currency)))
    return found
