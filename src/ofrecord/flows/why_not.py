"""Why a sale pays a partner nothing, or not more: every clause that was considered, and what it lacked first.

The very hearing by which months are closed, asked about one sale and one partner. Who asks is told of its own
partner only, and of a sale that it may not see the same as of one that does not exist.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from ofrecord.access.refusals import NotFound
from ofrecord.access.rules import require
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, Permission, Reader, Scope
from ofrecord.billing.facts import facts_of_customers
from ofrecord.billing.queries import invoices
from ofrecord.customers.queries import customer_names, customers
from ofrecord.engine.judging.judge import Heard, hear
from ofrecord.engine.types import SALE, BilledFact, Laws
from ofrecord.flows.gather_history import laws
from ofrecord.kernel.calendar import Month
from ofrecord.partners.queries import partner_card
from ofrecord.partners.types import PartnerCard
from ofrecord.statements.considered import Weighed, weighed
from ofrecord.statements.words import days_words
from ofrecord.subscriptions.queries import roles_on, subscriptions

if TYPE_CHECKING:
    from ofrecord.subscriptions.models import Subscription


@dataclass(frozen=True, slots=True)
class CaseHeard:
    """Some days of a bill, or of a payment, and the partner in a role: with every clause, in the order of hearing."""

    days: str
    role: str
    invoice: str
    is_payment: bool
    day: date
    clauses: tuple[Weighed, ...]

    @property
    def is_paid(self) -> bool:
        """Whether any clause covers it."""
        return any(each.claims for each in self.clauses)


@dataclass(frozen=True, slots=True)
class WhyNot:
    """What was considered for a sale and a partner in a month; `says` is the answer in a sentence."""

    subscription_id: UUID
    subscription: str
    customer: str
    partner_id: UUID
    partner: str
    month: Month
    says: str
    cases: tuple[CaseHeard, ...]


def why_not(
    *, reader: Reader, subscription_id: UUID, month: Month | None = None, partner_id: UUID | None = None
) -> WhyNot:
    """Every clause that was considered for what was billed in the month, the latest one without it.

    A partner asks about itself; the vendor names the partner. Raises NotPermitted, and NotFound for a sale or a
    partner that the reader may not see.
    """
    require(reader, Permission.STATEMENTS_READ)
    found = _sale(reader, subscription_id)
    month = month or _latest(reader, found.pk) or Month.of(found.started_on)
    partner = _partner(reader, partner_id)
    cases = tuple(_cases(subscription_id, found.customer_id, partner, month))
    return WhyNot(
        subscription_id=subscription_id,
        subscription=found.number,
        customer=customer_names({found.customer_id}, reader.scope).get(found.customer_id, "a customer"),
        partner_id=partner.id,
        partner=partner.name,
        month=month,
        says=_answer(partner.name, cases),
        cases=cases,
    )


def _sale(reader: Reader, subscription_id: UUID) -> "Subscription":
    """The sale, if the reader may see it, or holds a role on it. Raises NotFound."""
    found = subscriptions(reader.scope, date.max).filter(pk=subscription_id).first()
    if found is None and roles_on(subscription_id, reader.scope):
        with entered(OFFICE):
            found = subscriptions(OFFICE, date.max).filter(pk=subscription_id).first()
    if found is None:
        raise NotFound(what="subscription")
    return found


def _latest(reader: Reader, subscription_id: UUID) -> Month | None:
    """The month of its latest bill that the reader may see."""
    billed = invoices(reader.scope).filter(subscription_id=subscription_id).order_by("-month")
    latest = billed.values_list("month", flat=True).first()
    return Month.of(latest) if latest else None


def _partner(reader: Reader, partner_id: UUID | None) -> PartnerCard:
    """Whom it is about: the reader's own house, or the partner that the vendor names."""
    wanted = partner_id or reader.partner_id
    if wanted is None or (reader.partner_id is not None and wanted != reader.partner_id):
        raise NotFound(what="partner")
    found = partner_card(wanted, reader.scope)
    if found is None:
        raise NotFound(what="partner")
    return found


def _cases(
    subscription_id: UUID, customer_id: UUID, partner: PartnerCard, month: Month
) -> Iterator[CaseHeard]:
    """What is heard of the partner alone. The facts are read as settlement reads them, whoever asks."""
    with entered(OFFICE):
        known = laws()
        asked = _asked(known, customer_id, partner.id)
        by_month = facts_of_customers(asked, month)
    facts = [fact for some in by_month.values() for fact in _of(some, partner.id, str(subscription_id))]
    for heard in hear(known, facts, month.last).heard:
        case = heard.case
        is_it = (case.event.fact.subscription, case.partner.partner) == (
            str(subscription_id),
            str(partner.id),
        )
        if is_it and Month.of(case.event.fact.invoice_day) == month:
            yield _heard(heard, partner.name)


def _asked(known: Laws, customer_id: UUID, partner_id: UUID) -> set[UUID]:
    """Whose bills are read: the customer's, and where a clause counts what the partner sold those of all of its own."""
    if not any(clause.needs for terms in known.versions for clause in terms.clauses):
        return {customer_id}
    own = customers(Scope.partner(partner_id)).values_list("pk", flat=True)
    return {customer_id, *own}


def _of(facts: Iterable[BilledFact], partner_id: UUID, subscription: str) -> Iterator[BilledFact]:
    """Of many facts those that say anything of the partner."""
    for fact in facts:
        if fact.subscription == subscription or any(
            each.partner == str(partner_id) for each in fact.partners
        ):
            yield fact


def _heard(heard: Heard, partner: str) -> CaseHeard:
    case = heard.case
    return CaseHeard(
        days=days_words(case.piece.service, year=True),
        role=case.partner.role,
        invoice=case.event.fact.invoice,
        is_payment=case.event.source != SALE,
        day=case.event.day,
        clauses=tuple(weighed(each, case, partner) for each in heard.considered),
    )


def _answer(partner: str, cases: tuple[CaseHeard, ...]) -> str:
    if not cases:
        return f"Nothing was billed in this month for which {partner} held any role."
    paid = sum(case.is_paid for case in cases)
    if not paid:
        return f"No clause pays {partner} for it."
    if paid < len(cases):
        return f"A clause covers {paid} of {len(cases)} parts of it."
    return "A clause covers all of it; its line says what that pays."
