"""A partner applies; the vendor approves or refuses."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ofrecord.access.actions import add_contact
from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Actor
from ofrecord.journal.actions import record
from ofrecord.kernel.ids import new_code
from ofrecord.partners.models import APPLIED, APPROVED, REFUSED, Partner
from ofrecord.partners.refusals import AlreadyDecided, ReasonMissing


@transaction.atomic
def apply(
    *,
    by: Actor,
    at: datetime,
    name: str,
    region: str,
    website: str,
    about: str,
    person_name: str,
    email: str,
) -> UUID:
    """An organization asks to become a partner; the person who asks becomes its first owner once it is approved."""
    applicant = add_contact(name=person_name, email=email, at=at)
    partner = Partner.objects.create(
        number=new_code("P"),
        name=name.strip(),
        region=region,
        website=website.strip(),
        about=about.strip(),
        status=APPLIED,
        applicant_id=applicant,
        applied_at=at,
    )
    record(by=by, at=at, verb="partner applied", subject=("partner", partner.pk), partner_id=partner.pk)
    return partner.pk


def _lock_applied(partner_id: UUID) -> Partner:
    partner = Partner.objects.select_for_update().filter(pk=partner_id).first()
    if partner is None:
        raise NotFound(what="partner")
    if partner.status != APPLIED:
        raise AlreadyDecided(name=partner.name, status=partner.status)
    return partner


@transaction.atomic
def approve(*, by: Actor, at: datetime, partner_id: UUID) -> None:
    """The vendor takes the partner on."""
    partner = _lock_applied(partner_id)
    partner.status, partner.decided_at, partner.decided_by = APPROVED, at, by.id
    partner.save(update_fields=["status", "decided_at", "decided_by"])
    record(by=by, at=at, verb="partner approved", subject=("partner", partner.pk), partner_id=partner.pk)


@transaction.atomic
def refuse(*, by: Actor, at: datetime, partner_id: UUID, reason: str) -> None:
    """The vendor declines the application, with a reason that the applicant reads."""
    if not reason.strip():
        raise ReasonMissing
    partner = _lock_applied(partner_id)
    partner.status, partner.decided_at, partner.decided_by = REFUSED, at, by.id
    partner.reason = reason.strip()
    partner.save(update_fields=["status", "decided_at", "decided_by", "reason"])
    record(
        by=by,
        at=at,
        verb="partner refused",
        subject=("partner", partner.pk),
        partner_id=partner.pk,
        reason=partner.reason,
    )
