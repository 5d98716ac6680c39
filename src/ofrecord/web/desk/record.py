"""Who is recognized on a subscription: the partner of record is changed here, other roles are recorded and ended."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from ofrecord.access.types import Permission, Reader
from ofrecord.clock.queries import now
from ofrecord.flows import change_partner as partner_flow
from ofrecord.flows import record_role as role_flow
from ofrecord.kernel.rate import RateFault, parse_rate, rate_text
from ofrecord.kernel.refusal import Refusal
from ofrecord.partners.queries import partner_by_number, partner_names
from ofrecord.partners.refusals import PartnerUnknown
from ofrecord.program.clause_types import RECORDED_ROLES
from ofrecord.subscriptions.queries import partners_of_record, roles_on, subscriptions
from ofrecord.web import words
from ofrecord.web.desk.answers import found, refused
from ofrecord.web.desk.happenings import history
from ofrecord.web.forms import DayInput, RecordForm
from ofrecord.web.readers import desk, reader_in

TEMPLATE = "desk/record.html"
_NUMBER_HELP = "Such as P-2HX8RD5M; it stands on the partner’s page."
_REASON: dict[str, Any] = {"max_length": 2000, "widget": forms.Textarea(attrs={"rows": 2})}


class PartnerForm(RecordForm):
    """Another partner of record from a day on."""

    prefix = "partner"
    partner = forms.CharField(
        label="New partner’s number",
        required=False,
        max_length=20,
        help_text=f"{_NUMBER_HELP} Empty for nobody.",
    )
    first = forms.DateField(label="From", widget=DayInput(), help_text="Also a day that is over.")
    replaces_later = forms.BooleanField(
        label="Replace what is recorded for later days",
        required=False,
        help_text="Otherwise the change lasts until the next one that is recorded already.",
    )
    reason = forms.CharField(label="Reason", help_text="Both partners read it.", **_REASON)


class RoleForm(RecordForm):
    """A role beside the partner of record."""

    prefix = "role"
    partner = forms.CharField(label="Partner’s number", max_length=20, help_text=_NUMBER_HELP)
    role = forms.ChoiceField(label="Role", choices=[(role, role) for role in RECORDED_ROLES])
    first = forms.DateField(label="From", widget=DayInput(), help_text="Also a day that is over.")
    until = forms.DateField(
        label="First day without it", widget=DayInput(), required=False, help_text="Empty for no end."
    )
    share = forms.CharField(
        label="Share",
        required=False,
        max_length=30,
        help_text="Such as 70% or 1/3, where several partners hold the role. Empty for one that holds it alone.",
    )

    def clean_share(self) -> Fraction | None:
        """The share, exactly."""
        try:
            return parse_rate(self.cleaned_data["share"]) if self.cleaned_data["share"] else None
        except RateFault as fault:
            raise forms.ValidationError(f"This is no share: {fault}.") from fault


class EndForm(RecordForm):
    """The end of a role."""

    prefix = "end"
    heldrole_id = forms.ChoiceField(label="Role")
    day = forms.DateField(
        label="First day without it", widget=DayInput(), help_text="Its first day undoes it altogether."
    )
    reason = forms.CharField(label="Reason", help_text="The partner reads it.", **_REASON)


@desk(Permission.RECORD_WRITE)
def record(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    """Who is and was recognized, and the forms by which that is changed."""
    return render(request, TEMPLATE, _page(reader_in(request), subscription_id))


@require_POST
@desk(Permission.RECORD_WRITE)
def change_partner(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    """Another partner of record, or none."""
    form = PartnerForm(request.POST)

    def change(reader: Reader, typed: dict[str, Any]) -> str:
        number = typed.pop("partner")
        partner_flow.change_partner(
            reader=reader,
            at=now(),
            subscription_id=subscription_id,
            partner_id=_partner_id(reader, number) if number else None,
            **typed,
        )
        return "The partner of record is changed. The next close works the fees out anew."

    return _carried_out(request, subscription_id, "partner_form", form, change)


@require_POST
@desk(Permission.RECORD_WRITE)
def add_role(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    """A role that a partner holds."""
    form = RoleForm(request.POST)

    def add(reader: Reader, typed: dict[str, Any]) -> str:
        partner_id = _partner_id(reader, typed.pop("partner"))
        role_flow.record_role(
            reader=reader, at=now(), subscription_id=subscription_id, partner_id=partner_id, **typed
        )
        return "The role is recorded. The next close works the fees out anew."

    return _carried_out(request, subscription_id, "role_form", form, add)


@require_POST
@desk(Permission.RECORD_WRITE)
def end_role(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    """The end of a role."""
    form = _end_form(reader_in(request), subscription_id, request.POST)

    def end(reader: Reader, typed: dict[str, Any]) -> str:
        heldrole_id = UUID(typed.pop("heldrole_id"))
        role_flow.end_role(
            reader=reader, at=now(), subscription_id=subscription_id, heldrole_id=heldrole_id, **typed
        )
        return "The role is ended. The next close works the fees out anew."

    return _carried_out(request, subscription_id, "end_form", form, end)


def _partner_id(reader: Reader, number: str) -> UUID:
    card = partner_by_number(number, reader.scope)
    if card is None:
        raise PartnerUnknown(number=number.strip())
    return card.id


def _carried_out(
    request: HttpRequest,
    subscription_id: UUID,
    name: str,
    form: RecordForm,
    change: Callable[[Reader, dict[str, Any]], str],
) -> HttpResponse:
    """Does what the form asks; or the page again, with the form and what is wrong."""
    reader, refusal = reader_in(request), None
    if form.is_valid():
        try:
            messages.success(request, change(reader, dict(form.cleaned_data)))
            return redirect("desk:subscription-record", subscription_id)
        except Refusal as said:
            refusal = said
    return refused(request, TEMPLATE, {**_page(reader, subscription_id), name: form}, form, refusal)


def _page(reader: Reader, subscription_id: UUID) -> dict[str, Any]:
    scope, today = reader.scope, now().date()
    row = found(subscriptions(scope, today).filter(pk=subscription_id).first(), "subscription")
    first = max(today, row.started_on)
    return {
        "subscription": row,
        "records": records(reader, subscription_id),
        "roles": roles(reader, subscription_id),
        "history": history(subscription_id, scope),
        "partner_form": PartnerForm(initial={"first": first}),
        "role_form": RoleForm(initial={"first": row.started_on}),
        "end_form": _end_form(reader, subscription_id, None),
    }


def _end_form(reader: Reader, subscription_id: UUID, sent: Mapping[str, Any] | None) -> EndForm:
    form = EndForm(sent, initial={"day": now().date()})
    choice = form.fields["heldrole_id"]
    assert isinstance(choice, forms.ChoiceField), "as the form states it"
    choice.choices = [
        (str(held["id"]), f"{held['name']}, {held['role']} from {words.day_text(held['span'].first)}")
        for held in roles(reader, subscription_id)
    ]
    return form


def records(reader: Reader, subscription_id: UUID) -> list[dict[str, Any]]:
    """Who is and was partner of record, with names."""
    spans = partners_of_record(subscription_id, reader.scope)
    names = partner_names({each.partner_id for each in spans}, reader.scope)
    return [
        {"partner_id": each.partner_id, "name": names[each.partner_id], "span": each.span} for each in spans
    ]


def roles(reader: Reader, subscription_id: UUID) -> list[dict[str, Any]]:
    """The roles that are recorded, with names and shares as people write them."""
    cards = roles_on(subscription_id, reader.scope)
    names = partner_names({card.partner_id for card in cards}, reader.scope)
    return [
        {
            "id": card.id,
            "partner_id": card.partner_id,
            "name": names[card.partner_id],
            "role": card.role,
            "span": card.span,
            "share": "" if card.share is None else rate_text(card.share),
        }
        for card in cards
    ]
