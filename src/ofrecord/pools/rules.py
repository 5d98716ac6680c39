"""What can be recorded as pooled."""

from collections.abc import Sequence
from datetime import date

from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.pools.refusals import (
    MonthBeforeProgram,
    MonthToCome,
    NothingPooled,
    PoolBelowZero,
    PoolUnknown,
    ReasonMissing,
)
from ofrecord.program.types import Terms

REASON_LETTERS = 200


def governing(versions: Sequence[Terms], month: Month, today: date) -> Terms:
    """The version by whose pools the month goes: the one in force on its last day, or today in a month that runs.

    Raises MonthToCome, and MonthBeforeProgram where none was in force.
    """
    if month > Month.of(today):
        raise MonthToCome(month=month, today=today)
    day = min(month.last, today)
    in_force = [terms for terms in versions if terms.effective <= day]
    if not in_force:
        first = min((terms.effective for terms in versions), default=None)
        raise MonthBeforeProgram(month=month, effective=first)
    return max(in_force, key=lambda terms: terms.effective)


def require_pool(terms: Terms, pool: str) -> None:
    """Refuses a pool that the version does not name."""
    if pool not in terms.pools:
        raise PoolUnknown(pool=pool[:80], version=terms.version, known=terms.pools)


def require_reason(reason: str) -> None:
    """Refuses an amount of which nobody could say later why it is there."""
    if not 1 <= len(reason) <= REASON_LETTERS:
        raise ReasonMissing(most=REASON_LETTERS)


def require_amount(pool: str, month: Month, held: Money, amount: Money) -> None:
    """Refuses nothing at all, and more to be taken out of a month than the pool holds of it."""
    if not amount:
        raise NothingPooled
    if (held + amount).minor < 0:
        raise PoolBelowZero(pool=pool, month=month, held=held, amount=amount)
