"""What a close of a month would have to do without: exchange rates by which lines then wait, and amounts of pools."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import product

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.engine.types import Laws
from ofrecord.exchange.queries import known_rates
from ofrecord.exchange.types import EURO
from ofrecord.flows.gather_history import laws
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.words import day_words, month_words
from ofrecord.partners.facts import statement_currencies
from ofrecord.pools.queries import sums
from ofrecord.program.clause_types import FORMER_PARTNER, Basis
from ofrecord.program.queries import in_force
from ofrecord.program.types import Terms
from ofrecord.subscriptions.queries import currencies_paid_in


class Missing(StrEnum):
    """What is not on record."""

    RATE = "exchange rate"
    POOL = "pool"


@dataclass(frozen=True, slots=True)
class Lack:
    """What is not on record, and what a close without it comes to."""

    what: Missing
    sentence: str
    remedy: str


def lacking(month: Month) -> list[Lack]:
    """What is not on record of a month that is to be closed. It can be closed without; what comes later is booked by a
    later close."""
    with entered(OFFICE):
        rules = laws()
        terms = in_force(month.last).terms
        pooled = {clause.pool for clause in terms.clauses if clause.basis is Basis.POOLED}
        held = [each for each in sums(OFFICE, month) if each.month == month] if pooled else []
        divided = {each.amount.currency for each in held if each.pool in pooled}
        return [
            *_rates(month, rules, terms, divided),
            *_pools(month, pooled - {each.pool for each in held}),
        ]


def _rates(month: Month, rules: Laws, terms: Terms, divided: Collection[str]) -> Iterator[Lack]:
    """Of the month's last day, on which most is billed, and pools are shared."""
    wanted = set(statement_currencies().values())
    if not wanted:
        return
    sold = {
        price.amount.currency for each in rules.versions for offer in each.offers for price in offer.prices
    }
    quoted = _Quoted(month, {*wanted, *sold, *divided}, rules)
    every = {each.payment.rate_days for each in rules.versions}
    missing = {pair for pair in product({*sold, *divided}, wanted) if quoted.lacks(pair, min(every))}
    if not missing:
        return
    # Who is paid in which currency is looked up for those alone.
    heard = any(FORMER_PARTNER in clause.roles_named for each in rules.versions for clause in each.clauses)
    paid = currencies_paid_in(month, {stated for _, stated in missing}, with_former=heard)
    asked = {((each.sold, each.stated), rules.by_sha[each.terms_sha256].payment.rate_days) for each in paid}
    asked |= {((code, each.stated), terms.payment.rate_days) for code in divided for each in paid}
    for (source, target), days in sorted(asked):
        if not quoted.lacks((source, target), days):
            continue
        before = f" or of the {days} {'day' if days == 1 else 'days'} before" if days else ""
        yield Lack(
            Missing.RATE,
            f"There is no exchange rate from {source} to {target} of {day_words(month.last)}{before}.",
            "What is exchanged by it will wait: a close after the rate is recorded makes it due.",
        )


class _Quoted:
    """On which of a month's last days the currencies were quoted."""

    def __init__(self, month: Month, currencies: Collection[str], rules: Laws) -> None:
        most = max(terms.payment.rate_days for terms in rules.versions)
        self._last = month.last
        self._days: dict[str, set[date]] = {code: set() for code in currencies}
        for code, day in known_rates(currencies, month.last - timedelta(days=most), month.last):
            self._days[code].add(day)

    def lacks(self, pair: tuple[str, str], most_days: int) -> bool:
        """Whether the two were quoted together on none of the days; a euro is a euro whenever the other is."""
        first = self._last - timedelta(days=most_days)
        others = [self._days[code] for code in pair if code != EURO]
        return pair[0] != pair[1] and not any(day >= first for day in set.intersection(*others))


def _pools(month: Month, empty: Collection[str]) -> Iterator[Lack]:
    for pool in sorted(empty):
        yield Lack(
            Missing.POOL,
            f"Nothing is recorded of the pool “{pool}” for {month_words(month)}.",
            "It will pay nobody: what is recorded later is divided by a later close.",
        )
