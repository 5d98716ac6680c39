"""What goes into a settlement and what comes out of it: frozen values, without any framework."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property

from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import Money
from ofrecord.program.types import Terms

# A book may hold some ten million lines before the numbers drawn for them meet often.
LINE_DIGITS = 10

# What a line rests on: a line that was billed, a payment for one, the end of a period that has a floor, a pool.
SALE, PAYMENT, TOP_UP, POOL = "sale", "payment", "top-up", "pool"
# What hangs on all of a period, and so is certain at its end alone.
AT_THE_END = (TOP_UP, POOL)

LineKey = tuple[str, date, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Recognition:
    """A partner recognized on a subscription in a role, on the days of `span`.

    `tier` is the partner's on the day of the invoice; empty where none was recorded. `share` is its part where
    several partners hold the role together; None where it is paid in full.
    """

    partner: str
    role: str
    span: Span
    tier: str = ""
    share: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Credit:
    """What was taken back of a line that was billed, on `day`; `amount_minor` is negative.

    `kind` is one of the program's credits. A chargeback that was won back is one with a positive amount.
    """

    id: str
    kind: str
    day: date
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """The part of a payment, received on `day`, that is for this line."""

    id: str
    day: date
    amount_minor: int


@dataclass(frozen=True, slots=True)
class BilledFact:
    """One invoice line as billing testifies to it, with the partners recognized on its subscription.

    `service` has an end and at least one day; `seats` are the same on all of its days. `invoice_line` is the
    line's id, `invoice` the number that people know. `list_minor` is what it would be at the list price,
    `wholesale_minor` at the wholesale price; None where there is none. `first_seats` are those with which the
    subscription started, `deal` is new, upsell or cross-sell at its start; after `commitment_months` it has
    been renewed.
    """

    invoice_line: str
    invoice: str
    invoice_day: date
    subscription: str
    started_on: date
    customer: str
    offer: str
    way: str
    region: str
    currency: str
    seats: int
    unit_price_minor: int
    billed_minor: int
    service: Span
    terms_sha256: str
    partners: tuple[Recognition, ...]
    list_minor: int | None = None
    wholesale_minor: int | None = None
    first_seats: int = 0
    deal: str = "new"
    commitment_months: int = 12
    segment: str = ""
    credits: tuple[Credit, ...] = ()
    receipts: tuple[Receipt, ...] = ()


@dataclass(frozen=True, slots=True)
class PoolFact:
    """What was pooled in a month, such as advertising revenue, to be shared between partners."""

    id: str
    pool: str
    month: Month
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class RateFact:
    """How many units of the currency one euro was worth on the day, exactly."""

    currency: str
    day: date
    per_euro: Fraction


@dataclass(frozen=True)
class Laws:
    """The program versions in the order in which they came into force."""

    versions: tuple[Terms, ...]

    @cached_property
    def by_sha(self) -> Mapping[str, Terms]:
        return {terms.sha256: terms for terms in self.versions}

    def in_force(self, day: date) -> Terms | None:
        """The version that is in force on the day; None before the first."""
        return next((terms for terms in reversed(self.versions) if terms.effective <= day), None)

    def after(self, terms: Terms) -> Terms | None:
        """The version that came into force next."""
        place = [each.sha256 for each in self.versions].index(terms.sha256)
        return self.versions[place + 1] if place + 1 < len(self.versions) else None


@dataclass(frozen=True, slots=True)
class History:
    """All that is known, and all that the lines follow from, beside the program versions.

    `currencies` are the currencies in which partners want their statements; a partner that is not named is
    paid in the currency of each line.
    """

    facts: Sequence[BilledFact]
    pools: Sequence[PoolFact] = ()
    rates: Sequence[RateFact] = ()
    currencies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the basis that is paid at one rate."""

    amount_minor: int
    rate_numerator: int
    rate_denominator: int

    @property
    def rate(self) -> Fraction:
        return Fraction(self.rate_numerator, self.rate_denominator)


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One amount with its clause and all of its working; zero lines are lines too.

    What it rests on: `event` is the id of the line billed, the payment's part of it, the period that was topped
    up or the pool; `event_day` the day that counts for caps, bands and exchange. Where there is no invoice line
    its fields are empty.

    How it is worked out, each figure from those before it:
    - `source_minor` is the whole amount of the event that the clause looks at (`basis`): what was billed less
      what was taken back (`credited_minor`, the last of it on `credited_on`), what was paid, and so on; `facts`
      are the ids of the credits and payments that it rests on;
    - it is shared by `weights`; this line has the part at `piece`, `basis_minor`, for the days of `service`;
    - `slices` are the parts of the basis with their rates, or `amount_minor` is paid for each of the
      `quantity` units; `exact` is the sum. `measured` is how much of what bands count came before (graduated)
      or is there in all (whole amount); `baseline_minor` what growth starts from, `grown_minor` what counted
      before;
    - rounded it is `raw_minor`; a cap leaves `cap_minor - cap_used_minor` of it, a floor of `floor_minor` tops
      up what was `reached_minor`: `whole_minor`;
    - this partner's share of that, `share`, and the unit that the largest remainder gave it or not
      (`share_remainder`): `earned_minor`.

    What is booked: `earned_minor` less `booked_minor`, which earlier books hold under the same key, is
    `fee_minor`. A line that corrects names the first line of its key in `corrects` and says the `cause`;
    `withdrawn` says that its clause no longer claims the case at all. `reason` says why a line pays nothing,
    empty when it pays.

    In the partner's currency: `earned_minor` times `exchange`, the rate of `exchange_day`, rounded, is
    `due_earned_minor`; less `due_booked_minor` it is `due_minor`. Without a rate nothing is due yet and `waits`
    says why. Of what is due `held_minor` is kept until `release_on`. `retained_minor` is what would have been
    earned without what was taken back after the claw window: of the difference `waived_minor` is not taken back,
    or not paid again. `freed_minor` of what a correction takes had been held back and was never paid.
    """

    source: str
    event: str
    event_day: date
    invoice_line: str
    invoice: str
    invoice_day: date | None
    subscription: str
    customer: str
    partner: str
    role: str
    recognized_from: date
    offer: str
    family: str
    way: str
    region: str
    segment: str
    deal: str
    tier: str
    service: Span
    started_on: date | None
    month_first: int
    month_last: int
    seats: int
    unit_price_minor: int
    billed_minor: int
    credited_minor: int
    credited_on: date | None
    facts: tuple[str, ...]
    basis: str
    source_minor: int
    weights: tuple[int, ...]
    piece: int
    basis_minor: int
    currency: str
    terms_sha256: str
    program: str
    version: str
    clause: str
    slices: tuple[Slice, ...]
    measured: int
    baseline_minor: int
    grown_minor: int
    amount_minor: int
    quantity_numerator: int
    quantity_denominator: int
    exact_numerator: int
    exact_denominator: int
    rounding: str
    raw_minor: int
    cap_minor: int | None
    cap_used_minor: int
    floor_minor: int | None
    reached_minor: int
    whole_minor: int
    share_numerator: int
    share_denominator: int
    share_remainder: int
    earned_minor: int
    reason: str
    release_on: date | None
    due_currency: str
    exchange_numerator: int = 1
    exchange_denominator: int = 1
    exchange_day: date | None = None
    due_earned_minor: int = 0
    waits: str = ""
    withdrawn: bool = False
    corrects: str = ""
    cause: str = ""
    retained_minor: int = 0
    booked_minor: int = 0
    fee_minor: int = 0
    due_booked_minor: int = 0
    due_minor: int = 0
    held_minor: int = 0
    waived_minor: int = 0
    freed_minor: int = 0

    @property
    def key(self) -> LineKey:
        """The same in every computation: the fact, its piece, its kind of deal, the clause, the partner, the role."""
        return (self.event, self.service.first, self.deal, self.clause, self.partner, self.role)

    @property
    def days(self) -> int:
        """The days of service that this line pays for."""
        return self.service.days

    @property
    def is_correction(self) -> bool:
        return bool(self.corrects)

    @property
    def rate(self) -> Fraction:
        """The rate, where one was applied to the whole basis; zero where there are several, or none."""
        return self.slices[0].rate if len(self.slices) == 1 else Fraction(0)

    @property
    def exact(self) -> Fraction:
        """The fee in minor units before it was rounded."""
        return Fraction(self.exact_numerator, self.exact_denominator)

    @property
    def quantity(self) -> Fraction:
        return Fraction(self.quantity_numerator, self.quantity_denominator)

    @property
    def part(self) -> Fraction:
        """The partner's share of what the clause pays."""
        return Fraction(self.share_numerator, self.share_denominator)

    @property
    def exchange(self) -> Fraction:
        return Fraction(self.exchange_numerator, self.exchange_denominator)

    @property
    def cap_left_minor(self) -> int | None:
        """What the cap leaves after this line; None without a cap."""
        return None if self.cap_minor is None else self.cap_minor - self.cap_used_minor - self.whole_minor

    @property
    def earned(self) -> Money:
        """What the partner earned in all, in the currency of the line."""
        return Money(self.earned_minor, self.currency)

    @property
    def fee(self) -> Money:
        """What this line adds to what was booked before, in the currency of the line."""
        return Money(self.fee_minor, self.currency)

    @property
    def due(self) -> Money:
        """What this line adds in the currency of the partner's statement."""
        return Money(self.due_minor, self.due_currency)


