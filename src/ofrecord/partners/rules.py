"""Who may sell, and what may be decided."""

from collections.abc import Collection, Iterable, Sequence, Set
from datetime import date, datetime

from ofrecord.access.types import Permission
from ofrecord.kernel.calendar import Span
from ofrecord.kernel.money import MoneyFault, minor_digits
from ofrecord.kernel.words import day_words
from ofrecord.partners.refusals import (
    CurrencyUnknown,
    InvitationOver,
    NotApproved,
    NotNamed,
    ProgramNotAccepted,
    TierDays,
    TierSpanOverlaps,
    TierUnchanged,
    TooMuchAsked,
    WhyMissing,
)
from ofrecord.partners.types import AcceptanceCard, PartnerCard, TierHeld

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


def require_named(what: str, word: str, known: Sequence[str]) -> None:
    """Refuses a tier or a segment that the program does not name."""
    if word not in known:
        raise NotNamed(what=what, word=word, known=tuple(known))


def require_why(reason: str, what: str) -> str:
    """The reason without blanks around it; refuses none. `what` needs it, as the sentence says."""
    if not reason.strip():
        raise WhyMissing(what=what)
    return reason.strip()


def require_currency(code: str) -> str:
    """The currency's code, or empty for the currency of each line."""
    wanted = code.strip().upper()
    if wanted:
        try:
            minor_digits(wanted)
        except MoneyFault as fault:
            raise CurrencyUnknown(currency=code.strip()) from fault
    return wanted


def with_tier(held: Collection[TierHeld], wanted: TierHeld, *, replaces_later: bool) -> list[TierHeld]:
    """The tiers of a partner after one is recorded, in the order of the days.

    Without an end it lasts until the next tier that is recorded already, or for good where it replaces those too.
    Raises TierSpanOverlaps where a stated end lies behind a later tier that is not to be replaced, TierUnchanged
    where nothing would be another.
    """
    first, until = wanted.span.first, wanted.span.until
    if until is not None and until <= first:
        raise TierDays(first=first, until=until)
    later = [each.span.first for each in held if each.span.first > first]
    following = min(later) if later and not replaces_later else None
    if until is not None and following is not None and following < until:
        raise TierSpanOverlaps(first=following)
    span = Span(first, until or following)
    kept = [TierHeld(each.tier, rest) for each in held for rest in each.span.without(span)]
    after = _joined_tiers([*kept, TierHeld(wanted.tier, span)])
    if after == _joined_tiers(held):
        raise TierUnchanged(tier=wanted.tier, first=first)
    return after


def _joined_tiers(held: Collection[TierHeld]) -> list[TierHeld]:
    joined: list[TierHeld] = []
    for each in sorted(held, key=lambda one: one.span.first):
        former = joined[-1] if joined else None
        if former and former.tier == each.tier and former.span.until == each.span.first:
            joined[-1] = TierHeld(each.tier, Span(former.span.first, each.span.until))
        else:
            joined.append(each)
    return joined
