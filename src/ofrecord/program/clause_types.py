"""What a clause is made of: whom it pays, for which cases, how much, and until where."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from fractions import Fraction
from itertools import pairwise

from ofrecord.kernel.calendar import Month, Span, add_months
from ofrecord.kernel.money import Money

PARTNER_OF_RECORD = "partner of record"
FORMER_PARTNER = "former partner of record"
REFERRER = "referrer"
HOST = "host"
RESELLER = "reseller"
DISTRIBUTOR = "distributor"
SERVICES = "services partner"
# The roles that are recorded by hand; the former partner of record follows from a change of partner.
RECORDED_ROLES = (REFERRER, HOST, RESELLER, DISTRIBUTOR, SERVICES)
ROLES = (PARTNER_OF_RECORD, FORMER_PARTNER, *RECORDED_ROLES)

NEW, RENEWAL, UPSELL, CROSS_SELL = "new", "renewal", "upsell", "cross-sell"
DEALS = (NEW, RENEWAL, UPSELL, CROSS_SELL)

START, DESIGNATION = "start", "designation"


class Basis(Enum):
    """What a rate is a share of."""

    BILLED = "billed"
    COLLECTED = "collected"
    LIST = "list"
    MARGIN = "margin"
    POOLED = "pooled"
    FEE = "fee"


class Earned(Enum):
    """When a fee is earned: with the invoice, or as far as the customer has paid it."""

    WHEN_BILLED = "when billed"
    WHEN_COLLECTED = "when collected"


class Applies(Enum):
    """Which sales a clause reaches: those made under its version, all, or those until they are renewed."""

    NEW_SUBSCRIPTIONS = "new subscriptions"
    ALL = "all"
    UNTIL_RENEWAL = "until renewal"


class Scope(Enum):
    """Over what something is added up."""

    LINE = "line"
    SUBSCRIPTION = "subscription"
    CUSTOMER = "customer"
    PARTNER = "partner"


class Period(Enum):
    """During what something is added up."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "program year"
    LIFETIME = "lifetime"


class Unit(Enum):
    """What an amount is paid for, each time."""

    SEAT = "seat"
    LINE = "line"
    MONTH = "month"
    SUBSCRIPTION = "new subscription"
    CUSTOMER = "new customer"


class Measure(Enum):
    """What bands are counted in: minor units of the basis, or how many were sold."""

    AMOUNT = "amount"
    SEATS = "seats"
    CUSTOMERS = "customers"
    SUBSCRIPTIONS = "subscriptions"


class PoolKey(Enum):
    """By what a pool is shared between the partners that a clause pays."""

    SEATS = "seats"
    CUSTOMERS = "customers"
    EQUALLY = "equally"
    REVENUE = "own revenue"


@dataclass(frozen=True, slots=True)
class CountRange:
    """Whole numbers from 1 or 0; both ends inside, `last` None means without end."""

    first: int
    last: int | None = None

    def has(self, number: int) -> bool:
        return self.first <= number and (self.last is None or number <= self.last)

    def common(self, other: "CountRange") -> "CountRange | None":
        """What both have, None when that is nothing."""
        first = max(self.first, other.first)
        lasts = [last for last in (self.last, other.last) if last is not None]
        last = min(lasts) if lasts else None
        return None if last is not None and last < first else CountRange(first, last)


@dataclass(frozen=True, slots=True)
class Condition:
    """A match on named facts. An empty tuple or None asks nothing of that fact.

    `months` are months of the subscription, counted from its start, or from the day on which the partner was
    designated. `sold` is when the subscription started, `billed` the day of the invoice; `seats` are those of
    the line that was billed. `deals` are new, renewal, upsell, cross-sell.
    """

    ways: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    deals: tuple[str, ...] = ()
    months: CountRange | None = None
    months_from: str = START
    seats: CountRange | None = None
    sold: Span | None = None
    billed: Span | None = None


@dataclass(frozen=True, slots=True)
class Per:
    """Over what and during what something is added up: "partner and program year"."""

    scope: Scope
    period: Period = Period.LIFETIME

    def __str__(self) -> str:
        if self.period is Period.LIFETIME:
            return self.scope.value
        return f"{self.scope.value} and {self.period.value}"


