"""One order: what it is, what became of it, and what can be done about it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from ofrecord.access.queries import address_of, names_of
from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Permission, Reader
from ofrecord.clock.queries import now
from ofrecord.customers.queries import customer_names
from ofrecord.flows import compose_order
from ofrecord.journal.queries import history_of
from ofrecord.kernel.money import Money
from ofrecord.kernel.refusal import Refusal
from ofrecord.orders.queries import (
    confirmation_of,
    decline_of,
    links_of,
    questions_of,
    views_of,
)
from ofrecord.orders.queries import (
    order as find_order,
)
from ofrecord.orders.types import ConfirmationCard, LinkCard, OrderCard
from ofrecord.program.queries import version_labels
from ofrecord.subscriptions.queries import of_order
from ofrecord.web.parts import State, Tone
from ofrecord.web.portal.foresight import foresight_of
from ofrecord.web.portal.happenings import told
from ofrecord.web.portal.links import link_page, sent_before
from ofrecord.web.portal.once import OnceForm, once, refused
from ofrecord.web.portal.states import LINK_VIEWS, ORDER_STATES, commitment_words
from ofrecord.web.readers import portal, reader_in

OPEN, EXPIRED = "open", "expired"


@dataclass(frozen=True, slots=True)
class ShownLink:
    """A link without its secret, as the page shows it."""

    made_at: datetime
    expires_on: date
    state: State


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody opened a link, and what they were shown."""

    at: datetime
    saw: str


@portal(Permission.ORDERS_READ)
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The page of an order."""
    return _page(request, _own(reader_in(request), order_id))


@require_POST
@portal(Permission.ORDERS_WRITE)
def renew(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """A new link, shown in this answer and never again."""
    reader, at = reader_in(request), now()
    card, form, secrets = _own(reader, order_id), OnceForm(request.POST), list[str]()
    if not form.is_valid():
        return refused(_page(request, card, form))

    def write() -> str:
        secrets.append(compose_order.renew_link(reader=reader, at=at, order_id=order_id))
        return str(order_id)

    try:
        kept = once(request, f"renew {order_id}", form.key, write)
    except Refusal as refusal:
        form.refuse(refusal)
        return refused(_page(request, card, form), refusal)
    return sent_before(request, order_id) if kept.replayed else link_page(request, order_id, secrets[0])


@require_POST
@portal(Permission.ORDERS_WRITE)
def withdraw(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Takes the order back."""
    reader, form = reader_in(request), OnceForm(request.POST)
    card = _own(reader, order_id)
    if not form.is_valid():
        return refused(_page(request, card, form))

    def write() -> None:
        compose_order.withdraw(reader=reader, at=now(), order_id=order_id)

    try:
        once(request, f"withdraw {order_id}", form.key, write)
    except Refusal as refusal:
        form.refuse(refusal)
        return refused(_page(request, card, form), refusal)
    messages.success(request, f"The order {card.number} is withdrawn; its link says so from now on.")
    return redirect("portal:order", order_id)


def _own(reader: Reader, order_id: UUID) -> OrderCard:
    card = find_order(order_id, reader.scope)
    if card is None:
        raise NotFound(what="order")
    return card


def _page(request: HttpRequest, card: OrderCard, form: OnceForm | None = None) -> HttpResponse:
    reader, today = reader_in(request), now().date()
    links = links_of(card.id, reader.scope)
    expired = card.status == OPEN and links[0].expires_on < today
    state = EXPIRED if expired else card.status
    context = {
        "order": card,
        "state": ORDER_STATES[state],
        "code": state,
        "customer": customer_names([card.customer_id], reader.scope).get(card.customer_id, ""),
        "commitment": commitment_words(card.commitment_months),
        "version_label": version_labels().get(card.version_id, ""),
        "composer": _name(card.composed_by),
        "links": [_shown(link, card, today) for link in links],
        "link": links[0],
        "views": [
            Opened(view.at, LINK_VIEWS.get(view.outcome, view.outcome))
            for view in views_of(card.id, reader.scope)
        ],
        "questions": questions_of(card.id, reader.scope),
        "foresight": foresight_of(reader, now(), card) if card.status == OPEN else None,
        "history": told(history_of(card.id, reader.scope), reader, today),
        "subscription_id": of_order(card.id, reader.scope),
        "can_write": reader.may(Permission.ORDERS_WRITE) and card.status == OPEN,
        "form": form or OnceForm(),
        **_answer(card),
    }
    return render(request, "portal/order.html", context)


def _answer(card: OrderCard) -> dict[str, object]:
    """The customer's yes or no."""
    confirmation = confirmation_of(card.id)
    decline = decline_of(card.id)
    person = address_of(confirmation.person_id) if confirmation else None
    return {
        "confirmation": confirmation,
        "shown": _shown_values(confirmation) if confirmation else None,
        "confirmed_by": person,
        "decline_reason": decline[0] if decline else "",
        "declined_at": decline[1] if decline else None,
    }


def _shown_values(confirmation: ConfirmationCard) -> dict[str, object]:
    """Amounts and day of the record, read from its text."""
    stated = confirmation.shown
    return {
        "monthly": Money.parse(str(stated["monthly"])),
        "yearly": Money.parse(str(stated["yearly"])),
        "starts_on": date.fromisoformat(str(stated["starts_on"])),
    }


def _shown(link: LinkCard, card: OrderCard, today: date) -> ShownLink:
    if link.revoked:
        state = State("replaced")
    elif link.expires_on < today and card.status == OPEN:
        state = State("expired", Tone.STOP)
    elif card.status == OPEN:
        state = State("open", Tone.WAIT)
    else:
        state = State("answered" if card.status != "withdrawn" else "closed")
    return ShownLink(link.made_at, link.expires_on, state)


def _name(person_id: UUID | None) -> str:
    """The person's name, empty for a program and for a person who was erased."""
    return names_of([person_id]).get(person_id, "") if person_id else ""
