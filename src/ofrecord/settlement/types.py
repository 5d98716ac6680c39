"""What the settlement room hands to others."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money


@dataclass(frozen=True, slots=True)
class RunCard:
    """One attempt to close a month, and how far it came."""

    id: UUID
    month: Month
    status: str
    started_by: UUID | None
    started_at: datetime
    ended_at: datetime | None
    done: int
    steps: int
    says: str
    stop_asked: bool


@dataclass(frozen=True, slots=True)
class ClosedCard:
    """A closed month: the hashes of what was counted and of what came out, and how much of both."""

    month: Month
    run_id: UUID
    snapshot_sha256: str
    book_sha256: str
    facts: int
    lines: int
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: `done` of `steps` steps are behind it, and `says` is what it does now."""

    done: int
    steps: int
    says: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What closing a month came to; `newly` is False when it had been closed before and nothing was added."""

    closed: ClosedCard
    newly: bool
    partners: int
    zero_lines: int
    totals: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class Break:
    """Where the tie-out does not hold: what the book, the statement and the ledger say of one partner."""

    partner_id: UUID
    book: Money
    statement: Money
    ledger: Money
