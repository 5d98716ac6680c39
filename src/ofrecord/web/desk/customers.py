"""All customers, and what is known of one."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate

from ofrecord.access.types import Permission, Reader, Scope
from ofrecord.billing.queries import invoices, totals_of
from ofrecord.clock.queries import now
from ofrecord.customers.queries import customers as customers_in
from ofrecord.customers.queries import customers_on
from ofrecord.orders.queries import orders_on
from ofrecord.subscriptions.queries import valued_subscriptions, worth_by_customer
from ofrecord.web.columns import Choice, Column, Days
from ofrecord.web.desk.answers import found
from ofrecord.web.desk.invoices import listing as invoices_listing
from ofrecord.web.desk.orders import ORDERS
from ofrecord.web.desk.partners import NOTHING, Valued, worth_columns
from ofrecord.web.desk.subscriptions import SUBSCRIPTIONS
from ofrecord.web.desk.tables import Table, table
from ofrecord.web.lists import Empty, Listing
from ofrecord.web.parts import Linked
from ofrecord.web.readers import desk, reader_in

LATEST = 20


def _listing(scope: Scope) -> "Listing[Valued]":
    regions = customers_in(scope).order_by("region").values_list("region", flat=True).distinct()
    return Listing(
        name="customers",
        caption="Customers",
        columns=(
            Column(title="Customer", cell=_named, sort="name"),
            Column(title="Number", cell=lambda line: line.row.number, sort="number", is_whole=True),
            Column(title="Region", cell=lambda line: line.row.region, sort="region"),
            Column(title="Brought by", cell=_brought_by, sort="brought_by__name"),
            Column(title="Since", cell=lambda line: localdate(line.row.added_at), sort="added_at"),
            *worth_columns(scope),
        ),
        sort="customer",
        search=("name", "number", "brought_by__name"),
        choices=(Choice(name="region", title="Region", path="region", values=[(r, r) for r in regions]),),
        days=(Days(name="since", title="Since", path="added_at__date"),),
        empty=Empty("No customers yet", "A customer is added with the first order that is composed for it."),
    )


def _named(line: Valued) -> Linked:
    return Linked(line.row.name, reverse("desk:customer", args=[line.row.pk]))


def _brought_by(line: Valued) -> Linked | str:
    partner = line.row.brought_by
    return Linked(partner.name, reverse("desk:partner", args=[partner.pk])) if partner else "came directly"


@desk(Permission.CUSTOMERS_READ)
def customers(request: HttpRequest) -> HttpResponseBase:
    """Who uses the service, and who brought them."""
    scope, today = reader_in(request).scope, now().date()

    def dressed(rows: Any) -> list[Valued]:
        worth = worth_by_customer([row.pk for row in rows], scope, today)
        return [Valued(row, worth.get(row.pk, NOTHING)) for row in rows]

    every = customers_in(scope).select_related("brought_by")
    return _listing(scope).respond(
        request, every, "desk/customers.html", {"count": every.count()}, dress=dressed
    )


@desk(Permission.CUSTOMERS_READ)
def customer(request: HttpRequest, customer_id: UUID) -> HttpResponse:
    """One customer: what it has, ordered and was billed."""
    return render(request, "desk/customer.html", _page(reader_in(request), customer_id))


def _page(reader: Reader, customer_id: UUID) -> dict[str, Any]:
    scope, today = reader.scope, now().date()
    every = customers_on(scope, today).select_related("brought_by")
    page: dict[str, Any] = {
        "customer": found(every.filter(pk=customer_id).first(), "customer"),
        "worth": worth_by_customer([customer_id], scope, today).get(customer_id, NOTHING),
        "tables": _tables(reader, customer_id, today),
    }
    if reader.may(Permission.INVOICES_READ):
        billed = invoices(scope).filter(subscription__customer_id=customer_id)
        page["totals"] = totals_of(billed)
    return page


def _tables(reader: Reader, customer_id: UUID, today: date) -> list[Table]:
    """What the customer has on the record, the latest first."""
    scope = reader.scope
    running = valued_subscriptions(scope, today).filter(customer_id=customer_id)
    ordered = orders_on(scope, today).filter(customer_id=customer_id)
    tables = [
        table(
            "Subscriptions", SUBSCRIPTIONS, running.order_by("-started_on")[:LATEST], without=("Customer",)
        ),
        table("Orders", ORDERS, ordered.order_by("-composed_at")[:LATEST], without=("Customer",)),
    ]
    if reader.may(Permission.INVOICES_READ):
        billed = invoices(scope).filter(subscription__customer_id=customer_id)
        latest = billed.order_by("-day", "-number")[:LATEST]
        tables.append(table("Latest invoices", invoices_listing(), latest, without=("Customer",)))
    return [each for each in tables if each.lines]
