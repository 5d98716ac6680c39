"""People of both houses: invited, joined, left."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from ofrecord.access.actions import add_person
from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Actor, PartnerRole, Role, VendorRole
from ofrecord.journal.actions import record
from ofrecord.kernel.ids import new_secret, secret_hash
from ofrecord.partners.models import Invitation, Member, of_house
from ofrecord.partners.refusals import LastOwner
from ofrecord.partners.rules import INVITATION_DAYS, require_open


@transaction.atomic
def invite(
    *, by: Actor, at: datetime, partner_id: UUID | None, name: str, email: str, role: Role
) -> tuple[UUID, str]:
    """Asks a colleague to join a house (the vendor's where `partner_id` is None); gives the link's secret, once.

    Who invites is not told here whether the address signs in somewhere else; whoever follows the link is.
    """
    secret = new_secret()
    invitation = Invitation.objects.create(
        partner_id=partner_id,
        name=name.strip(),
        email=email.strip().lower(),
        role=role.value,
        token_hash=secret_hash(secret),
        invited_by=by.id,
        invited_at=at,
        expires_on=expiry(at),
    )
    _note(by, at, "colleague invited", invitation, role=role.value)
    return invitation.pk, secret


@transaction.atomic
def join(*, by: Actor, at: datetime, secret: str, password: str) -> UUID:
    """Accepts an invitation: the person signs in from now on with the address it was sent to."""
    invitation = Invitation.objects.select_for_update().filter(token_hash=secret_hash(secret)).first()
    if invitation is None:
        raise NotFound(what="invitation")
    require_open(invitation.accepted_at, invitation.revoked_at, invitation.expires_on, at)
    person_id = add_person(name=invitation.name, email=invitation.email, password=password, at=at)
    add_member(by=by, at=at, person_id=person_id, partner_id=invitation.partner_id, role=invitation.role)
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    return person_id


def expiry(at: datetime) -> date:
    """The day from which an invitation made now is over."""
    return at.date() + timedelta(days=INVITATION_DAYS)


@transaction.atomic
def add_member(*, by: Actor, at: datetime, person_id: UUID, partner_id: UUID | None, role: str) -> None:
    """Gives a person its one place."""
    Member.objects.create(person_id=person_id, partner_id=partner_id, role=role, since=at)
    record(
        by=by,
        at=at,
        verb="colleague joined",
        subject=("person", person_id),
        partner_id=partner_id,
        role=role,
    )


@transaction.atomic
def withdraw_invitation(*, by: Actor, at: datetime, partner_id: UUID | None, invitation_id: UUID) -> None:
    """Takes an open invitation back; one that is over stays as it is."""
    invitation = Invitation.objects.select_for_update().filter(of_house(partner_id), pk=invitation_id).first()
    if invitation is None:
        raise NotFound(what="invitation")
    if invitation.accepted_at is None and invitation.revoked_at is None:
        invitation.revoked_at = at
        invitation.save(update_fields=["revoked_at"])
        _note(by, at, "invitation withdrawn", invitation)


@transaction.atomic
def leave(*, by: Actor, at: datetime, partner_id: UUID | None, member_id: UUID) -> None:
    """Ends a person's place; a house keeps its last owner (the vendor its last channel chief)."""
    members = Member.objects.select_for_update().filter(of_house(partner_id), ended_at__isnull=True)
    member = members.filter(pk=member_id).first()
    if member is None:
        raise NotFound(what="colleague")
    head = PartnerRole.OWNER.value if partner_id else VendorRole.CHANNEL_CHIEF.value
    if member.role == head and not members.filter(role=head).exclude(pk=member_id).exists():
        raise LastOwner
    member.ended_at = at
    member.save(update_fields=["ended_at"])
    record(
        by=by,
        at=at,
        verb="colleague left",
        subject=("person", member.person_id),
        partner_id=partner_id,
    )


def _note(by: Actor, at: datetime, verb: str, invitation: Invitation, **data: str) -> None:
    record(
        by=by,
        at=at,
        verb=verb,
        subject=("invitation", invitation.pk),
        partner_id=invitation.partner_id,
        **data,
    )
