"""API clients of the vendor: made here, with a token that is shown once, and ended here."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ofrecord.access.rules import CLIENT_PERMISSIONS
from ofrecord.access.types import Permission, Reader
from ofrecord.clock.queries import now
from ofrecord.kernel.refusal import Refusal
from ofrecord.partners.actions.clients import make_client, revoke_client
from ofrecord.partners.queries import clients as clients_in
from ofrecord.web.columns import Column
from ofrecord.web.desk.answers import found, refused
from ofrecord.web.forms import RecordForm
from ofrecord.web.lists import Empty, Listing
from ofrecord.web.parts import Linked, State, Tone
from ofrecord.web.readers import desk, reader_in


class ClientForm(RecordForm):
    """A name, and what the client may do: at most what its maker may."""

    name = forms.CharField(
        label="Name", max_length=120, help_text="What will use the token, such as “nightly ledger export”."
    )
    permissions = forms.MultipleChoiceField(label="It may", widget=forms.CheckboxSelectMultiple())

    def __init__(self, *args: Any, reader: Reader, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grantable = sorted(reader.permissions & CLIENT_PERMISSIONS)
        self.fields["permissions"].choices = [(p.value, _said(p)) for p in grantable]  # type: ignore[attr-defined]


def _said(permission: Permission) -> str:
    """read orders; decide on partners"""
    noun, _, verb = permission.value.partition(":")
    return f"{verb} {noun}" if verb != "decide" else f"decide on {noun}"


def _listed(row: Any) -> Linked:
    url = "" if row.revoked_at else reverse("desk:client", args=[row.pk])
    return Linked(row.name, url, f"token begins with {row.token_start}")


def _state(row: Any) -> State:
    return State("revoked", Tone.STOP) if row.revoked_at else State("open", Tone.GOOD)


CLIENTS: Listing[Any] = Listing(
    name="clients",
    caption="API clients",
    columns=(
        Column(title="Client", cell=_listed, sort="name"),
        Column(title="It may", cell=lambda row: ", ".join(_said(Permission(p)) for p in row.permissions)),
        Column(title="Made", cell=lambda row: localdate(row.made_at), sort="made_at"),
        Column(title="State", cell=_state, sort="revoked_at"),
    ),
    sort="-made",
    search=("name", "token_start"),
    empty=Empty("No API clients yet", "Make one for each program that is to speak for the vendor."),
)


@desk(Permission.CLIENTS_WRITE)
def clients(request: HttpRequest) -> HttpResponseBase:
    """What speaks for the vendor by the API."""
    return CLIENTS.respond(request, clients_in(reader_in(request).scope, None), "desk/clients.html")


@never_cache
@desk(Permission.CLIENTS_WRITE)
def new_client(request: HttpRequest) -> HttpResponse:
    """Makes a client; the answer shows its token, this once."""
    reader = reader_in(request)
    if request.method != "POST":
        return render(request, "desk/new_client.html", {"form": ClientForm(reader=reader)})
    form, refusal = ClientForm(request.POST, reader=reader), None
    if form.is_valid():
        try:
            return _made(request, reader, form)
        except Refusal as said:
            refusal = said
    return refused(request, "desk/new_client.html", {"form": form}, form, refusal)


def _made(request: HttpRequest, reader: Reader, form: ClientForm) -> HttpResponse:
    name = form.cleaned_data["name"]
    permissions = frozenset(Permission(value) for value in form.cleaned_data["permissions"])
    _, token = make_client(by=reader, at=now(), name=name, permissions=permissions)
    return render(request, "desk/client_made.html", {"name": name, "token": token})


@desk(Permission.CLIENTS_WRITE)
def client(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """One client that is open."""
    every = clients_in(reader_in(request).scope, None).filter(revoked_at__isnull=True)
    row = found(every.filter(pk=client_id).first(), "API client")
    may = [_said(Permission(permission)) for permission in row.permissions]
    return render(request, "desk/client.html", {"client": row, "may": may})


@require_POST
@desk(Permission.CLIENTS_WRITE)
def revoke(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Ends a client."""
    revoke_client(by=reader_in(request), at=now(), client_id=client_id)
    messages.success(request, "The client is revoked; its token opens nothing any more.")
    return redirect("desk:clients")
