"""All subscriptions."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from ofrecord.access.types import Permission
from ofrecord.clock.queries import now
from ofrecord.kernel.money import Money
from ofrecord.subscriptions.queries import valued_subscriptions
from ofrecord.web.columns import Choice, Column, Days
from ofrecord.web.desk.states import state_of
from ofrecord.web.lists import Empty, Listing
from ofrecord.web.parts import Linked
from ofrecord.web.readers import desk, reader_in

STATES = ("running", "to come", "ending", "ended")


def _numbered(row: Any) -> Linked:
    return Linked(row.number, reverse("desk:subscription", args=[row.pk]), row.offer_title)


def _customer(row: Any) -> Linked:
    return Linked(row.customer.name, reverse("desk:customer", args=[row.customer_id]))


def _partner(row: Any) -> Linked | None:
    if row.partner_id_now is None:
        return None
    return Linked(row.partner_now, reverse("desk:partner", args=[row.partner_id_now]))


SUBSCRIPTIONS: Listing[Any] = Listing(
    name="subscriptions",
    caption="Subscriptions",
    columns=(
        Column(title="Subscription", cell=_numbered, sort="number", is_whole=True),
        Column(title="Customer", cell=_customer, sort="customer__name"),
        Column(title="Partner of record", cell=_partner, sort="partner_now"),
        Column(title="State", cell=lambda row: state_of(row.state), sort="state"),
        Column(title="Started", cell=lambda row: row.started_on, sort="started_on"),
        Column(title="Seats", cell=lambda row: row.seats_now, sort="seats_now", is_numeric=True),
        Column(
            title="A month",
            cell=lambda row: Money(row.monthly_minor, row.currency),
            sort="monthly_minor",
            is_money=True,
        ),
    ),
    sort="-started",
    tie="number",
    search=("number", "customer__name", "partner_now", "offer_title"),
    choices=(
        Choice(name="state", title="State", path="state", values=[(state, state) for state in STATES]),
        Choice(
            name="way",
            title="Way to sell",
            path="way",
            values=(("partner-of-record", "by a partner"), ("direct", "direct")),
        ),
    ),
    days=(
        Days(name="started", title="Started", path="started_on"),
        Days(name="ends", title="Ends", path="cancelled_from"),
    ),
    empty=Empty("No subscriptions yet", "A subscription starts when a customer confirms an order."),
)


@desk(Permission.SUBSCRIPTIONS_READ)
def subscriptions(request: HttpRequest) -> HttpResponseBase:
    """What runs, for whom, and who is recognized for it today."""
    every = valued_subscriptions(reader_in(request).scope, now().date())
    context = {
        "running": every.filter(state__in=["running", "ending"]).count(),
        "ending": every.filter(state="ending").count(),
    }
    return SUBSCRIPTIONS.respond(request, every, "desk/subscriptions.html", context)
