"""A partner accepts the program version that it read."""

from datetime import datetime
from uuid import UUID

from ofrecord.access.refusals import NotFound
from ofrecord.access.rules import require
from ofrecord.access.types import Permission, Reader
from ofrecord.partners.actions.accept_version import accept_version
from ofrecord.program.queries import version


def accept(*, reader: Reader, at: datetime, version_id: UUID, read_sha256: str) -> None:
    """Stores day, person and hash; `read_sha256` is what the page showed. Accepting twice changes nothing."""
    require(reader, Permission.PROGRAM_ACCEPT)
    published = version(version_id)
    if published is None or reader.partner_id is None:
        raise NotFound(what="program version")
    accept_version(
        by=reader.actor,
        at=at,
        partner_id=reader.partner_id,
        version_id=version_id,
        published_sha256=published.terms.sha256,
        read_sha256=read_sha256,
    )
