"""The figures of a statement as a small table that adds up, and as the sentence that a page begins with."""

from collections.abc import Sequence
from dataclasses import dataclass

from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money, sum_money
from ofrecord.settlement.types import Figures, HeldPart
from ofrecord.web import words


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One row: what it is, in words, and its amount, as it counts in the sum."""

    title: str
    words: str
    amount: Money


@dataclass(frozen=True, slots=True)
class FigureTable:
    """What comes in and what is held back, the sum of it, and into what the sum is parted."""

    currency: str
    rows: Sequence[FigureRow]
    sum: Money
    parts: Sequence[FigureRow]


_ROWS = (
    ("opening", "Opening balance", "carried from the statement before"),
    ("new", "New lines", "earned, and on no statement before"),
    ("corrected", "Corrections", "of lines of earlier statements"),
    ("waived", "Not taken back", "corrected after the days in which fees are taken back"),
    ("held", "Held back", "as long as fees may be taken back"),
    ("released", "Released", "held back by earlier statements"),
)
_PARTS = (
    ("payable", "Payable", "paid for this statement"),
    ("carried", "Closing balance", "carried to the next statement"),
)


def figure_table(figures: Figures) -> FigureTable:
    """The figures of one statement."""
    return sum_table(figures.currency, [figures])


def sum_table(currency: str, statements: Sequence[Figures]) -> FigureTable:
    """The figures of several statements of one currency, added up."""

    def summed(name: str) -> Money:
        return sum_money((getattr(each, name) for each in statements), currency)

    rows = [
        FigureRow(title, says, -summed(name) if name == "held" else summed(name))
        for name, title, says in _ROWS
    ]
    parts = [FigureRow(title, says, summed(name)) for name, title, says in _PARTS]
    return FigureTable(currency, rows, sum_money((row.amount for row in rows), currency), parts)


def paid_words(figures: Figures, parts: Sequence[HeldPart], month: Month, pays: str) -> str:
    """The sentence that answers what a statement comes to; `pays` is "Northwind pays you" or "Harbor is paid"."""
    if figures.payable:
        first = f"{pays} {words.money_text(figures.payable)} for {words.month_text(month)}"
    else:
        first = f"Nothing is paid for {words.month_text(month)}"
    held = held_words(parts) if figures.held.minor > 0 else ""
    return f"{first}; {held}" if held else first


def held_words(parts: Sequence[HeldPart]) -> str:
    """20.00 USD is held back until January 2027 and 5.00 USD until March 2027; empty when nothing is.

    Where a correction takes from what is held for some month, only the sum is told: parts would not add up to it.
    """
    held = [part for part in parts if part.amount.minor > 0]
    if not held:
        return ""
    if len(held) < sum(part.amount.minor != 0 for part in parts):
        return _sum_held(parts)
    first, *others = ((words.money_text(part.amount), words.month_text(part.release)) for part in held)
    return words.joined(
        [
            f"{first[0]} is held back until {first[1]}",
            *(f"{amount} until {month}" for amount, month in others),
        ]
    )


def _sum_held(parts: Sequence[HeldPart]) -> str:
    """14.00 USD is held back"""
    currencies = sorted({part.amount.currency for part in parts})
    sums = [
        sum_money((part.amount for part in parts if part.amount.currency == each), each)
        for each in currencies
    ]
    held = [words.money_text(each) for each in sums if each.minor > 0]
    return f"{words.joined(held)} is held back" if held else ""


def carried_words(figures: Figures, month: Month, minimum: Money | None) -> str:
    """What stays on the balance, and why; empty when nothing does. `minimum` is the program's least payment."""
    following = words.month_text(month.plus(1))
    if figures.carried.minor < 0:
        return (
            f"{words.money_text(-figures.carried)} of what was paid before is still to be taken back, "
            f"from {following} on."
        )
    if not figures.carried or minimum is None:
        return ""
    return (
        f"{words.money_text(figures.carried)} is carried to {following}, "
        f"as less than {words.money_text(minimum)} is not paid out."
    )
