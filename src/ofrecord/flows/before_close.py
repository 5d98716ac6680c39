"""What a close of a month would have to do without: exchange rates by which lines then wait, and amounts of pools."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import product

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.exchange.queries import known_rates
from ofrecord.exchange.types import EURO
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.words import day_words, month_words
from ofrecord.partners.facts import statement_currencies
from ofrecord.pools.queries import sums
from ofrecord.program.clause_types import Basis
from ofrecord.program.queries import in_force
from ofrecord.program.types import Terms
from ofrecord.subscriptions.facts import exchanged_in
from ofrecord.subscriptions.queries import currencies


class Lacks(StrEnum):
    """What is not on record."""

    RATE = "exchange rate"
    POOL = "pool"


@dataclass(frozen=True, slots=True)
class Lack:
    """What is not on record, and what a close without it comes to."""

    what: Lacks
    sentence: str
    remedy: str


def lacking(month: Month) -> list[Lack]:
    """What is not on record of a month that is to be closed. It can be closed without; what comes later is booked by a
    later close."""
    with entered(OFFICE):
        terms = in_force(month.last).terms
        return [*_rates(month, terms), *_pools(month, terms)]


def _rates(month: Month, terms: Terms) -> Iterator[Lack]:
    """Of the month's last day, on which most is billed."""
    wanted, sold = set(statement_currencies().values()), set(currencies(OFFICE))
    days = terms.payment.rate_days
    quoted = known_rates({*wanted, *sold}, month.last - timedelta(days=days), month.last)
    days_of = {code: {day for of, day in quoted if of == code} for code in {*wanted, *sold}}

    def is_known(source: str, target: str) -> bool:
        # One euro is worth one euro on every day on which anything is quoted.
        known = [days_of[code] for code in (source, target) if code != EURO]
        return bool(set.intersection(*known)) if known else True

    missing = {pair for pair in product(sold, wanted) if pair[0] != pair[1] and not is_known(*pair)}
    # Who sells in which currency is looked up for those alone.
    if missing:
        missing &= exchanged_in(month.span, {target for _, target in missing})
    for source, target in sorted(missing):
        before = f" or of the {days} {'day' if days == 1 else 'days'} before" if days else ""
        yield Lack(
            Lacks.RATE,
            f"There is no exchange rate from {source} to {target} of {day_words(month.last)}{before}.",
            "What is exchanged by it will wait: a close after the rate is recorded makes it due.",
        )


def _pools(month: Month, terms: Terms) -> Iterator[Lack]:
    divided = {clause.pool for clause in terms.clauses if clause.basis is Basis.POOLED}
    if not divided:
        return
    recorded = {each.pool for each in sums(OFFICE, month) if each.month == month}
    for pool in sorted(divided - recorded):
        yield Lack(
            Lacks.POOL,
            f"Nothing is recorded of the pool “{pool}” for {month_words(month)}.",
            "It will pay nobody: what is recorded later is divided by a later close.",
        )
