"""Worked examples: stories that are told in days, what they pay, and what came out."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ofrecord.kernel.money import Money
from ofrecord.program.clause_types import Clause


@dataclass(frozen=True, slots=True)
class StoryChange:
    """From this day of an example's story on, so many seats."""

    day: date
    seats: int


@dataclass(frozen=True, slots=True)
class StoryCredit:
    """On `day`, `amount` of what was billed for the month of the subscription was taken back.

    `kind` is one of the program's credits; `amount` None is all of it.
    """

    day: date
    month: int
    kind: str
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class StoryPartner:
    """A partner in a role on the days from `first` until before `until`; `share` where the role is shared."""

    name: str
    role: str
    first: date
    until: date | None = None
    share: Fraction | None = None


@dataclass(frozen=True, slots=True)
class StoryTier:
    """From `day` on the partner holds the tier."""

    day: date
    tier: str


@dataclass(frozen=True, slots=True)
class Story:
    """The sale that an example tells: one customer, one offer, its partners.

    Without `partners` one partner of record sells it and keeps it. `price` is what a seat is billed at where
    that is not the list price. `paid_after` days each invoice is paid in full; None is never. `also` are
    further sales, each with its partners, to other customers or, as `same_customer` says, to that of the story;
    `pools` is what was pooled in a month.
    """

    offer: str
    region: str
    way: str
    seats: int
    months: int
    start: date
    tier: str
    changes: tuple[StoryChange, ...]
    cancelled_from: date | None
    segment: str = ""
    deal: str = "new"
    commitment: int = 12
    price: Money | None = None
    paid_after: int | None = 30
    partners: tuple[StoryPartner, ...] = ()
    tiers: tuple[StoryTier, ...] = ()
    credits: tuple[StoryCredit, ...] = ()
    also: tuple["Story", ...] = ()
    pools: tuple[tuple[str, str, Money], ...] = ()
    same_customer: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: what its story pays in named periods ("year 1", "month 3", "2009-04", "total").

    `pays` counts what all partners are paid for the sale itself, without `also`; `pays_to` what each named
    partner or role is paid for everything.
    """

    says: str
    story: Story
    pays: tuple[tuple[str, Money], ...]
    pays_to: tuple[tuple[str, tuple[tuple[str, Money], ...]], ...] = ()


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
    """An example and what came out when it was executed: for the sale itself, and `to` whom for everything."""

    example: Example
    unit_price: Money
    periods: tuple[WorkedPeriod, ...]
    to: tuple[tuple[str, tuple[WorkedPeriod, ...]], ...] = ()
