"""Rates are read into values, and every fault is collected on the way, whatever the layout."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ofrecord.exchange.refusals import RatesFaulty
from ofrecord.exchange.rules import currency_fault, day_fault, rate_fault, twice_given
from ofrecord.exchange.types import Fault, GivenRate
from ofrecord.kernel.words import MONTHS

_NUMBERS = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_WORDS = re.compile(rf"([0-9]{{1,2}}) ({'|'.join(MONTHS)}) ([0-9]{{4}})")


@dataclass
class Reading:
    """What was read so far. Days after `through` are left out and counted; a day after `today` is a fault."""

    today: date
    through: date | None = None
    rates: list[GivenRate] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    left_out: int = 0

    def fault(self, line: int, says: str, place: str = "") -> None:
        self.faults.append(Fault(line, place or (f"line {line}" if line else ""), says))

    def day(self, line: int, text: str, place: str = "") -> date | None:
        """The day that a line is about; None, with a fault, where there is none."""
        day = read_day(text)
        says = f"{text[:40]!r} is no day" if day is None else self._day_fault(day)
        if says:
            self.fault(line, says, place)
        return None if says else day

    def _day_fault(self, day: date) -> str:
        return "" if self._is_left_out(day) else day_fault(day, self.today)

    def currency(self, line: int, currency: str, place: str = "") -> bool:
        """Whether rates may be given in that currency; a fault where not."""
        says = currency_fault(currency)
        if says:
            self.fault(line, says, place)
        return not says

    def take(self, line: int, place: str, currency: str, day: date, text: str) -> None:
        """A rate of a day and a currency that were looked at before."""
        says = rate_fault(text)
        if says:
            self.fault(line, says, place)
        elif self._is_left_out(day):
            self.left_out += 1
        else:
            self.rates.append(GivenRate(line, place, currency, day, Decimal(text)))

    def _is_left_out(self, day: date) -> bool:
        return self.through is not None and day > self.through

    def whole(self) -> Sequence[GivenRate]:
        """All rates, in the order in which they were given; raises RatesFaulty with every fault."""
        faults = [*self.faults, *twice_given(self.rates)]
        if not faults and not self.rates and not self.left_out:
            faults.append(Fault(0, "", "there is no rate in what was given"))
        if faults:
            raise RatesFaulty(faults=tuple(sorted(faults)))
        return self.rates


def read_day(text: str) -> date | None:
    """The day of "2026-11-20" or "20 November 2026"; None when it is neither."""
    if numbers := _NUMBERS.fullmatch(text):
        year, month, day = map(int, numbers.groups())
    elif words := _WORDS.fullmatch(text):
        year, month, day = int(words[3]), MONTHS.index(words[2]) + 1, int(words[1])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
