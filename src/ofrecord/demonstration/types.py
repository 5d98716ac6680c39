"""Who plays, and what they do: the story as values, before anything of it has happened."""

from dataclasses import dataclass
from datetime import date

from ofrecord.access.types import Role
from ofrecord.billing.types import CreditKind
from ofrecord.kernel.calendar import Month
from ofrecord.statements.types import Outcome


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
class Publish:
    """The channel chief publishes the next version; `document` is its file."""

    document: str


@dataclass(frozen=True, slots=True)
class SetSegment:
    """The customer of the order is in a segment."""

    bid: Bid
    segment: str


@dataclass(frozen=True, slots=True)
class SetTier:
    """From `first` on the house holds the tier, whatever was recorded for later days; a wrong one needs a reason."""

    house: House
    tier: str
    first: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SetCurrency:
    """The statements of the house are stated in a currency of its own."""

    house: House
    currency: str


@dataclass(frozen=True, slots=True)
class RecordRole:
    """The house holds a role on the subscription from its start; with a `share` it shares the role."""

    bid: Bid
    house: House
    role: str
    share: str = ""


@dataclass(frozen=True, slots=True)
class ChangePartner:
    """From `first` on the house is partner of record, also for days that are over."""

    bid: Bid
    house: House
    first: date
    reason: str


@dataclass(frozen=True, slots=True)
class PayPart:
    """The customer pays a part of the invoice of the month, so many percent of it."""

    bid: Bid
    month: Month
    percent: int


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Something is taken back of the invoice of the month: so many percent of it, or all that can be."""

    bid: Bid
    month: Month
    kind: CreditKind
    reason: str
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class ImportRates:
    """Finance records the publication of exchange rates through that day."""

    through: date


@dataclass(frozen=True, slots=True)
class RecordRate:
    """Finance records a rate that the publication left out: the units of the currency for one euro."""

    currency: str
    day: date
    per_euro: str
    source: str


@dataclass(frozen=True, slots=True)
class RecordPool:
    """Finance records what was pooled in the month, or takes a part of it out again."""

    month: Month
    amount: str
    reason: str


@dataclass(frozen=True, slots=True)
class OpenDispute:
    """A colleague of a house disputes the line of the month that is about the order."""

    by: Person
    bid: Bid
    month: Month
    reason: str


@dataclass(frozen=True, slots=True)
class AnswerDispute:
    """Finance answers the dispute of the house about the order and the month."""

    dispute: OpenDispute
    outcome: Outcome
    answer: str


@dataclass(frozen=True, slots=True)
class Close:
    """Finance closes the month. Not part of its day's transaction: closing commits step by step."""

    month: Month


Deed = (
    Apply | Decide | Invite | Join | Accept | Compose | Look | Ask | Renew | Confirm | Decline | Withdraw
    | OrderDirect | ChangeSeats | Cancel | Collect | Close
    | Publish | SetSegment | SetTier | SetCurrency | RecordRole | ChangePartner
    | PayPart | TakeBack | ImportRates | RecordRate | RecordPool | OpenDispute | AnswerDispute
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scene:
    """A deed on a day, `minute` minutes after midnight."""

    day: date
    minute: int
    deed: Deed
