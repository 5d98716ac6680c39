"""Finance records what was pooled in a month, to be shared between partners when the month is closed."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ofrecord.access.rules import require
from ofrecord.access.types import Permission, Reader
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.pools.actions import add_amount
from ofrecord.pools.rules import governing, require_pool
from ofrecord.pools.types import NewAmount
from ofrecord.program.queries import versions


@transaction.atomic
def record_amount(
    *, reader: Reader, at: datetime, amount_id: UUID, pool: str, month: Month, amount: Money, reason: str
) -> Money:
    """Adds an amount to a pool of a month, or takes out a negative one; says what the pool holds of it then.

    A month that is closed is not touched: what is recorded for it late is booked in the open month, as every
    correction is. The same `amount_id` again adds nothing.
    """
    require(reader, Permission.POOLS_WRITE)
    terms = governing([published.terms for published in versions()], month, at.date())
    require_pool(terms, pool)
    what = NewAmount(amount_id, terms.program, pool, month, amount, reason.strip())
    return add_amount(by=reader.actor, at=at, what=what)


def pools_known(*, at: datetime) -> tuple[str, ...]:
    """The pools that any version has which is in force or was, in the order of the versions, the latest first."""
    named = [
        pool
        for published in versions()
        if published.terms.effective <= at.date()
        for pool in published.terms.pools
    ]
    return tuple(dict.fromkeys(named))
