"""The list of subscriptions."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from ofrecord.access.types import Permission, Reader
from ofrecord.clock.queries import now
from ofrecord.kernel.calendar import month_index
from ofrecord.subscriptions.queries import valued_subscriptions, worth_by_partner
from ofrecord.subscriptions.types import Worth
from ofrecord.web.lists import Choice, Column, Days, Empty, Listing
from ofrecord.web.parts import Linked
from ofrecord.web.portal.customers import monthly_words
from ofrecord.web.portal.states import SUBSCRIPTION_STATES
from ofrecord.web.portal.ways import compose_way, page
from ofrecord.web.readers import portal, reader_in


def month_words(started_on: date, today: date) -> str:
    """Which month of the subscription today is in: "month 7"; empty before it starts."""
    return f"month {month_index(started_on, today)}" if started_on <= today else ""


def listing(reader: Reader, today: date) -> "Listing[Any]":
    """The list as it stands today."""
    return Listing(
        name="subscriptions",
        caption="Your subscriptions",
        columns=(
            Column(
                title="Customer",
                cell=lambda row: Linked(row.customer.name, page("subscription", row.pk), row.offer_title),
                export=lambda row: row.customer.name,
                sort="customer__name",
            ),
            Column(title="Subscription", cell=lambda row: row.number, sort="number", is_whole=True),
            Column(title="Seats now", cell=lambda row: row.seats_now, sort="seats_now", is_numeric=True),
            Column(
                title="A month",
                cell=lambda row: row.unit_price * row.seats_now,
                sort="monthly_minor",
                is_money=True,
            ),
            Column(title="Started", cell=lambda row: row.started_on, sort="started_on"),
            Column(title="Now in", cell=lambda row: month_words(row.started_on, today)),
            Column(title="State", cell=lambda row: SUBSCRIPTION_STATES[row.state], sort="state"),
        ),
        sort="-started",
        search=("number", "customer__name", "offer_title"),
        choices=(
            Choice(
                name="state",
                title="State",
                path="state",
                values=tuple((code, state.word) for code, state in SUBSCRIPTION_STATES.items()),
            ),
        ),
        days=(Days(name="started", title="Started", path="started_on"),),
        empty=Empty(
            "No subscriptions yet",
            "A subscription starts when a customer confirms an order.",
            compose_way(reader),
        ),
    )


@portal(Permission.SUBSCRIPTIONS_READ)
def subscriptions(request: HttpRequest) -> HttpResponseBase:
    """All subscriptions of which the reader's house is or was partner of record."""
    reader, today = reader_in(request), now().date()
    assert reader.partner_id is not None, "the portal's readers belong to a partner"
    found = valued_subscriptions(reader.scope, today)
    worth = worth_by_partner([reader.partner_id], reader.scope, today).get(reader.partner_id, Worth(0, ()))
    context = {"worth": worth, "monthly": monthly_words(worth)}
    return listing(reader, today).respond(request, found, "portal/subscriptions.html", context)