@dataclass(frozen=True, slots=True)
class Needs:
    """What a partner must have sold for a clause to pay: all of it, counted over its own sales.

    Counted are subscriptions that started in `during`, or in the period of the sale where that is None: their
    customers if new, their seats at the start, themselves, and what was billed for them. With `for_all` a
    fulfilled condition counts for the whole period, also for sales before it was met; otherwise for invoices
    from the day on which it is met.
    """

    new_customers: int = 0
    seats: int = 0
    subscriptions: int = 0
    billed: Money | None = None
    during: Span | None = None
    period: Period = Period.LIFETIME
    for_all: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """A slice of a measure, up to `up_to` (minor units, or a count; None is without end), at its own rate."""

    up_to: int | None
    rate: Fraction


@dataclass(frozen=True, slots=True)
class Bands:
    """Rates by how much there is. Graduated: each slice at its own rate; else the whole at the rate reached."""

    graduated: bool
    measure: Measure
    per: Per
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """A cap or a floor: the most or the least that the clause pays per stated scope and period."""

    amount: Money
    per: Per


@dataclass(frozen=True, slots=True)
class Growth:
    """Only what is above a baseline is paid for: `factor` times the basis of the period one year before."""

    per: Per
    factor: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Holdback:
    """The share of a fee that is kept back until so many days after the event that earned it."""

    share: Fraction
    days: int


@dataclass(frozen=True, slots=True)
class Clause:
    """One named rule. What it pays is one of: `rate` of the basis, `bands`, `amount` for each `unit`.

    A clause with none of them declares the case unpaid; `because` says why in a full sentence that partners
    read. It has no `role`: its condition may name roles. A clause with `split` shares what it pays between
    roles, and `role` is empty too. `together_with` names the clauses that pay beside this one, each its own
    line; `instead_of` those that do not pay where this one does. Without either no two clauses may claim the
    same case. `of` names the clause whose fee is the basis, where the basis is a fee.
    """

    name: str
    title: str
    role: str
    when: Condition
    basis: Basis = Basis.BILLED
    rate: Fraction | None = None
    bands: Bands | None = None
    amount: Money | None = None
    unit: Unit | None = None
    because: str = ""
    together_with: tuple[str, ...] = ()
    instead_of: tuple[str, ...] = ()
    of: str = ""
    needs: Needs | None = None
    growth: Growth | None = None
    cap: Limit | None = None
    floor: Limit | None = None
    split: tuple[tuple[str, Fraction], ...] = ()
    pool: str = ""
    pool_key: PoolKey | None = None
    holdback: Holdback | None = None
    earned: Earned = Earned.WHEN_BILLED
    applies: Applies = Applies.NEW_SUBSCRIPTIONS

    @property
    def pays(self) -> bool:
        """Whether it pays anything; otherwise it declares its cases unpaid."""
        return self.rate is not None or self.bands is not None or self.amount is not None

    @property
    def payees(self) -> tuple[str, ...]:
        """The roles that it pays."""
        return tuple(role for role, _ in self.split) if self.split else (self.role,) if self.role else ()

    @property
    def roles_named(self) -> tuple[str, ...]:
        """The roles that it pays, and those that it asks for."""
        return (*self.payees, *self.when.roles)

    @property
    def is_certain(self) -> bool:
        """Whether it pays wherever its condition matches: nothing that a partner must have sold first."""
        return self.needs is None

    def goes_with(self, other: "Clause") -> bool:
        """Whether the document says that both pay: it is enough that one of them names the other."""
        return other.name in self.together_with or self.name in other.together_with

    def gives_way_to(self, other: "Clause") -> bool:
        """Whether the other one pays instead, where both claim a case."""
        return self.name in other.instead_of


def period_of(period: Period, day: date, year_from: tuple[int, int]) -> Span:
    """The days of the period in which the day lies; quarters are counted from the program's year."""
    if period is Period.LIFETIME:
        return Span(date.min)
    if period is Period.MONTH:
        return Month.of(day).span
    start = _year_start(day, year_from)
    if period is Period.YEAR:
        return Span(start, _year_start(start + timedelta(days=370), year_from))
    quarters = [add_months(start, 3 * number) for number in range(5)]
    return next(Span(a, b) for a, b in pairwise(quarters) if a <= day < b)


def _year_start(day: date, year_from: tuple[int, int]) -> date:
    this_year = date(day.year, *year_from)
    return this_year if this_year <= day else date(day.year - 1, *year_from)
