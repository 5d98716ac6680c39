"""What the orders room hands to others."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from ofrecord.kernel.money import Money

SEATS_LIMIT = 100_000
COMMITMENTS = (1, 12, 24, 36)


class LinkState(StrEnum):
    """What a link's holder finds."""

    OPEN = "open"
    EXPIRED = "expired"
    REVOKED = "revoked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """A service that the partner does and bills itself; `billed` is once or monthly."""

    text: str
    price: Money
    billed: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A whole order before it is written; every choice was checked against the price list."""

    partner_id: UUID | None
    customer_id: UUID
    version_id: UUID
    way: str
    region: str
    offer: str
    offer_title: str
    unit_price: Money
    seats: int
    commitment_months: int
    starts_on: date
    note: str
    services: tuple[ServiceLine, ...]
    link_days: int


@dataclass(frozen=True, slots=True)
class OrderCard:
    """An order as other rooms and pages need it."""

    id: UUID
    number: str
    partner_id: UUID | None
    customer_id: UUID
    version_id: UUID
    way: str
    region: str
    offer: str
    offer_title: str
    unit_price: Money
    seats: int
    commitment_months: int
    starts_on: date
    note: str
    status: str
    composed_at: datetime
    composed_by: UUID | None
    services: tuple[ServiceLine, ...]

    @property
    def monthly(self) -> Money:
        return self.unit_price * self.seats

    @property
    def yearly(self) -> Money:
        return self.monthly * 12


@dataclass(frozen=True, slots=True)
class LinkCard:
    """A link without its secret."""

    id: UUID
    order_id: UUID
    made_at: datetime
    expires_on: date
    revoked: bool


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who answers for the customer."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class ConfirmationCard:
    """A confirmed order: what was shown and accepted, by whom, when; `first` is false when it was confirmed before."""

    order_id: UUID
    form_key: UUID
    seats: int
    person_id: UUID
    at: datetime
    shown: dict[str, object]
    shown_sha256: str
    first: bool = False
