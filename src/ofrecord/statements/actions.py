"""Writes of statements."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ofrecord.engine.types import PartnerSum
from ofrecord.kernel.calendar import Month
from ofrecord.statements.models import Statement


@transaction.atomic
def issue_statements(*, at: datetime, month: Month, sums: Sequence[PartnerSum]) -> int:
    """One statement for each partner and currency of a month that is being closed; says how many.

    The journal has one entry for all of them: that the month was closed.
    """
    issued = Statement.objects.bulk_create(
        [
            Statement(
                partner_id=UUID(due.partner),
                closed_id=month.first,
                month=month.first,
                currency=due.total.currency,
                total_minor=due.total.minor,
                lines=due.lines,
                zero_lines=due.zero_lines,
                at=at,
            )
            for due in sums
        ],
        batch_size=2000,
    )
    return len(issued)
