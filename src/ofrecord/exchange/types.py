"""Exchange rates as values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

EURO = "EUR"
# How a rate may be written at most, and so the column that keeps it: ten digits before and ten after the point.
DIGITS, DECIMALS = 20, 10


def exact_text(rate: Decimal) -> str:
    """The rate as it is published, without the zeros that its column adds: "1.0853"."""
    return format(rate.normalize(), "f")


@dataclass(frozen=True, slots=True)
class Quote:
    """How many units of the currency one euro was worth on the day, exactly."""

    currency: str
    day: date
    per_euro: Fraction


@dataclass(frozen=True, slots=True)
class GivenRate:
    """A rate that somebody gives us, and where it stood: on which line of a file, or as which of several."""

    line: int
    place: str
    currency: str
    day: date
    per_euro: Decimal


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What cannot be taken as a rate: its line (0 for the whole file), its place in words, and why."""

    line: int
    place: str
    says: str

    def __str__(self) -> str:
        return f"{self.place}: {self.says}" if self.place else self.says


@dataclass(frozen=True, slots=True)
class Change:
    """A rate that is given otherwise than it is known."""

    currency: str
    day: date
    known: Decimal
    given: Decimal


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of rates that were given: how many were new, which were corrected, how many were known as they are.

    `left_out` are those of days after the last that was asked for.
    """

    added: int
    corrected: tuple[Change, ...]
    known: int
    left_out: int = 0
