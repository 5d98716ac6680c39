"""All orders, and one order as the vendor sees it."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate

from ofrecord.access.queries import address_of
from ofrecord.access.types import Permission, Reader
from ofrecord.clock.queries import now
from ofrecord.kernel.money import Money
from ofrecord.orders import queries
from ofrecord.orders.types import OrderCard
from ofrecord.program.queries import version
from ofrecord.subscriptions.queries import of_order, subscriptions
from ofrecord.web.columns import Choice, Column, Days
from ofrecord.web.desk.answers import found
from ofrecord.web.desk.happenings import history
from ofrecord.web.desk.states import state_of
from ofrecord.web.lists import Empty, Listing
from ofrecord.web.parts import Linked
from ofrecord.web.readers import desk, reader_in

STATES = ("open", "expired", "confirmed", "declined", "withdrawn")
WAYS = (("partner-of-record", "by a partner"), ("direct", "direct"))


def _numbered(order: Any) -> Linked:
    return Linked(order.number, reverse("desk:order", args=[order.pk]), order.offer_title)


def _partner(order: Any) -> Linked | None:
    partner = order.partner
    return Linked(partner.name, reverse("desk:partner", args=[partner.pk])) if partner else None


def _monthly(order: Any) -> Money:
    return Money(order.monthly_minor, order.currency)


ORDERS: Listing[Any] = Listing(
    name="orders",
    caption="Orders",
    columns=(
        Column(title="Order", cell=_numbered, sort="number", is_whole=True),
        Column(title="Customer", cell=lambda order: order.customer.name, sort="customer__name"),
        Column(title="Partner", cell=_partner, sort="partner__name"),
        Column(title="State", cell=lambda order: state_of(order.state), sort="state"),
        Column(title="Composed", cell=lambda order: localdate(order.composed_at), sort="composed_at"),
        Column(title="Link until", cell=lambda order: order.link_expires_on, sort="link_expires_on"),
        Column(title="Seats", cell=lambda order: order.seats, sort="seats", is_numeric=True),
        Column(title="A month", cell=_monthly, sort="monthly_minor", is_money=True),
    ),
    sort="-composed",
    tie="number",
    search=("number", "customer__name", "partner__name", "offer_title"),
    choices=(
        Choice(name="state", title="State", path="state", values=[(s, s) for s in STATES]),
        Choice(name="way", title="Way to sell", path="way", values=WAYS),
    ),
    days=(
        Days(name="composed", title="Composed", path="composed_at__date"),
        Days(name="until", title="Link until", path="link_expires_on"),
    ),
    empty=Empty(
        "No orders yet",
        "A partner that accepted the program composes orders; customers also order on the public page.",
    ),
)


@desk(Permission.ORDERS_READ)
def orders(request: HttpRequest) -> HttpResponseBase:
    """What partners composed and customers ordered."""
    every: QuerySet[Any] = queries.orders_on(reader_in(request).scope, now().date())
    context = {"waiting": every.filter(state="open").count()}
    return ORDERS.respond(request, every, "desk/orders.html", context)


@desk(Permission.ORDERS_READ)
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """One order: what was composed, who looked at it, and how it was answered."""
    return render(request, "desk/order.html", _page(reader_in(request), order_id))


def _page(reader: Reader, order_id: UUID) -> dict[str, Any]:
    scope, today = reader.scope, now().date()
    row: Any = found(queries.orders_on(scope, today).filter(pk=order_id).first(), "order")
    card = queries.card(row)
    published = version(card.version_id)
    return {
        "order": row,
        "card": card,
        "state": state_of(row.state),
        "version": published.terms.version if published else "",
        "way": _way(card),
        "links": queries.links_of(order_id, scope),
        "views": queries.views_of(order_id, scope, limit=50),
        "questions": queries.questions_of(order_id, scope),
        "declined": queries.decline_of(order_id) if card.status == "declined" else None,
        "subscription": _subscription(reader, order_id, today),
        "history": history(order_id, scope),
        "today": today,
        **_confirmed(card),
    }


def _way(card: OrderCard) -> str:
    published = version(card.version_id)
    way = published.terms.way(card.way) if published else None
    return way.title if way else card.way


def _subscription(reader: Reader, order_id: UUID, today: date) -> Any:
    """The subscription that the order started."""
    subscription_id = of_order(order_id, reader.scope)
    if subscription_id is None:
        return None
    return subscriptions(reader.scope, today).filter(pk=subscription_id).first()


def _confirmed(card: OrderCard) -> dict[str, Any]:
    """The customer's yes: who gave it, and exactly what was shown."""
    confirmation = queries.confirmation_of(card.id) if card.status == "confirmed" else None
    if confirmation is None:
        return {"confirmation": None}
    shown = confirmation.shown
    money = {name: Money.parse(str(shown[name])) for name in ("unit_price", "monthly", "yearly")}
    return {
        "confirmation": confirmation,
        "answerer": address_of(confirmation.person_id),
        "shown": {**shown, **money, "starts_on": date.fromisoformat(str(shown["starts_on"]))},
    }
