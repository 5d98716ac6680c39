"""A partner applies; the vendor approves it, and its first owner is invited, or refuses it with a reason."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.db import transaction

from ofrecord.access.queries import address_of
from ofrecord.access.refusals import NotFound
from ofrecord.access.rules import require
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, VISITOR, PartnerRole, Permission, Reader
from ofrecord.flows import letters
from ofrecord.flows.invite_colleague import require_no_place
from ofrecord.journal.actions import answer_once
from ofrecord.journal.types import Kept
from ofrecord.mail.actions import send
from ofrecord.mail.addresses import absolute
from ofrecord.orders.refusals import FieldFaulty
from ofrecord.orders.rules import require_answerer
from ofrecord.orders.types import Answerer
from ofrecord.partners.actions import decide_application, people
from ofrecord.partners.queries import partner_card
from ofrecord.partners.types import PartnerCard
from ofrecord.program.queries import in_force


def apply(*, at: datetime, name: str, region: str, website: str, about: str, who: Answerer) -> UUID:
    """A visitor applies for an organization; both sides hear of it."""
    require_answerer(who)
    if not name.strip() or len(name) > 200:
        raise FieldFaulty("name of the organization", "is missing or longer than 200 letters")
    with entered(OFFICE):
        partner_id = decide_application.apply(
            by=VISITOR,
            at=at,
            name=name,
            region=region,
            website=website[:200],
            about=about[:4000],
            person_name=who.name,
            email=who.email,
        )
        vendor = in_force(at.date()).terms.vendor
        subject, text = letters.application_received(vendor, name.strip())
        send(to=who.email, subject=subject, text=text, at=at)
    return partner_id


def apply_once(
    *, form_key: UUID, at: datetime, name: str, region: str, website: str, about: str, who: Answerer
) -> UUID:
    """As `apply`; the same form sent twice applies once, and gives the first application's id."""

    def applied() -> Kept:
        applied = apply(at=at, name=name, region=region, website=website, about=about, who=who)
        return Kept(status=HTTPStatus.OK, body=str(applied))

    with entered(OFFICE):
        kept = answer_once(owner="application form", key=str(form_key), request_hash="", answer=applied)
        return UUID(kept.body)


def _applicant(partner: PartnerCard) -> tuple[str, str]:
    address = address_of(partner.applicant_id)
    assert address is not None, "an applicant is a person"
    return address


def _partner(partner_id: UUID, reader: Reader) -> PartnerCard:
    require(reader, Permission.PARTNERS_DECIDE)
    found = partner_card(partner_id, reader.scope)
    if found is None:
        raise NotFound(what="partner")
    return found


@transaction.atomic
def approve(*, reader: Reader, at: datetime, partner_id: UUID) -> None:
    """Takes the partner on and invites who applied as its first owner."""
    partner = _partner(partner_id, reader)
    decide_application.approve(by=reader.actor, at=at, partner_id=partner_id)
    name, email = _applicant(partner)
    require_no_place(reader, email)
    _, secret = people.invite(
        by=reader.actor, at=at, partner_id=partner_id, name=name, email=email, role=PartnerRole.OWNER
    )
    vendor = in_force(at.date()).terms.vendor
    expires_on = people.expiry(at)
    subject, text = letters.application_approved(vendor, partner.name, absolute("join", secret), expires_on)
    send(to=email, subject=subject, text=text, at=at)


@transaction.atomic
def refuse(*, reader: Reader, at: datetime, partner_id: UUID, reason: str) -> None:
    """Declines the application; who applied reads the reason."""
    partner = _partner(partner_id, reader)
    decide_application.refuse(by=reader.actor, at=at, partner_id=partner_id, reason=reason)
    _, email = _applicant(partner)
    subject, text = letters.application_refused(in_force(at.date()).terms.vendor, partner.name, reason)
    send(to=email, subject=subject, text=text, at=at)
