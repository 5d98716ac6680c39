"""What can be ordered, as other rooms need it."""

from dataclasses import dataclass
from uuid import UUID

from ofrecord.kernel.money import Money


@dataclass(frozen=True, slots=True)
class PricedOffer:
    """An offer with its price a seat and month, in one region on one day."""

    version_id: UUID
    code: str
    title: str
    parts: tuple[str, ...]
    region: str
    price: Money
