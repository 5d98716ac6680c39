"""Reads about orders."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, Value, When

from ofrecord.access.scope import rows
from ofrecord.access.types import Scope
from ofrecord.kernel.ids import secret_hash
from ofrecord.kernel.money import Money
from ofrecord.orders.models import (
    OPEN,
    Confirmation,
    Decline,
    LinkView,
    Order,
    OrderLink,
    PartnerService,
    Question,
)
from ofrecord.orders.types import ConfirmationCard, LinkCard, LinkState, OrderCard, ServiceLine


def orders(scope: Scope) -> "QuerySet[Order]":
    """The orders that the scope may see, with their customers and partners."""
    return rows(Order.objects.select_related("customer", "partner"), scope)


def linked_orders(scope: Scope) -> "QuerySet[Any]":
    """The orders that the scope may see, each with `monthly_minor` and `link_expires_on`, that of its latest link."""
    links = OrderLink.objects.filter(order_id=OuterRef("pk")).order_by("-made_at", "-pk")
    return orders(scope).annotate(
        monthly_minor=F("unit_price_minor") * F("seats"),
        link_expires_on=Subquery(links.values("expires_on")[:1]),
    )


def expiring(scope: Scope, first: date, last: date) -> "QuerySet[Any]":
    """The open orders whose link is open until a day from `first` to `last`, the first to end first."""
    found = linked_orders(scope).filter(status=OPEN, link_expires_on__range=(first, last))
    return found.order_by("link_expires_on", "number")


def orders_on(scope: Scope, day: date) -> "QuerySet[Any]":
    """The linked orders, each with its `state` on the day: the order's, or expired where it is open and its
    latest link is not."""
    expired = When(status=OPEN, link_expires_on__lt=day, then=Value(LinkState.EXPIRED.value))
    found: QuerySet[Any] = linked_orders(scope).annotate(state=Case(expired, default=F("status")))
    return found


def services_of(order_ids: Iterable[UUID]) -> dict[UUID, tuple[ServiceLine, ...]]:
    """The partner's own services on orders that were found within a scope."""
    found: dict[UUID, list[ServiceLine]] = {}
    for row in PartnerService.objects.filter(order_id__in=set(order_ids)).order_by("pk"):
        line = ServiceLine(row.text, Money(row.price_minor, row.currency), row.billed)
        found.setdefault(row.order_id, []).append(line)
    return {order_id: tuple(lines) for order_id, lines in found.items()}


def card(order: Order) -> OrderCard:
    """The order as a value, with its services."""
    return OrderCard(
        id=order.pk,
        number=order.number,
        partner_id=order.partner_id,
        customer_id=order.customer_id,
        version_id=order.version_id,
        way=order.way,
        region=order.region,
        offer=order.offer,
        offer_title=order.offer_title,
        unit_price=Money(order.unit_price_minor, order.currency),
        seats=order.seats,
        commitment_months=order.commitment_months,
        starts_on=order.starts_on,
        note=order.note,
        status=order.status,
        composed_at=order.composed_at,
        composed_by=order.composed_by,
        services=services_of([order.pk]).get(order.pk, ()),
    )


def order(order_id: UUID, scope: Scope) -> OrderCard | None:
    found = orders(scope).filter(pk=order_id).first()
    return card(found) if found else None


def link_card(link: OrderLink) -> LinkCard:
    return LinkCard(link.pk, link.order_id, link.made_at, link.expires_on, link.revoked_at is not None)


def link_by_secret(secret: str) -> LinkCard | None:
    """The link with that secret. Needs the scope of that link, or the office's."""
    found = OrderLink.objects.filter(token_hash=secret_hash(secret)).first()
    return link_card(found) if found else None


def order_of_link(link: LinkCard) -> OrderCard:
    """The order that the link leads to; whoever holds the link may see it."""
    return card(Order.objects.select_related("customer", "partner").get(pk=link.order_id))


def links_of(order_id: UUID, scope: Scope) -> list[LinkCard]:
    """The links of an order, latest first."""
    found = OrderLink.objects.filter(order__in=orders(scope).filter(pk=order_id)).order_by("-made_at")
    return [link_card(link) for link in found]


def views_of(order_id: UUID, scope: Scope, limit: int = 100) -> "list[LinkView]":
    """Who opened the links of an order, when, and what was shown; latest first."""
    found = LinkView.objects.filter(order__in=orders(scope).filter(pk=order_id)).order_by("-at", "-pk")
    return list(found[:limit])


def questions_of(order_id: UUID, scope: Scope, limit: int = 100) -> "list[Question]":
    found = Question.objects.select_related("person").filter(order__in=orders(scope).filter(pk=order_id))
    return list(found.order_by("-at")[:limit])


def decline_of(order_id: UUID) -> tuple[str, datetime] | None:
    """Reason and instant of the customer's no to an order that was found within a scope."""
    return Decline.objects.filter(order_id=order_id).values_list("reason", "at").first()


def open_questions(scope: Scope, limit: int = 10) -> "list[Question]":
    """What customers asked about orders that they have not answered yet, latest first."""
    found = Question.objects.select_related("person", "order__customer")
    return list(found.filter(order__in=orders(scope).filter(status=OPEN)).order_by("-at")[:limit])


def confirmation_of(order_id: UUID) -> ConfirmationCard | None:
    """The confirmation of an order that was found within a scope."""
    row = Confirmation.objects.filter(order_id=order_id).first()
    return confirmation_card(row) if row else None


def confirmation_card(row: Confirmation, *, first: bool = False) -> ConfirmationCard:
    return ConfirmationCard(
        row.order_id, row.form_key, row.seats, row.person_id, row.at, row.shown, row.shown_sha256, first
    )


def confirmation_by_form(form_key: UUID) -> ConfirmationCard | None:
    """The first confirmation that the form made. For the system."""
    row = Confirmation.objects.filter(form_key=form_key).order_by("at").first()
    return confirmation_card(row) if row else None
