"""Terms: the compiled, frozen meaning of one program version."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from fractions import Fraction

from ofrecord.kernel.calendar import Span
from ofrecord.kernel.money import Money, Rounding
from ofrecord.program.clause_types import Clause

DIRECT = "direct"
BY_PARTNER = "partner-of-record"
REFERRAL = "referral"
RESALE = "resale"
PARTNER_HOSTED = "partner-hosted"
REVENUE_SHARE = "revenue-share"
WAYS = (DIRECT, BY_PARTNER, REFERRAL, RESALE, PARTNER_HOSTED, REVENUE_SHARE)

VENDOR_BILLS = "vendor"
PARTNER_BILLS = "partner"
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
    """What one seat costs a month in a region, in the price's currency, on the days of `span`.

    `wholesale` is what a partner that bills the customer itself pays the vendor; None where nobody resells.
    """

    region: str
    span: Span
    amount: Money
    wholesale: Money | None = None


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
    family: str = ""

    def price(self, region: str, day: date) -> Price | None:
        """The row of the price list that holds in the region on the day."""
        return next((row for row in self.prices if row.region == region and row.span.has(day)), None)

    def regions(self) -> tuple[str, ...]:
        """The regions where it has a price, and so can be sold, each once, in the order of the document."""
        return tuple(dict.fromkeys(price.region for price in self.prices))


@dataclass(frozen=True, slots=True)
class Service:
    """What a customer is told and accepts when confirming."""

    conditions_title: str
    conditions: str
    customer_is_told_of_fee: bool
    link_days: int


class Proration(Enum):
    """How what is billed for a stretch of service is shared where a fact that a clause asks for changes in it.

    By days of service; by seconds, which differ from days where the program's time zone changes its clock; or
    not at all: what held on the first day of the stretch holds for the whole.
    """

    BY_DAYS = "by days"
    BY_SECONDS = "by seconds"
    FIRST_DAY = "as of the first day"


REFUND, CREDIT_NOTE = "refund", "credit note"
CHARGEBACK, WON_BACK, WRITE_OFF = "chargeback", "chargeback won back", "write-off"
# What takes back from an invoice line; a chargeback won back undoes a chargeback.
CREDITS = (REFUND, CREDIT_NOTE, CHARGEBACK, WRITE_OFF)


@dataclass(frozen=True, slots=True)
class Payment:
    """How what was earned becomes payable. It never changes what was earned.

    A total below the one of `minimums` that is in its currency is carried forward. After `claw_window` days from the
    event that earned a fee, nothing of it is taken back from the partner; None is without end. Of what was earned on
    a statement at most `claw_limit` is kept for what is taken back; the rest is carried. `reduced_by` are the credits
    that reduce a fee; an exchange rate may be `rate_days` old.
    """

    minimums: tuple[Money, ...] = ()
    claw_window: int | None = None
    claw_limit: Fraction = Fraction(1)
    reduced_by: tuple[str, ...] = CREDITS
    rate_days: int = 7

    def minimum(self, currency: str) -> Money | None:
        """The least that a statement in the currency pays; None where the program states none."""
        return next((least for least in self.minimums if least.currency == currency), None)


@dataclass(frozen=True, slots=True)
class Terms:
    """A program version as the machine executes it; `sha256` is the hash of the document's bytes.

    `tiers` go from the lowest up; a partner that was given none has the first, and a customer without a segment
    the first of `segments`. `year_from` is the month and the day on which the program's year begins. A window
    of days includes its last day if `last_day_included`.
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
    segments: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()
    proration: Proration = Proration.BY_DAYS
    last_day_included: bool = True
    payment: Payment = Payment()

    def way(self, code: str) -> Way | None:
        return next((way for way in self.ways if way.code == code), None)

    def offer(self, code: str) -> Offer | None:
        return next((offer for offer in self.offers if offer.code == code), None)

    def pays(self, way: str) -> bool:
        """Whether any clause pays for sales made that way."""
        return any(c.pays and (not c.when.ways or way in c.when.ways) for c in self.clauses)

    def clause(self, name: str) -> Clause | None:
        return next((clause for clause in self.clauses if clause.name == name), None)
