"""The ways subscriptions says no."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ofrecord.kernel.calendar import Span
from ofrecord.kernel.rate import rate_text
from ofrecord.kernel.refusal import Kind, Refusal
from ofrecord.kernel.words import day_words
from ofrecord.program.clause_types import RECORDED_ROLES


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


@dataclass(eq=False)
class RecordUnchanged(Refusal):
    code = "record-unchanged"
    kind = Kind.CONFLICT
    first: date

    def sentence(self) -> str:
        return f"From {day_words(self.first)} on, this is recorded already."

    def remedy(self) -> str:
        return "Choose another partner or another day."


@dataclass(eq=False)
class RoleUnknown(Refusal):
    code = "role-unknown"
    kind = Kind.INVALID
    role: str

    def sentence(self) -> str:
        return f"“{self.role}” is not a role that is recorded."

    def remedy(self) -> str:
        return f"Choose one of {', '.join(RECORDED_ROLES)}; the partner of record is changed, not recorded."


@dataclass(eq=False)
class RoleHeld(Refusal):
    code = "role-held"
    kind = Kind.CONFLICT
    name: str
    role: str
    span: Span

    def sentence(self) -> str:
        end = f" until {day_words(self.span.last)}" if self.span.last else " on"
        return f"{self.name} is {self.role} from {day_words(self.span.first)}{end} already."

    def remedy(self) -> str:
        return "End that role first, or choose other days."


@dataclass(eq=False)
class RoleEnded(Refusal):
    code = "role-ended"
    kind = Kind.CONFLICT
    role: str
    until: date

    def sentence(self) -> str:
        return f"The role {self.role} ends before {day_words(self.until)} already."

    def remedy(self) -> str:
        return "Choose an earlier day, or record the role anew."


@dataclass(eq=False)
class ShareOutOfRange(Refusal):
    code = "share-out-of-range"
    kind = Kind.INVALID
    share: Fraction

    def sentence(self) -> str:
        return f"{rate_text(self.share)} is no share of a role."

    def remedy(self) -> str:
        return "State more than nothing and at most 100%, or nothing for a role that is held alone."


@dataclass(eq=False)
class SharesTooMuch(Refusal):
    code = "shares-too-much"
    kind = Kind.CONFLICT
    role: str
    day: date
    total: Fraction

    def sentence(self) -> str:
        return f"On {day_words(self.day)} the shares of the {self.role} would be {rate_text(self.total)}."

    def remedy(self) -> str:
        return "They make at most 100%; who has no share holds the role alone. End the other role first."


@dataclass(eq=False)
class SpanEmpty(Refusal):
    code = "span-empty"
    kind = Kind.INVALID
    first: date

    def sentence(self) -> str:
        return f"A role from {day_words(self.first)} cannot end before it was held for a day."

    def remedy(self) -> str:
        return "Choose a later end, or none."
