"""Colleagues: who belongs to the house, who is invited, and who leaves."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from ofrecord.access.types import PartnerRole, Permission
from ofrecord.clock.queries import now
from ofrecord.flows import invite_colleague
from ofrecord.kernel.refusal import Refusal
from ofrecord.partners.queries import invitations, members, partner_card
from ofrecord.web.lists import Choice, Column, Empty, Listing
from ofrecord.web.parts import Linked, State, Tone
from ofrecord.web.portal.once import OnceForm, once, refused
from ofrecord.web.readers import portal, reader_in

ROLES = {
    PartnerRole.SELLER: "seller: orders and subscriptions",
    PartnerRole.FINANCE: "finance: invoices and statements",
    PartnerRole.OWNER: "owner: all of it, and the people",
}


class InviteForm(OnceForm):
    """A colleague and a role of the house."""

    name = forms.CharField(label="Name", max_length=200)
    email = forms.EmailField(label="E-mail address", max_length=254)
    role = forms.ChoiceField(label="Role", choices=[(role.value, says) for role, says in ROLES.items()])


PEOPLE: Listing[Any] = Listing(
    name="people",
    caption="Your colleagues",
    columns=(
        Column(
            title="Name",
            cell=lambda member: Linked(member.person.name, small=member.person.email),
            export=lambda member: member.person.name,
            sort="person__name",
        ),
        Column(title="Role", cell=lambda member: member.role, sort="role"),
        Column(title="Since", cell=lambda member: localdate(member.since), sort="since"),
        Column(
            title="State",
            cell=lambda member: State("left") if member.ended_at else State("signs in", Tone.GOOD),
            sort="ended_at",
        ),
    ),
    sort="name",
    search=("person__name", "person__email"),
    choices=(
        Choice(
            name="role",
            title="Role",
            path="role",
            values=tuple((role.value, role.value) for role in PartnerRole),
        ),
    ),
    is_quiet=lambda member: member.ended_at is not None,
    empty=Empty("No colleagues yet"),
)


@portal(Permission.PEOPLE_READ)
def people(request: HttpRequest) -> HttpResponseBase:
    """The people of the reader's house."""
    return _page(request)


@require_POST
@portal(Permission.PEOPLE_INVITE)
def invite(request: HttpRequest) -> HttpResponseBase:
    """Sends a colleague a link to join."""
    reader, at, form = reader_in(request), now(), InviteForm(request.POST)
    if not form.is_valid():
        return _refused(_page(request, form))
    said = form.cleaned_data

    def write() -> None:
        invite_colleague.invite(
            reader=reader, at=at, name=said["name"], email=said["email"], role=PartnerRole(said["role"])
        )

    try:
        once(request, "invite", form.key, write)
    except Refusal as refusal:
        form.refuse(refusal, "email" if refusal.code == "address-taken" else None)
        return _refused(_page(request, form), refusal)
    messages.success(request, f"{said['email']} gets a link to choose a password.")
    return redirect("portal:people")


@require_POST
@portal(Permission.PEOPLE_INVITE)
def withdraw(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Takes an invitation back; its link leads to a page that says so."""
    invite_colleague.withdraw(reader=reader_in(request), at=now(), invitation_id=invitation_id)
    messages.success(request, "The invitation is withdrawn.")
    return redirect("portal:people")


@require_POST
@portal(Permission.PEOPLE_INVITE)
def remove(request: HttpRequest, member_id: UUID) -> HttpResponseBase:
    """Ends a colleague's place; what the person did stays on the record."""
    form = InviteForm()
    try:
        invite_colleague.remove(reader=reader_in(request), at=now(), member_id=member_id)
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        return _refused(_page(request, form, refusal), refusal)
    messages.success(request, "The colleague no longer signs in.")
    return redirect("portal:people")


def _refused(page: HttpResponseBase, refusal: Refusal | None = None) -> HttpResponseBase:
    assert isinstance(page, HttpResponse), "a form is answered with a page"
    return refused(page, refusal)


def _page(
    request: HttpRequest, form: InviteForm | None = None, refusal: Refusal | None = None
) -> HttpResponseBase:
    reader, today = reader_in(request), now().date()
    everybody = members(reader.scope, reader.partner_id)
    present = everybody.filter(ended_at__isnull=True)
    waiting = invitations(reader.scope, reader.partner_id).filter(
        accepted_at__isnull=True, revoked_at__isnull=True, expires_on__gt=today
    )
    may_invite = reader.may(Permission.PEOPLE_INVITE)
    house = partner_card(reader.partner_id, reader.scope) if reader.partner_id else None
    context = {
        "number": house.number if house else "",
        "count": present.count(),
        "present": present.order_by("person__name") if may_invite else (),
        "invitations": waiting,
        "form": (form or InviteForm()) if may_invite else None,
        "refusal": refusal,
    }
    return PEOPLE.respond(request, everybody, "portal/people.html", context)
