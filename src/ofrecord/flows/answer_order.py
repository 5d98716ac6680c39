"""The customer opens a link and answers: confirms, declines or asks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ofrecord.access.queries import address_of
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, VISITOR, Scope
from ofrecord.customers.queries import customers
from ofrecord.flows import letters
from ofrecord.kernel.ids import secret_hash
from ofrecord.mail.actions import send
from ofrecord.mail.addresses import absolute
from ofrecord.orders.actions import answer
from ofrecord.orders.queries import confirmation_of, link_by_secret, order_of_link
from ofrecord.orders.refusals import LinkUnknown
from ofrecord.orders.rules import link_state, require_seats, shown, starts_on
from ofrecord.orders.types import Answerer, ConfirmationCard, LinkCard, LinkState, OrderCard
from ofrecord.partners.queries import addresses_of, partner_card
from ofrecord.program.queries import version
from ofrecord.program.types import Terms
from ofrecord.subscriptions import actions as subscription_actions
from ofrecord.subscriptions.types import Start


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the holder of a link sees: the order, what became of it, and all that the page states."""

    order: OrderCard
    link: LinkCard
    state: LinkState
    terms: Terms
    partner_name: str
    customer_name: str
    shown: dict[str, Any]
    confirmation: ConfirmationCard | None


def look(*, at: datetime, secret: str, seats: int | None = None) -> Sheet:
    """The sheet behind a link, for the seats of the order or for others. Raises LinkUnknown, SeatsOutOfRange.

    Reads under the link's own scope, so that nothing but this one order can come to light.
    """
    if seats is not None:
        require_seats(seats)
    with entered(Scope.link(secret_hash(secret))):
        link = link_by_secret(secret)
        if link is None:
            raise LinkUnknown
        return _sheet(order_of_link(link), link, at, seats)


def view(*, at: datetime, secret: str) -> Sheet:
    """The sheet, and a line in the log of views."""
    sheet = look(at=at, secret=secret)
    with entered(Scope.link(secret_hash(secret))):
        answer.note_view(at=at, link_id=sheet.link.id, order_id=sheet.order.id, outcome=sheet.state)
    return sheet


def _sheet(order: OrderCard, link: LinkCard, at: datetime, seats: int | None) -> Sheet:
    published = version(order.version_id)
    assert published is not None, "an order's version is published"
    scope = OFFICE  # no wider than the running scope: row-level security still holds this to one link
    partner = partner_card(order.partner_id, scope) if order.partner_id else None
    customer = customers(scope).get(pk=order.customer_id).name
    partner_name = partner.name if partner else ""
    values = shown(
        order,
        seats or order.seats,
        published.terms,
        partner=partner_name,
        customer=customer,
        today=at.date(),
    )
    state = link_state(order.status, link, at.date())
    confirmation = confirmation_of(order.id) if state is LinkState.CONFIRMED else None
    return Sheet(order, link, state, published.terms, partner_name, customer, values, confirmation)


def confirm(
    *, at: datetime, secret: str, who: Answerer, seats: int, consent: bool, form_key: UUID
) -> ConfirmationCard:
    """The customer's yes: the confirmation, the subscription it starts, and the letters, all or nothing.

    The same form sent again gets the first answer and starts nothing. Raises the refusals of `orders`.
    """
    sheet = look(at=at, secret=secret, seats=seats)
    with entered(OFFICE):
        card = answer.confirm(
            at=at,
            link_id=sheet.link.id,
            who=who,
            seats=seats,
            consent=consent,
            form_key=form_key,
            shown=sheet.shown,
        )
        if card.first:
            begin(at=at, order=sheet.order, seats=seats)
            tell(at=at, order=sheet.order, card=card)
    return card


def begin(*, at: datetime, order: OrderCard, seats: int) -> UUID:
    """Starts the subscription that a confirmed order brings."""
    return subscription_actions.start(
        by=VISITOR,
        at=at,
        what=Start(
            order_id=order.id,
            customer_id=order.customer_id,
            version_id=order.version_id,
            way=order.way,
            region=order.region,
            offer=order.offer,
            offer_title=order.offer_title,
            unit_price=order.unit_price,
            seats=seats,
            commitment_months=order.commitment_months,
            starts_on=starts_on(order, at.date()),
            partner_id=order.partner_id,
        ),
    )


def tell(*, at: datetime, order: OrderCard, card: ConfirmationCard) -> None:
    """Writes to the customer and to the partner."""
    address = address_of(card.person_id)
    if address is not None:
        subject, text = letters.confirmed_to_customer(card.shown, card.shown_sha256)
        send(to=address[1], subject=subject, text=text, at=at)
    page = absolute("portal:order", order.id)
    _to_partner(order, letters.confirmed_to_partner(card.shown, page), at)


def _to_partner(order: OrderCard, letter: letters.Letter, at: datetime) -> None:
    if order.partner_id is not None:
        for email in addresses_of(order.partner_id):
            send(to=email, subject=letter[0], text=letter[1], at=at)


def decline(*, at: datetime, secret: str, reason: str) -> None:
    """The customer's no; the partner hears of it."""
    sheet = look(at=at, secret=secret)
    with entered(OFFICE):
        answer.decline(at=at, link_id=sheet.link.id, reason=reason)
        page = absolute("portal:order", sheet.order.id)
        letter = letters.declined_to_partner(sheet.order.number, sheet.customer_name, reason, page)
        _to_partner(sheet.order, letter, at)


def ask(*, at: datetime, secret: str, who: Answerer, text: str) -> None:
    """The customer's question goes to the partner; the order stays open."""
    sheet = look(at=at, secret=secret)
    with entered(OFFICE):
        answer.ask(at=at, link_id=sheet.link.id, who=who, text=text)
        page = absolute("portal:order", sheet.order.id)
        letter = letters.question_to_partner(
            sheet.order.number, sheet.customer_name, f"{who.name} ({who.email})", text.strip(), page
        )
        _to_partner(sheet.order, letter, at)
