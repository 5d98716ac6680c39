"""An order that is asked about, and the bills that it would bring."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ofrecord.billing.rules import bill_month, list_amounts
from ofrecord.billing.types import Billable, LineValue, SeatsFrom
from ofrecord.customers.facts import segments_in
from ofrecord.engine.types import BilledFact, Laws, Receipt, Recognition
from ofrecord.flows.gather_history import laws
from ofrecord.kernel.calendar import Month, Span, add_months
from ofrecord.orders.types import Draft, OrderCard
from ofrecord.partners.facts import tiers_in
from ofrecord.program.clause_types import PARTNER_OF_RECORD
from ofrecord.program.queries import version
from ofrecord.program.types import Terms
from ofrecord.subscriptions.queries import running_offers
from ofrecord.subscriptions.rules import deal_of

YEARS = 2
# The name of the subscription that there would be; no real one is called so.
FORESEEN = "foreseen"


@dataclass(frozen=True, slots=True)
class Case:
    """The order, under which laws, on which day it is asked about, and who would be recognized."""

    draft: Draft | OrderCard
    terms: Terms
    laws: Laws
    today: date
    tier: str

    @property
    def end(self) -> date:
        return add_months(self.draft.starts_on, 12 * YEARS)

    @property
    def months(self) -> list[Month]:
        """The months of its bills; the last holds only the days before the anniversary, if there are any."""
        first, last = Month.of(self.draft.starts_on), Month.of(self.end - timedelta(days=1))
        return [first.plus(number) for number in range(12 * YEARS + 1) if first.plus(number) <= last]

    @property
    def currency(self) -> str:
        return self.draft.unit_price.currency


def case_of(draft: Draft | OrderCard, today: date) -> Case:
    published = version(draft.version_id)
    assert published is not None, "an order's version is published"
    assert draft.partner_id is not None, "an order of a partner"
    tiers = tiers_in(Span(today, today + timedelta(days=1)), {draft.partner_id}).get(draft.partner_id, ())
    tier = next((tier for span, tier in tiers if span.has(today)), "")
    return Case(draft, published.terms, laws(), today, tier)


def own_facts(case: Case) -> Iterator[BilledFact]:
    """The bills that the order would bring, each paid in full on its day."""
    draft = case.draft
    billable = Billable(
        draft.unit_price, draft.starts_on, case.end, (SeatsFrom(draft.starts_on, draft.seats),)
    )
    running = running_offers(draft.customer_id, draft.starts_on)
    deal = deal_of(draft.offer, running)
    bills = Span(case.months[0].first, case.months[-1].plus(1).first)
    segments = segments_in(bills, {draft.customer_id}).get(draft.customer_id, ())
    for month in case.months:
        segment = next((held for span, held in segments if span.has(month.last)), "")
        for line in bill_month(billable, month, case.terms.rounding):
            yield paid(replace(_fact(case, month, line), deal=deal, segment=segment))


def _fact(case: Case, month: Month, line: LineValue) -> BilledFact:
    draft = case.draft
    offer = case.terms.offer(draft.offer)
    price = offer.price(draft.region, line.span.first) if offer else None
    listed, wholesale = list_amounts(price, line.span, line.seats, case.currency, case.terms.rounding)
    return BilledFact(
        # Later than every id, and than what is expected, of its day: the order comes after what is sold already.
        invoice_line=f"{FORESEEN} {month} {line.span.first}",
        invoice="",
        invoice_day=month.last,
        subscription=FORESEEN,
        started_on=draft.starts_on,
        customer=str(draft.customer_id),
        offer=draft.offer,
        way=draft.way,
        region=draft.region,
        currency=case.currency,
        seats=line.seats,
        unit_price_minor=line.unit_price.minor,
        billed_minor=line.amount.minor,
        service=line.span,
        terms_sha256=case.terms.sha256,
        partners=(Recognition(str(draft.partner_id), PARTNER_OF_RECORD, Span(draft.starts_on), case.tier),),
        list_minor=listed,
        wholesale_minor=wholesale,
        first_seats=draft.seats,
        commitment_months=draft.commitment_months,
    )


def paid(fact: BilledFact) -> BilledFact:
    receipt = Receipt(f"{fact.invoice_line}/paid", fact.invoice_day, fact.billed_minor)
    return replace(fact, receipts=(receipt,))


def asks_needs(laws: Laws) -> bool:
    return any(clause.needs for terms in laws.versions for clause in terms.clauses)
