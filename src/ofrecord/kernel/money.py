"""Money is whole minor units with a currency. Nothing here knows a float."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import lru_cache

from babel.numbers import list_currencies

# What a BIGINT column and a 128-bit product of two such amounts can hold with room to spare.
LIMIT_MINOR = 10**17
# ISO 4217's exponents where they are not 2. Stated here and not asked of CLDR, whose digits are those of everyday
# display and change with its releases: every amount that is stored would change with them.
_DIGITS = (
    dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    )
    | dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3)
    | dict.fromkeys(["CLF", "UYW"], 4)
)


class MoneyFault(ValueError):
    """Text that is no amount, two currencies in one sum, or an amount beyond the stated limit."""


class Rounding(Enum):
    """How an exact amount becomes whole minor units. Half up means half away from zero."""

    HALF_UP = "half up"
    HALF_EVEN = "half even"
    DOWN = "down"


# Of the codes with an X, which no country has, those of currencies that several countries share. The others are metals,
# units of account, a code for tests and one for "no currency": nobody is billed or paid in them.
_SHARED = frozenset({"XAF", "XCD", "XCG", "XOF", "XPF"})


@lru_cache
def known_currencies() -> frozenset[str]:
    """The codes of ISO 4217 in which anybody is billed or paid."""
    return frozenset(code for code in list_currencies() if not code.startswith("X") or code in _SHARED)


@lru_cache
def minor_digits(currency: str) -> int:
    """How many decimal digits the currency has by ISO 4217: USD 2, JPY 0, KWD 3."""
    if currency not in known_currencies():
        raise MoneyFault(f"{currency!r} is no currency code")
    return _DIGITS.get(currency, 2)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An exact amount: `minor` whole minor units (cents, yen) of `currency` (ISO 4217)."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise MoneyFault(f"{self.minor!r} is not a whole number of minor units")
        if abs(self.minor) > LIMIT_MINOR:
            raise MoneyFault(f"an amount beyond {LIMIT_MINOR} minor units is refused")
        minor_digits(self.currency)

    @staticmethod
    def zero(currency: str) -> "Money":
        return Money(0, currency)

    @staticmethod
    def parse(text: str) -> "Money":
        """Reads "15.00 USD". Refuses text without a currency and more decimals than the currency has."""
        match = re.fullmatch(r"(-?)([0-9]{1,18})(?:\.([0-9]+))? ([A-Z]{3})", text)
        if not match:
            raise MoneyFault(f'{text!r} is no amount; write it like "15.00 USD"')
        sign, whole, decimals, currency = match[1], match[2], match[3] or "", match[4]
        digits = minor_digits(currency)
        if len(decimals) > digits:
            raise MoneyFault(f"{text!r} has more than the {digits} decimals of {currency}")
        minor = int(whole) * 10**digits + int(decimals.ljust(digits, "0") or "0")
        return Money(-minor if sign else minor, currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __mul__(self, count: int) -> "Money":
        if type(count) is not int:
            raise MoneyFault("only a whole number multiplies exactly; use `multiply` for a fraction")
        return Money(self.minor * count, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other).minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: "Money") -> "Money":
        if self.currency != other.currency:
            raise MoneyFault(f"{self} and {other} are of two currencies")
        return other

    def decimal_text(self) -> str:
        """The amount without its currency, for machines: "-1290.00"."""
        digits = minor_digits(self.currency)
        whole, rest = divmod(abs(self.minor), 10**digits)
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{whole}.{rest:0{digits}}" if digits else f"{sign}{whole}"

    def __str__(self) -> str:
        return f"{self.decimal_text()} {self.currency}"


def sum_money(amounts: Iterable[Money], currency: str) -> Money:
    """The sum, zero of `currency` for none."""
    total = Money.zero(currency)
    for amount in amounts:
        total = total + amount
    return total


def round_fraction(exact: Fraction, rounding: Rounding) -> int:
    """The only place that rounds."""
    denominator = exact.denominator
    whole, rest = divmod(abs(exact.numerator), denominator)
    if rest and rounding is not Rounding.DOWN:
        twice = 2 * rest
        is_half_up = rounding is Rounding.HALF_UP or whole % 2 == 1
        whole += twice > denominator or (twice == denominator and is_half_up)
    return -whole if exact.numerator < 0 else whole


def multiply(amount: Money, factor: Fraction, rounding: Rounding) -> Money:
    """The amount times an exact fraction, rounded once to whole minor units."""
    return Money(round_fraction(amount.minor * factor, rounding), amount.currency)


def share(amount: Money, weights: Sequence[int]) -> tuple[Money, ...]:
    """The amount divided in proportion to `weights` by largest remainder: the shares sum to the amount.

    Equal remainders are served in the order of the weights. At least one weight must be positive, none negative.
    """
    return tuple(Money(part, amount.currency) for part in share_minor(amount.minor, weights))


def share_minor(minor: int, weights: Sequence[int]) -> tuple[int, ...]:
    """As `share`, for a bare number of minor units."""
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise MoneyFault("an amount is shared by weights that are not negative and not all zero")
    if len(weights) == 1:
        return (minor,)
    size = abs(minor)
    floors = [size * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(size * weights[i] % total), i))
    for i in by_remainder[: size - sum(floors)]:
        floors[i] += 1
    return tuple(-floor if minor < 0 else floor for floor in floors)
