"""What of one partner's sales is still to be judged for the open month, where the laws only look back.

Closed months are booked: of them is gathered what has moved since the last close and what comes after it in what hangs
together with it, what the laws still count of earlier days, and nothing else. What is not certain to be as it was
counted is gathered whole.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from ofrecord.billing.open_facts import Reading, Wanted, facts_from, moved_since, paid_from
from ofrecord.engine.judging.begun import Begun
from ofrecord.engine.judging.resuming import answers_stand, beginnings, used_before
from ofrecord.engine.partner_books import PartnerBooks
from ofrecord.engine.reach import LooksBack, looks_back
from ofrecord.engine.types import BilledFact, History, Laws
from ofrecord.flows.gather_history import Gathered
from ofrecord.journal.queries import written_since
from ofrecord.kernel.calendar import Month
from ofrecord.partners.facts import statement_currencies
from ofrecord.program.clause_types import Scope
from ofrecord.program.types import CHARGEBACK, WON_BACK
from ofrecord.settlement.types import ClosedCard
from ofrecord.statements.queries import currencies_used
from ofrecord.subscriptions.facts import SaleOf, customers_bearing_on, sales_of

# What was written so long before a close may have come too late for it: a transaction that was still under way.
_UNDER_WAY: Final = timedelta(hours=1)
_KINDS: Final = ("subscription", "customer", "partner")
# Beside so many other partners what they used up of shared caps is not looked up in books.
_MOST_BESIDE: Final = 20
# What is written of them and changes nothing of earlier months; seats of an earlier day are looked at by themselves.
_HARMLESS: Final = frozenset(
    {"seats changed", "customer added", "program accepted", "partner applied", "partner approved"}
)


@dataclass(frozen=True, slots=True)
class Opened:
    """What is judged, and where it begins."""

    gathered: Gathered
    begun: Begun


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whose month is opened, and after which close."""

    partner_id: UUID
    laws: Laws
    back: LooksBack
    last: ClosedCard

    @property
    def month(self) -> Month:
        return self.last.month.plus(1)

    @property
    def since(self) -> datetime:
        return self.last.closed_at - _UNDER_WAY

    @property
    def late_after(self) -> int | None:
        """How many days after its bill something is taken back late, at the earliest, if that matters afterwards.

        With it a partner has sold less than without it, and what was sold before is not told both ways.
        """
        windows = [
            terms.payment.claw_window + int(terms.last_day_included)
            for terms in self.laws.versions
            if terms.payment.claw_window is not None
        ]
        return min(windows, default=None) if self.back.needs else None


def gather_open(laws: Laws, last: ClosedCard, books: PartnerBooks, most_lines: int | None) -> Opened | None:
    """What is still to be judged in the month after the last closed one, of the partner whose part of the books it is.

    None where everything is to be judged, or more than `most_lines` lines. Needs the office's scope.
    """
    back = looks_back(laws)
    if back is None or (back.needs and len(reducing(laws)) > 1):
        return None
    partner_id = UUID(books.partner)
    asked = _Asked(partner_id, laws, back, last)
    sales = _sales(asked)
    currencies = {str(partner): wanted for partner, wanted in statement_currencies({partner_id}).items()}
    used = currencies_used(partner_id)
    if sales is None or len({*used, *currencies.values(), *(sale.currency for sale in sales)}) > 1:
        # Rates of exchange are facts too, and any of them may have been corrected.
        return None
    moved, paid = _moved(asked, sales)
    beside = _beside(asked, sales)
    if beside is None:
        if back.scope is Scope.PARTNER:
            return None
        # What others used up of a cap is in too many parts of the books, or divided in them.
        moved |= {sale.id: date.min for sale in sales if sale.is_shared or sale.partners - {partner_id}}
        beside = set()
    customers = {str(sale.id): str(sale.customer_id) for sale in sales}
    by_name = {str(name): day for name, day in moved.items()}
    begun = Begun(*beginnings(back, customers, by_name, asked.month.first), counts=back.counts)
    found = _facts(asked, sales, begun, paid, most_lines)
    if found is None:
        return None
    facts, sold = found
    begun = _with_used(asked, books, replace(begun, sold=sold), beside)
    ends = (last.month.last, asked.month.last)
    if back.needs and not (
        are_told(sold) and answers_stand(laws, back, begun, facts, by_name, books.partner, *ends)
    ):
        return None
    return Opened(Gathered({asked.month: facts}, History((), currencies=currencies), laws), begun)


