"""A worked example's story told through the very rules that bill and pay. No database, no clock."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from ofrecord.billing.rules import bill_month, charge
from ofrecord.billing.types import Billable, LineValue, SeatsFrom
from ofrecord.engine.judging.judge import judge
from ofrecord.engine.types import BilledFact, Credit, FeeLine, History, Laws, PoolFact, Receipt, Recognition
from ofrecord.kernel.calendar import Month, Span, add_months, month_index
from ofrecord.kernel.money import Money, share_minor
from ofrecord.program.clause_types import FORMER_PARTNER, PARTNER_OF_RECORD
from ofrecord.program.story_types import Story, StoryCredit, StoryPartner
from ofrecord.program.types import CHARGEBACK, REFUND, WON_BACK, Price, Terms

# The sale that an example is about; those beside it have names of their own.
THE_SALE: Final = "sale"
NEVER_AFTER: Final = date.max
NOT_OWED_LESS: Final = (REFUND, CHARGEBACK, WON_BACK)


def tell(terms: Terms, story: Story) -> list[FeeLine]:
    """All that the story earns, under these terms alone."""
    facts = [*_facts(terms, story, THE_SALE)]
    for number, other in enumerate(story.also, start=1):
        facts += _facts(terms, other, f"also-{number}")
    pools = [
        PoolFact(f"{pool}/{month}/{amount.currency}", pool, Month.parse(month), amount.minor, amount.currency)
        for month, pool, amount in story.pools
    ]
    return judge(Laws((terms,)), History(facts, pools), NEVER_AFTER)


def price_on(terms: Terms, story: Story) -> Money:
    """What a seat costs on the day the story starts; the price is agreed for the whole of it."""
    return story.price or _list_price(terms, story).amount


def _list_price(terms: Terms, story: Story) -> Price:
    offer = terms.offer(story.offer)
    price = offer.price(story.region, story.start) if offer else None
    assert price is not None, "the story was checked against these terms"
    return price


def _facts(terms: Terms, story: Story, name: str) -> list[BilledFact]:
    """What is billed for one sale, month by month, with what was paid and what was taken back."""
    billable = Billable(
        unit_price=price_on(terms, story),
        started_on=story.start,
        cancelled_from=story.cancelled_from or add_months(story.start, story.months),
        seats=(SeatsFrom(story.start, story.seats), *(SeatsFrom(c.day, c.seats) for c in story.changes)),
    )
    months = [Month.of(story.start).plus(number) for number in range(story.months + 1)]
    billed = [(month, line) for month in months for line in bill_month(billable, month, terms.rounding)]
    facts = [_fact(terms, story, f"{name}/{n:06}", month, line) for n, (month, line) in enumerate(billed)]
    customer = f"customer of {THE_SALE if story.same_customer else name}"
    facts = [replace(fact, subscription=name, customer=customer) for fact in facts]
    credited = _with_credits(story, facts)
    return [replace(fact, receipts=tuple(_receipts(story, fact))) for fact in credited]


def _fact(terms: Terms, story: Story, name: str, month: Month, line: LineValue) -> BilledFact:
    price = _list_price(terms, story)
    listed = charge(price.amount, line.seats, line.span, terms.rounding)
    wholesale = charge(price.wholesale, line.seats, line.span, terms.rounding) if price.wholesale else None
    return BilledFact(
        # Padded so that lines sort as they are billed.
        invoice_line=name,
        invoice=str(month),
        invoice_day=month.last,
        subscription="",
        started_on=story.start,
        customer="",
        offer=story.offer,
        way=story.way,
        region=story.region,
        currency=line.amount.currency,
        seats=line.seats,
        unit_price_minor=line.unit_price.minor,
        billed_minor=line.amount.minor,
        service=line.span,
        terms_sha256=terms.sha256,
        partners=tuple(_recognitions(story, month.last)),
        list_minor=listed.minor,
        wholesale_minor=wholesale.minor if wholesale else None,
        first_seats=story.seats,
        deal=story.deal,
        commitment_months=story.commitment,
        segment=story.segment,
    )


def _recognitions(story: Story, invoice_day: date) -> Iterator[Recognition]:
    """Who holds which role, and who held the partner of record's before another came."""
    usual = (StoryPartner(PARTNER_OF_RECORD, PARTNER_OF_RECORD, story.start),)
    partners = story.partners or usual
    tier = next((t.tier for t in reversed(story.tiers) if t.day <= invoice_day), story.tier)
    for partner in partners:
        yield Recognition(partner.name, partner.role, Span(partner.first, partner.until), tier, partner.share)
        if partner.role == PARTNER_OF_RECORD and partner.until is not None and _followed(partner, partners):
            yield Recognition(partner.name, FORMER_PARTNER, Span(partner.until), tier)


def _followed(partner: StoryPartner, partners: Sequence[StoryPartner]) -> bool:
    return any(
        other.role == PARTNER_OF_RECORD and other.name != partner.name and other.first == partner.until
        for other in partners
    )


def _with_credits(story: Story, facts: Sequence[BilledFact]) -> list[BilledFact]:
    found = {fact.invoice_line: fact for fact in facts}
    for number, credit in enumerate(sorted(story.credits, key=lambda credit: credit.day)):
        month = [
            fact for fact in found.values() if month_index(story.start, fact.service.first) == credit.month
        ]
        for fact, minor in zip(month, _taken_back(month, credit), strict=True):
            if minor:
                taken = Credit(f"{fact.invoice_line}/credit-{number}", credit.kind, credit.day, minor)
                found[fact.invoice_line] = replace(fact, credits=(*fact.credits, taken))
    return list(found.values())


def _taken_back(month: Sequence[BilledFact], credit: StoryCredit) -> Sequence[int]:
    """What a credit takes of each line of the month: of what is left in proportion, or gives back again."""
    left = [fact.billed_minor + sum(each.amount_minor for each in fact.credits) for fact in month]
    back = credit.kind == WON_BACK
    weights = [fact.billed_minor - rest for fact, rest in zip(month, left, strict=True)] if back else left
    if not sum(weights):
        return [0] * len(month)
    wanted = sum(weights) if credit.amount is None else min(credit.amount.minor, sum(weights))
    return [part if back else -part for part in share_minor(wanted, weights)]


def _receipts(story: Story, fact: BilledFact) -> Iterator[Receipt]:
    """One payment of all that is owed on its day, if the story's customer pays."""
    if story.paid_after is None:
        return
    day = fact.invoice_day + timedelta(days=story.paid_after)
    less = [each.amount_minor for each in fact.credits if each.day <= day and each.kind not in NOT_OWED_LESS]
    owed = fact.billed_minor + sum(less)
    if owed > 0:
        yield Receipt(f"{fact.invoice_line}/paid", day, owed)
