"""API clients: programs that speak for the partner. A token is shown once."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from ofrecord.access.rules import CLIENT_PERMISSIONS
from ofrecord.access.types import Permission, Reader
from ofrecord.clock.queries import now
from ofrecord.kernel.refusal import Refusal
from ofrecord.partners.actions.clients import make_client, revoke_client
from ofrecord.partners.queries import clients as clients_in
from ofrecord.web.lists import Column, Empty, Listing
from ofrecord.web.parts import Linked, State, Tone
from ofrecord.web.portal.once import OnceForm, once, refused, told_once
from ofrecord.web.readers import portal, reader_in

SAID = {
    Permission.PROGRAM_READ: "read the program and its prices",
    Permission.CUSTOMERS_READ: "read customers",
    Permission.ORDERS_READ: "read orders",
    Permission.ORDERS_WRITE: "compose orders, renew and withdraw them",
    Permission.SUBSCRIPTIONS_READ: "read subscriptions",
    Permission.SUBSCRIPTIONS_WRITE: "change seats and cancel",
    Permission.INVOICES_READ: "read invoices",
    Permission.STATEMENTS_READ: "read statements",
    Permission.DISPUTES_OPEN: "dispute lines of statements",
}


def permission_words(permission: Permission) -> str:
    """What a permission lets a program do."""
    return SAID.get(permission, permission.value)


class ClientForm(OnceForm):
    """A name, and part of what its maker may do."""

    name = forms.CharField(
        label="Name", max_length=120, help_text="Which program is it? You see the name in the history."
    )
    permissions = forms.MultipleChoiceField(label="What it may do", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, reader: Reader, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["permissions"]
        granted = [permission for permission in SAID if permission in reader.permissions & CLIENT_PERMISSIONS]
        choices.choices = [(permission.value, permission_words(permission)) for permission in granted]


CLIENTS: Listing[Any] = Listing(
    name="clients",
    caption="Your API clients",
    columns=(
        Column(
            title="Client",
            cell=lambda client: Linked(client.name, small=f"token begins with {client.token_start}"),
            export=lambda client: client.name,
            sort="name",
        ),
        Column(
            title="What it may do",
            cell=lambda client: ", ".join(permission_words(Permission(name)) for name in client.permissions),
        ),
        Column(title="Made", cell=lambda client: localdate(client.made_at), sort="made_at"),
        Column(
            title="State",
            cell=lambda client: State("revoked") if client.revoked_at else State("open", Tone.GOOD),
            sort="revoked_at",
        ),
    ),
    sort="-made",
    search=("name", "token_start"),
    is_quiet=lambda client: client.revoked_at is not None,
    empty=Empty("No API clients yet", "Make one to let a program of yours read or write for you."),
)


@portal(Permission.CLIENTS_WRITE)
def clients(request: HttpRequest) -> HttpResponseBase:
    """The programs that speak for the reader's house."""
    return _page(request)


@require_POST
@portal(Permission.CLIENTS_WRITE)
def make(request: HttpRequest) -> HttpResponseBase:
    """Makes a client; its token is in this answer alone."""
    reader, at = reader_in(request), now()
    form, tokens = ClientForm(request.POST, reader=reader), list[str]()
    if not form.is_valid():
        return _refused(_page(request, form))
    said = form.cleaned_data

    def write() -> str:
        chosen = frozenset(Permission(name) for name in said["permissions"])
        client_id, token = make_client(by=reader, at=at, name=said["name"], permissions=chosen)
        tokens.append(token)
        return str(client_id)

    try:
        kept = once(request, "client", form.key, write)
    except Refusal as refusal:
        form.refuse(refusal)
        return _refused(_page(request, form), refusal)
    if kept.replayed:
        messages.warning(
            request, "This was sent twice and done once. The token was in the first answer; it is not kept."
        )
        return redirect("portal:api")
    return told_once(render(request, "portal/token.html", {"name": said["name"], "token": tokens[0]}))


@require_POST
@portal(Permission.CLIENTS_WRITE)
def revoke(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Ends a client: its token opens nothing from now on."""
    revoke_client(by=reader_in(request), at=now(), client_id=client_id)
    messages.success(request, "The client is revoked. Its token opens nothing from now on.")
    return redirect("portal:api")


def _refused(page: HttpResponseBase, refusal: Refusal | None = None) -> HttpResponseBase:
    assert isinstance(page, HttpResponse), "a form is answered with a page"
    return refused(page, refusal)


def _page(request: HttpRequest, form: ClientForm | None = None) -> HttpResponseBase:
    reader = reader_in(request)
    found = clients_in(reader.scope, reader.partner_id)
    working = found.filter(revoked_at__isnull=True)
    context = {"working": working, "count": working.count(), "form": form or ClientForm(reader=reader)}
    return CLIENTS.respond(request, found, "portal/clients.html", context)
