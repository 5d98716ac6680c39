"""The vendor's own people: who works here, in which role, and who was asked to."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from ofrecord.access.types import Permission, Reader, VendorRole
from ofrecord.clock.queries import now
from ofrecord.flows import invite_colleague
from ofrecord.kernel.refusal import Refusal
from ofrecord.partners.queries import invitations, members
from ofrecord.web.columns import Choice, Column
from ofrecord.web.desk.answers import INVALID, found
from ofrecord.web.forms import RecordForm
from ofrecord.web.lists import Empty, Listing
from ofrecord.web.parts import Linked
from ofrecord.web.readers import desk, reader_in

ROLES = [(role.value, role.value) for role in VendorRole]


class InviteForm(RecordForm):
    """A colleague and its role."""

    name = forms.CharField(label="Name", max_length=200)
    email = forms.EmailField(label="Work e-mail", help_text="The invitation goes to this address.")
    role = forms.ChoiceField(label="Role", choices=ROLES)


def _listing(can_remove: bool) -> "Listing[Any]":
    def named(row: Any) -> Linked:
        url = reverse("desk:colleague", args=[row.pk]) if can_remove else ""
        return Linked(row.person.name, url)

    return Listing(
        name="people",
        caption="People",
        columns=(
            Column(title="Name", cell=named, sort="person__name"),
            Column(title="E-mail", cell=lambda row: row.person.email, sort="person__email"),
            Column(title="Role", cell=lambda row: row.role, sort="role"),
            Column(title="Since", cell=lambda row: localdate(row.since), sort="since"),
        ),
        sort="name",
        search=("person__name", "person__email"),
        choices=(Choice(name="role", title="Role", path="role", values=ROLES),),
        empty=Empty("Nobody works here yet", "Invite a colleague by e-mail."),
    )


@desk(Permission.PEOPLE_READ)
def people(request: HttpRequest) -> HttpResponseBase:
    """Who works at the vendor."""
    return _answered(request, InviteForm())


def _answered(request: HttpRequest, form: RecordForm) -> HttpResponseBase:
    reader = reader_in(request)
    here = members(reader.scope, None).filter(ended_at__isnull=True)
    can_invite = reader.may(Permission.PEOPLE_INVITE)
    context = {
        "count": here.count(),
        "form": form if can_invite else None,
        "invitations": _open_invitations(reader) if can_invite else (),
    }
    return _listing(can_invite).respond(request, here, "desk/people.html", context)


def _open_invitations(reader: Reader) -> Any:
    every = invitations(reader.scope, None).filter(accepted_at__isnull=True, revoked_at__isnull=True)
    return every.filter(expires_on__gt=now().date())


@require_POST
@desk(Permission.PEOPLE_INVITE)
def invite(request: HttpRequest) -> HttpResponseBase:
    """Asks a colleague to join."""
    form, refusal = InviteForm(request.POST), None
    if form.is_valid():
        given = form.cleaned_data
        try:
            invite_colleague.invite(
                reader=reader_in(request),
                at=now(),
                name=given["name"],
                email=given["email"],
                role=VendorRole(given["role"]),
            )
            messages.success(request, f"{given['name']} is invited; the link went to {given['email']}.")
            return redirect("desk:people")
        except Refusal as said:
            refusal = said
            form.refuse(said)
    response = _answered(request, form)
    response.status_code = refusal.kind if refusal else INVALID
    response.refused = True  # type: ignore[attr-defined]
    return response


@require_POST
@desk(Permission.PEOPLE_INVITE)
def withdraw(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Takes an open invitation back."""
    invite_colleague.withdraw(reader=reader_in(request), at=now(), invitation_id=invitation_id)
    messages.success(request, "The invitation is withdrawn; its link opens nothing any more.")
    return redirect("desk:people")


@desk(Permission.PEOPLE_INVITE)
def colleague(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """One colleague, and the end of its place here."""
    reader = reader_in(request)
    here = members(reader.scope, None).filter(ended_at__isnull=True, pk=member_id)
    member = found(here.first(), "colleague")
    if request.method == "POST":
        invite_colleague.remove(reader=reader, at=now(), member_id=member_id)
        messages.success(request, f"{member.person.name} no longer has a place here.")
        return redirect("desk:people")
    return render(request, "desk/colleague.html", {"member": member, "is_self": _is_self(member, reader)})


def _is_self(member: Any, reader: Reader) -> bool:
    return bool(member.person_id == reader.actor.id)
