"""The kinds of value that a document is written in."""

import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global

from ofrecord.kernel.calendar import CalendarFault, Month
from ofrecord.kernel.money import Money, MoneyFault, Rounding, minor_digits
from ofrecord.kernel.rate import RateFault, parse_rate
from ofrecord.kernel.words import MONTHS
from ofrecord.program.faults import Mistake, known_words
from ofrecord.program.positions import Path
from ofrecord.program.reading import MISSING, Kind, Reading, read_value, wrong_kind
from ofrecord.program.unsaid import value_meant

NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
VERSION: Final = re.compile(r"[0-9A-Za-z]+([.\-][0-9A-Za-z]+)*")
ROUNDINGS: Final = {f"{rounding.value}, per line": rounding for rounding in Rounding}

LONGEST_NAME: Final = 60
LONGEST_TITLE: Final = 120
LONGEST_SENTENCE: Final = 500
LONGEST_TEXT: Final = 20_000
MOST_DAYS: Final = 3_650
# So that what a story bills in all stays within the limit of an amount.
MOST_SEATS: Final = 100_000
HIGHEST_PRICE_MINOR: Final = 10**9
# A hundred years of months can be counted from any such day.
FIRST_YEAR, LAST_YEAR = 1900, 2999


def _text(value: Any, says: str) -> str:
    if type(value) is not str:
        raise wrong_kind(says, value)
    return value


def plain(value: Any, says: str) -> str:
    """Text in plain letters and digits: those of other scripts can look alike and mean another number."""
    word = _text(value, says)
    if not word.isascii():
        raise Mistake(f'"{word[:LONGEST_NAME]}" has other than plain letters and digits.', f"Write {says}.")
    return word


def text(says: str, longest: int, lines: bool = False) -> Kind:
    """Text that is not empty and not longer than stated, on one line unless `lines`."""

    def read(_reading: Reading, _path: Path, value: Any) -> str:
        words = _text(value, says).strip()
        if not words:
            raise Mistake("This is empty.", f"Write {says}.")
        if len(words) > longest:
            raise Mistake(f"This has {len(words)} characters.", f"At most {longest} are allowed.")
        if any(not (mark.isprintable() or (lines and mark == "\n")) for mark in words):
            more = (
                "characters that cannot be printed" if lines else "a line break or another control character"
            )
            raise Mistake(f"This has {more}.", "Leave them out." if lines else "Write it on one line.")
        return words

    return Kind(says, read)


def pattern(says: str, allowed: re.Pattern[str], longest: int = LONGEST_NAME) -> Kind:
    """Text of a stated form."""

    def read(_reading: Reading, _path: Path, value: Any) -> str:
        word = _text(value, says)
        if not allowed.fullmatch(word) or len(word) > longest:
            raise Mistake(f'"{word[:LONGEST_NAME]}" does not have the form that is needed.', f"Write {says}.")
        return word

    return Kind(says, read)


def choice(meanings: Mapping[str, Any]) -> Kind:
    """One of a few texts; the value is what the text means."""
    says = " or ".join(f'"{word}"' for word in meanings)

    def read(_reading: Reading, _path: Path, value: Any) -> Any:
        word = _text(value, says)
        if word not in meanings:
            same = value_meant(word, meanings)
            remedy = f'Write "{same}".' if same else known_words(word, meanings)
            raise Mistake(f'"{word[:LONGEST_NAME]}" is not known here.', remedy)
        return meanings[word]

    return Kind(says, read)


def whole(says: str, least: int, most: int) -> Kind:
    """A whole number within limits."""

    def read(_reading: Reading, _path: Path, value: Any) -> int:
        if type(value) is not int:
            raise wrong_kind(says, value)
        if not least <= value <= most:
            raise Mistake(f"{value} is out of range.", f"Write a number from {least} to {most}.")
        return value

    return Kind(says, read)


def _read_date(_reading: Reading, _path: Path, value: Any) -> date:
    if type(value) is not date:
        raise wrong_kind("a date without quotes, like 2009-04-01", value)
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise Mistake(
            f"The year {value.year} is out of range.", f"Write one from {FIRST_YEAR} to {LAST_YEAR}."
        )
    return value