@dataclass(frozen=True, slots=True)
class BookedLine:
    """A fee line in the book of a closed month, with the number by which it is cited."""

    month: Month
    number: int
    line: FeeLine

    @property
    def id(self) -> str:
        """The line's public name: "2026-10/4821193755"."""
        return line_id(self.month, self.number)


@dataclass(frozen=True, slots=True)
class Booked:
    """What earlier books hold under one key: sums over all lines, the name of the first, and the latest."""

    line_id: str
    latest: FeeLine
    fee_minor: int
    due_minor: int
    waived_minor: int
    held_minor: int


@dataclass(frozen=True, slots=True)
class PartnerSum:
    """What one partner's lines of a book come to in one currency of statements.

    `new` is what lines add that correct nothing, `corrected` what corrections add, `waived` what of that is not
    taken back (never negative in sum over all books), `held` what is kept, by the month of its release; `taken`
    is what corrections take away together, with what is new for the same events; it is not positive. `waiting`
    counts the lines that wait for an exchange rate. `freed` is what of that had been held back until now.
    """

    partner: str
    currency: str
    new: Money
    corrected: Money
    waived: Money
    taken: Money
    held: tuple[tuple[Month, Money], ...]
    freed: Money
    lines: int
    zero_lines: int
    corrections: int = 0
    waiting: int = 0

    @property
    def total(self) -> Money:
        """What the lines add to what the partner earned, in the currency of the statement."""
        return self.new + self.corrected


def line_id(month: Month, number: int) -> str:
    return f"{month}/{number:0{LINE_DIGITS}}"


def parse_line_id(text: str) -> tuple[Month, int] | None:
    """Month and number of a line's public name; None for text that is none."""
    match = re.fullmatch(r"([12]\d{3}-(?:0[1-9]|1[0-2]))/(\d{10})", text, re.ASCII)
    return (Month.parse(match[1]), int(match[2])) if match else None
