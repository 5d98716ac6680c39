"""A partner accepts a program version."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Actor
from ofrecord.journal.actions import record
from ofrecord.partners.models import Acceptance, Partner
from ofrecord.partners.queries import card
from ofrecord.partners.refusals import VersionMoved
from ofrecord.partners.rules import require_approved


@transaction.atomic
def accept_version(
    *, by: Actor, at: datetime, partner_id: UUID, version_id: UUID, published_sha256: str, read_sha256: str
) -> None:
    """Stores that the partner took the version: day, person, hash. Accepting twice changes nothing.

    `read_sha256` is the hash that the page showed to the person; it must be that of the version.
    """
    partner = Partner.objects.select_for_update().filter(pk=partner_id).first()
    if partner is None:
        raise NotFound(what="partner")
    require_approved(card(partner))
    if read_sha256 != published_sha256:
        raise VersionMoved
    if Acceptance.objects.filter(partner=partner, version_id=version_id).exists():
        return
    Acceptance.objects.create(
        partner=partner,
        version_id=version_id,
        sha256=published_sha256,
        person_id=by.id,
        at=at,
        day=at.date(),
    )
    record(
        by=by,
        at=at,
        verb="program accepted",
        subject=("partner", partner.pk),
        partner_id=partner.pk,
        sha256=published_sha256,
    )
