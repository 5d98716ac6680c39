"""The ways subscriptions says no."""

from dataclasses import dataclass
from datetime import date

from ofrecord.kernel.refusal import Kind, Refusal
from ofrecord.kernel.words import day_words


@dataclass(eq=False)
class DayPast(Refusal):
    code = "day-past"
    kind = Kind.INVALID
    day: date
    earliest: date

    def sentence(self) -> str:
        return f"{day_words(self.day)} is too early."

    def remedy(self) -> str:
        return f"Choose {day_words(self.earliest)} or a later day."


@dataclass(eq=False)
class DayTooFar(Refusal):
    code = "day-too-far"
    kind = Kind.INVALID
    day: date
    latest: date

    def sentence(self) -> str:
        return f"{day_words(self.day)} is too far ahead."

    def remedy(self) -> str:
        return f"Choose {day_words(self.latest)} or an earlier day."


@dataclass(eq=False)
class AlreadyCancelled(Refusal):
    code = "already-cancelled"
    kind = Kind.CONFLICT
    number: str
    cancelled_from: date

    def sentence(self) -> str:
        return f"The subscription {self.number} is cancelled from {day_words(self.cancelled_from)} on."


@dataclass(eq=False)
class CommitmentRuns(Refusal):
    code = "commitment-runs"
    kind = Kind.CONFLICT
    number: str
    earliest: date

    def sentence(self) -> str:
        return f"The subscription {self.number} is agreed until {day_words(self.earliest)}."

    def remedy(self) -> str:
        return f"Cancel it from {day_words(self.earliest)} or a later day."


@dataclass(eq=False)
class PartnerSpansOverlap(Refusal):
    code = "partner-of-record-overlaps"
    kind = Kind.CONFLICT
    number: str

    def sentence(self) -> str:
        return f"The subscription {self.number} has a partner of record on these days."
