"""One way in which any of our values is shown in a cell, and one in which it is written to a file."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import singledispatch

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.kernel.rate import rate_text
from ofrecord.web import words


@singledispatch
def presented(value: object) -> str | SafeString:
    """The value as the reader sees it, escaped; a part (State, Linked) draws itself, nothing is a dash."""
    return words.NOTHING if value is None or value == "" else conditional_escape(value)  # type: ignore[arg-type]


presented.register(int, words.count_text)
presented.register(Money, words.money_text)
presented.register(Fraction, words.percent_text)
presented.register(Decimal, words.decimal_text)
presented.register(datetime, words.when_text)
presented.register(date, lambda day: words.day_text(day, "short"))
presented.register(Month, words.month_text)
presented.register(bool, lambda answer: "yes" if answer else "no")


@singledispatch
def written(value: object) -> str:
    """The value as a file has it: exact, ungrouped, days as 2026-11-03, money without its currency."""
    return "" if value is None else str(value)


written.register(Money, Money.decimal_text)
written.register(Fraction, rate_text)
written.register(Decimal, lambda number: format(number.normalize(), "f"))
written.register(date, date.isoformat)
written.register(datetime, datetime.isoformat)
written.register(bool, lambda answer: "yes" if answer else "no")
