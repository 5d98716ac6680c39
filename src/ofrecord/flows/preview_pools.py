"""Which pools a preview divides anew, and what they are divided by.

A pool of a closed month is booked: a partner's share of it is another only where something that it is divided by is
another since. So of everybody's sales only those of the open month are asked for, and only if it has a pool; and those
of a closed month of which anything moved.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from ofrecord.billing.facts import expected_facts, facts_of_months, has_more_invoices
from ofrecord.billing.open_facts import months_moved_since
from ofrecord.engine.judging.judge import judge
from ofrecord.engine.partner_books import PartnerBooks, Sums
from ofrecord.engine.types import POOL, BilledFact, FeeLine, History, Laws, LineKey, PoolFact
from ofrecord.exchange.queries import is_any_learned_since
from ofrecord.journal.queries import all_since
from ofrecord.journal.types import Happening
from ofrecord.kernel.calendar import Month
from ofrecord.pools.facts import pool_facts
from ofrecord.pools.queries import months_recorded_since
from ofrecord.program.clause_types import Basis
from ofrecord.program.queries import published_since
from ofrecord.settlement.types import ClosedCard
from ofrecord.subscriptions.queries import running_in

# What was written so long before a close may have come too late for it: a transaction that was still under way.
_UNDER_WAY: Final = timedelta(hours=1)
# Above so many invoices nobody's closed months are looked through while a page waits.
_MOST_LOOKED_THROUGH: Final = 100_000
_KINDS: Final = ("subscription", "customer", "partner")
# What is written of them and changes nothing that a pool of an earlier month is divided by.
_HARMLESS: Final = frozenset(
    {
        "seats changed",
        "subscription started",
        "subscription cancelled",
        "customer added",
        "program accepted",
        "partner applied",
        "partner approved",
        "partner refused",
        "statement currency set",
        "API client made",
        "API client revoked",
        "colleague joined",
        "colleague left",
    }
)


@dataclass(frozen=True, slots=True)
class Pools:
    """The pools that are divided anew, with everybody's facts of their months; and those on which too much bears for
    that.
    """

    divided: tuple[PoolFact, ...] = ()
    facts: tuple[BilledFact, ...] = ()
    left_out: tuple[PoolFact, ...] = ()


def pools_of(
    laws: Laws, books: PartnerBooks, month: Month, earlier: Sequence[ClosedCard], most_lines: int | None
) -> Pools:
    """What of the pools up to the month is divided anew for the partner whose part of the books it is: all of which
    something may be another, or if these are too many those of the month itself. Needs the office's scope.
    """
    if not any(clause.basis is Basis.POOLED for terms in laws.versions for clause in terms.clauses):
        return Pools()
    known = pool_facts(month)
    if not known:
        return Pools()
    every = _divided(known, books, month, earlier)
    for some in (every, [pool for pool in every if pool.month == month]):
        facts = _facts_of({pool.month for pool in some}, month, most_lines)
        if facts is not None:
            return Pools(tuple(some), facts, tuple(pool for pool in every if pool not in some))
    return Pools(left_out=tuple(every))


def _facts_of(
    months: Collection[Month], month: Month, most_lines: int | None
) -> tuple[BilledFact, ...] | None:
    """Everybody's facts of the months, of `month` those too that are to come; None where these are too many."""
    is_open = month in months
    if is_open and most_lines is not None and running_in(month)[: most_lines + 1].count() > most_lines:
        return None
    facts = facts_of_months(months, month, most_lines)
    return None if facts is None else (*facts, *(expected_facts([month]) if is_open else ()))


def _divided(
    known: Sequence[PoolFact], books: PartnerBooks, month: Month, earlier: Sequence[ClosedCard]
) -> list[PoolFact]:
    last = earlier[-1] if earlier and earlier[-1].month == month.plus(-1) else None
    if last is None or published_since(last.closed_at):
        return list(known)
    closed = {card.month for card in earlier}
    still_open = [pool for pool in known if pool.month not in closed]
    settled = [pool for pool in known if pool.month in closed]
    if not settled or has_more_invoices(None, _MOST_LOOKED_THROUGH):
        return still_open
    moved, dated = _moved(last)
    in_doubt = _in_doubt(settled, books, last)
    anew = (
        pool
        for pool in settled
        if pool.month in moved or pool.month >= Month.of(dated) or pool.id in in_doubt
    )
    return sorted([*anew, *still_open], key=lambda pool: pool.id)


def _moved(last: ClosedCard) -> tuple[set[Month], date]:
    """The closed months whose pools or bills are others since the last close; and the first day of what was learned
    since of partners, their roles and tiers, and of segments.
    """
    since = last.closed_at - _UNDER_WAY
    following = last.month.plus(1)
    moved = months_moved_since(following, closed_at=last.closed_at, since=since)
    days = (_first_day(each) for each in all_since(since, _KINDS) if each.verb not in _HARMLESS)
    return moved | months_recorded_since(since), min(days, default=following.first)


def _first_day(told: Happening) -> date:
    """The first day on which anything is another by what happened; of what is not known to say it, the first of all."""
    first = told.data.get("first") or told.data.get("day")
    return date.fromisoformat(first) if isinstance(first, str) else date.min


def _in_doubt(settled: Sequence[PoolFact], books: PartnerBooks, last: ClosedCard) -> set[str]:
    """The pools of which what is due can be another, as it waits for a rate or a rate was learned late."""
    corrected: bool | None = None
    found = set()
    by_id = {pool.id: pool for pool in settled}
    for event, keys in pool_sums(books, settled).items():
        if all(part.currency == by_id[event].currency for parts in keys.values() for part in parts):
            continue
        if corrected is None:
            corrected = is_any_learned_since(last.closed_at - _UNDER_WAY, last.month.last)
        if corrected or any(map(_waits, keys.values())):
            found.add(event)
    return found


def _waits(parts: Sequence[Sums]) -> bool:
    return sum(part.fee_minor for part in parts) != 0 and not sum(part.due_minor for part in parts)


def pool_sums(books: PartnerBooks, pools: Collection[PoolFact]) -> Mapping[str, dict[LineKey, list[Sums]]]:
    """What the partner's books hold of these pools, by event and key."""
    ids = {pool.id for pool in pools}
    if not ids:
        return {}
    found = books.sums(since=min(pool.month.last for pool in pools))
    return {event: keys for event, keys in found.items() if event in ids}


def pool_lines_of(pools: Pools, laws: Laws, beside: History, partner: str, month: Month) -> list[FeeLine]:
    """The partner's shares of what is divided anew: they hang on nothing but everybody's sales of the pools' months."""
    if not pools.divided:
        return []
    history = replace(beside, facts=pools.facts, pools=pools.divided)
    return [
        line for line in judge(laws, history, month.last) if line.source == POOL and line.partner == partner
    ]
