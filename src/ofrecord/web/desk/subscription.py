"""One subscription: its seats, its partners of record, its invoices; seats change and it is cancelled here."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from ofrecord.access.types import Permission, Reader
from ofrecord.billing.queries import invoices
from ofrecord.clock.queries import now
from ofrecord.flows import change_subscription
from ofrecord.kernel.calendar import add_months
from ofrecord.kernel.money import Money
from ofrecord.kernel.refusal import Refusal
from ofrecord.orders.types import SEATS_LIMIT
from ofrecord.program.queries import version
from ofrecord.subscriptions.queries import seats_of, valued_subscriptions
from ofrecord.web.desk.answers import found, refused
from ofrecord.web.desk.happenings import history
from ofrecord.web.desk.invoices import listing as invoices_listing
from ofrecord.web.desk.record import records, roles
from ofrecord.web.desk.states import state_of
from ofrecord.web.desk.tables import table
from ofrecord.web.forms import DayInput, RecordForm
from ofrecord.web.readers import desk, reader_in

TEMPLATE = "desk/subscription.html"
LATEST = 24
DEALS = {
    "new": "as a new customer’s",
    "upsell": "beside more of the same offer",
    "cross-sell": "beside another offer",
}


class SeatsForm(RecordForm):
    """From a day on, so many seats."""

    prefix = "seats"
    seats = forms.IntegerField(label="Seats", min_value=1, max_value=SEATS_LIMIT)
    day = forms.DateField(label="From", widget=DayInput(), help_text="Billed to the day.")


class CancelForm(RecordForm):
    """The end of the service."""

    prefix = "cancel"
    day = forms.DateField(label="First day without service", widget=DayInput())


@desk(Permission.SUBSCRIPTIONS_READ)
def subscription(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    """One subscription."""
    return render(request, TEMPLATE, _page(reader_in(request), subscription_id))


@require_POST
@desk(Permission.SUBSCRIPTIONS_WRITE)
def change_seats(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    """Other seats from a day on."""
    form = SeatsForm(request.POST)

    def change(reader: Reader) -> str:
        change_subscription.change_seats(
            reader=reader, at=now(), subscription_id=subscription_id, **form.cleaned_data
        )
        return "The seats are changed, and billed to the day."

    return _carried_out(request, subscription_id, "seats_form", form, change)


@require_POST
@desk(Permission.SUBSCRIPTIONS_WRITE)
def cancel(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    """The end of the service."""
    form = CancelForm(request.POST)

    def end(reader: Reader) -> str:
        change_subscription.cancel(
            reader=reader, at=now(), subscription_id=subscription_id, **form.cleaned_data
        )
        return "The subscription is cancelled."

    return _carried_out(request, subscription_id, "cancel_form", form, end)


def _carried_out(
    request: HttpRequest,
    subscription_id: UUID,
    name: str,
    form: RecordForm,
    change: Callable[[Reader], str],
) -> HttpResponse:
    """Does what the form asks; or the page again, with the form and what is wrong."""
    reader, refusal = reader_in(request), None
    if form.is_valid():
        try:
            messages.success(request, change(reader))
            return redirect("desk:subscription", subscription_id)
        except Refusal as said:
            refusal = said
    page = _page(reader, subscription_id)
    if refusal is not None and name not in page:
        raise refusal  # The page of an ended subscription has no form that could show it.
    return refused(request, TEMPLATE, {**page, name: form}, form, refusal)


def _page(reader: Reader, subscription_id: UUID) -> dict[str, Any]:
    scope, today = reader.scope, now().date()
    row = found(valued_subscriptions(scope, today).filter(pk=subscription_id).first(), "subscription")
    published = version(row.version_id)
    changes = seats_of([subscription_id], scope).get(subscription_id, ())
    page: dict[str, Any] = {
        "subscription": row,
        "state": state_of(row.state),
        "unit_price": Money(row.unit_price_minor, row.currency),
        "monthly": Money(row.monthly_minor, row.currency),
        "version": published.terms.version if published else "",
        "committed_until": add_months(row.started_on, row.commitment_months),
        "seats": tuple(reversed(changes)),
        "deal": DEALS[row.deal],
        "records": records(reader, subscription_id),
        "roles": roles(reader, subscription_id),
        "history": history(subscription_id, scope),
        "today": today,
    }
    if reader.may(Permission.INVOICES_READ):
        billed = invoices(scope).filter(subscription_id=subscription_id).order_by("-month")[:LATEST]
        page["invoices"] = table("Invoices", invoices_listing(), billed, without=("Customer",))
    if reader.may(Permission.SUBSCRIPTIONS_WRITE) and row.cancelled_from is None:
        page |= _forms(row, today, page["committed_until"])
    return page


def _forms(row: Any, today: date, committed_until: date) -> dict[str, RecordForm]:
    earliest = max(today, row.started_on)
    return {
        "seats_form": SeatsForm(initial={"seats": row.seats_now, "day": earliest}),
        "cancel_form": CancelForm(initial={"day": max(committed_until, today)}),
    }
