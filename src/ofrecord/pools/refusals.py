"""The ways pools says no."""

from dataclasses import dataclass
from datetime import date

from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.kernel.refusal import Kind, Refusal
from ofrecord.kernel.words import day_words, money_words, month_words


@dataclass(eq=False)
class PoolUnknown(Refusal):
    code = "pool-unknown"
    kind = Kind.INVALID
    pool: str
    version: str
    known: tuple[str, ...]

    def sentence(self) -> str:
        return f"Version {self.version} of the program has no pool {self.pool!r}."

    def remedy(self) -> str:
        if not self.known:
            return "It has no pools at all; they are named in the program document, in `pools`."
        return f"Choose one of its pools: {', '.join(self.known)}."


@dataclass(eq=False)
class MonthBeforeProgram(Refusal):
    code = "month-before-program"
    kind = Kind.INVALID
    month: Month
    effective: date | None

    def sentence(self) -> str:
        since = (
            f"took effect on {day_words(self.effective)}" if self.effective else "has no published version"
        )
        return f"Nothing was pooled in {month_words(self.month)}: the program {since}."

    def remedy(self) -> str:
        if self.effective is None:
            return "The channel chief publishes one on the page Program."
        return f"Choose {month_words(Month.of(self.effective))} or a later month."


@dataclass(eq=False)
class MonthToCome(Refusal):
    code = "month-to-come"
    kind = Kind.INVALID
    month: Month
    today: date

    def sentence(self) -> str:
        return f"{month_words(self.month)} has not begun, so nothing was pooled in it."

    def remedy(self) -> str:
        return f"Choose {month_words(Month.of(self.today))} or an earlier month."


@dataclass(eq=False)
class NothingPooled(Refusal):
    code = "nothing-pooled"
    kind = Kind.INVALID

    def sentence(self) -> str:
        return "An amount of zero changes no pool."

    def remedy(self) -> str:
        return "State what came in, or with a minus what is taken out again."


@dataclass(eq=False)
class PoolBelowZero(Refusal):
    code = "pool-below-zero"
    kind = Kind.CONFLICT
    pool: str
    month: Month
    held: Money
    amount: Money

    def sentence(self) -> str:
        return (
            f"The pool {self.pool} holds {money_words(self.held)} of {month_words(self.month)}; "
            f"{money_words(-self.amount)} cannot be taken out of it."
        )

    def remedy(self) -> str:
        return f"Take out {money_words(self.held)} at most." if self.held else "There is nothing to take out."


@dataclass(eq=False)
class ReasonMissing(Refusal):
    code = "reason-missing"
    kind = Kind.INVALID
    most: int

    def sentence(self) -> str:
        return f"The reason is not said in 1 to {self.most} letters."

    def remedy(self) -> str:
        return "Say where the amount comes from, or what it corrects."


@dataclass(eq=False)
class AmountRecorded(Refusal):
    code = "amount-recorded"
    kind = Kind.CONFLICT

    def sentence(self) -> str:
        return "This form was sent before, with other contents; what was sent first is recorded."

    def remedy(self) -> str:
        return "Open the page again to record another amount."
