"""What the statements room hands to others."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from ofrecord.engine.types import BookedLine
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.settlement.types import Figures

OPEN, ANSWERED = "open", "answered"


class Outcome(StrEnum):
    """How a dispute ended. One that was upheld is followed by a correction, once its cause is recorded."""

    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class DisputeCard:
    """A partner's objection to a line; `outcome` is None while it is open, and then there is no answer."""

    id: UUID
    partner_id: UUID
    line: str
    month: Month
    reason: str
    opened_by: UUID | None
    opened_at: datetime
    outcome: Outcome | None
    answer: str
    answered_by: UUID | None
    answered_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.outcome is None


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
    def is_correction(self) -> bool:
        """Whether it corrects a line of an earlier statement."""
        return self.booked.line.is_correction

    @property
    def waits(self) -> str:
        """Why nothing of it is due yet; empty when it does not wait."""
        return self.booked.line.waits

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
    """One step of the calculation: what it is, in words, and its result: an amount, or a text such as "× 12/100".

    `is_result` marks what the line adds to the statement; what follows it says when that is paid.
    """

    label: str
    says: str
    result: Money | str
    is_result: bool = False


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact that the calculation rests on: what it is, as people know it, and the id it is stored under."""

    label: str
    says: str | date
    id: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a line pays what it pays: first in words, then the working, then the facts.

    `fee` is the result of the working, `due` the same in the currency of the statement. `clause` is empty where no
    clause covers the case, and `reason` is empty where the line pays. `corrects` names the line that this one
    corrects, if any.
    """

    line: str
    words: str
    working: tuple[WorkingRow, ...]
    facts: tuple[FactRow, ...]
    fee: Money
    due: Money
    clause: str
    version: str
    reason: str
    corrects: str = ""
