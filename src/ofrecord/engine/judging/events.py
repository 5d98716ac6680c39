"""What happened that can earn a fee: a line was billed, or a part of it was paid."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property

from ofrecord.engine.types import PAYMENT, SALE, BilledFact, Credit, Receipt
from ofrecord.kernel.money import Rounding, round_fraction
from ofrecord.program.clause_types import Basis, Clause, Earned
from ofrecord.program.types import CHARGEBACK, REFUND, WON_BACK, Terms

Moment = tuple[date, date, str, date, str]
MONEY_BACK = (REFUND, CHARGEBACK, WON_BACK)


@dataclass(frozen=True)
class Event:
    """A line that was billed, or a payment's part of it; `gross_minor` before anything was taken back.

    `credits` are those that reduce it, in the order of their days.
    """

    source: str
    id: str
    day: date
    fact: BilledFact
    gross_minor: int
    net_minor: int
    credits: tuple[Credit, ...]
    facts: tuple[str, ...]

    @cached_property
    def moment(self) -> Moment:
        """When it counts: by its day, then by what was sold, so that ids drawn for bills decide nothing."""
        fact = self.fact
        return (self.day, fact.started_on, fact.subscription, fact.service.first, self.id)

    @property
    def kept(self) -> Fraction:
        """How much of what was billed this event stands for, after all that was taken back."""
        billed = self.fact.billed_minor
        return Fraction(self.net_minor, billed) if billed else Fraction(1)

    @property
    def credited_on(self) -> date | None:
        return self.credits[-1].day if self.credits else None

    def amount(self, basis: Basis) -> int:
        """The whole amount of the event in the clause's basis, in minor units.

        What is at list or wholesale price goes down in proportion to what is left of the bill. What is billed below
        the wholesale price has no margin: nobody is charged for it.
        """
        if basis is Basis.LIST and self.fact.list_minor is not None:
            return _part(self.fact.list_minor, self.kept)
        if basis is Basis.MARGIN and self.fact.wholesale_minor is not None:
            return max(0, self.net_minor - _part(self.fact.wholesale_minor, self.kept))
        return 0 if basis is Basis.MARGIN else self.net_minor


def _part(amount_minor: int, kept: Fraction) -> int:
    return round_fraction(amount_minor * kept, Rounding.HALF_UP)


def source_of(clause: Clause) -> str:
    """Whether the clause pays for what was billed or for what was paid."""
    collected = clause.basis is Basis.COLLECTED or clause.earned is Earned.WHEN_COLLECTED
    return PAYMENT if collected else SALE


def events_of(fact: BilledFact, terms: Terms, through: date, is_lenient: bool = False) -> Iterator[Event]:
    """The events of the fact up to and with the day, each with what was left of it on that day.

    A lenient reading leaves out what was taken back after the claw window; of a fact of which nothing was, it is the
    strict one.
    """
    if fact.invoice_day > through:
        return
    if not fact.credits and not fact.receipts:
        yield Event(
            SALE, fact.invoice_line, fact.invoice_day, fact, fact.billed_minor, fact.billed_minor, (), ()
        )
        return
    known = [credit for credit in fact.credits if credit.day <= through and _reduces(credit, terms)]
    credits = tuple(sorted(known, key=lambda credit: (credit.day, credit.id)))
    if is_lenient and is_touched_late(fact, terms, through):
        credits = tuple(_in_time(credits, last_of_window(terms, fact, through)))
    net = fact.billed_minor + sum(credit.amount_minor for credit in credits)
    ids = tuple(credit.id for credit in credits)
    yield Event(SALE, fact.invoice_line, fact.invoice_day, fact, fact.billed_minor, net, credits, ids)
    yield from _payments(fact, credits, net, through)


def last_of_window(terms: Terms, fact: BilledFact, through: date) -> date:
    """The last day on which something can be taken back: counted from the bill, or from the last payment for it."""
    window = terms.payment.claw_window
    if window is None:
        return through
    paid = [receipt.day for receipt in fact.receipts if receipt.day <= through]
    pays_collected = any(source_of(clause) == PAYMENT for clause in terms.clauses)
    start = max(paid, default=fact.invoice_day) if pays_collected else fact.invoice_day
    return min(through, start + timedelta(days=window - int(not terms.last_day_included)))


def _in_time(credits: Sequence[Credit], last: date) -> Iterator[Credit]:
    """What was taken back in the window, and what of that was won back, whenever that was."""
    charged_back = 0
    for credit in credits:
        if credit.kind == WON_BACK:
            returned = min(credit.amount_minor, charged_back)
            charged_back -= returned
            yield replace(credit, amount_minor=returned)
        elif credit.day <= last:
            charged_back -= credit.amount_minor if credit.kind == CHARGEBACK else 0
            yield credit


def is_touched_late(fact: BilledFact, terms: Terms, through: date) -> bool:
    """Whether something that counts was taken back after the claw window."""
    if terms.payment.claw_window is None or not fact.credits:
        return False
    last = last_of_window(terms, fact, through)
    return any(
        last < credit.day <= through and credit.amount_minor < 0 and _reduces(credit, terms)
        for credit in fact.credits
    )


def _reduces(credit: Credit, terms: Terms) -> bool:
    """What won back a chargeback counts as the chargeback does."""
    kind = CHARGEBACK if credit.kind == WON_BACK else credit.kind
    return kind in terms.payment.reduced_by


def _payments(fact: BilledFact, credits: Sequence[Credit], net: int, through: date) -> Iterator[Event]:
    """Each payment with what is left of it: money that went back, or that is no longer owed, is of the latest."""
    receipts = sorted(
        (receipt for receipt in fact.receipts if receipt.day <= through),
        key=lambda receipt: (receipt.day, receipt.id),
    )
    back = -sum(credit.amount_minor for credit in credits if credit.kind in MONEY_BACK)
    paid = sum(receipt.amount_minor for receipt in receipts)
    left = max(0, min(paid - back, net))
    ids = tuple(credit.id for credit in credits)
    for receipt in receipts:
        kept = min(receipt.amount_minor, left)
        left -= kept
        yield _payment(fact, receipt, kept, tuple(credits), ids)


def _payment(
    fact: BilledFact, receipt: Receipt, kept: int, credits: tuple[Credit, ...], ids: tuple[str, ...]
) -> Event:
    is_less = kept < receipt.amount_minor
    return Event(
        PAYMENT,
        receipt.id,
        max(receipt.day, fact.invoice_day),
        fact,
        receipt.amount_minor,
        kept,
        credits if is_less else (),
        (receipt.id, *ids) if is_less else (receipt.id,),
    )
