"""Colleagues are invited by e-mail, join, and leave."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ofrecord.access.refusals import AddressTaken
from ofrecord.access.rules import require
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, VISITOR, PartnerRole, Permission, Reader, Role, Scope, VendorRole
from ofrecord.flows import letters
from ofrecord.kernel.ids import secret_hash
from ofrecord.mail.actions import send
from ofrecord.mail.addresses import absolute
from ofrecord.orders.rules import require_answerer
from ofrecord.orders.types import Answerer
from ofrecord.partners.actions import people
from ofrecord.partners.queries import has_place, invitation_by_secret, partner_card
from ofrecord.partners.types import InvitationCard
from ofrecord.program.queries import in_force


def roles_of(reader: Reader) -> list[Role]:
    """The roles that a colleague of the reader's house can have."""
    return list(VendorRole) if reader.of_vendor else list(PartnerRole)


@transaction.atomic
def invite(*, reader: Reader, at: datetime, name: str, email: str, role: Role) -> None:
    """Sends a colleague of the reader's house a link to join it with a role of that house."""
    require(reader, Permission.PEOPLE_INVITE)
    require_answerer(Answerer(name, email))
    require_no_place(reader, email)
    assert role in roles_of(reader), "the form offers the house's own roles"
    _, secret = people.invite(
        by=reader.actor, at=at, partner_id=reader.partner_id, name=name, email=email, role=role
    )
    house = _house(reader, at)
    expires_on = people.expiry(at)
    subject, text = letters.invitation(house, reader.name, absolute("join", secret), expires_on)
    send(to=email, subject=subject, text=text, at=at)


def require_no_place(reader: Reader, email: str) -> None:
    """Refuses an address that signs in already, as far as the reader may know."""
    if has_place(email, reader.scope):
        raise AddressTaken(email=email)


def _house(reader: Reader, at: datetime) -> str:
    if reader.partner_id is None:
        return in_force(at.date()).terms.vendor
    card = partner_card(reader.partner_id, reader.scope)
    assert card is not None, "a member's partner exists"
    return card.name


def withdraw(*, reader: Reader, at: datetime, invitation_id: UUID) -> None:
    """Takes back an open invitation of the reader's house."""
    require(reader, Permission.PEOPLE_INVITE)
    people.withdraw_invitation(
        by=reader.actor, at=at, partner_id=reader.partner_id, invitation_id=invitation_id
    )


def remove(*, reader: Reader, at: datetime, member_id: UUID) -> None:
    """Ends a colleague's place in the reader's house."""
    require(reader, Permission.PEOPLE_INVITE)
    people.leave(by=reader.actor, at=at, partner_id=reader.partner_id, member_id=member_id)


def look(*, at: datetime, secret: str) -> InvitationCard | None:
    """The open invitation behind a link, None when the link leads to none. Raises InvitationOver."""
    with entered(Scope.link(secret_hash(secret))):
        return invitation_by_secret(secret, at)


def join(*, at: datetime, secret: str, password: str) -> UUID:
    """The invited person chooses a password and has a place from now on."""
    with entered(OFFICE):
        return people.join(by=VISITOR, at=at, secret=secret, password=password)
