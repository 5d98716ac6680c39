"""Days, months and numbers as an explanation says them."""

from fractions import Fraction

from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import minor_digits
from ofrecord.kernel.words import MONTHS, day_words

ORDINALS = (  # noqa: SIM905
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
    " fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
EXACT_DECIMALS = 12


def days_words(span: Span, *, year: bool = False) -> str:
    """October; 1 to 14 October; 31 October: the days of a span, with the `year` where it does not go without saying.

    Days of several months are said in full: 1 April 2026 to 31 March 2027.
    """
    assert span.last is not None, "the days of a bill have an end"
    if Month.of(span.first) != Month.of(span.last):
        return f"{day_words(span.first)} to {day_words(span.last)}"
    name = MONTHS[span.first.month - 1] + (f" {span.first.year}" if year else "")
    if is_whole_month(span):
        return name
    if span.first == span.last:
        return f"{span.first.day} {name}"
    return f"{span.first.day} to {span.last.day} {name}"


def is_whole_month(span: Span) -> bool:
    return span == Month.of(span.first).span


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
    digits = minor_digits(currency)
    return number_words(exact / 10**digits, digits + 1)


def number_words(number: Fraction, least_decimals: int = 0) -> str:
    """50; 1,234.5; the fraction where decimals never end: 775/31."""
    for digits in range(least_decimals, EXACT_DECIMALS + 1):
        scaled = number * 10**digits
        if scaled.denominator == 1:
            whole, rest = divmod(abs(scaled.numerator), 10**digits)
            decimals = f".{rest:0{digits}}" if digits else ""
            return f"{'-' if number < 0 else ''}{whole:,}{decimals}"
    return f"{number.numerator:,}/{number.denominator:,}"


def capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
