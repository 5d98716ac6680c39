"""The ways the clock says no."""

from dataclasses import dataclass
from datetime import date

from ofrecord.kernel.refusal import Kind, Refusal
from ofrecord.kernel.words import day_words


@dataclass(eq=False)
class ClockIsReal(Refusal):
    code = "clock-is-real"
    kind = Kind.CONFLICT

    def sentence(self) -> str:
        return "This installation keeps the real time; only a demonstration's clock can be set."


@dataclass(eq=False)
class ClockGoesForward(Refusal):
    code = "clock-goes-forward"
    kind = Kind.CONFLICT
    today: date
    wanted: date

    def sentence(self) -> str:
        return f"It is {day_words(self.today)} already; the clock cannot go back to {day_words(self.wanted)}."

    def remedy(self) -> str:
        return "Choose a later day."


@dataclass(eq=False)
class HistoryLoading(Refusal):
    code = "history-loading"
    kind = Kind.CONFLICT
    day: date
    until: date

    def sentence(self) -> str:
        return (
            f"The history of this demonstration is still loading: it has come to {day_words(self.day)} and ends on "
            f"{day_words(self.until)}. Until then the clock cannot be set."
        )

    def remedy(self) -> str:
        return "It takes a few minutes; set the clock when it is loaded."


@dataclass(eq=False)
class ClockGoesSlowly(Refusal):
    code = "clock-goes-slowly"
    kind = Kind.INVALID
    wanted: date
    latest: date

    def sentence(self) -> str:
        return (
            f"{day_words(self.wanted)} is too far ahead for one step: all that falls due on the way is done."
        )

    def remedy(self) -> str:
        return f"Choose {day_words(self.latest)} or an earlier day, and go on from there."


@dataclass(eq=False)
class DayWouldGoBack(Refusal):
    code = "day-would-go-back"
    kind = Kind.CONFLICT
    time_zone: str
    today: date

    def sentence(self) -> str:
        return f"It is {day_words(self.today)} here already, and not yet in the time zone {self.time_zone}."

    def remedy(self) -> str:
        return "Publish when that day has begun there too; a business day is not lived twice."
