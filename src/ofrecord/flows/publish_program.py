"""The vendor publishes a program version: checked, kept as its bytes, its offers listed."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ofrecord.access.rules import require
from ofrecord.access.types import Permission, Reader
from ofrecord.catalog.actions import list_offers
from ofrecord.clock.actions import set_time_zone
from ofrecord.flows.check_program import check_program
from ofrecord.kernel.refusal import Refusal
from ofrecord.program.actions import add_version
from ofrecord.program.queries import effective_days, version_with
from ofrecord.program.refusals import DocumentFaulty, NoticeTooShort, VersionTaken
from ofrecord.program.rules import require_publishable
from ofrecord.program.types import Terms


def hindrance(*, at: datetime, terms: Terms) -> Refusal | None:
    """Why a document without a fault could not be published today; None when it could, or was."""
    if version_with(terms.sha256) is not None:
        return None
    try:
        require_publishable(terms, effective_days(), at.date())
    except (VersionTaken, NoticeTooShort) as refusal:
        return refusal
    return None


@transaction.atomic
def publish(*, reader: Reader, at: datetime, document: bytes) -> UUID:
    """Publishes a document that has no fault and whose examples come out; the same bytes again are the same version.

    Raises DocumentFaulty with every fault, VersionTaken, NoticeTooShort.
    """
    require(reader, Permission.PROGRAM_PUBLISH)
    checked = check_program(document)
    if checked.terms is None or checked.faults:
        raise DocumentFaulty(faults=tuple(str(fault) for fault in checked.faults))
    version_id, new = add_version(by=reader.actor, at=at, document=document, terms=checked.terms)
    if new:
        list_offers(version_id=version_id, terms=checked.terms)
        set_time_zone(by=reader.actor, at=at, time_zone=checked.terms.time_zone)
    return version_id
