"""Who plays, and what they do: the story as values, before anything of it has happened."""

from dataclasses import dataclass
from datetime import date

from ofrecord.access.types import Role
from ofrecord.kernel.calendar import Month


@dataclass(frozen=True, slots=True)
class Size:
    """How large a story is: partners that are taken on, customers, and whole months of history."""

    partners: int = 40
    customers: int = 1000
    months: int = 14


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a place at the vendor or a partner, or who answers for a customer (then without a role)."""

    name: str
    email: str
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class House:
    """A partner: who works there, since when it is one, and how much of the business it brings.

    `refusal` is the vendor's reason where it is not taken on; `decides_on` is None where nobody has decided yet.
    """

    name: str
    website: str
    about: str
    applies_on: date
    decides_on: date | None
    refusal: str
    people: tuple[Person, ...]
    weight: int

    @property
    def owner(self) -> Person:
        return self.people[0]


@dataclass(frozen=True, slots=True)
class Account:
    """A company that becomes a customer: how many would use the service, and who answers for it."""

    name: str
    seats: int
    contact: Person


@dataclass(frozen=True, slots=True)
class Bid:
    """One order of the story. `house` is empty where the customer names no partner, `seller` where it orders itself.

    Known by what stays the same in every telling: the company, and the day on which it was composed.
    """

    company: str
    contact: Person
    house: str
    seller: Person | None
    seats: int
    commitment_months: int
    composed_on: date
    starts_on: date
    note: str = ""
    services: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Apply:
    house: House


@dataclass(frozen=True, slots=True)
class Decide:
    house: House


@dataclass(frozen=True, slots=True)
class Invite:
    """`by` gives a colleague a place; `by` is None where the vendor's first people are invited."""

    by: Person
    colleague: Person


@dataclass(frozen=True, slots=True)
class Join:
    person: Person


@dataclass(frozen=True, slots=True)
class Accept:
    owner: Person


@dataclass(frozen=True, slots=True)
class Compose:
    bid: Bid


@dataclass(frozen=True, slots=True)
class Look:
    bid: Bid


@dataclass(frozen=True, slots=True)
class Ask:
    bid: Bid
    text: str


@dataclass(frozen=True, slots=True)
class Renew:
    bid: Bid


@dataclass(frozen=True, slots=True)
class Confirm:
    bid: Bid
    seats: int


@dataclass(frozen=True, slots=True)
class Decline:
    bid: Bid
    reason: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    bid: Bid


@dataclass(frozen=True, slots=True)
class OrderDirect:
    bid: Bid


@dataclass(frozen=True, slots=True)
class ChangeSeats:
    bid: Bid
    seats: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """`day` is the first day without service."""

    bid: Bid
    day: date


@dataclass(frozen=True, slots=True)
class Collect:
    """Finance marks the invoices of the month that came in with the batch; see `script.batch_of`."""

    month: Month
    batch: int


@dataclass(frozen=True, slots=True)
class Close:
    """Finance closes the month. Not part of its day's transaction: closing commits step by step."""

    month: Month


Deed = (
    Apply | Decide | Invite | Join | Accept | Compose | Look | Ask | Renew | Confirm | Decline | Withdraw
    | OrderDirect | ChangeSeats | Cancel | Collect | Close
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scene:
    """A deed on a day, `minute` minutes after midnight."""

    day: date
    minute: int
    deed: Deed
