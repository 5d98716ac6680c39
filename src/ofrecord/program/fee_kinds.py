"""The kinds of value that clauses are written in: ranges, scopes, edges of bands, shares and amounts."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import product
from typing import Any, Final

from ofrecord.kernel.calendar import Span
from ofrecord.kernel.money import Money
from ofrecord.kernel.words import money_words
from ofrecord.program.clause_types import CountRange, Measure, Per, Period, Scope
from ofrecord.program.faults import Mistake, known_words, nearest
from ofrecord.program.kinds import (
    FIRST_YEAR,
    LAST_YEAR,
    LONGEST_NAME,
    MOST_SEATS,
    plain,
    rates,
    read_money,
)
from ofrecord.program.positions import Path
from ofrecord.program.reading import MISSING, Kind, Reading, read_value

LAST_MONTH: Final = 1_200
MOST_CURRENCIES: Final = 100
COUNTED: Final = {
    "seat": Measure.SEATS,
    "customer": Measure.CUSTOMERS,
    "subscription": Measure.SUBSCRIPTIONS,
}
PERIODS: Final = {period.value: period for period in Period}
WHOLE: Final = Fraction(1)
# "trailing 12 months", "last 90 days"
MOVING: Final = re.compile(r"(trailing|last|past|rolling|moving) .+|\d+ (day|week|month|year)s?")


@dataclass(frozen=True, slots=True)
class Edge:
    """Where a band ends or begins: an amount in minor units, or a count."""

    measure: Measure
    number: int
    currency: str = ""

    @property
    def unit(self) -> tuple[Measure, str]:
        """What it is measured in: only edges of one unit can be compared."""
        return self.measure, self.currency

    def __str__(self) -> str:
        if self.measure is Measure.AMOUNT:
            return money_words(Money(self.number, self.currency))
        noun = self.measure.value
        return f"{self.number} {noun[:-1] if self.number == 1 else noun}"

    @property
    def text(self) -> str:
        """As a document states it."""
        return str(Money(self.number, self.currency)) if self.measure is Measure.AMOUNT else str(self)


def _range_remedy(words: str, example: str) -> str:
    """What to write instead of a range in the signs of other notations."""
    if match := re.fullmatch(r"(\d{1,9}) ?(?:-|–|to|until) ?(\d{1,9})", words):
        return f'Write "{match[1]}..{match[2]}".'
    if match := re.fullmatch(r"(>=|<=|>|<) ?(\d{1,9})|(\d{1,9}) ?(\+)", words):
        sign, number = match[1] or match[4], int(match[2] or match[3])
        first, last = {">": (number + 1, ""), "<": (1, number - 1), "<=": (1, number)}.get(sign, (number, ""))
        return f'Write "{first}..{last}".'
    return f"Write {example}."


def _ends(value: Any, noun: str, example: str) -> tuple[int, int | None]:
    words = str(value) if type(value) is int else plain(value, example)
    match = re.fullmatch(r"(\d{1,9})(\.\.(\d{1,9})?)?", words)
    if not match:
        raise Mistake(f'"{words[:LONGEST_NAME]}" names no {noun}.', _range_remedy(words, example))
    first = int(match[1])
    last = int(match[3]) if match[3] else None if match[2] else first
    if last is not None and last < first:
        raise Mistake(f"The {noun} end at {last}, before they begin at {first}.", f'Write "{last}..{first}".')
    return first, last


def _read_months(_reading: Reading, _path: Path, value: Any) -> CountRange:
    first, last = _ends(value, "months", 'months of the subscription, like "1..12", "13.." or "7"')
    if first < 1:
        raise Mistake("There is no month 0.", "Months are counted from 1, the month in which it starts.")
    if max(first, last or 0) > LAST_MONTH:
        raise Mistake(
            f'"{value}" goes beyond month {LAST_MONTH}.', f'For all that follow, write "{first}..".'
        )
    return CountRange(first, last)


def _read_seats(_reading: Reading, _path: Path, value: Any) -> CountRange:
    first, last = _ends(value, "seats", 'a number of seats, like "25..249", "250.." or "7"')
    if first < 1:
        raise Mistake("A line has no fewer than one seat.", "Seats are counted from 1.")
    if max(first, last or 0) > MOST_SEATS:
        raise Mistake(f'"{value}" goes beyond {MOST_SEATS} seats.', f'For all above, write "{first}..".')
    return CountRange(first, last)


def _day(words: str) -> date:
    try:
        day = date.fromisoformat(words)
    except ValueError as error:
        raise Mistake(f'"{words[:LONGEST_NAME]}" is no date.', 'Write it like "2009-04-01".') from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Mistake(f"The year {day.year} is out of range.", f"Write one from {FIRST_YEAR} to {LAST_YEAR}.")
    return day


def _read_days_range(reading: Reading, _path: Path, value: Any) -> Span:
    """The days as a span, whose end is never inside; whether the last day is, the program says."""
    says = 'a first and a last day, like "2011-02-01..2011-04-01" or "2010-07-01.."'
    words = plain(value, says)
    match = re.fullmatch(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})?", words)
    if not match:
        raise Mistake(f'"{words[:LONGEST_NAME]}" names no days.', f"Write {says}.")
    first, last = _day(match[1]), _day(match[2]) if match[2] else None
    if last is None:
        return Span(first)
    if last < first:
        raise Mistake(f"The days end on {last}, before they begin on {first}.", f'Write "{last}..{first}".')
    until = last + timedelta(days=1) if reading.last_day_is_included else last
    if until == first:
        says = f"There is no day in it: the program says that the last day, {last}, is excluded."
        raise Mistake(says, f'For that day alone, write "{first}..{first + timedelta(days=1)}".')
    return Span(first, until)


def _read_during(reading: Reading, path: Path, value: Any) -> Span | Period:
    if isinstance(value, str) and ".." in value:
        return _read_days_range(reading, path, value)
    words = plain(value, 'days, like "2010-07-01..2011-06-30", or a period, like "quarter"')
    if MOVING.fullmatch(words):
        says = "The language cannot count over days that move along, such as the last twelve months."
        raise Mistake(says, 'Write "month", "quarter", "program year" or "lifetime", or the days themselves.')
    if words not in PERIODS:
        raise Mistake(
            f'"{words[:LONGEST_NAME]}" names no period.', known_words(_with_program_year(words), PERIODS)
        )
    return PERIODS[words]


def _with_program_year(words: str) -> str:
    """The words with the only year that there is."""
    return re.sub(r"\b((calendar|fiscal|program) )?years?\b", Period.YEAR.value, words)


def _scopes() -> dict[str, Per]:
    pairs = [Per(scope, period) for scope, period in product(Scope, Period)]
    return {str(per): per for per in pairs}


SCOPES: Final = _scopes()
SCOPE_REMEDY: Final = (
    'Write "line", "subscription", "customer" or "partner", and for a time " and month", " and quarter" or '
    '" and program year" behind it; without one it is for good.'
)


def _read_per(_reading: Reading, _path: Path, value: Any) -> Per:
    words = plain(value, 'a scope, like "customer" or "partner and program year"')
    if words not in SCOPES:
        near = nearest(_with_program_year(words), SCOPES)
        remedy = f'Did you mean "{near}"?' if near else SCOPE_REMEDY
        raise Mistake(f'"{words[:LONGEST_NAME]}" is no scope.', remedy)
    return SCOPES[words]


def _read_edge(reading: Reading, path: Path, value: Any) -> Edge:
    words = plain(value, 'an amount, like "10000.00 USD", or a count, like "10 customers"')
    if match := re.fullmatch(r"(\d{1,9}) ([a-z]+)", words):
        measure = COUNTED.get(match[2].removesuffix("s"))
        if measure is None:
            counts = [measure.value for measure in COUNTED.values()]
            raise Mistake(f'Bands are not counted in "{match[2]}".', known_words(match[2], counts))
        return Edge(measure, int(match[1]))
    amount = read_money(reading, path, value)
    return Edge(Measure.AMOUNT, amount.minor, amount.currency)


def _read_amount(reading: Reading, path: Path, value: Any) -> Money:
    """An amount above zero: clauses that pay nothing are declared unpaid."""
    if isinstance(value, str) and value.strip().endswith("%"):
        says = f"The language cannot state this amount as a share: {value[:LONGEST_NAME]}."
        raise Mistake(says, 'Write an amount, like "500.00 USD"; a share is a `rate`.')
    amount = read_money(reading, path, value)
    if amount.minor == 0:
        raise Mistake(f"{amount} is nothing.", "Leave the key out, or write an amount above zero.")
    return amount


def _read_amounts(reading: Reading, path: Path, value: Any) -> tuple[Money, ...]:
    """One amount, or one for each of several currencies."""
    if not isinstance(value, list):
        return (_read_amount(reading, path, value),)
    if not value:
        raise Mistake("The list is empty.", "Leave the key out, or write an amount.")
    if len(value) > MOST_CURRENCIES:
        raise Mistake(f"This lists {len(value)} amounts.", f"At most {MOST_CURRENCIES} are allowed.")
    places = enumerate(value)
    found = [(number, read_value(reading, (*path, number), AMOUNT, each)) for number, each in places]
    amounts: dict[str, Money] = {}
    for number, amount in ((number, amount) for number, amount in found if amount is not MISSING):
        if amount.currency in amounts:
            says = f"There are two amounts in {amount.currency}."
            reading.fault((*path, number), says, "State one for each currency.")
        amounts.setdefault(amount.currency, amount)
    return tuple(amounts.values())


MONTH_RANGE: Final = Kind('months counted from 1, like "1..12", "13.." or "7"', _read_months)
SEAT_RANGE: Final = Kind('a number of seats, like "25..249", "250.." or "7"', _read_seats)
DAY_RANGE: Final = Kind('days, like "2011-02-01..2011-04-01" or "2010-07-01.."', _read_days_range)
DURING: Final = Kind(
    'days, like "2010-07-01..2011-06-30", or "month", "quarter", "program year" or "lifetime"', _read_during
)
PER: Final = Kind('"line", "subscription", "customer" or "partner", with a period or without', _read_per)
EDGE: Final = Kind(
    'an amount, like "10000.00 USD", or "10 customers", "75 seats", "20 subscriptions"', _read_edge
)
AMOUNT: Final = Kind('an amount above zero, like "15.00 USD"', _read_amount)
AMOUNTS: Final = Kind(
    'an amount above zero, like "15.00 USD", or a list of such amounts, one for each currency', _read_amounts
)
SHARE: Final = rates(
    'an exact share above zero and at most 100%, like "70%" or "2/3"',
    ("A share of zero is nothing.", "Leave it out."),
    ("is more than the whole.", "A share is at most 100%.", WHOLE),
)
SHARE_OR_NONE: Final = rates(
    'an exact share of at most 100%, like "50%"',
    None,
    ("is more than the whole.", "At most 100% is allowed.", WHOLE),
)
BAND_RATE: Final = rates(
    'an exact rate of at most 100%, like "5%" or "0%"',
    None,
    ("is more than the whole.", "A rate is at most 100%.", WHOLE),
)
BASELINE: Final = rates(
    'an exact share of at most 1000%, like "110%"',
    ("Everything is above a baseline of zero.", "Leave `growth` out."),
    ("is out of range.", "At most 1000% is allowed.", Fraction(10)),
)
