"""What the partners room hands to others."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ofrecord.kernel.calendar import Span


@dataclass(frozen=True, slots=True)
class PartnerCard:
    """A partner as other rooms need it."""

    id: UUID
    number: str
    name: str
    region: str
    status: str
    applicant_id: UUID


@dataclass(frozen=True, slots=True)
class AcceptanceCard:
    """Which version a partner accepted, from which day."""

    version_id: UUID
    sha256: str
    day: date
    at: datetime
    person_id: UUID | None


@dataclass(frozen=True, slots=True)
class InvitationCard:
    """An open invitation, as its link shows it."""

    name: str
    email: str
    role: str
    partner_name: str


@dataclass(frozen=True, slots=True)
class TierHeld:
    """A tier and the days on which a partner holds it."""

    tier: str
    span: Span
