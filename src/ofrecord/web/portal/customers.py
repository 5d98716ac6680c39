"""Customers: the list, and one with its orders, subscriptions and invoices."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.timezone import localdate

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Permission, Reader
from ofrecord.billing.queries import invoices
from ofrecord.clock.queries import now
from ofrecord.customers.queries import customers as customers_in
from ofrecord.orders.queries import orders_on
from ofrecord.subscriptions.queries import valued_subscriptions, worth_by_customer
from ofrecord.subscriptions.types import Worth
from ofrecord.web import words
from ofrecord.web.lists import Column, Empty, Listing
from ofrecord.web.parts import Linked
from ofrecord.web.portal.invoices import invoice_listing, lines_for
from ofrecord.web.portal.states import ORDER_STATES, SUBSCRIPTION_STATES
from ofrecord.web.portal.ways import compose_way, page
from ofrecord.web.readers import portal, reader_in

SHOWN = 50
_NOTHING = Worth(0, ())


def listing(reader: Reader) -> "Listing[Any]":
    """The list of customers. Its rows are pairs: a customer, and what it has running."""
    return Listing(
        name="customers",
        caption="Your customers",
        columns=(
            Column(
                title="Customer",
                cell=lambda row: Linked(row[0].name, page("customer", row[0].pk), row[0].number),
                export=lambda row: row[0].name,
                sort="name",
            ),
            Column(title="Region", cell=lambda row: row[0].region, sort="region"),
            Column(title="Subscriptions", cell=lambda row: row[1].subscriptions, is_numeric=True),
            Column(
                title="A month",
                cell=lambda row: monthly_words(row[1]),
                export=lambda row: " + ".join(map(str, row[1].monthly)),
                is_numeric=True,
            ),
            Column(title="Since", cell=lambda row: localdate(row[0].added_at), sort="added_at"),
        ),
        sort="customer",
        search=("name", "number"),
        empty=Empty(
            "No customers yet",
            "A customer is added with the first order that you compose for it.",
            compose_way(reader),
        ),
    )


@portal(Permission.CUSTOMERS_READ)
def customers(request: HttpRequest) -> HttpResponseBase:
    """All customers that the reader's house deals with."""
    reader, today = reader_in(request), now().date()
    found = customers_in(reader.scope)

    def dress(rows: Any) -> list[Any]:
        worth = worth_by_customer([row.pk for row in rows], reader.scope, today)
        return [(row, worth.get(row.pk, _NOTHING)) for row in rows]

    context = {"count": found.count(), "can_compose": reader.may(Permission.ORDERS_WRITE)}
    return listing(reader).respond(request, found, "portal/customers.html", context, dress=dress)


@portal(Permission.CUSTOMERS_READ)
def customer(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """One customer."""
    reader, today = reader_in(request), now().date()
    found = customers_in(reader.scope).filter(pk=customer_id).first()
    if found is None:
        raise NotFound(what="customer")
    orders = orders_on(reader.scope, today).filter(customer_id=customer_id).order_by("-composed_at")
    running = valued_subscriptions(reader.scope, today).filter(customer_id=customer_id)
    worth = worth_by_customer([customer_id], reader.scope, today).get(customer_id, _NOTHING)
    context: dict[str, object] = {
        "customer": found,
        "orders": [(row, ORDER_STATES[row.state]) for row in _any(orders)[:SHOWN]],
        "subscriptions": [
            (row, SUBSCRIPTION_STATES[row.state]) for row in _any(running.order_by("-started_on"))[:SHOWN]
        ],
        "worth": worth,
        "monthly": monthly_words(worth),
        "can_compose": reader.may(Permission.ORDERS_WRITE),
        "sees_invoices": reader.may(Permission.INVOICES_READ),
    }
    return _with_invoices(request, reader, customer_id, context)


def _with_invoices(
    request: HttpRequest, reader: Reader, customer_id: UUID, context: dict[str, object]
) -> HttpResponseBase:
    """The page with the customer's invoices, for those who may read them."""
    found = invoices(reader.scope).filter(subscription__customer_id=customer_id)
    shown = found if reader.may(Permission.INVOICES_READ) else found.none()
    listing = invoice_listing(lines_for(shown, reader.scope))
    return listing.respond(request, shown, "portal/customer.html", context)


def _any(rows: Any) -> Any:
    """Rows with what a query adds to them, which their model does not name."""
    return rows


def monthly_words(worth: Worth) -> str:
    """What runs a month, currency by currency: "1,680.00 USD"; empty for nothing."""
    return " + ".join(words.money_text(amount) for amount in worth.monthly)
