"""All invoices with their totals; those that were paid are marked here, one or several at once."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from ofrecord.access.types import Permission, Reader
from ofrecord.billing.queries import invoices as invoices_in
from ofrecord.billing.queries import months_billed, totals_of
from ofrecord.billing.types import InvoiceState
from ofrecord.clock.queries import now
from ofrecord.flows import receive_payment
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.kernel.refusal import Refusal
from ofrecord.web import words
from ofrecord.web.columns import Choice, Column, Days
from ofrecord.web.desk.answers import INVALID
from ofrecord.web.desk.states import invoice_state
from ofrecord.web.forms import DayInput, RecordForm
from ofrecord.web.lists import Empty, Listing
from ofrecord.web.parts import Linked
from ofrecord.web.readers import desk, reader_in

TEMPLATE = "desk/invoices.html"
PAY_FORM = "pay"
AT_ONCE = 500
OWED = (("False", "something"), ("True", "nothing"))


class PaidForm(RecordForm):
    """The day on which the selected invoices were paid."""

    day = forms.DateField(label="Paid on", widget=DayInput())


def listing(*, can_select: bool = False) -> "Listing[Any]":
    months = [(str(month.first), words.month_text(month)) for month in reversed(months_billed())]
    select: Column[Any] = Column(title="Mark", cell=_select)
    return Listing(
        name="invoices",
        caption="Invoices",
        columns=(
            Column(title="Invoice", cell=_numbered, sort="number", is_whole=True),
            Column(title="Customer", cell=_customer, sort="subscription__customer__name"),
            Column(title="Month", cell=lambda row: Month.of(row.month), sort="month", export=_month_code),
            Column(title="State", cell=lambda row: invoice_state(row.state), sort="state"),
            Column(title="Paid on", cell=lambda row: row.paid_on, sort="paid_on"),
            Column(title="Total", cell=_total, sort="total_minor", is_money=True),
            Column(title="Owed", cell=_owed, sort="owed_minor", is_money=True),
            *((select,) if can_select else ()),
        ),
        sort="-month",
        tie="number",
        search=("number", "subscription__customer__name", "subscription__number"),
        choices=(
            Choice(name="month", title="Month", path="month", values=months),
            Choice(name="state", title="Owed", path="paid", values=OWED),
            Choice(
                name="became", title="State", path="state", values=[(word, word) for word in InvoiceState]
            ),
        ),
        days=(Days(name="paid", title="Paid on", path="paid_on"),),
        empty=Empty("No invoices yet", "A month is billed on the first day of the next, for all at once."),
    )


def _numbered(row: Any) -> Linked:
    return Linked(row.number, reverse("desk:invoice", args=[row.pk]))


def _customer(row: Any) -> Linked:
    customer = row.subscription.customer
    return Linked(customer.name, reverse("desk:customer", args=[customer.pk]))


def _month_code(row: Any) -> str:
    return str(Month.of(row.month))


def _total(row: Any) -> Money:
    return Money(row.total_minor, row.currency)


def _owed(row: Any) -> Money:
    return Money(row.owed_minor, row.currency)


def _select(row: Any) -> SafeString | str:
    """The box that puts an open invoice among those that are marked; the form itself stands above the list."""
    if row.paid:
        return ""
    return format_html(
        '<input type="checkbox" name="invoice" value="{}" form="{}" aria-label="Mark {} as paid">',
        row.pk,
        PAY_FORM,
        row.number,
    )


@desk(Permission.INVOICES_READ)
def invoices(request: HttpRequest) -> HttpResponseBase:
    """What was billed, and what of it is not paid."""
    return _answered(request, PaidForm(initial={"day": now().date()}))


def _answered(request: HttpRequest, form: RecordForm) -> HttpResponseBase:
    reader = reader_in(request)
    is_file = request.GET.get("export") == "csv"
    own = listing(can_select=reader.may(Permission.INVOICES_WRITE) and not is_file)
    every = invoices_in(reader.scope)
    asked = own.asked(request)
    totals = [] if is_file else totals_of(own.rows(asked, every).queryset)  # type: ignore[union-attr]
    context = {
        "all_totals": totals_of(every) if asked.is_narrowed else totals,
        "totals": totals,
        "is_narrowed": asked.is_narrowed,
        "form": form,
    }
    return own.respond(request, every, TEMPLATE, context)


@require_POST
@desk(Permission.INVOICES_WRITE)
def mark_paid(request: HttpRequest) -> HttpResponseBase:
    """The selected invoices were paid on one day."""
    reader, form = reader_in(request), PaidForm(request.POST)
    refusal, chosen = None, _chosen(request)
    if not chosen:
        form.add_error(None, "No invoice was selected. Tick the ones that were paid.")
    if form.is_valid():
        try:
            return _marked(request, reader, chosen, form.cleaned_data["day"])
        except Refusal as said:
            refusal = said
            form.refuse(said)
    response = _answered(request, form)
    response.status_code = refusal.kind if refusal else INVALID
    response.refused = True  # type: ignore[attr-defined]
    return response


def _marked(request: HttpRequest, reader: Reader, chosen: list[UUID], day: date) -> HttpResponse:
    new = receive_payment.receive(reader=reader, at=now(), invoice_ids=chosen, day=day)
    noun = "invoice is" if new == 1 else "invoices are"
    messages.success(request, f"{words.count_text(new)} {noun} marked as paid on {words.day_text(day)}.")
    return redirect("desk:invoices")


def _chosen(request: HttpRequest) -> list[UUID]:
    """The invoices that were ticked; what is no id is none."""
    chosen = []
    for text in request.POST.getlist("invoice")[:AT_ONCE]:
        try:
            chosen.append(UUID(text))
        except ValueError:
            continue
    return chosen
