"""Writes of statements."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from ofrecord.kernel.calendar import Month
from ofrecord.settlement.types import Figures
from ofrecord.statements.models import Statement


@transaction.atomic
def issue_statements(*, at: datetime, month: Month, figures: Sequence[Figures]) -> int:
    """One statement for each partner and currency of a month that is being closed; says how many.

    The journal has one entry for all of them: that the month was closed.
    """
    issued = Statement.objects.bulk_create(
        [
            Statement(
                partner_id=each.partner,
                closed_id=month.first,
                month=month.first,
                currency=each.currency,
                total_minor=each.earned.minor,
                opening_minor=each.opening.minor,
                new_minor=each.new.minor,
                corrected_minor=each.corrected.minor,
                waived_minor=each.waived.minor,
                held_minor=each.held.minor,
                released_minor=each.released.minor,
                payable_minor=each.payable.minor,
                carried_minor=each.carried.minor,
                lines=each.lines,
                zero_lines=each.zero_lines,
                corrections=each.corrections,
                waiting=each.waiting,
                at=at,
            )
            for each in figures
        ],
        batch_size=2000,
    )
    return len(issued)
