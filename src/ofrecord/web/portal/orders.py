"""The list of orders."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.timezone import localdate

from ofrecord.access.types import Permission, Reader
from ofrecord.clock.queries import now
from ofrecord.orders.queries import orders_on
from ofrecord.web.lists import Choice, Column, Days, Empty, Listing
from ofrecord.web.parts import Linked
from ofrecord.web.portal.states import ORDER_STATES
from ofrecord.web.portal.ways import compose_way, page
from ofrecord.web.readers import portal, reader_in


def listing(reader: Reader) -> "Listing[Any]":
    """The list of orders."""
    return Listing(
        name="orders",
        caption="Your orders",
        columns=(
            Column(
                title="Customer",
                cell=lambda order: Linked(order.customer.name, page("order", order.pk), order.offer_title),
                export=lambda order: order.customer.name,
                sort="customer__name",
            ),
            Column(title="Order", cell=lambda order: order.number, sort="number", is_whole=True),
            Column(title="Seats", cell=lambda order: order.seats, sort="seats", is_numeric=True),
            Column(
                title="A month",
                cell=lambda order: order.unit_price * order.seats,
                sort="monthly_minor",
                is_money=True,
            ),
            Column(
                title="Composed",
                cell=lambda order: localdate(order.composed_at),
                sort="composed_at",
            ),
            Column(
                title="Link open until",
                cell=lambda order: order.link_expires_on if order.status == "open" else None,
                sort="link_expires_on",
            ),
            Column(title="State", cell=lambda order: ORDER_STATES[order.state], sort="state"),
        ),
        sort="-composed",
        search=("number", "customer__name", "offer_title"),
        choices=(
            Choice(
                name="state",
                title="State",
                path="state",
                values=tuple((code, state.word) for code, state in ORDER_STATES.items()),
            ),
        ),
        days=(Days(name="composed", title="Composed", path="composed_at__date"),),
        empty=Empty(
            "No orders yet",
            "Compose one for a customer, and send its link.",
            compose_way(reader),
        ),
    )


@portal(Permission.ORDERS_READ)
def orders(request: HttpRequest) -> HttpResponseBase:
    """All orders of the reader's house."""
    reader, today = reader_in(request), now().date()
    found: Any = orders_on(reader.scope, today)
    waiting = found.filter(state="open").count()
    context = {"waiting": waiting, "can_compose": reader.may(Permission.ORDERS_WRITE)}
    return listing(reader).respond(request, found, "portal/orders.html", context)
