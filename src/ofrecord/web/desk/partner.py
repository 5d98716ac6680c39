"""One partner: who it is, what was decided and accepted, its people, and what it has on the record."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from ofrecord.access.queries import address_of, names_of
from ofrecord.access.types import Permission, Reader
from ofrecord.clock.queries import now
from ofrecord.flows import take_on_partner
from ofrecord.kernel.refusal import Refusal
from ofrecord.orders.queries import orders_on
from ofrecord.partners.queries import acceptances, members, partners, tier_spans
from ofrecord.program.queries import version_labels
from ofrecord.statements.queries import statements
from ofrecord.subscriptions.queries import valued_subscriptions, worth_by_partner
from ofrecord.web.desk.answers import found, refused
from ofrecord.web.desk.orders import ORDERS
from ofrecord.web.desk.partners import NOTHING
from ofrecord.web.desk.statements import listing as statements_listing
from ofrecord.web.desk.subscriptions import SUBSCRIPTIONS
from ofrecord.web.desk.tables import Table, table
from ofrecord.web.forms import RecordForm
from ofrecord.web.readers import desk, reader_in

LATEST = 10
TEMPLATE = "desk/partner.html"


class RefuseForm(RecordForm):
    """Why an application is not approved, in words that the applicant reads."""

    reason = forms.CharField(
        label="Reason",
        help_text="The applicant reads it.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@desk(Permission.PARTNERS_READ)
def partner(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """What is known of one partner."""
    context = _page(reader_in(request), partner_id)
    return render(request, TEMPLATE, {**context, "form": RefuseForm()})


@require_POST
@desk(Permission.PARTNERS_DECIDE)
def approve(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Takes the partner on."""
    take_on_partner.approve(reader=reader_in(request), at=now(), partner_id=partner_id)
    messages.success(request, "The partner is approved. Who applied was sent an invitation.")
    return redirect("desk:partner", partner_id)


@require_POST
@desk(Permission.PARTNERS_DECIDE)
def refuse(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Declines the application, with the reason."""
    reader, form = reader_in(request), RefuseForm(request.POST)
    refusal = None
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            take_on_partner.refuse(reader=reader, at=now(), partner_id=partner_id, reason=reason)
        except Refusal as said:
            refusal = said
        else:
            messages.success(request, "The application is refused. Who applied was sent your reason.")
            return redirect("desk:partner", partner_id)
    page = _page(reader, partner_id)
    if refusal is not None and page["partner"].status != "applied":
        raise refusal  # The page of a decided partner has no form that could show it.
    return refused(request, TEMPLATE, {**page, "form": form}, form, refusal)


def _page(reader: Reader, partner_id: UUID) -> dict[str, Any]:
    scope, today = reader.scope, now().date()
    row = found(partners(scope).filter(pk=partner_id).first(), "partner")
    return {
        "partner": row,
        "website": row.website if row.website.startswith(("https://", "http://")) else "",
        "applicant": address_of(row.applicant_id),
        "decided_by": names_of([row.decided_by]).get(row.decided_by, "") if row.decided_by else "",
        "acceptances": _acceptances(reader, partner_id),
        "people": members(scope, partner_id).filter(ended_at__isnull=True),
        "tiers": tier_spans(scope).filter(partner_id=partner_id),
        "worth": worth_by_partner([partner_id], scope, today).get(partner_id, NOTHING),
        "tables": _tables(reader, partner_id, today),
        "today": today,
    }


def _acceptances(reader: Reader, partner_id: UUID) -> list[dict[str, Any]]:
    accepted = acceptances(partner_id, reader.scope)
    people = names_of(card.person_id for card in accepted if card.person_id)
    versions = version_labels()
    return [
        {
            "card": card,
            "version": versions.get(card.version_id, ""),
            "person": people.get(card.person_id, "a person who was erased") if card.person_id else "",
        }
        for card in accepted
    ]


def _tables(reader: Reader, partner_id: UUID, today: date) -> list[Table]:
    """What the partner has on the record: the greatest subscriptions, the latest orders and statements."""
    running = valued_subscriptions(reader.scope, today).filter(partner_id_now=partner_id)
    composed = orders_on(reader.scope, today).filter(partner_id=partner_id)
    greatest = running.order_by("-monthly_minor", "number")[:LATEST]
    latest = composed.order_by("-composed_at")[:LATEST]
    tables = [
        table("Greatest subscriptions", SUBSCRIPTIONS, greatest, without=("Partner of record",)),
        table("Latest orders", ORDERS, latest, without=("Partner",)),
    ]
    if reader.may(Permission.STATEMENTS_READ):
        own = statements(reader.scope).filter(partner_id=partner_id).order_by("-month", "currency")[:LATEST]
        tables.append(table("Latest statements", statements_listing(), own, without=("Partner", "Number")))
    return [each for each in tables if each.lines]
