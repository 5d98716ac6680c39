"""A customer orders on the vendor's public page, naming a partner or none."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, VISITOR
from ofrecord.catalog.queries import price_on
from ofrecord.catalog.types import PricedOffer
from ofrecord.customers.actions import add_customer
from ofrecord.flows.answer_order import begin, tell
from ofrecord.kernel.money import Money
from ofrecord.orders.actions import answer
from ofrecord.orders.actions import compose as order_actions
from ofrecord.orders.queries import confirmation_by_form, link_by_secret, order_of_link
from ofrecord.orders.refusals import FieldFaulty
from ofrecord.orders.rules import (
    require_answerer,
    require_consent,
    require_seats,
    require_start,
    require_way_open,
    shown,
)
from ofrecord.orders.types import Answerer, ConfirmationCard, Draft
from ofrecord.partners.queries import partner_by_number
from ofrecord.partners.types import PartnerCard
from ofrecord.program.queries import Published, in_force, terms_by_sha
from ofrecord.program.types import DIRECT, Terms


@dataclass(frozen=True, slots=True)
class Ordered:
    """What a customer asks for on the public page; `partner_number` is empty when it names none."""

    company: str
    offer: str
    region: str
    seats: int
    commitment_months: int
    starts_on: date
    partner_number: str
    who: Answerer
    consent: bool
    form_key: UUID


@dataclass(frozen=True, slots=True)
class Quote:
    """What so many seats of an offer would cost, by the price list of their first day."""

    seats: int
    unit_price: Money

    @property
    def monthly(self) -> Money:
        return self.unit_price * self.seats

    @property
    def yearly(self) -> Money:
        return self.monthly * 12


def quote(*, at: datetime, offer: str, region: str, seats: int, starts_on: date) -> Quote:
    """The price as the order would state it. Raises the refusals with which the order would be refused."""
    require_seats(seats)
    return Quote(seats, _priced(at, in_force(at.date()), offer, region, starts_on).price)


def recorded(*, form_key: UUID) -> tuple[ConfirmationCard, Terms] | None:
    """The confirmation that the form made, with the terms it was made under; None when it made none.

    For whoever holds the form's key, as the customer who sent it does.
    """
    with entered(OFFICE):
        card = confirmation_by_form(form_key)
        return (card, terms_by_sha()[str(card.shown["program_sha256"])]) if card else None


def order(*, at: datetime, ordered: Ordered) -> tuple[ConfirmationCard, str]:
    """Composes and confirms in one step; gives the confirmation and the secret of the page that shows it.

    The same form sent again gives the first confirmation, without a secret, and orders nothing.
    """
    require_consent(ordered.consent)
    require_answerer(ordered.who)
    require_seats(ordered.seats)
    with entered(OFFICE):
        order_actions.serialize_form(ordered.form_key)
        former = confirmation_by_form(ordered.form_key)
        if former is not None:
            return former, ""
        return _order_new(at, ordered)


def _order_new(at: datetime, ordered: Ordered) -> tuple[ConfirmationCard, str]:
    published = in_force(at.date())
    partner = _named_partner(ordered.partner_number)
    draft = _draft(at, ordered, published, partner)
    _, secret = order_actions.compose(by=VISITOR, at=at, draft=draft)
    link = link_by_secret(secret)
    assert link is not None, "the link was just made"
    whole = order_of_link(link)
    name = partner.name if partner else ""
    values = shown(
        whole, ordered.seats, published.terms, partner=name, customer=ordered.company.strip(), today=at.date()
    )
    card = answer.confirm(
        at=at,
        link_id=link.id,
        who=ordered.who,
        seats=ordered.seats,
        consent=ordered.consent,
        form_key=ordered.form_key,
        shown=values,
    )
    begin(at=at, order=whole, seats=ordered.seats)
    tell(at=at, order=whole, card=card)
    return card, secret


def _named_partner(number: str) -> PartnerCard | None:
    """The approved partner of that number; None when none is named."""
    if not number.strip():
        return None
    card = partner_by_number(number, OFFICE)
    if card is None or card.status != "approved":
        raise FieldFaulty("partner number", "is not one of a partner; leave it empty to name none")
    return card


def _priced(at: datetime, published: Published, offer: str, region: str, starts_on: date) -> PricedOffer:
    """The offer as it can be ordered directly there from that day on."""
    require_start(starts_on, at.date())
    require_way_open(published.terms, DIRECT, region, starts_on)
    return price_on(published.id, offer, region, starts_on)


def _draft(at: datetime, ordered: Ordered, published: Published, partner: PartnerCard | None) -> Draft:
    if not ordered.company.strip() or len(ordered.company) > 200:
        raise FieldFaulty("name of the company", "is missing or longer than 200 letters")
    priced = _priced(at, published, ordered.offer, ordered.region, ordered.starts_on)
    partner_id = partner.id if partner else None
    customer_id = add_customer(
        by=VISITOR, at=at, name=ordered.company, region=ordered.region, partner_id=partner_id
    )
    return Draft(
        partner_id=partner_id,
        customer_id=customer_id,
        version_id=published.id,
        way=DIRECT,
        region=ordered.region,
        offer=priced.code,
        offer_title=priced.title,
        unit_price=priced.price,
        seats=ordered.seats,
        commitment_months=ordered.commitment_months,
        starts_on=ordered.starts_on,
        note="",
        services=(),
        link_days=published.terms.service.link_days,
    )
