"""A partner's tier and the currency of its statements, as the vendor records them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from ofrecord.access.types import Permission, Reader
from ofrecord.clock.queries import now
from ofrecord.flows import set_statement_currency as currency_flow
from ofrecord.flows import set_tier as tier_flow
from ofrecord.kernel.refusal import Refusal
from ofrecord.partners.queries import partners, tier_spans
from ofrecord.program.queries import versions
from ofrecord.statements.queries import statements
from ofrecord.web.desk.answers import found, refused
from ofrecord.web.desk.happenings import history
from ofrecord.web.forms import DayInput, RecordForm
from ofrecord.web.readers import desk, reader_in

TEMPLATE = "desk/standing.html"
_REASON: dict[str, Any] = {"max_length": 2000, "required": False, "widget": forms.Textarea(attrs={"rows": 2})}


class TierForm(RecordForm):
    """A tier from a day on."""

    prefix = "tier"
    tier = forms.ChoiceField(label="Tier")
    first = forms.DateField(label="From", widget=DayInput(), help_text="Also a day that is over.")
    until = forms.DateField(
        label="First day without it", widget=DayInput(), required=False, help_text="Empty for no stated end."
    )
    replaces_later = forms.BooleanField(
        label="Replace what is recorded for later days",
        required=False,
        help_text="Otherwise the tier lasts until the next one that is recorded already.",
    )
    reason = forms.CharField(label="Reason", help_text="The partner reads it.", **_REASON)


class CurrencyForm(RecordForm):
    """The currency in which statements are."""

    prefix = "currency"
    currency = forms.CharField(
        label="Currency", max_length=3, required=False, help_text="Such as EUR. Empty for that of each line."
    )
    reason = forms.CharField(
        label="Reason", help_text="Needed after the first statement. The partner reads it.", **_REASON
    )


@desk(Permission.RECORD_WRITE)
def standing(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """The tiers and the currency, with the forms by which they are set."""
    return render(request, TEMPLATE, _page(reader_in(request), partner_id))


@require_POST
@desk(Permission.RECORD_WRITE)
def set_tier(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """A tier, or the correction of a wrong one."""

    def change(reader: Reader, typed: dict[str, Any]) -> str:
        tier_flow.set_tier(reader=reader, at=now(), partner_id=partner_id, **typed)
        return "The tier is recorded. The next close works the fees out anew."

    return _carried_out(request, partner_id, "tier_form", _tier_form(request.POST), change)


@require_POST
@desk(Permission.RECORD_WRITE)
def set_currency(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """The currency of what is booked from now on."""

    def change(reader: Reader, typed: dict[str, Any]) -> str:
        currency_flow.set_statement_currency(reader=reader, at=now(), partner_id=partner_id, **typed)
        return "The currency is recorded. What is booked from now on is stated in it."

    return _carried_out(request, partner_id, "currency_form", CurrencyForm(request.POST), change)


def _carried_out(
    request: HttpRequest,
    partner_id: UUID,
    name: str,
    form: RecordForm,
    change: Callable[[Reader, dict[str, Any]], str],
) -> HttpResponse:
    """Does what the form asks; or the page again, with the form and what is wrong."""
    reader, refusal = reader_in(request), None
    if form.is_valid():
        try:
            messages.success(request, change(reader, dict(form.cleaned_data)))
            return redirect("desk:partner-standing", partner_id)
        except Refusal as said:
            refusal = said
    return refused(request, TEMPLATE, {**_page(reader, partner_id), name: form}, form, refusal)


def _page(reader: Reader, partner_id: UUID) -> dict[str, Any]:
    scope = reader.scope
    row = found(partners(scope).filter(pk=partner_id).first(), "partner")
    form, tiers = _tier_form(None), tier_spans(scope).filter(partner_id=partner_id)
    return {
        "partner": row,
        "tiers": tiers,
        "held": tiers.filter(during__contains=now().date()).first(),
        "tier_form": form if _named_tiers() else None,
        "currency_form": CurrencyForm(initial={"currency": row.statement_currency}),
        "has_statements": statements(scope).filter(partner_id=partner_id).exists(),
        "history": history(partner_id, scope),
    }


def _tier_form(sent: Any) -> TierForm:
    form = TierForm(sent, initial={"first": now().date()})
    choice = form.fields["tier"]
    assert isinstance(choice, forms.ChoiceField), "as the form states it"
    choice.choices = [(tier, tier) for tier in _named_tiers()]
    return form


def _named_tiers() -> list[str]:
    """The tiers of all versions, those of the latest first: which holds depends on the day, and the flow asks that."""
    return list(dict.fromkeys(tier for version in versions() for tier in version.terms.tiers))
