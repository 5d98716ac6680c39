"""Writes of the program room."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from ofrecord.access.types import Actor
from ofrecord.journal.actions import record
from ofrecord.program.models import ProgramVersion
from ofrecord.program.queries import effective_days
from ofrecord.program.rules import require_publishable
from ofrecord.program.types import Terms


@transaction.atomic
def add_version(*, by: Actor, at: datetime, document: bytes, terms: Terms) -> tuple[UUID, bool]:
    """Publishes a checked document as an immutable version; says whether it is new.

    The same bytes published again are the same version. Other bytes under a name that is taken are refused, and so is a
    later version that takes effect before the notice of the one in force is over.
    """
    _serialize()
    known = ProgramVersion.objects.filter(sha256=terms.sha256).first()
    if known is not None:
        return known.pk, False
    require_publishable(terms, effective_days(), at.date())
    version = ProgramVersion.objects.create(
        program=terms.program,
        version=terms.version,
        sha256=terms.sha256,
        document=document,
        effective=terms.effective,
        published_at=at,
        published_by=by.id,
    )
    record(
        by=by,
        at=at,
        verb="program published",
        subject=("program version", version.pk),
        version=terms.version,
        sha256=terms.sha256,
    )
    return version.pk, True


def _serialize() -> None:
    """Two publications come one after the other, so that the second sees the first."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('publish a program'))")
