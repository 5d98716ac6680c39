"""Days, months and numbers as an explanation says them."""

from fractions import Fraction

from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import minor_digits
from ofrecord.kernel.words import MONTHS

ORDINALS = (  # noqa: SIM905
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
    " fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
EXACT_DECIMALS = 12


def days_words(span: Span) -> str:
    """October; 1 to 14 October; 31 October: the days of a span inside one month."""
    assert span.last is not None, "the days of a bill have an end"
    name = MONTHS[span.first.month - 1]
    if span == Month.of(span.first).span:
        return name
    if span.first == span.last:
        return f"{span.first.day} {name}"
    return f"{span.first.day} to {span.last.day} {name}"


def ordinal(number: int) -> str:
    """seventh; 21st, 22nd, 112th"""
    if number <= len(ORDINALS):
        return ORDINALS[number - 1]
    endings = {1: "st", 2: "nd", 3: "rd"}
    ending = "th" if number % 100 in (11, 12, 13) else endings.get(number % 10, "th")
    return f"{number}{ending}"


def count_words(count: int, noun: str) -> str:
    """1 seat; 1,200 seats"""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def factor_words(rate: Fraction) -> str:
    """× 12/100 where the rate is whole percents, else × 2/3; × 0"""
    percent = rate * 100
    if percent.denominator == 1 and rate:
        return f"× {percent.numerator}/100"
    return f"× {rate}"


def exact_words(exact: Fraction, currency: str) -> str:
    """An exact number of minor units in the currency's units: 324.000, or the fraction where decimals never end.

    One decimal more than the currency has, at least, so that a reader sees that nothing was rounded yet.
    """
    units = exact / 10 ** minor_digits(currency)
    for digits in range(minor_digits(currency) + 1, EXACT_DECIMALS + 1):
        scaled = units * 10**digits
        if scaled.denominator == 1:
            whole, rest = divmod(abs(scaled.numerator), 10**digits)
            return f"{'-' if units < 0 else ''}{whole:,}.{rest:0{digits}}"
    return f"{units.numerator:,}/{units.denominator:,}"
