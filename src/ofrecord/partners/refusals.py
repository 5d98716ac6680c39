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
        return f"The partner holds a tier from {day_words(self.first)} or later already."

    def remedy(self) -> str:
        return "Begin the new tier on a later day."


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
