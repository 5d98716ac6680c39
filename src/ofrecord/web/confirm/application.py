"""A firm applies to become a partner."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ofrecord.clock.queries import now
from ofrecord.flows import take_on_partner
from ofrecord.kernel.refusal import Kind, Refusal
from ofrecord.program.queries import in_force
from ofrecord.program.types import Terms
from ofrecord.web.confirm.form_keys import FIELD, form_key_in, new_form_key
from ofrecord.web.confirm.forms import AnswererForm
from ofrecord.web.confirm.order import STALE
from ofrecord.web.confirm.pages import OK
from ofrecord.web.confirm.rate import too_often
from ofrecord.web.public_home import terms_today

_PURPOSE = "application"
_APPLICATIONS_AN_HOUR = 10


class ApplicationForm(AnswererForm):
    """What the vendor needs to know to decide."""

    organization = forms.CharField(
        label="Your firm", max_length=200, widget=forms.TextInput({"autocomplete": "organization"})
    )
    region = forms.ChoiceField(label="Region")
    website = forms.URLField(
        label="Website", required=False, max_length=200, assume_scheme="https", widget=forms.URLInput()
    )
    about = forms.CharField(
        label="What you do, and for whom",
        max_length=4000,
        help_text="The vendor reads this when it decides.",
        widget=forms.Textarea({"rows": 5}),
    )
    field_order = ("organization", "region", "website", "about", "name", "email")

    def __init__(self, *args: Any, terms: Terms, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = dict.fromkeys(region for way in terms.ways for region, _ in way.open)
        self.fields["region"].choices = [(region, region) for region in regions]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest) -> HttpResponseBase:
    """The application form. Raises NoProgram while there is no program to apply under."""
    terms = in_force(now().date()).terms
    if request.method != "POST":
        return _page(request, terms, ApplicationForm(terms=terms), OK)
    form = ApplicationForm(request.POST, terms=terms)
    key = form_key_in(request.POST.get(FIELD, ""), _PURPOSE)
    if key is None:
        form.add_error(None, STALE)
    if key is None or not form.is_valid():
        return _page(request, terms, form, Kind.INVALID)
    if too_often(request, "apply", _APPLICATIONS_AN_HOUR):
        return render(request, "429.html", status=429)
    try:
        _apply(form, key)
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(request, terms, form, refusal.kind)
    return redirect("confirm:received")


@require_safe
def received(request: HttpRequest) -> HttpResponse:
    """What happens to an application."""
    terms = terms_today()
    return render(request, "confirm/received.html", {"vendor_name": terms.vendor if terms else ""})


def _apply(form: ApplicationForm, form_key: UUID) -> None:
    typed = form.cleaned_data
    take_on_partner.apply_once(
        form_key=form_key,
        at=now(),
        name=typed["organization"],
        region=typed["region"],
        website=typed["website"],
        about=typed["about"],
        who=form.answerer(),
    )


def _page(request: HttpRequest, terms: Terms, form: ApplicationForm, status: int) -> HttpResponse:
    sent = request.POST.get(FIELD, "")
    context = {
        "vendor_name": terms.vendor,
        "program_title": terms.title,
        "form": form,
        "form_key": sent if form_key_in(sent, _PURPOSE) else new_form_key(_PURPOSE),
    }
    response = render(request, "confirm/apply.html", context, status=status)
    response.refused = status != OK  # type: ignore[attr-defined]
    return response
