"""Who may sell, and what may be decided."""

from collections.abc import Iterable, Set
from datetime import date, datetime

from ofrecord.access.types import Permission
from ofrecord.kernel.words import day_words
from ofrecord.partners.refusals import InvitationOver, NotApproved, ProgramNotAccepted, TooMuchAsked
from ofrecord.partners.types import AcceptanceCard, PartnerCard

APPROVED = "approved"
INVITATION_DAYS = 14


def require_approved(partner: PartnerCard) -> None:
    """Refuses a partner that was not approved."""
    if partner.status != APPROVED:
        raise NotApproved(name=partner.name, status=partner.status)


def require_can_sell(
    partner: PartnerCard, accepted: Iterable[AcceptanceCard], sha256: str, version: str
) -> None:
    """Refuses a partner that was not approved, or did not accept this very version."""
    require_approved(partner)
    if all(acceptance.sha256 != sha256 for acceptance in accepted):
        raise ProgramNotAccepted(name=partner.name, version=version)


def grantable(asked: Set[Permission], own: Set[Permission], most: Set[Permission]) -> frozenset[Permission]:
    """What a token is given: what is asked, never more than its maker has nor than any token may have."""
    beyond = asked - (own & most)
    if beyond:
        raise TooMuchAsked(permissions=tuple(sorted(permission.value for permission in beyond)))
    return frozenset(asked)


def require_open(
    accepted_at: datetime | None, revoked_at: datetime | None, expires_on: date, at: datetime
) -> None:
    """Refuses an invitation that was used, withdrawn, or is out of date."""
    if accepted_at is not None:
        raise InvitationOver(why="was used before")
    if revoked_at is not None:
        raise InvitationOver(why="was withdrawn")
    if at.date() >= expires_on:
        raise InvitationOver(why=f"was open until {day_words(expires_on)}")
