"""All that is known up to a month, gathered from the rooms that testify to it, for whoever works out fees."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ofrecord.billing.facts import history_facts
from ofrecord.engine.types import BilledFact, History, Laws, RateFact
from ofrecord.exchange.queries import rates_in_force
from ofrecord.kernel.calendar import Month
from ofrecord.partners.facts import statement_currencies
from ofrecord.pools.facts import pool_facts
from ofrecord.program.queries import versions


@dataclass(frozen=True, slots=True)
class Gathered:
    """The facts by the month in which they were billed, what is known beside them, and the program versions."""

    by_month: Mapping[Month, list[BilledFact]]
    beside: History
    laws: Laws

    @property
    def history(self) -> History:
        """All of it as the judge takes it."""
        return replace(self.beside, facts=[fact for facts in self.by_month.values() for fact in facts])


def gather(through: Month) -> Gathered:
    """What is known of all months up to and with `through`. Needs the office's scope."""
    by_month = history_facts(through)
    currencies = {str(partner): currency for partner, currency in statement_currencies().items()}
    billed = {fact.currency for facts in by_month.values() for fact in facts}
    pools = pool_facts(through)
    billed |= {pool.currency for pool in pools}
    rates = _rates(through, billed | set(currencies.values())) if currencies else ()
    return Gathered(by_month, History((), pools, rates, currencies), laws())


def laws() -> Laws:
    """The program versions in the order in which they came into force."""
    return Laws(tuple(published.terms for published in reversed(versions())))


def _rates(through: Month, currencies: Iterable[str]) -> tuple[RateFact, ...]:
    """Only of the currencies that occur: what is kept in a snapshot is what was needed."""
    quotes = rates_in_force(through=through.last, currencies=currencies)
    return tuple(RateFact(quote.currency, quote.day, quote.per_euro) for quote in quotes)
