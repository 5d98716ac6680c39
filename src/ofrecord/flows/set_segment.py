"""The vendor says in which segment a customer is."""

from datetime import datetime
from uuid import UUID

from ofrecord.access.refusals import NotFound
from ofrecord.access.rules import require
from ofrecord.access.types import Permission, Reader
from ofrecord.customers import actions
from ofrecord.customers.queries import customers
from ofrecord.partners.rules import require_named
from ofrecord.program.queries import in_force


def set_segment(*, reader: Reader, at: datetime, customer_id: UUID, segment: str) -> None:
    """The customer is in a segment that the version in force names; empty is the first of them.

    It has no day: fees of all months are worked out with it at the next close. Raises NotFound, NoProgram, NotNamed.
    """
    require(reader, Permission.RECORD_WRITE)
    if not customers(reader.scope).filter(pk=customer_id).exists():
        raise NotFound(what="customer")
    wanted = segment.strip()
    if wanted:
        require_named("segment", wanted, in_force(at.date()).terms.segments)
    actions.set_segment(by=reader.actor, at=at, customer_id=customer_id, segment=wanted)
