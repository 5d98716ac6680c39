"""What the statements room hands to others."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

from ofrecord.engine.types import BookedLine
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.settlement.types import Figures


@dataclass(frozen=True, slots=True)
class StatementCard:
    """A partner's fees of one closed month in one currency; `book_sha256` names the book that holds its lines."""

    id: UUID
    month: Month
    figures: Figures
    book_sha256: str
    closed_at: datetime

    @property
    def partner_id(self) -> UUID:
        return self.figures.partner

    @property
    def total(self) -> Money:
        """What the lines come to."""
        return self.figures.earned

    @property
    def payable(self) -> Money:
        return self.figures.payable

    @property
    def lines(self) -> int:
        return self.figures.lines

    @property
    def zero_lines(self) -> int:
        return self.figures.zero_lines


@dataclass(frozen=True, slots=True)
class Names:
    """What people call the things that a line knows by their ids; an id stands where the name is gone."""

    partner: str
    customer: str
    subscription: str
    offer: str
    way: str
    clause: str


@dataclass(frozen=True, slots=True)
class NamedLine:
    """A line of a statement with the names that a reader knows."""

    booked: BookedLine
    names: Names

    @property
    def id(self) -> str:
        """The line's public name: "2026-10/4821193755"."""
        return self.booked.id

    @property
    def fee(self) -> Money:
        """What the line adds to what was booked before, in its own currency."""
        return self.booked.line.fee

    @property
    def due(self) -> Money:
        """What the line adds to the statement, in the statement's currency."""
        return self.booked.line.due

    @property
    def billed(self) -> Money:
        """The part of what was billed that this line pays for."""
        return Money(self.booked.line.basis_minor, self.booked.line.currency)


@dataclass(frozen=True, slots=True)
class ClauseTotal:
    """What one clause of a version paid on a statement; `clause` is empty for lines that no clause covers."""

    clause: str
    title: str
    version: str
    rate: Fraction
    fee: Money
    lines: int
    subscriptions: int


@dataclass(frozen=True, slots=True)
class WorkingRow:
    """One step of the calculation: what it is, in words, and its result: an amount, or a text such as "× 12/100"."""

    label: str
    says: str
    result: Money | str


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact that the calculation rests on: what it is, as people know it, and the id it is stored under."""

    label: str
    says: str | date
    id: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a line pays what it pays: first in words, then the working, then the facts.

    `fee` is the result of the working. `clause` is empty where no clause covers the case, and `reason` is
    empty where the line pays.
    """

    line: str
    words: str
    working: tuple[WorkingRow, ...]
    facts: tuple[FactRow, ...]
    fee: Money
    clause: str
    version: str
    reason: str
