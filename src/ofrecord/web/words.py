"""How a value is written for the reader: money, days, months, instants, rates and counts in the reader's
language.

CLDR (by way of Babel) knows how each language writes them; Django knows the language of the request. Amounts
are formatted from their exact decimal text, so that no amount passes through a float on its way to a page.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import NumberPattern, parse_pattern
from django.utils import timezone, translation

from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money, minor_digits
from ofrecord.kernel.rate import rate_text

MINUS = "\u2212"
NO_BREAK_SPACE = "\u00a0"
NOTHING = "\u2014"

# English without a country is the English of the world: 3 November 2026, and not the one of the United
# States.
_WITHOUT_COUNTRY = {"en": "en_001"}


def reader_locale() -> Locale:
    """The locale of the language in which this request is answered."""
    return _locale(translation.get_language() or "en")


@lru_cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(_WITHOUT_COUNTRY.get(language, language.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_001")


def amount_text(money: Money) -> str:
    """The amount without its currency, for a column that states it: "2,700.00", "−154.80"."""
    return _decimal_text(Decimal(money.decimal_text()), minor_digits(money.currency))


def money_text(money: Money) -> str:
    """The amount with its currency: "2,700.00 USD", never broken across lines."""
    return f"{amount_text(money)}{NO_BREAK_SPACE}{money.currency}"


def joined(said: Sequence[str]) -> str:
    """Several things in a sentence: "148.06 EUR, 119.93 GBP and 2,700.00 USD"."""
    *others, last = said or ("",)
    return f"{', '.join(others)} and {last}" if others else last


def count_text(count: int) -> str:
    """A whole number: "48,211"."""
    return _decimal_text(Decimal(count), 0)


def decimal_text(number: Decimal) -> str:
    """An exact number with the decimals that it has: "1.0853", "15,646.6"."""
    plain = number.normalize()
    return _decimal_text(plain, max(0, -int(plain.as_tuple().exponent)))


def percent_text(rate: Fraction) -> str:
    """A rate as a person writes it: "12%", "7.5%"; "2/3" when no percentage is exact."""
    text = rate_text(rate)
    if not text.endswith("%"):
        return text.replace("-", MINUS)
    percent = Decimal(text.removesuffix("%"))
    decimals = max(0, -int(percent.as_tuple().exponent))
    return _written(percent.scaleb(-2), reader_locale().percent_formats[None].pattern, decimals)


def day_text(day: date, form: str = "long") -> str:
    """A day, or that of an instant in the current time zone: "3 November 2026"; in the `short` form "3 Nov 2026"."""
    day = timezone.localdate(day) if isinstance(day, datetime) else day
    return format_date(day, "medium" if form == "short" else "long", locale=reader_locale())


def month_text(month: Month | date) -> str:
    """A month: "October 2026"."""
    first = month.first if isinstance(month, Month) else month
    return format_skeleton("yMMMM", first, locale=reader_locale())


def when_text(instant: datetime) -> str:
    """An instant in the current time zone: "22 November 2026, 14:02"."""
    local = timezone.localtime(instant)
    return f"{day_text(local.date())}, {format_time(local.time(), 'HH:mm', locale=reader_locale())}"


def _decimal_text(number: Decimal, decimals: int) -> str:
    return _written(number, reader_locale().decimal_formats[None].pattern, decimals)


def _written(number: Decimal, pattern: str, decimals: int) -> str:
    text: str = _pattern(pattern, decimals).apply(number, reader_locale())
    return text.replace("-", MINUS)


@lru_cache
def _pattern(pattern: str, decimals: int) -> NumberPattern:
    """The locale's own pattern (its grouping, its signs) with exactly so many decimals."""
    whole = re.sub(r"\.[0#]+", "", pattern)
    head, zero, tail = whole.rpartition("0")
    return parse_pattern(head + zero + ("." + "0" * decimals if decimals else "") + tail)
