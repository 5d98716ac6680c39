"""Days, months and amounts as an English sentence says them: refusals, letters, the guide, explanations.

Pages format values in the reader's language; these are for sentences that are written once, by a rule.
"""

from datetime import date

from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def day_words(day: date) -> str:
    """2 April 2026"""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def month_words(month: Month) -> str:
    """October 2026"""
    return f"{MONTHS[month.number - 1]} {month.year}"


def amount_words(amount: Money) -> str:
    """1,290.00"""
    whole, point, rest = amount.decimal_text().partition(".")
    return f"{int(whole):,}{point}{rest}" if amount.minor >= 0 else f"-{amount_words(-amount)}"


def money_words(amount: Money) -> str:
    """1,290.00 USD"""
    return f"{amount_words(amount)} {amount.currency}"
