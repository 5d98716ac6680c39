"""What pools testifies to settlement."""

from ofrecord.access.types import OFFICE
from ofrecord.engine.types import PoolFact
from ofrecord.kernel.calendar import Month
from ofrecord.pools.queries import sums


def pool_facts(through: Month) -> list[PoolFact]:
    """One fact for each pool, month up to `through` and currency, with the sum of what is recorded now.

    Its id says which it is, "advertising/2026-10/USD": what is recorded later changes the amount and never the id. A
    pool that was emptied again is a fact of zero.
    """
    return [
        PoolFact(
            id=f"{each.pool}/{each.month}/{each.amount.currency}",
            pool=each.pool,
            month=each.month,
            amount_minor=each.amount.minor,
            currency=each.amount.currency,
        )
        for each in sorted(
            sums(OFFICE, through), key=lambda each: (each.month, each.pool, each.amount.currency)
        )
    ]