def reducing(laws: Laws) -> list[frozenset[str]]:
    """What reduces a bill, by each version that says it otherwise."""
    said = {frozenset(terms.payment.reduced_by) for terms in laws.versions}
    return [kinds | {WON_BACK} if CHARGEBACK in kinds else kinds for kinds in said]


def _sales(asked: _Asked) -> list[SaleOf] | None:
    """The sales that hang together with the partner's, those marked of which anything was learned since the close.

    None where the partner lost a sale since, and others may hang together with that.
    """
    narrow = asked.back.scope is Scope.SUBSCRIPTION
    told_of = partial(sales_of, asked.partner_id, first=asked.month.first, since=asked.since)
    found = told_of(customer_ids=None if narrow else customers_bearing_on(asked.partner_id, ()))
    ids = {name for sale in found for name in (sale.id, sale.customer_id, *sale.partners)}
    written = written_since(asked.since, ids, _KINDS, asked.partner_id)
    lost = {subject for kind, subject, _ in written if kind == "subscription"} - ids
    if lost and not narrow:
        return None
    found += told_of(only=lost) if lost else []
    told = {subject for _, subject, verb in written if verb not in _HARMLESS}
    return [
        replace(sale, has_moved=True)
        if told.intersection((sale.id, sale.customer_id, *sale.partners))
        else sale
        for sale in found
    ]


def _moved(asked: _Asked, sales: Sequence[SaleOf]) -> tuple[dict[UUID, date], set[UUID]]:
    """The subscriptions of which an earlier event is another now, with its day or an earlier one; and the invoices of
    which more was paid and nothing else.
    """
    billed = moved_since(
        [sale.id for sale in sales],
        asked.month,
        closed_at=asked.last.closed_at,
        since=asked.since,
        late_after=asked.late_after,
        with_payments=asked.back.is_collected,
    )
    return {**billed.first, **{sale.id: date.min for sale in sales if sale.has_moved}}, billed.paid


def _beside(asked: _Asked, sales: Sequence[SaleOf]) -> set[str] | None:
    """The other partners that can have used up a cap of these sales; None where the books cannot tell how much."""
    if not asked.back.caps:
        return set()
    if any(sale.is_shared for sale in sales):
        return None
    if all(cap.per.scope is Scope.PARTNER for cap in asked.back.caps.values()):
        return set()
    found = {str(partner) for sale in sales for partner in sale.partners} - {str(asked.partner_id)}
    return found if len(found) <= _MOST_BESIDE else None


def _facts(
    asked: _Asked, sales: Sequence[SaleOf], begun: Begun, paid: Collection[UUID], most_lines: int | None
) -> tuple[list[BilledFact], list[BilledFact]] | None:
    """What is judged and what is counted, and what was sold before that; None of too many lines."""
    back, wanted = asked.back, dict[UUID, Wanted]()
    for sale in sales:
        since = begun.since_of(str(sale.id))
        counted = back.counted_from(since)
        wanted[sale.id] = Wanted(counted.replace(day=1), counted if back.counts_payments else since)
    earlier = {name: each for name, each in wanted.items() if each.paid_from < asked.month.first}
    if back.is_collected and earlier:
        paid = {*paid, *paid_from(earlier)}
    windows = any(terms.payment.claw_window is not None for terms in asked.laws.versions)
    return facts_from(
        Reading(
            month=asked.month,
            wanted=wanted,
            paid=paid,
            most_lines=most_lines,
            with_payments=back.is_collected,
            all_payments=back.counts_payments or windows,
            sold_by_day=any(clause.needs and clause.needs.billed for _, clause in back.needs)
            if back.needs
            else None,
            reduced_by=sorted(reducing(asked.laws)[0]),
        )
    )


def are_told(sold: Sequence[BilledFact]) -> bool:
    """Whether it is told of all that was sold who was recognized on its first day, and with how many seats."""
    first: dict[str, BilledFact] = {}
    for fact in sold:
        first[fact.subscription] = min(
            first.get(fact.subscription, fact), fact, key=lambda each: each.invoice_day
        )
    return all(
        Month.of(fact.invoice_day) == Month.of(fact.started_on) and fact.first_seats
        for fact in first.values()
    )


def _with_used(asked: _Asked, books: PartnerBooks, begun: Begun, beside: Collection[str]) -> Begun:
    """With what caps had paid before the days on which the judgement begins."""
    days = [begun.since, *begun.earlier.values()]
    caps = {clause: cap.first(min(days)) for clause, cap in asked.back.caps.items()}
    capped, kept = used_before(asked.back, begun, books.used(caps, max(days), beside))
    return replace(begun, capped=capped, kept=kept)
