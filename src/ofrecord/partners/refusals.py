"""The ways partners says no."""

from dataclasses import dataclass
from datetime import date

from ofrecord.kernel.refusal import Kind, Refusal
from ofrecord.kernel.words import day_words


@dataclass(eq=False)
class AlreadyDecided(Refusal):
    code = "already-decided"
    kind = Kind.CONFLICT
    name: str
    status: str

    def sentence(self) -> str:
        return f"The application of {self.name} was {self.status} before."


@dataclass(eq=False)
class ReasonMissing(Refusal):
    code = "reason-missing"
    kind = Kind.INVALID

    def sentence(self) -> str:
        return "A refusal needs a reason."

    def remedy(self) -> str:
        return "Say in a sentence why; the applicant will read it."


@dataclass(eq=False)
class NotApproved(Refusal):
    code = "partner-not-approved"
    kind = Kind.FORBIDDEN
    name: str
    status: str

    def sentence(self) -> str:
        return f"{self.name} cannot do this: its application is {self.status}."

    def remedy(self) -> str:
        return "The vendor decides on the application first." if self.status == "applied" else ""


@dataclass(eq=False)
class ProgramNotAccepted(Refusal):
    code = "program-not-accepted"
    kind = Kind.FORBIDDEN
    name: str
    version: str

    def sentence(self) -> str:
        return f"{self.name} has not accepted program version {self.version}, so it cannot sell under it."

    def remedy(self) -> str:
        return "An owner of the partner reads and accepts the version on the page Program."


@dataclass(eq=False)
class VersionMoved(Refusal):
    code = "version-hash-differs"
    kind = Kind.CONFLICT

    def sentence(self) -> str:
        return "What you read is not the version that would be accepted."

    def remedy(self) -> str:
        return "Open the page Program again and read the version that is published now."


@dataclass(eq=False)
class InvitationOver(Refusal):
    code = "invitation-over"
    kind = Kind.GONE
    why: str

    def sentence(self) -> str:
        return f"This invitation {self.why}."

    def remedy(self) -> str:
        return "Ask for a new one; if you joined before, sign in."


@dataclass(eq=False)
class TierSpanOverlaps(Refusal):
    code = "tier-span-overlaps"
    kind = Kind.CONFLICT
    first: date

    def sentence(self) -> str:
        return f"Another tier is recorded from {day_words(self.first)} on."

    def remedy(self) -> str:
        return "End the tier before that day, or say that it replaces what is recorded for later days."


@dataclass(eq=False)
class TooMuchAsked(Refusal):
    code = "permissions-beyond-role"
    kind = Kind.INVALID
    permissions: tuple[str, ...]

    def sentence(self) -> str:
        return f"A token cannot be given {', '.join(self.permissions)}."

    def remedy(self) -> str:
        return "Choose among the permissions that your own role has."


@dataclass(eq=False)
class LastOwner(Refusal):
    code = "last-owner"
    kind = Kind.CONFLICT

    def sentence(self) -> str:
        return "The last owner of a house cannot leave it."

    def remedy(self) -> str:
        return "Invite another owner first."


@dataclass(eq=False)
class NotNamed(Refusal):
    code = "not-named-by-program"
    kind = Kind.INVALID
    what: str
    word: str
    known: tuple[str, ...]

    def sentence(self) -> str:
        return f"“{self.word}” is no {self.what} that the program in force names."

    def remedy(self) -> str:
        return f"Choose one of {', '.join(self.known)}." if self.known else f"It names no {self.what} at all."


@dataclass(eq=False)
class WhyMissing(Refusal):
    code = "why-missing"
    kind = Kind.INVALID
    what: str

    def sentence(self) -> str:
        return f"{self.what} needs a reason."

    def remedy(self) -> str:
        return "Say in a sentence why; it is kept on the record."


@dataclass(eq=False)
class TierUnchanged(Refusal):
    code = "tier-unchanged"
    kind = Kind.CONFLICT
    tier: str
    first: date

    def sentence(self) -> str:
        return f"From {day_words(self.first)} on, the tier {self.tier} is recorded already."


@dataclass(eq=False)
class TierDays(Refusal):
    code = "tier-days-crossed"
    kind = Kind.INVALID
    first: date
    until: date

    def sentence(self) -> str:
        return f"A tier from {day_words(self.first)} cannot end before {day_words(self.until)}."

    def remedy(self) -> str:
        return "The end is the first day without it; choose a later one, or none."


@dataclass(eq=False)
class CurrencyUnknown(Refusal):
    code = "currency-unknown"
    kind = Kind.INVALID
    currency: str

    def sentence(self) -> str:
        return f"“{self.currency}” is no currency."

    def remedy(self) -> str:
        return "Write its code by ISO 4217, such as EUR; leave it empty for the currency of each line."


@dataclass(eq=False)
class PartnerUnknown(Refusal):
    code = "partner-unknown"
    kind = Kind.INVALID
    number: str

    def sentence(self) -> str:
        return f"There is no partner with the number {self.number}."


@dataclass(eq=False)
class TiersFaulty(Refusal):
    code = "tiers-faulty"
    kind = Kind.INVALID
    faults: tuple[str, ...]

    def sentence(self) -> str:
        count = len(self.faults)
        named = "; ".join(self.faults[:3])
        return f"The file has {count:,} fault{'s' if count > 1 else ''}, so no tier was recorded: {named}"

    def remedy(self) -> str:
        return "Put each of them right; a line that was recorded before does no harm."
