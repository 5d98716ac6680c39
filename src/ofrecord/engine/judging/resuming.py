"""From where a history is judged on, once what moved is known: the first day of each group, and what was used before.

It is asked by whoever gathers only a part of a history; what is gathered is told by `begun`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from ofrecord.engine.judging.begun import Begun, Used
from ofrecord.engine.judging.events import events_of, is_touched_late
from ofrecord.engine.judging.measures import AddedUp, Sales, Sold, period_name
from ofrecord.engine.reach import LooksBack
from ofrecord.engine.types import SALE, BilledFact, Laws
from ofrecord.kernel.calendar import Span
from ofrecord.program.clause_types import Needs, Scope, period_of
from ofrecord.program.types import Terms


def beginnings(
    back: LooksBack, customers: Mapping[str, str], moved: Mapping[str, date], first: date
) -> tuple[date, dict[str, date]]:
    """The first day that is judged of most subscriptions, and of those of which it is another day.

    `customers` are the customers of all that hang together; `moved` are subscriptions of which an event of that day is
    another than it was; `first` is the first day of the open month.
    """
    usual, groups = back.since(first), dict[str, date]()
    names = {name: _group(back.scope, name, customer) for name, customer in customers.items()}
    for name, day in moved.items():
        groups[names[name]] = min(groups.get(names[name], usual), back.since(day))
    if back.scope is Scope.PARTNER:
        return min(groups.values(), default=usual), {}
    return usual, {name: groups[group] for name, group in names.items() if groups.get(group, usual) < usual}


def _group(scope: Scope, subscription: str, customer: str) -> str:
    return {Scope.SUBSCRIPTION: subscription, Scope.CUSTOMER: customer}.get(scope, "")


def used_before(
    back: LooksBack, begun: Begun, used: Iterable[Used]
) -> tuple[dict[AddedUp, int], dict[AddedUp, int]]:
    """What of the caps was used before the days on which the judgement begins, and if nothing were taken back late."""
    capped: dict[AddedUp, int] = defaultdict(int)
    kept: dict[AddedUp, int] = defaultdict(int)
    for each in used:
        cap, since = back.caps[each.clause], begun.since_of(each.subscription)
        first = cap.first(since)
        if first <= each.event_day < since:
            scope_id = {Scope.SUBSCRIPTION: each.subscription, Scope.CUSTOMER: each.customer}.get(
                cap.per.scope, each.partner
            )
            name = (each.clause, scope_id, period_name(cap.per.period, first), each.currency)
            capped[name] += each.fee_minor
            kept[name] += each.kept_minor
    return dict(capped), dict(kept)


def answers_stand(  # noqa: PLR0917
    laws: Laws,
    back: LooksBack,
    begun: Begun,
    facts: Sequence[BilledFact],
    moved: Mapping[str, date],
    partner: str,
    closed: date,
    through: date,
) -> bool:
    """Whether what the partner's earlier events were told of all that it has sold is what they would be told now.

    `closed` is the last day of the last closed month, `through` that of the open one. What moved may have been counted
    then or not, so it is asked both ways; where that makes a difference the answer is no.
    """
    if any(is_touched_late(fact, laws.by_sha[fact.terms_sha256], through) for fact in facts):
        return False
    told = [
        _sales(laws, _certain(facts, moved), begun.sold, closed),
        _sales(laws, facts, begun.sold, closed, in_full=moved),
        _sales(laws, facts, begun.sold, through),
    ]
    starts = {each.started_on for each in (*facts, *begun.sold) if each.started_on <= closed}
    roles = {role for sales in told for whose, role in sales.by_seller if whose == partner}
    return all(
        _stands(terms, needs, [(sales, _sold(sales, (partner, role))) for sales in told], starts, bool(moved))
        for terms, clause in back.needs
        if (needs := clause.needs) is not None
        for role in roles
    )


def _certain(facts: Iterable[BilledFact], moved: Mapping[str, date]) -> list[BilledFact]:
    """The facts that are as they were."""
    return [fact for fact in facts if fact.invoice_day < moved.get(fact.subscription, date.max)]


def _sales(
    laws: Laws,
    facts: Sequence[BilledFact],
    sold: Sequence[BilledFact],
    through: date,
    in_full: Mapping[str, date] | None = None,
) -> Sales:
    """What was sold by the day; nothing is taken back of what was billed of subscriptions from the day `in_full` on."""
    sales = Sales()
    for fact in sold:
        sales.add(fact, fact.billed_minor)
    for fact in facts:
        for event in events_of(fact, laws.by_sha[fact.terms_sha256], through):
            if event.source == SALE:
                is_full = in_full is not None and fact.invoice_day >= in_full.get(fact.subscription, date.max)
                sales.add(fact, event.gross_minor if is_full else event.net_minor)
    return sales


def _stands(
    terms: Terms,
    needs: Needs,
    told: Sequence[tuple[Sales, set[Sold]]],
    starts: Collection[date],
    has_moved: bool,
) -> bool:
    """Whether sales that began on the days `starts` are told the same of what was sold, however it is counted."""
    if not needs.for_all:
        # Earlier days look at what began by then: that must count as it did, and nothing else be billed for it.
        last = max(starts, default=date.min)
        return not (has_moved and needs.billed) and _is_one(
            {frozenset(each for each in sold if each.started_on <= last) for _, sold in told}
        )
    spans = {needs.during or period_of(needs.period, day, terms.year_from) for day in starts}
    return all(
        _is_one(
            {
                sales.progress_of(needs, _begun_in(during, sold), date.max).is_enough(needs)
                for sales, sold in told
            }
        )
        for during in spans
    )


def _sold(sales: Sales, seller: tuple[str, str]) -> set[Sold]:
    return {each for each in sales.by_seller.get(seller, {}).values() if sales.net[each.subscription] > 0}


def _begun_in(during: Span, sold: Iterable[Sold]) -> list[Sold]:
    return [each for each in sold if during.has(each.started_on)]


def _is_one(found: Collection[object]) -> bool:
    return len(found) <= 1
