"""What other rooms know of pools."""

from dataclasses import dataclass
from uuid import UUID

from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money


@dataclass(frozen=True, slots=True)
class NewAmount:
    """An amount to be recorded: `id` is chosen by who records it, so that what is sent twice is written once."""

    id: UUID
    program: str
    pool: str
    month: Month
    amount: Money
    reason: str


@dataclass(frozen=True, slots=True)
class PoolSum:
    """What a pool holds of a month in one currency: the sum of its amounts."""

    pool: str
    month: Month
    amount: Money
