"""What the settlement room hands to others."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money

RUNNING, CLOSED, STOPPED, DONE = "running", "closed", "stopped", "done"


class Purpose(StrEnum):
    """What a run is for: to close a month, or to say of the open one what its close would come to."""

    CLOSE = "close"
    PREVIEW = "preview"


@dataclass(frozen=True, slots=True)
class RunCard:
    """One such run, and how far it came."""

    id: UUID
    purpose: Purpose
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
    """A closed month: the hashes of what was counted, of what came out and of what later closes start from, which is
    empty where nothing was kept for them; and how much was counted and came out."""

    month: Month
    run_id: UUID
    snapshot_sha256: str
    book_sha256: str
    carried_sha256: str
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
    """What closing a month came to; `newly` is False when it had been closed before and nothing was added.
    `waiting` counts the lines that wait for an exchange rate into each currency. `says` is by which engine it was
    worked out and of how much, where it was now."""

    closed: ClosedCard
    newly: bool
    partners: int
    zero_lines: int
    totals: tuple[Money, ...]
    waiting: tuple[tuple[str, int], ...] = ()
    says: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a statement says of one partner and currency, all in that currency.

    `opening` is the balance carried in and may be negative; `new` what lines add that correct nothing,
    `corrected` what corrections add, `waived` what of that is not taken back. `held` is kept back from now on,
    `released` was kept back before. From these the partner is paid `payable`, never negative; `carried` is the
    balance of the next opening. The other figures count lines: all, those of nothing, those that correct, and
    those that wait for an exchange rate.
    """

    partner: UUID
    currency: str
    opening: Money
    new: Money
    corrected: Money
    waived: Money
    held: Money
    released: Money
    payable: Money
    carried: Money
    lines: int = 0
    zero_lines: int = 0
    corrections: int = 0
    waiting: int = 0

    @property
    def earned(self) -> Money:
        """What the lines come to: what they add to what the partner earned."""
        return self.new + self.corrected

    @property
    def fees(self) -> Money:
        """What the month adds to what the vendor owes the partner: the lines, and what is not taken back."""
        return self.earned + self.waived

    @property
    def adds_up(self) -> bool:
        """Whether what came in is what went out."""
        return self.opening + self.fees - self.held + self.released == self.payable + self.carried


@dataclass(frozen=True, slots=True)
class MonthForeseen:
    """What closing the month would come to for all partners by what is known on the day `as_of`.

    `expected` is what of the fees of a partner and currency rests on invoices that are not written yet, or on the end
    of the month. `rate_day` is the day of the exchange rates that stand in for those of the month's last day, None
    where none had to.
    """

    month: Month
    as_of: date
    rate_day: date | None
    figures: tuple[Figures, ...]
    expected: Mapping[tuple[UUID, str], Money]

    def expected_of(self, figures: Figures) -> Money:
        """What of these figures is expected."""
        return self.expected.get((figures.partner, figures.currency), Money.zero(figures.currency))


@dataclass(frozen=True, slots=True)
class HeldPart:
    """What is kept back of a partner's fees until the close of the month `release`; negative takes some back."""

    partner: UUID
    release: Month
    amount: Money


@dataclass(frozen=True, slots=True)
class Posted:
    """What was posted for a month, in minor units by partner and currency.

    From the ledger: the partners' balances before and after it, and what moved in it. `kept` is what its close
    holds back for later ones, `due` what earlier ones held back until it.
    """

    opening: Mapping[tuple[UUID, str], int]
    fees: Mapping[tuple[UUID, str], int]
    held: Mapping[tuple[UUID, str], int]
    released: Mapping[tuple[UUID, str], int]
    payable: Mapping[tuple[UUID, str], int]
    carried: Mapping[tuple[UUID, str], int]
    kept: Mapping[tuple[UUID, str], int]
    due: Mapping[tuple[UUID, str], int]


@dataclass(frozen=True, slots=True)
class Break:
    """Where the tie-out does not hold: what the book, the statement and the ledger say of a partner's `figure`.

    Where the book does not know the figure, `book` is None; for what is held back and released, it may be the
    list of fees held back that says otherwise.
    """

    partner_id: UUID
    figure: str
    book: Money | None
    statement: Money
    ledger: Money
