"""A closed month is checked again: its book against its statements and against the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ofrecord.access.rules import require
from ofrecord.access.types import Permission, Reader
from ofrecord.flows.read_back import read_back
from ofrecord.kernel.calendar import Month
from ofrecord.program.queries import terms_by_sha
from ofrecord.settlement.queries import closed
from ofrecord.settlement.refusals import BookTooLarge, MonthNotClosed
from ofrecord.settlement.types import Break, ClosedCard, Figures
from ofrecord.statements.queries import figures_of, tie_out

# What a request reads and works out again, in two seconds or so on a machine that does nothing else.
MOST_LINES: Final = 100_000


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check of a month found: its statements, and every figure that is not one amount."""

    closed: ClosedCard
    statements: Sequence[Figures]
    breaks: tuple[Break, ...]

    @property
    def ties_out(self) -> bool:
        return not self.breaks


def check_month(*, reader: Reader, month: Month, most_lines: int | None = MOST_LINES) -> Checked:
    """Reads the month's book, works every line out again, and holds it against what was posted. Changes nothing.

    Raises MonthNotClosed, BookMissing, BookAltered, BookUnsound; BookTooLarge where the book has more than `most_lines`
    lines: None is for whoever can wait.
    """
    require(reader, Permission.SETTLEMENT_READ)
    found = closed(month)
    if found is None:
        raise MonthNotClosed(month=month)
    if most_lines is not None and found.lines > most_lines:
        raise BookTooLarge(month=month, lines=found.lines)
    sums = read_back(month, found.book_sha256, found.lines, terms_by_sha())
    return Checked(found, figures_of(month), tie_out(month, sums))
