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


def held_words(parts: Sequence[HeldPart]) -> str:
    """20.00 USD is held back until January 2027; empty when nothing is."""
    told = [
        f"{words.money_text(part.amount)} until {words.month_text(part.release)}"
        for part in parts
        if part.amount.minor > 0
    ]
    if not told:
        return ""
    return f"{_joined(told)} {'is' if len(told) == 1 else 'are'} held back"


def carried_words(figures: Figures, month: Month) -> str:
    """Why something stays on the balance; empty when nothing does."""
    if not figures.carried:
        return ""
    following = words.month_text(month.plus(1))
    if figures.carried.minor < 0:
        return f"{words.money_text(-figures.carried)} is still to be taken back, from {following} on"
    return f"{words.money_text(figures.carried)} is carried to {following}"


def _joined(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
