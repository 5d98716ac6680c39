"""The vendor says in which segment a customer is, from which day on."""

from datetime import date, datetime
from uuid import UUID

from ofrecord.access.refusals import NotFound
from ofrecord.access.rules import require
from ofrecord.access.types import Permission, Reader
from ofrecord.customers import actions
from ofrecord.customers.queries import customers
from ofrecord.partners.rules import require_named
from ofrecord.program.queries import began_on, in_force
from ofrecord.program.rules import require_in_program
from ofrecord.subscriptions.rules import require_day


def set_segment(
    *,
    reader: Reader,
    at: datetime,
    customer_id: UUID,
    segment: str,
    first: date | None = None,
    replaces_later: bool = False,
) -> None:
    """From `first` on, today without one, the customer is in a segment, also on days that are over.

    It is one that the version in force on that day names; empty is the first of them. Invoices of earlier days stay
    with the segment of their day. Raises NotFound, BeforeProgram, DayTooFar, NotNamed.
    """
    require(reader, Permission.RECORD_WRITE)
    first = first or at.date()
    require_in_program(first, began_on())
    require_day(first, first, at.date())
    if not customers(reader.scope).filter(pk=customer_id).exists():
        raise NotFound(what="customer")
    wanted = segment.strip()
    if wanted:
        require_named("segment", wanted, in_force(first).terms.segments)
    actions.set_segment(
        by=reader.actor,
        at=at,
        customer_id=customer_id,
        segment=wanted,
        first=first,
        replaces_later=replaces_later,
    )
