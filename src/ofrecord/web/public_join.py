"""An invited person chooses a password, and is in."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate, get_user_model, login
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from ofrecord.access.refusals import NotFound
from ofrecord.clock.queries import now
from ofrecord.flows import invite_colleague
from ofrecord.kernel.refusal import Kind, Refusal
from ofrecord.partners.types import InvitationCard
from ofrecord.web.confirm.pages import OK
from ofrecord.web.forms import RecordForm
from ofrecord.web.public_home import terms_today
from ofrecord.web.unlisted import unlisted


class JoinForm(RecordForm):
    """A password. The address is the invitation's; it stands in the form so that password keepers keep it."""

    email = forms.EmailField(
        label="You sign in with",
        disabled=True,
        widget=forms.EmailInput({"autocomplete": "username", "readonly": True}),
    )
    password = forms.CharField(
        label="Choose a password",
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, invitation: InvitationCard, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].initial = invitation.email
        self._person = get_user_model()(name=invitation.name, email=invitation.email)
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password, self._person)
        return password


@sensitive_post_parameters("password")
@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The page behind an invitation's link. Looking at it accepts nothing."""
    try:
        invitation = invite_colleague.look(at=now(), secret=secret)
        if invitation is None:
            raise NotFound(what="invitation")
        form = JoinForm(request.POST if request.method == "POST" else None, invitation=invitation)
        if form.is_valid():
            return _join(request, secret, form)
    except Refusal as refusal:
        return _closed(request, refusal)
    status = Kind.INVALID if form.is_bound else OK
    context = {"invitation": invitation, "form": form, "vendor_name": _vendor()}
    return render(request, "public/join.html", context, status=status)


def _join(request: HttpRequest, secret: str, form: JoinForm) -> HttpResponse:
    """Takes the place and signs in by the front door, so that what was set is what signs in."""
    password = form.cleaned_data["password"]
    invite_colleague.join(at=now(), secret=secret, password=password)
    person = authenticate(request, email=form.cleaned_data["email"], password=password)
    assert person is not None, "who just joined signs in"
    login(request, person)
    return redirect("home")


def _closed(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """An invitation that is over, or that nobody made."""
    context = {"refusal": refusal, "vendor_name": _vendor()}
    response = render(request, "public/invitation_over.html", context, status=refusal.kind)
    response.refused = True  # type: ignore[attr-defined]
    return response


def _vendor() -> str:
    terms = terms_today()
    return terms.vendor if terms else ""
