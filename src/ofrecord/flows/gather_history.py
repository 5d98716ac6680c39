"""All that is known up to a month, gathered from the rooms that testify to it, for whoever works out fees."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from ofrecord.billing.facts import expected_facts, facts_of_customers, history_facts
from ofrecord.engine.types import BilledFact, History, Laws, RateFact
from ofrecord.exchange.queries import rates_in_force
from ofrecord.kernel.calendar import Month
from ofrecord.partners.facts import statement_currencies
from ofrecord.pools.facts import pool_facts
from ofrecord.program.queries import versions
from ofrecord.statements.queries import currencies_used as statement_currencies_used


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


def gather(
    through: Month, *, customer_ids: Collection[UUID] | None = None, expected: Sequence[Month] = ()
) -> Gathered:
    """What is known of all months up to and with `through`, of all customers or of these. Needs the office's scope.

    With what will be billed in the months `expected`, which follow one another, as far as it is not yet: for
    previews.
    """
    by_month = history_facts(through) if customer_ids is None else facts_of_customers(customer_ids, through)
    for fact in expected_facts(expected, customer_ids) if expected else ():
        by_month.setdefault(Month.of(fact.invoice_day), []).append(fact)
    billed = {fact.currency for facts in by_month.values() for fact in facts}
    return Gathered(by_month, beside(through, billed), laws())


def beside(through: Month, billed: Iterable[str]) -> History:
    """What is known beside the facts, which were billed in those currencies. Needs the office's scope."""
    currencies = {str(partner): currency for partner, currency in statement_currencies().items()}
    pools = pool_facts(through)
    occurring = {*billed, *(pool.currency for pool in pools)}
    # What was due in a currency stays due in it, whatever its partner wants from now on.
    wanted = set(currencies.values()) | statement_currencies_used()
    rates = _rates(through, occurring | wanted) if len(occurring | wanted) > 1 else ()
    return History((), pools, rates, currencies)


def laws(only: Collection[str] | None = None) -> Laws:
    """The program versions in the order in which they came into force; `only` those of these hashes, where any are."""
    published = (each.terms for each in reversed(versions()))
    return Laws(tuple(terms for terms in published if only is None or terms.sha256 in only))


def _rates(through: Month, currencies: Iterable[str]) -> tuple[RateFact, ...]:
    """Only of the currencies that occur: what is kept in a snapshot is what was needed."""
    quotes = rates_in_force(through=through.last, currencies=currencies)
    return tuple(RateFact(quote.currency, quote.day, quote.per_euro) for quote in quotes)
