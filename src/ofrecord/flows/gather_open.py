"""What of one partner's sales is still to be judged for the open month, where the laws only look back.

Closed months are booked: of them is gathered what has moved since the last close, with what hangs together with it, and
nothing else. What is not certain to be as it was counted is gathered whole.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from ofrecord.billing.facts import facts_from, has_more_invoices_of, moved_since
from ofrecord.engine.judging.begun import Begun
from ofrecord.engine.judging.measures import AddedUp
from ofrecord.engine.partner_books import Counted, PartnerBooks
from ofrecord.engine.reach import LooksBack, looks_back
from ofrecord.engine.types import History, Laws
from ofrecord.flows.gather_history import Gathered
from ofrecord.journal.queries import written_since
from ofrecord.kernel.calendar import Month
from ofrecord.partners.facts import statement_currencies
from ofrecord.program.clause_types import Scope, period_of
from ofrecord.settlement.types import ClosedCard
from ofrecord.statements.queries import currencies_used
from ofrecord.subscriptions.facts import SaleOf, customers_bearing_on, sales_of

# What was written so long before a close may have come too late for it: a transaction that was still under way.
_UNDER_WAY: Final = timedelta(hours=1)
_KINDS: Final = ("subscription", "customer", "partner")
# What is written of them and changes nothing of earlier months; seats of an earlier day are looked at by themselves.
_HARMLESS: Final = frozenset(
    {"seats changed", "customer added", "program accepted", "partner applied", "partner approved"}
)


@dataclass(frozen=True, slots=True)
class Opened:
    """What is judged, and where it begins; `whole` are the subscriptions of which all is there."""

    gathered: Gathered
    begun: Begun
    whole: frozenset[str]


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

        What is retained of it uses up caps beside what is earned, and that no book says.
        """
        windows = [
            terms.payment.claw_window + int(terms.last_day_included)
            for terms in self.laws.versions
            if terms.payment.claw_window is not None
        ]
        return min(windows, default=None) if self.back.caps else None


def gather_open(laws: Laws, last: ClosedCard, books: PartnerBooks, most_lines: int | None) -> Opened | None:
    """What is still to be judged in the month after the last closed one, of the partner whose part of the books it is.

    None where everything is to be judged, or more than `most_lines` lines. Needs the office's scope.
    """
    back = looks_back(laws)
    if back is None:
        return None
    partner_id = UUID(books.partner)
    asked = _Asked(partner_id, laws, back, last)
    sales = _sales(asked)
    currencies = {str(partner): wanted for partner, wanted in statement_currencies({partner_id}).items()}
    used = currencies_used(partner_id)
    if sales is None or len({*used, *currencies.values(), *(sale.currency for sale in sales)}) > 1:
        # Rates of exchange are facts too, and any of them may have been corrected.
        return None
    whole, paid = _moved(asked, sales)
    if back.scope is Scope.PARTNER and (whole or (back.caps and any(sale.is_shared for sale in sales))):
        return None
    if most_lines is not None and len(sales) + len(paid) > most_lines:
        return None
    if most_lines is not None and whole and has_more_invoices_of(whole, most_lines):
        return None
    ids = [sale.id for sale in sales]
    facts = facts_from(asked.month, ids, whole=whole, paid=paid, with_payments=back.is_collected)
    names = frozenset(map(str, whole))
    begun = Begun(asked.month.first, names, _capped(asked, books, sales, whole))
    return Opened(Gathered({asked.month: facts}, History((), currencies=currencies), laws), begun, names)


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


def _moved(asked: _Asked, sales: Sequence[SaleOf]) -> tuple[set[UUID], set[UUID]]:
    """The subscriptions that are judged whole, and the invoices of others of which more was paid and nothing else."""
    billed = moved_since(
        [sale.id for sale in sales],
        asked.month,
        closed_at=asked.last.closed_at,
        since=asked.since,
        late_after=asked.late_after,
        with_payments=asked.back.is_collected,
    )
    moved = {sale.id for sale in sales if sale.has_moved} | billed.subscriptions
    if asked.back.caps and asked.back.scope is not Scope.PARTNER:
        # What others used up of a cap is not in the partner's part of the books.
        moved |= {sale.id for sale in sales if sale.is_shared or sale.partners - {asked.partner_id}}
    if asked.back.scope is Scope.CUSTOMER:
        customers = {sale.customer_id for sale in sales if sale.id in moved}
        moved = {sale.id for sale in sales if sale.customer_id in customers}
    return moved, billed.paid


def _capped(
    asked: _Asked, books: PartnerBooks, sales: Sequence[SaleOf], whole: Collection[UUID]
) -> Mapping[AddedUp, int]:
    """What the caps had paid before the month, but for what is judged whole."""
    besides = {str(name) for sale in sales if sale.id in whole for name in (sale.id, sale.customer_id)}
    found = {}
    for clause, (terms, per) in asked.back.caps.items():
        first = period_of(per.period, asked.month.first, terms.year_from).first
        for (name, currency), minor in books.paid(Counted(clause, per.scope.value, first)).items():
            if name not in besides:
                found[clause, name, str(first), currency] = minor
    return found
