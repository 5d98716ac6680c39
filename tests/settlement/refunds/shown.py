"""What the closes of a column show of its cells, in the words of the document."""

from fractions import Fraction

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.engine.books import lines_of
from ofrecord.engine.types import FeeLine
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.kernel.rate import rate_text
from ofrecord.settlement.queries import booked_months, books_folder
from ofrecord.settlement.types import Figures
from ofrecord.statements.queries import figures_of
from settlement.refunds.stage import Cell

FIGURES = ("opening", "new", "corrected", "waived", "held", "released", "payable", "carried")


def shown(cell: Cell, letters: str, month: Month) -> list[str]:
    """The lines that the month's book has for the cell's partners, then their statements."""
    hashes = dict(booked_months())
    lines: list[str] = []
    statements: list[str] = []
    with entered(OFFICE):
        stated = figures_of(month)
    for letter in letters:
        if letter not in cell.houses:
            continue
        partner = cell.houses[letter].id
        found = [each.line for each in lines_of(books_folder(), month, hashes[month], str(partner))]
        ordered = sorted(
            found, key=lambda line: (line.service.first, line.invoice, line.clause, line.event_day)
        )
        lines += [f"{letter} {line_words(line, month)}" for line in ordered]
        statements += [f"{letter}: {figures_words(each)}" for each in stated if each.partner == partner]
    return [*lines, *statements]


def line_words(line: FeeLine, month: Month) -> str:
    """A line in one row: clause, days, how it is worked out, what was booked before, and what it adds."""
    words = [f"{line.clause or 'nothing'}, {_days(line)}: {_working(line)}"]
    if line.is_correction:
        words.append(f"booked {_text(line.booked_minor, line.currency)}")
    words.append(f"adds {_text(line.fee_minor, line.currency)}")
    if line.due_currency != line.currency:
        words.append("waits for a rate" if line.waits else _due(line))
    for name in ("held", "waived"):
        minor = getattr(line, f"{name}_minor")
        if minor:
            words.append(f"{name} {_text(minor, line.due_currency)}")
    return "; ".join(words)


def _working(line: FeeLine) -> str:
    if line.withdrawn:
        return "withdrawn"
    basis = _text(line.basis_minor, line.currency)
    if not line.clause:
        return f"{basis} earns nothing"
    words = f"{rate_text(line.rate)} of {basis}"
    if line.cap_minor is not None:
        words += f" within {_text(line.cap_minor - line.cap_used_minor, line.currency)}"
    if line.part != Fraction(1):
        words += f", {rate_text(line.part)} of it"
    return f"{words} = {_text(line.earned_minor, line.currency)}"


def _due(line: FeeLine) -> str:
    return f"due {Money(line.due_minor, line.due_currency)} at {_fraction(line.exchange)}"


def _fraction(rate: Fraction) -> str:
    return f"{rate.numerator}/{rate.denominator}" if rate.denominator != 1 else str(rate.numerator)


def _days(line: FeeLine) -> str:
    last = line.service.last
    assert last is not None, "a billed line has an end"
    month = Month.of(line.service.first)
    if line.service == month.span:
        return f"{last:%B}"
    return f"{line.service.first.day} to {last.day} {last:%B}"


def figures_words(figures: Figures) -> str:
    """The figures of a statement that are not zero."""
    named = [f"{name} {getattr(figures, name).decimal_text()}" for name in FIGURES if getattr(figures, name)]
    waits = [f"{figures.waiting} waiting"] if figures.waiting else []
    return f"{figures.currency}: {', '.join([*named, *waits]) or 'nothing'}"


def _text(minor: int, currency: str) -> str:
    return Money(minor, currency).decimal_text()
