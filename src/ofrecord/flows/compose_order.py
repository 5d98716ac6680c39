"""A partner composes an order for a customer, sees what it would earn, and gets the link to send."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from ofrecord.access.refusals import NotFound
from ofrecord.access.rules import require
from ofrecord.access.types import Permission, Reader
from ofrecord.catalog.queries import price_on
from ofrecord.customers.actions import add_customer
from ofrecord.customers.queries import customer_named, customers
from ofrecord.kernel.ids import new_id
from ofrecord.kernel.refusal import Refusal
from ofrecord.orders.actions import compose as order_actions
from ofrecord.orders.queries import order as find_order
from ofrecord.orders.refusals import FieldFaulty
from ofrecord.orders.rules import require_plausible, require_seats, require_start, require_way_open
from ofrecord.orders.types import Draft, OrderCard, ServiceLine
from ofrecord.partners.queries import acceptances, partner_card
from ofrecord.partners.rules import require_can_sell
from ofrecord.partners.types import PartnerCard
from ofrecord.program.queries import Published, in_force, version
from ofrecord.program.types import BY_PARTNER


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a partner asks to compose: for a customer of its own by id, or a new one by name."""

    offer: str
    region: str
    seats: int
    commitment_months: int
    starts_on: date
    note: str = ""
    customer_id: UUID | None = None
    customer_name: str = ""
    services: tuple[ServiceLine, ...] = ()
    currency: str | None = None


def _seller(reader: Reader, published: Published) -> PartnerCard:
    require(reader, Permission.ORDERS_WRITE)
    partner = partner_card(reader.partner_id, reader.scope) if reader.partner_id else None
    if partner is None:
        raise NotFound(what="partner")
    terms = published.terms
    require_can_sell(partner, acceptances(partner.id, reader.scope), terms.sha256, terms.version)
    return partner


def hindrance(*, reader: Reader, at: datetime) -> Refusal | None:
    """Why the reader can compose no order today; None when it can."""
    try:
        _seller(reader, in_force(at.date()))
    except Refusal as refusal:
        return refusal
    return None


def draft(*, reader: Reader, at: datetime, wanted: Wanted) -> Draft:
    """The order as it would be written today, for one of the reader's customers or for one that is still to come.

    Raises NotFound for a customer of another, and the refusals of composing.
    """
    partner = _seller(reader, in_force(at.date()))
    return _draft(partner, at, wanted, _known_customer(reader, wanted) or new_id())


def _draft(partner: PartnerCard, at: datetime, wanted: Wanted, customer_id: UUID) -> Draft:
    """Every choice held against the program and the price list."""
    published = in_force(at.date())
    require_start(wanted.starts_on, at.date())
    require_way_open(published.terms, BY_PARTNER, wanted.region, wanted.starts_on)
    require_seats(wanted.seats)
    require_plausible(
        commitment_months=wanted.commitment_months, note=wanted.note, services=len(wanted.services)
    )
    priced = price_on(published.id, wanted.offer, wanted.region, wanted.starts_on, wanted.currency)
    return Draft(
        partner_id=partner.id,
        customer_id=customer_id,
        version_id=published.id,
        way=BY_PARTNER,
        region=wanted.region,
        offer=priced.code,
        offer_title=priced.title,
        unit_price=priced.price,
        seats=wanted.seats,
        commitment_months=wanted.commitment_months,
        starts_on=wanted.starts_on,
        note=wanted.note,
        services=wanted.services,
        link_days=published.terms.service.link_days,
    )


@transaction.atomic
def compose(*, reader: Reader, at: datetime, wanted: Wanted, secret: str | None = None) -> tuple[UUID, str]:
    """Writes the order and gives its id and the link's secret, which is told this once.

    A caller that must be able to tell it again gives a `secret` of its own.
    """
    partner = _seller(reader, in_force(at.date()))
    whole = _draft(partner, at, wanted, _customer(reader, at, wanted))
    return order_actions.compose(by=reader.actor, at=at, draft=whole, secret=secret)


def _known_customer(reader: Reader, wanted: Wanted) -> UUID | None:
    """The reader's own customer that is meant, by id or by name; None where it is to come. Refuses another's id."""
    assert reader.partner_id is not None, "only a partner composes"
    if wanted.customer_id is None:
        return customer_named(wanted.customer_name, reader.partner_id, reader.scope)
    if not customers(reader.scope).filter(pk=wanted.customer_id).exists():
        raise NotFound(what="customer")
    return wanted.customer_id


def _customer(reader: Reader, at: datetime, wanted: Wanted) -> UUID:
    """The customer meant: the reader's own by id, by name, or a new one."""
    if wanted.customer_id is None and not 0 < len(wanted.customer_name.strip()) <= 200:
        raise FieldFaulty("name of the customer", "is missing or longer than 200 letters")
    return _known_customer(reader, wanted) or add_customer(
        by=reader.actor,
        at=at,
        name=wanted.customer_name,
        region=wanted.region,
        partner_id=reader.partner_id,
    )


def _own_order(reader: Reader, order_id: UUID) -> OrderCard:
    require(reader, Permission.ORDERS_WRITE)
    found = find_order(order_id, reader.scope)
    if found is None:
        raise NotFound(what="order")
    return found


def renew_link(*, reader: Reader, at: datetime, order_id: UUID, secret: str | None = None) -> str:
    """A new link for an open order; the former ones lead to a page that says so."""
    order = _own_order(reader, order_id)
    published = version(order.version_id)
    assert published is not None, "an order's version is published"
    return order_actions.renew_link(
        by=reader.actor,
        at=at,
        order_id=order.id,
        link_days=published.terms.service.link_days,
        secret=secret,
    )


def withdraw(*, reader: Reader, at: datetime, order_id: UUID) -> None:
    """Takes an open order back."""
    order = _own_order(reader, order_id)
    order_actions.withdraw(by=reader.actor, at=at, order_id=order.id)
