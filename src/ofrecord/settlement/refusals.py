"""The ways settlement says no, in order of precedence."""

from dataclasses import dataclass
from datetime import date

from ofrecord.kernel.calendar import Month
from ofrecord.kernel.refusal import Kind, Refusal
from ofrecord.kernel.words import day_words, month_words
from ofrecord.settlement.types import Break, Purpose


@dataclass(eq=False)
class AlreadyClosed(Refusal):
    """To a person who asks for a run; a run that finds its month closed adds nothing and says so."""

    code = "month-already-closed"
    kind = Kind.CONFLICT
    month: Month
    closed_on: date

    def sentence(self) -> str:
        month, day = month_words(self.month), day_words(self.closed_on)
        return f"{month} was closed on {day}. Closing it again would add nothing."


@dataclass(eq=False)
class MonthNotOver(Refusal):
    code = "month-not-over"
    kind = Kind.CONFLICT
    month: Month

    @property
    def closable_from(self) -> date:
        """The first day on which the month can be closed."""
        return self.month.plus(1).first

    def sentence(self) -> str:
        return f"{month_words(self.month)} is not over, so it cannot be closed."

    def remedy(self) -> str:
        return f"It can be closed from {day_words(self.closable_from)} on."


@dataclass(eq=False)
class NobodyServed(Refusal):
    """The month lies before the first of service; `first` is that one, None before anybody was served."""

    code = "nobody-served"
    kind = Kind.CONFLICT
    month: Month
    first: Month | None

    def sentence(self) -> str:
        return f"Nobody was served in {month_words(self.month)}, so there is nothing to close."

    def remedy(self) -> str:
        return f"The first month of service is {month_words(self.first)}." if self.first else ""


@dataclass(eq=False)
class EarlierMonthOpen(Refusal):
    code = "earlier-month-open"
    kind = Kind.CONFLICT
    month: Month
    earlier: Month

    def sentence(self) -> str:
        return f"{month_words(self.month)} cannot be closed while {month_words(self.earlier)} is open."

    def remedy(self) -> str:
        return f"Months are closed in order: close {month_words(self.earlier)} first."


@dataclass(eq=False)
class MonthCannotBePreviewed(Refusal):
    """Only the month that is to be closed next has a preview; `following` is it, None before anybody was served."""

    code = "month-cannot-be-previewed"
    kind = Kind.CONFLICT
    month: Month
    is_closed: bool
    following: Month | None

    def sentence(self) -> str:
        if self.is_closed:
            return f"{month_words(self.month)} is closed, so there is nothing to preview."
        if self.following is None:
            return f"{month_words(self.month)} has no preview: nobody was served yet."
        return (
            f"{month_words(self.month)} has no preview while the month that is closed next is "
            f"{month_words(self.following)}."
        )

    def remedy(self) -> str:
        if self.is_closed:
            return "Its statements say what it came to."
        return f"Ask for {month_words(self.following)}." if self.following else ""


@dataclass(eq=False)
class PreviewTooLarge(Refusal):
    """More bears on the preview than is worked out while somebody waits."""

    code = "preview-too-large"
    kind = Kind.CONFLICT
    most: int
    is_of_one: bool

    def sentence(self) -> str:
        return f"More than {self.most:,} invoice lines bear on this preview: too many to work it out while you wait."

    def remedy(self) -> str:
        if self.is_of_one:
            return "Whoever runs the server can have it worked out by ofrecord preview --partner."
        return "Ask for one partner, or have all worked out at the desk, under Settlement, or by ofrecord preview."


@dataclass(eq=False)
class BookTooLarge(Refusal):
    """A book has more lines than are worked out again while somebody waits."""

    code = "book-too-large"
    kind = Kind.CONFLICT
    month: Month
    lines: int

    def sentence(self) -> str:
        return f"The book of {month_words(self.month)} has {self.lines:,} lines: too many to check while you wait."

    def remedy(self) -> str:
        return f"Whoever runs the server can have it checked by ofrecord tie-out {self.month}."


@dataclass(eq=False)
class MonthNotClosed(Refusal):
    code = "month-not-closed"
    kind = Kind.CONFLICT
    month: Month

    def sentence(self) -> str:
        return f"{month_words(self.month)} is not closed: it has no book and no snapshot yet."

    def remedy(self) -> str:
        return "Close the month first."


@dataclass(eq=False)
class StepsNotInColumns(Refusal):
    """The judge worked the month out: there are no steps to look at."""

    code = "steps-not-in-columns"
    kind = Kind.CONFLICT
    month: Month
    why: str

    def sentence(self) -> str:
        return f"The judge worked {month_words(self.month)} out, and not in steps. {self.why}"

    def remedy(self) -> str:
        return "Lines are explained by `ofrecord explain`."


@dataclass(eq=False)
class SnapshotTooOld(Refusal):
    """The month was closed when snapshots were not kept as columns yet."""

    code = "snapshot-too-old"
    kind = Kind.CONFLICT
    month: Month

    def sentence(self) -> str:
        month = month_words(self.month)
        return (
            f"The snapshot of {month} was kept by an earlier release, and not as the columns that steps read."
        )

    def remedy(self) -> str:
        return "Look at a month that was closed since; lines of this one are explained by `ofrecord explain`."


@dataclass(eq=False)
class RunStopped(Refusal):
    code = "run-stopped"
    kind = Kind.CONFLICT
    purpose: Purpose
    month: Month

    def sentence(self) -> str:
        if self.purpose is Purpose.PREVIEW:
            return f"The preview of {month_words(self.month)} was stopped on request."
        return (
            f"The run that was to close {month_words(self.month)} was stopped on request. Nothing was posted."
        )

    def remedy(self) -> str:
        if self.purpose is Purpose.PREVIEW:
            return "Have it worked out again when you need it."
        return "What was billed stays billed. Start another run when you are ready: it does the whole."


@dataclass(eq=False)
class BillingMoved(Refusal):
    code = "billing-moved"
    kind = Kind.CONFLICT
    month: Month

    def sentence(self) -> str:
        return f"{month_words(self.month)} was billed further while the run counted. Nothing was posted."

    def remedy(self) -> str:
        return "Start another run: it counts again."


@dataclass(eq=False)
class TieOutBroken(Refusal):
    """Book, statements and ledger do not agree: a fault of the program that must not reach a partner.

    Of a month that `is_closed` already nothing is known but that they do not.
    """

    code = "tie-out-broken"
    kind = Kind.CONFLICT
    month: Month
    breaks: tuple[Break, ...]
    is_closed: bool = False

    def sentence(self) -> str:
        partners = len({each.partner_id for each in self.breaks})
        noun = "partner" if partners == 1 else "partners"
        broken = f"{month_words(self.month)} does not tie out for {partners} {noun}."
        return broken if self.is_closed else f"{broken} Nothing was posted."

    def remedy(self) -> str:
        return "Report it: this is a fault of the program, not of what you did."

    def report(self) -> tuple[str, ...]:
        """A line for each figure that is not one amount in book, statement and ledger."""
        return tuple(map(_told, self.breaks))

    def __str__(self) -> str:
        """With the report: whoever looks for the cause needs every figure."""
        return "\n".join((self.sentence(), *self.report(), self.remedy()))


def _told(broken: Break) -> str:
    book = "" if broken.book is None else f"book {broken.book}, "
    return (
        f"{broken.partner_id}, {broken.figure}: {book}statement {broken.statement}, ledger {broken.ledger}."
    )
