"""What goes into a settlement and what comes out of it: frozen values, without any framework."""

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import Money, Rounding, round_fraction, share

# A book may hold some ten million lines before the numbers drawn for them meet often.
LINE_DIGITS = 10

LineKey = tuple[str, date, str, str, str]


@dataclass(frozen=True, slots=True)
class Recognition:
    """A partner recognized on a subscription in a role, on the days of `span`.

    `tier` is the partner's on the day of the invoice; empty where none was recorded.
    """

    partner: str
    role: str
    span: Span
    tier: str = ""


@dataclass(frozen=True, slots=True)
class BilledFact:
    """One invoice line as billing testifies to it, with the partners recognized on its subscription.

    `service` has an end and at least one day; `seats` are the same on all of its days. `invoice_line` is the
    line's id, `invoice` the number that people know.
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


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One amount with its clause and all of its working; zero lines are lines too.

    The line that was billed is cut into pieces by days (`piece_days`); this line pays for the one at `piece`,
    counted from 0. `recognized_from` is the day from which the partner is recognized, `started_on` the day
    from which months of the subscription are counted. `clause` is empty when no clause covers the case, and
    `reason` says why a line pays nothing, empty when it pays. The rate is zero then.
    """

    invoice_line: str
    invoice: str
    subscription: str
    customer: str
    partner: str
    role: str
    recognized_from: date
    offer: str
    way: str
    region: str
    tier: str
    service: Span
    started_on: date
    month_first: int
    month_last: int
    piece_days: tuple[int, ...]
    piece: int
    seats: int
    unit_price_minor: int
    billed_minor: int
    basis_minor: int
    currency: str
    terms_sha256: str
    program: str
    version: str
    clause: str
    rate_numerator: int
    rate_denominator: int
    exact_numerator: int
    exact_denominator: int
    rounding: str
    fee_minor: int
    reason: str

    @property
    def key(self) -> LineKey:
        """The same in every computation: the fact, its piece, the clause, the partner, the role."""
        return (self.invoice_line, self.service.first, self.clause, self.partner, self.role)

    @property
    def days(self) -> int:
        """The days of service that this line pays for."""
        return self.piece_days[self.piece]

    @property
    def line_days(self) -> int:
        """The days of service that the invoice line billed."""
        return sum(self.piece_days)

    @property
    def rate(self) -> Fraction:
        return Fraction(self.rate_numerator, self.rate_denominator)

    @property
    def exact(self) -> Fraction:
        """The fee in minor units before it was rounded."""
        return Fraction(self.exact_numerator, self.exact_denominator)

    @property
    def fee(self) -> Money:
        return Money(self.fee_minor, self.currency)

    def recomputed(self) -> Money:
        """The fee worked out again from the stored working alone: amount billed, days, rate, rounding."""
        billed = Money(self.billed_minor, self.currency)
        basis = share(billed, self.piece_days)[self.piece]
        return Money(round_fraction(basis.minor * self.rate, Rounding(self.rounding)), self.currency)


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
class PartnerSum:
    """What one partner's lines of a book come to in one currency."""

    partner: str
    total: Money
    lines: int
    zero_lines: int


def line_id(month: Month, number: int) -> str:
    return f"{month}/{number:0{LINE_DIGITS}}"


def parse_line_id(text: str) -> tuple[Month, int] | None:
    """Month and number of a line's public name; None for text that is none."""
    match = re.fullmatch(r"([12]\d{3}-(?:0[1-9]|1[0-2]))/(\d{10})", text, re.ASCII)
    return (Month.parse(match[1]), int(match[2])) if match else None
