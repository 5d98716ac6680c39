"""The figures of a line's steps in words: amounts with their currency, rates as people write them."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Final

from ofrecord.engine.types import FeeLine, Slice
from ofrecord.kernel.money import LIMIT_MINOR, Money
from ofrecord.kernel.rate import rate_text
from ofrecord.kernel.words import money_words

# Whole minor units of the line's currency, and of the statement's.
AMOUNTS: Final = {"amount", "basis", "amount each", "rounded", "cap", "whole", "earned", "fee"}
DUE_AMOUNTS: Final = {"in the statement's currency", "due"}


def value_words(name: str, value: object, line: FeeLine) -> str:
    """What a step says, as a person reads it; an amount beyond all limits stands as the bare number that it is."""
    currency = line.currency if name in AMOUNTS else line.due_currency if name in DUE_AMOUNTS else ""
    if isinstance(value, int) and not isinstance(value, bool) and currency and abs(value) <= LIMIT_MINOR:
        return money_words(Money(value, currency))
    words: dict[type, Callable[..., str]] = {
        bool: lambda flag: "yes" if flag else "no",
        Fraction: lambda exact: f"{exact} minor units",
        date: date.isoformat,
        tuple: lambda parts: _tuple_words(parts, line),
        type(None): lambda _: "none",
    }
    return words.get(type(value), str)(value) or "none"


def _tuple_words(parts: tuple[object, ...], line: FeeLine) -> str:
    return ", ".join(_slice_words(part, line) if isinstance(part, Slice) else str(part) for part in parts)


def _slice_words(part: Slice, line: FeeLine) -> str:
    """750.00 USD at 12%"""
    if part.rate_denominator == 0 or abs(part.amount_minor) > LIMIT_MINOR:
        return f"{part.amount_minor} at {part.rate_numerator}/{part.rate_denominator}"
    return f"{money_words(Money(part.amount_minor, line.currency))} at {rate_text(part.rate)}"
