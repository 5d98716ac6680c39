"""A partner disputes a line of its statement, or takes the dispute back."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ofrecord.access.refusals import NotFound
from ofrecord.access.rules import require
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, PartnerRole, Permission, Reader, VendorRole
from ofrecord.flows import dispute_letters as letters
from ofrecord.flows.letters import Letter
from ofrecord.mail.actions import send
from ofrecord.mail.addresses import absolute
from ofrecord.partners.queries import addresses_in, partner_names
from ofrecord.program.queries import in_force
from ofrecord.statements import actions
from ofrecord.statements.queries import dispute, line
from ofrecord.statements.types import Outcome


@transaction.atomic
def open_dispute(*, reader: Reader, at: datetime, line_id: str, reason: str) -> UUID:
    """Objects to a line of the reader's own statements; both sides hear of it.

    Raises NotPermitted, NotFound, WordsMissing, AlreadyDisputed.
    """
    require(reader, Permission.DISPUTES_OPEN)
    named = line(line_id, reader.scope) if reader.partner_id else None
    if named is None or reader.partner_id is None:
        raise NotFound(what="line")
    month = named.booked.month
    dispute_id = actions.open_dispute(
        by=reader.actor, at=at, partner_id=reader.partner_id, line=named.id, month=month, reason=reason
    )
    partner, vendor = house_of(reader.partner_id), in_force(at.date()).terms.vendor
    desk, portal = absolute("desk:dispute", dispute_id), absolute("portal:line", named.id)
    to_vendor(letters.opened_to_vendor(partner, named.id, month, reason.strip(), desk), at)
    letter = letters.opened_to_partner(vendor, named.id, month, reason.strip(), portal)
    to_partner(reader.partner_id, letter, at)
    return dispute_id


@transaction.atomic
def withdraw(*, reader: Reader, at: datetime, dispute_id: UUID, said: str = "") -> None:
    """Takes an open dispute of the reader's house back. Raises NotPermitted, NotFound, DisputeOver."""
    require(reader, Permission.DISPUTES_OPEN)
    found = dispute(dispute_id, reader.scope) if reader.partner_id else None
    if found is None:
        raise NotFound(what="dispute")
    actions.answer_dispute(
        by=reader.actor, at=at, dispute_id=dispute_id, outcome=Outcome.WITHDRAWN, answer=said
    )
    partner, vendor = house_of(found.partner_id), in_force(at.date()).terms.vendor
    desk, portal = absolute("desk:dispute", dispute_id), absolute("portal:line", found.line)
    to_vendor(letters.withdrawn_to_vendor(partner, found.line, said.strip(), desk), at)
    to_partner(found.partner_id, letters.withdrawn_to_partner(vendor, found.line, portal), at)


def house_of(partner_id: UUID) -> str:
    """What people call the partner."""
    return partner_names([partner_id], OFFICE)[partner_id]


def to_vendor(letter: Letter, at: datetime) -> None:
    """Writes to the vendor's finance people; where there are none, to the channel chief."""
    with entered(OFFICE):
        found = addresses_in(None, [VendorRole.FINANCE]) or addresses_in(None, [VendorRole.CHANNEL_CHIEF])
    _send(found, letter, at)


def to_partner(partner_id: UUID, letter: Letter, at: datetime) -> None:
    """Writes to those of the partner who may dispute."""
    with entered(OFFICE):
        found = addresses_in(partner_id, [PartnerRole.OWNER, PartnerRole.FINANCE])
    _send(found, letter, at)


def _send(addresses: Iterable[str], letter: Letter, at: datetime) -> None:
    subject, text = letter
    for address in addresses:
        send(to=address, subject=subject, text=text, at=at)
