"""Terms: the compiled, frozen meaning of one program version."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ofrecord.kernel.calendar import Span
from ofrecord.kernel.money import Money, Rounding

PARTNER_OF_RECORD = "partner of record"
ROLES = (PARTNER_OF_RECORD,)

DIRECT = "direct"
BY_PARTNER = "partner-of-record"

VENDOR_BILLS = "vendor"
BILLED = "billed"
PER_SEAT_MONTHLY = "per seat, monthly"


@dataclass(frozen=True, slots=True)
class Way:
    """A way to sell: who bills, and in which regions it is open from which day."""

    code: str
    title: str
    bills: str
    open: tuple[tuple[str, date], ...]

    def is_open(self, region: str, day: date) -> bool:
        return any(code == region and first <= day for code, first in self.open)


@dataclass(frozen=True, slots=True)
class Price:
    """What one seat costs a month in a region, in the price's currency, on the days of `span`."""

    region: str
    span: Span
    amount: Money


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be ordered: a product, or a bundle of `parts`.

    `open` names the first day in regions where the offer comes later than the ways that sell it.
    """

    code: str
    title: str
    parts: tuple[str, ...]
    prices: tuple[Price, ...]
    sold: str = PER_SEAT_MONTHLY
    open: tuple[tuple[str, date], ...] = ()

    def regions(self) -> tuple[str, ...]:
        """The regions where it has a price, and so can be sold, each once, in the order of the document."""
        return tuple(dict.fromkeys(price.region for price in self.prices))


@dataclass(frozen=True, slots=True)
class MonthRange:
    """Months of the subscription, counted from 1; both ends inside, `last` None means without end."""

    first: int
    last: int | None = None

    def has(self, month: int) -> bool:
        return self.first <= month and (self.last is None or month <= self.last)


@dataclass(frozen=True, slots=True)
class Condition:
    """A match on named facts. An empty tuple or None asks nothing of that fact."""

    ways: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    months: MonthRange | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """One named rule. It pays `rate` of `basis` to `role`; `rate` None declares the case unpaid.

    `because` says why a case is unpaid, in a full sentence that partners read; it is empty on a clause that
    pays. A clause that declares a case unpaid has no `role`: its condition may name roles. `together_with`
    names the clauses that pay beside this one, each its own line; without it no two clauses may claim the
    same case.
    """

    name: str
    title: str
    role: str
    basis: str
    when: Condition
    rate: Fraction | None
    because: str = ""
    together_with: tuple[str, ...] = ()

    def goes_with(self, other: "Clause") -> bool:
        """Whether the document says that both pay: it is enough that one of them names the other."""
        return other.name in self.together_with or self.name in other.together_with


@dataclass(frozen=True, slots=True)
class Service:
    """What a customer is told and accepts when confirming."""

    conditions_title: str
    conditions: str
    customer_is_told_of_fee: bool
    link_days: int


@dataclass(frozen=True, slots=True)
class Terms:
    """A program version as the machine executes it; `sha256` is the hash of the document's bytes.

    `tiers` go from the lowest up; a partner that was given none has the first. `year_from` is the month and
    the day on which the program's year begins.
    """

    sha256: str
    program: str
    version: str
    title: str
    vendor: str
    effective: date
    notice_days: int
    currency: str
    rounding: Rounding
    time_zone: str
    tiers: tuple[str, ...]
    ways: tuple[Way, ...]
    offers: tuple[Offer, ...]
    clauses: tuple[Clause, ...]
    service: Service
    year_from: tuple[int, int] = (1, 1)

    def way(self, code: str) -> Way | None:
        return next((way for way in self.ways if way.code == code), None)

    def offer(self, code: str) -> Offer | None:
        return next((offer for offer in self.offers if offer.code == code), None)

    def pays(self, way: str) -> bool:
        """Whether any clause pays for sales made that way."""
        return any(c.rate is not None and (not c.when.ways or way in c.when.ways) for c in self.clauses)

    def clause(self, name: str) -> Clause | None:
        return next((clause for clause in self.clauses if clause.name == name), None)


@dataclass(frozen=True, slots=True)
class StoryChange:
    """From this day of an example's story on, so many seats."""

    day: date
    seats: int


@dataclass(frozen=True, slots=True)
class Story:
    """The sale that an example tells: one customer, one offer, one partner of record."""

    offer: str
    region: str
    way: str
    seats: int
    months: int
    start: date
    tier: str
    changes: tuple[StoryChange, ...]
    cancelled_from: date | None


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: what its story pays in named periods ("year 1", "month 3", "2009-04", "total")."""

    says: str
    story: Story
    pays: tuple[tuple[str, Money], ...]


@dataclass(frozen=True, slots=True)
class WorkedPart:
    """What one clause pays in a period of a story: its share of `basis`, rounded line by line."""

    clause: Clause
    basis: Money
    fee: Money


@dataclass(frozen=True, slots=True)
class WorkedPeriod:
    """A period of a story with what is paid in it, clause by clause, as the rules that pay computed it."""

    period: str
    paid: Money
    parts: tuple[WorkedPart, ...]


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """An example and what came out when it was executed."""

    example: Example
    unit_price: Money
    periods: tuple[WorkedPeriod, ...]
