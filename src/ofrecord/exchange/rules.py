"""What can be taken as a rate, and what is done with rates that are given."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from ofrecord.exchange.types import DECIMALS, DIGITS, EURO, Change, Fault, GivenRate
from ofrecord.kernel.money import MoneyFault, minor_digits
from ofrecord.kernel.words import day_words

FIRST_DAY = date(1999, 1, 1)
_RATE = re.compile(rf"[0-9]{{1,{DIGITS - DECIMALS}}}(\.[0-9]{{1,{DECIMALS}}})?")

RateKey = tuple[str, date]


def currency_fault(currency: str) -> str:
    """Why nothing has a rate in that currency; empty when something may."""
    if currency == EURO:
        return "one euro is always one euro; it has no rate"
    try:
        minor_digits(currency)
    except MoneyFault:
        return f"{currency[:20]!r} is no currency code"
    return ""


def rate_fault(text: str) -> str:
    """Why the text is no rate; empty when it is one."""
    if not _RATE.fullmatch(text):
        return f"{text[:40]!r} is no rate; write it like 1.0853, with at most {DECIMALS} decimals"
    return "" if Decimal(text) > 0 else "a rate is more than 0"


def day_fault(day: date, today: date) -> str:
    """Why no rate of the day can be known; empty when one can."""
    if day < FIRST_DAY:
        return f"{day_words(day)} is before the first day of the euro"
    return f"{day_words(day)} is after today, {day_words(today)}" if day > today else ""


def twice_given(rates: Iterable[GivenRate]) -> list[Fault]:
    """The rates whose currency and day stood before in what is given, even where they agree."""
    seen: dict[RateKey, str] = {}
    faults = []
    for rate in rates:
        before = seen.setdefault((rate.currency, rate.day), rate.place)
        if before != rate.place:
            says = f"{rate.currency} on {day_words(rate.day)} was given before, at {before}"
            faults.append(Fault(rate.line, rate.place, says))
    return faults


def new_and_changed(
    given: Sequence[GivenRate], known: Mapping[RateKey, Decimal]
) -> tuple[list[GivenRate], list[GivenRate]]:
    """Those of the rates given that are not known yet, and those that are known otherwise."""
    new = [rate for rate in given if (rate.currency, rate.day) not in known]
    changed = [rate for rate in given if known.get((rate.currency, rate.day), rate.per_euro) != rate.per_euro]
    return new, changed


def change_of(rate: GivenRate, known: Mapping[RateKey, Decimal]) -> Change:
    """What a rate that is known otherwise changes."""
    return Change(rate.currency, rate.day, known[rate.currency, rate.day], rate.per_euro)
