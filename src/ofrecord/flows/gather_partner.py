"""All that bears on one partner's fees, and no more than that: for what is worked out while somebody waits."""

from collections.abc import Collection
from uuid import UUID

from ofrecord.billing.facts import expected_facts, facts_of_customers, has_more_invoices
from ofrecord.engine.types import History, Laws, PoolFact, RateFact
from ofrecord.exchange.queries import rates_in_force
from ofrecord.flows.gather_history import Gathered
from ofrecord.kernel.calendar import Month
from ofrecord.partners.facts import statement_currencies
from ofrecord.program.bearing import reaching_roles
from ofrecord.statements.queries import currencies_used
from ofrecord.subscriptions.facts import customers_bearing_on


def bearing_on(laws: Laws, partner_id: UUID, most_lines: int | None) -> Collection[UUID] | None:
    """The customers whose sales the partner's fees can hang on, pools aside; None where they have more lines.

    A line is counted for each invoice: few have several. Needs the office's scope.
    """
    customers = customers_bearing_on(partner_id, reaching_roles(laws.versions), most_lines)
    if customers is None or (most_lines is not None and has_more_invoices(customers, most_lines)):
        return None
    return customers


def gather_of(
    partner_id: UUID, laws: Laws, through: Month, customer_ids: Collection[UUID], pools: Collection[PoolFact]
) -> Gathered:
    """What is known of these customers up to and with the month, with what is still to be billed in it, and beside that
    what the partner's lines are booked by, shares of these pools among them. Needs the office's scope.
    """
    by_month = facts_of_customers(customer_ids, through)
    for fact in expected_facts([through], customer_ids):
        by_month.setdefault(Month.of(fact.invoice_day), []).append(fact)
    currencies = {str(partner): wanted for partner, wanted in statement_currencies({partner_id}).items()}
    occurring = {fact.currency for facts in by_month.values() for fact in facts}
    occurring |= {pool.currency for pool in pools} | set(currencies.values()) | currencies_used(partner_id)
    return Gathered(by_month, History((), (), _rates(through, occurring), currencies), laws)


def rates_for(partner_id: UUID, through: Month, pools: Collection[PoolFact]) -> tuple[RateFact, ...]:
    """The rates by which the partner's shares of these pools may be exchanged. Needs the office's scope."""
    wanted = set(statement_currencies({partner_id}).values()) | currencies_used(partner_id)
    return _rates(through, wanted | {pool.currency for pool in pools})


def _rates(through: Month, occurring: Collection[str]) -> tuple[RateFact, ...]:
    found = rates_in_force(through=through.last, currencies=occurring) if len(occurring) > 1 else ()
    return tuple(RateFact(quote.currency, quote.day, quote.per_euro) for quote in found)