def _read_days(_reading: Reading, _path: Path, value: Any) -> int:
    match = re.fullmatch(r"(\d{1,6}) days?", plain(value, 'a number of days, like "90 days"'))
    if not match:
        raise Mistake(f'"{value[:LONGEST_NAME]}" is no number of days.', 'Write it like "90 days".')
    if int(match[1]) > MOST_DAYS:
        raise Mistake(f"{match[1]} days are too many.", f"At most {MOST_DAYS} are allowed.")
    return int(match[1])


def rates(says: str, zero: tuple[str, str] | None, most: tuple[str, str, Fraction]) -> Kind:
    """An exact rate. `zero` is what is said of a rate of zero, None if it is allowed; `most` says too much."""

    def read(_reading: Reading, _path: Path, value: Any) -> Fraction:
        try:
            rate = parse_rate(plain(value, 'an exact rate, like "12%" or "2/3"'))
        except RateFault as fault:
            raise Mistake(
                f'"{value[:LONGEST_NAME]}" is no exact rate.', 'Write it like "12%" or "2/3".'
            ) from fault
        if rate > most[2]:
            raise Mistake(f"{value} {most[0]}", most[1])
        if rate == 0 and zero is not None:
            raise Mistake(*zero)
        return rate

    return Kind(says, read)


def read_money(reading: Reading, _path: Path, value: Any) -> Money:
    words = plain(value, 'an amount, like "15.00 USD"')
    without_currency = re.fullmatch(r"-?\d+(\.\d+)?", words) and reading.currency
    try:
        amount = Money.parse(f"{words} {reading.currency}" if without_currency else words)
    except MoneyFault as fault:
        raise Mistake(f"{fault}.".replace("'", '"'), 'Amounts are exact text, like "15.00 USD".') from fault
    if amount.minor < 0:
        raise Mistake(f"{amount} is less than nothing.", "Write an amount that is not negative.")
    return amount


def _read_price(reading: Reading, path: Path, value: Any) -> Money:
    price = read_money(reading, path, value)
    if price.minor > HIGHEST_PRICE_MINOR:
        most = Money(HIGHEST_PRICE_MINOR, price.currency)
        raise Mistake(f"{price} is too much.", f"At most {most} are allowed.")
    return price


def _read_currency(_reading: Reading, _path: Path, value: Any) -> str:
    word = plain(value, 'a currency code, like "USD"')
    try:
        minor_digits(word)
    except MoneyFault as fault:
        remedy = 'Write the three capital letters of ISO 4217, like "USD".'
        raise Mistake(f'"{word[:LONGEST_NAME]}" is no currency code.', remedy) from fault
    return word


@lru_cache
def _time_zones() -> frozenset[str]:
    return frozenset(name for name in available_timezones() if "/" in name or name == "UTC")


def _read_time_zone(_reading: Reading, _path: Path, value: Any) -> str:
    word = _text(value, 'a time zone, like "America/New_York"')
    if word not in _time_zones():
        says = f'"{word[:LONGEST_NAME]}" is no time zone.'
        remedy = known_words(word, sorted(_time_zones()), most=0).partition("There is")[0]
        raise Mistake(says, remedy or 'Write its name in the IANA list, like "America/New_York".')
    return word


def _read_year(_reading: Reading, _path: Path, value: Any) -> tuple[int, int]:
    words = plain(value, 'the day the year begins, like "from 1 July"')
    match = re.fullmatch(r"from (\d{1,2}) ([A-Z][a-z]+)", words)
    if match and match[2] in MONTHS:
        month, day = MONTHS.index(match[2]) + 1, int(match[1])
        # 2009 is no leap year: a year that began on February 29 would begin in one year of four.
        if 1 <= day <= Month(2009, month).last.day:
            return month, day
    raise Mistake(f'"{words[:LONGEST_NAME]}" names no day of every year.', 'Write it like "from 1 July".')


@lru_cache
def _regions() -> frozenset[str]:
    return frozenset(str(code) for code in Locale("en").territories if re.fullmatch(r"[A-Z]{2}", str(code)))


def _read_region(_reading: Reading, _path: Path, value: Any) -> str:
    word = plain(value, 'a country code, like "US"')
    better = get_global("territory_aliases").get(word)
    if word in _regions() and not better:
        return word
    remedy = (
        f'Did you mean "{better[0]}"?' if better else 'Write the two capital letters of ISO 3166, like "US".'
    )
    raise Mistake(f'"{word[:LONGEST_NAME]}" is no country code.', remedy)


