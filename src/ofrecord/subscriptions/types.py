"""What the subscriptions room hands to others."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from ofrecord.kernel.calendar import Span
from ofrecord.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Start:
    """What a confirmed order starts."""

    order_id: UUID
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
    partner_id: UUID | None


@dataclass(frozen=True, slots=True)
class SeatsFrom:
    """So many seats from this day on."""

    day: date
    seats: int


@dataclass(frozen=True, slots=True)
class PaidIn:
    """The currency of sales under a program version, and that of the statements on which they are paid for."""

    sold: str
    stated: str
    terms_sha256: str


@dataclass(frozen=True, slots=True)
class Worth:
    """How many subscriptions run, and what they bill in a whole month, by currency."""

    subscriptions: int
    monthly: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class RecordSpan:
    """A partner of record and its days."""

    partner_id: UUID
    span: Span


@dataclass(frozen=True, slots=True)
class RoleSpan:
    """A partner in a role and its days; `share` is its part where several hold the role, None for all of it."""

    partner_id: UUID
    role: str
    span: Span
    share: Fraction | None = None


@dataclass(frozen=True, slots=True)
class RoleCard:
    """A recorded role, as pages and the API show it."""

    id: UUID
    partner_id: UUID
    role: str
    span: Span
    share: Fraction | None


@dataclass(frozen=True, slots=True)
class Running:
    """A subscription as billing and settlement need it; `seats` in the order in which they count."""

    id: UUID
    number: str
    customer_id: UUID
    version_id: UUID
    way: str
    region: str
    offer: str
    unit_price: Money
    started_on: date
    cancelled_from: date | None
    seats: tuple[SeatsFrom, ...]
