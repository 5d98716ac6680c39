"""One subscription: its seats, its days, its invoices, and how it is changed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Permission, Reader
from ofrecord.billing.queries import invoices
from ofrecord.clock.queries import now
from ofrecord.flows import change_subscription
from ofrecord.flows.foresee_invoice import ForeseenInvoice, foresee_invoice
from ofrecord.journal.queries import history_of
from ofrecord.kernel.refusal import Refusal
from ofrecord.orders.queries import order as find_order
from ofrecord.program.queries import version_labels
from ofrecord.subscriptions.queries import partners_of_record, seats_of, valued_subscriptions
from ofrecord.web import words
from ofrecord.web.forms import DayInput
from ofrecord.web.parts import Step, Working
from ofrecord.web.portal.happenings import told
from ofrecord.web.portal.invoices import foreseen_steps, invoice_listing, lines_for
from ofrecord.web.portal.once import OnceForm, once, refused
from ofrecord.web.portal.states import SUBSCRIPTION_STATES, commitment_words, seats_words
from ofrecord.web.portal.subscriptions import month_words
from ofrecord.web.readers import portal, reader_in


class SeatsForm(OnceForm):
    """So many seats from a day on."""

    seats = forms.IntegerField(label="Seats", widget=forms.NumberInput({"min": 1}))
    day = forms.DateField(label="From", widget=DayInput, help_text="Each seat is billed to the day.")


class CancelForm(OnceForm):
    """The first day without service."""

    day = forms.DateField(label="First day without service", widget=DayInput)


@portal(Permission.SUBSCRIPTIONS_READ)
def subscription(request: HttpRequest, subscription_id: UUID) -> HttpResponseBase:
    """The page of a subscription."""
    return _page(request, subscription_id)


@require_POST
@portal(Permission.SUBSCRIPTIONS_WRITE)
def change_seats(request: HttpRequest, subscription_id: UUID) -> HttpResponseBase:
    """Changes the seats from a day on."""
    reader, at, form = reader_in(request), now(), SeatsForm(request.POST)
    if not form.is_valid():
        return _refused(_page(request, subscription_id, seats_form=form))
    day, seats = form.cleaned_data["day"], form.cleaned_data["seats"]

    def write() -> None:
        change_subscription.change_seats(
            reader=reader, at=at, subscription_id=subscription_id, day=day, seats=seats
        )

    try:
        once(request, f"seats {subscription_id}", form.key, write)
    except Refusal as refusal:
        form.refuse(
            refusal,
            {"day-past": "day", "day-too-far": "day", "seats-out-of-range": "seats"}.get(refusal.code),
        )
        return _refused(_page(request, subscription_id, seats_form=form), refusal)
    messages.success(request, f"{seats_words(seats).capitalize()} from {words.day_text(day)} on.")
    return redirect("portal:subscription", subscription_id)


@require_POST
@portal(Permission.SUBSCRIPTIONS_WRITE)
def cancel(request: HttpRequest, subscription_id: UUID) -> HttpResponseBase:
    """Ends the subscription."""
    reader, at, form = reader_in(request), now(), CancelForm(request.POST, prefix="cancel")
    if not form.is_valid():
        return _refused(_page(request, subscription_id, cancel_form=form))
    day = form.cleaned_data["day"]

    def write() -> None:
        change_subscription.cancel(reader=reader, at=at, subscription_id=subscription_id, day=day)

    try:
        once(request, f"cancel {subscription_id}", form.key, write)
    except Refusal as refusal:
        form.refuse(
            refusal, "day" if refusal.code in ("day-past", "day-too-far", "commitment-runs") else None
        )
        return _refused(_page(request, subscription_id, cancel_form=form), refusal)
    messages.success(request, f"Cancelled: {words.day_text(day)} is the first day without service.")
    return redirect("portal:subscription", subscription_id)


@portal(Permission.SUBSCRIPTIONS_WRITE)
def next_invoice(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    """The part that says what the invoice would be with the seats as they are typed now. Nothing is changed."""
    reader, at, form = reader_in(request), now(), SeatsForm(request.POST or None)
    typed = form.cleaned_data if form.is_valid() else {}
    try:
        foreseen = foresee_invoice(
            reader=reader,
            at=at,
            subscription_id=subscription_id,
            day=typed.get("day"),
            seats=typed.get("seats"),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return render(request, "portal/_next_invoice.html", {"refusal": refusal})
    return render(request, "portal/_next_invoice.html", {"working": _invoice_working(foreseen)})


def _refused(page: HttpResponseBase, refusal: Refusal | None = None) -> HttpResponseBase:
    assert isinstance(page, HttpResponse), "a form is answered with a page"
    return refused(page, refusal)


def _page(
    request: HttpRequest,
    subscription_id: UUID,
    seats_form: SeatsForm | None = None,
    cancel_form: CancelForm | None = None,
) -> HttpResponseBase:
    reader, at = reader_in(request), now()
    found: Any = valued_subscriptions(reader.scope, at.date()).filter(pk=subscription_id).first()
    if found is None:
        raise NotFound(what="subscription")
    context = _facts(reader, at.date(), found)
    if context["can_write"]:
        context |= _changes(reader, at, found, seats_form, cancel_form)
    rows = invoices(reader.scope).filter(subscription_id=subscription_id)
    shown = rows if reader.may(Permission.INVOICES_READ) else rows.none()
    listing = invoice_listing(lines_for(shown, reader.scope))
    return listing.respond(request, shown, "portal/subscription.html", context)


def _facts(reader: Reader, today: date, found: Any) -> dict[str, Any]:
    """What is known of the subscription."""
    is_ours = found.partner_id_now == reader.partner_id
    return {
        "subscription": found,
        "state": SUBSCRIPTION_STATES[found.state],
        "monthly": found.unit_price * found.seats_now,
        "month": month_words(found.started_on, today),
        "commitment": commitment_words(found.commitment_months),
        "version_label": version_labels().get(found.version_id, ""),
        "order_is_ours": find_order(found.order_id, reader.scope) is not None,
        "seats": seats_of([found.pk], reader.scope).get(found.pk, ()),
        "spans": partners_of_record(found.pk, reader.scope),
        "history": told(history_of(found.pk, reader.scope), reader, today),
        "sees_invoices": reader.may(Permission.INVOICES_READ),
        "can_write": reader.may(Permission.SUBSCRIPTIONS_WRITE) and is_ours and found.state != "ended",
    }


def _changes(
    reader: Reader,
    at: datetime,
    found: Any,
    seats_form: SeatsForm | None,
    cancel_form: CancelForm | None,
) -> dict[str, Any]:
    """The forms by which it is changed, and what they would come to."""
    first = max(at.date(), found.started_on)
    earliest = change_subscription.earliest_cancellation(reader=reader, at=at, subscription_id=found.pk)
    foreseen = foresee_invoice(reader=reader, at=at, subscription_id=found.pk)
    return {
        "seats_form": seats_form or SeatsForm(initial={"seats": found.seats_now, "day": first}),
        "cancel_form": cancel_form or CancelForm(initial={"day": earliest}, prefix="cancel"),
        "earliest": earliest,
        "today": at.date(),
        "working": _invoice_working(foreseen),
    }


def _invoice_working(foreseen: ForeseenInvoice) -> Working:
    """How the invoice of the month would come about."""
    month = words.month_text(foreseen.month)
    total = words.money_text(foreseen.total)
    sentence = (
        f"The invoice of {month} would be {total}, dated {words.day_text(foreseen.month.last)}, if nothing else "
        "changes."
    )
    result = Step("Invoice", f"of {month}", foreseen.total, is_result=True)
    return Working(f"why {total}?", [sentence], [*foreseen_steps(foreseen.lines), result])