def list_of(kind: Kind, says: str, most: int) -> Kind:
    """A list without doubles; its faulty elements are all named."""

    def read(reading: Reading, path: Path, value: Any) -> Any:
        if not isinstance(value, list):
            raise wrong_kind(says, value)
        if len(value) > most:
            raise Mistake(f"This lists {len(value)} values.", f"At most {most} are allowed.")
        found = [read_value(reading, (*path, n), kind, element) for n, element in enumerate(value)]
        return MISSING if MISSING in found or _doubles(reading, path, found) else tuple(found)

    return Kind(says, read)


def _doubles(reading: Reading, path: Path, values: list[Any]) -> bool:
    doubles = [n for n, value in enumerate(values) if value in values[:n]]
    for number in doubles:
        reading.fault((*path, number), "This is stated twice in the list.", "Leave one of the two out.")
    return bool(doubles)


def one_or_more(kind: Kind, says: str) -> Kind:
    """One value, or a list of values of which any matches."""
    several = list_of(kind, says, most=1_000)

    def read(reading: Reading, path: Path, value: Any) -> Any:
        if value == []:
            raise Mistake("An empty list matches nothing.", "Leave the key out to match everything.")
        if value == "*":
            raise Mistake("There are no wildcards.", "Leave the key out to match everything.")
        if isinstance(value, list):
            return several.read(reading, path, value)
        return (kind.read(reading, path, value),)

    return Kind(says, read)


def by_key(of_key: Kind, of_value: Kind, says: str) -> Kind:
    """A table from one kind of value to another: pairs, in the order in which they are written."""

    def read(reading: Reading, path: Path, value: Any) -> Any:
        if not isinstance(value, dict):
            raise wrong_kind(says, value)
        if not value:
            raise Mistake("This is empty.", f"Write {says}.")
        pairs = [_pair(reading, (*path, name), of_key, of_value, value[name]) for name in value]
        return tuple(pairs)

    return Kind(says, read)


def _pair(reading: Reading, path: Path, of_key: Kind, of_value: Kind, value: Any) -> tuple[Any, Any]:
    try:
        key = of_key.read(reading, path, path[-1])
    except Mistake as mistake:
        reading.fault(path, mistake.says, mistake.remedy, at_key=True)
        key = MISSING
    return key, read_value(reading, path, of_value, value)


def _read_period(_reading: Reading, _path: Path, value: Any) -> str:
    words = plain(value, 'a period, like "year 1"')
    counted = re.fullmatch(r"(year|month) ([1-9]\d{0,3})", words)
    if counted or words == "total":
        return words
    try:
        return str(Month.parse(words))
    except CalendarFault as fault:
        remedy = 'Write "year 1", "month 3", the month of an invoice such as "2009-04", or "total".'
        raise Mistake(f'"{words[:LONGEST_NAME]}" names no period.', remedy) from fault


TITLE: Final = text("a short text", LONGEST_TITLE)
SENTENCE: Final = text("a sentence", LONGEST_SENTENCE)
LONG_TEXT: Final = text("a text", LONGEST_TEXT, lines=True)
CODE: Final = pattern('a name in small letters, digits and hyphens, like "first-year"', NAME)
VERSION_NAME: Final = pattern('a version, like "2009.1"', VERSION, 40)
DATE: Final = Kind("a date, like 2009-04-01", _read_date)
DAYS: Final = Kind('a number of days, like "90 days"', _read_days)
RATE: Final = rates(
    'an exact rate above zero and at most 100%, like "12%" or "2/3"',
    ("A rate of zero pays nothing.", "Declare the case under [unpaid] and say why."),
    ("is more than the whole.", "A rate is at most 100%.", Fraction(1)),
)
MONEY: Final = Kind('an amount, like "15.00 USD"', read_money)
SEAT_PRICE: Final = Kind('an amount, like "15.00 USD"', _read_price)
CURRENCY: Final = Kind('a currency code, like "USD"', _read_currency)
TIME_ZONE: Final = Kind('a time zone of the IANA list, like "America/New_York"', _read_time_zone)
YEAR: Final = Kind('a day of every year, like "from 1 July"', _read_year)
REGION: Final = Kind('a country code, like "US"', _read_region)
PERIOD: Final = Kind('"year 1", "month 3", "2009-04" or "total"', _read_period)
ROUNDING: Final = choice(ROUNDINGS)
COUNT: Final = whole("a whole number", 1, MOST_SEATS)
