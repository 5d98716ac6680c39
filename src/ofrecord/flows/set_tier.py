"""A partner's tier is recorded, or a wrong one corrected, until standing is computed."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from ofrecord.access.rules import require
from ofrecord.access.types import Permission, Reader
from ofrecord.flows.change_partner import require_partner
from ofrecord.kernel.refusal import Refusal
from ofrecord.partners.actions.set_tier import set_tier as store_tier
from ofrecord.partners.queries import partner_by_number
from ofrecord.partners.refusals import PartnerUnknown, TiersFaulty, TierUnchanged
from ofrecord.partners.rules import require_named
from ofrecord.partners.tier_file import TierRow, read_tiers
from ofrecord.program.queries import began_on, in_force
from ofrecord.program.rules import require_in_program
from ofrecord.subscriptions.rules import require_day


@transaction.atomic
def set_tier(
    *,
    reader: Reader,
    at: datetime,
    partner_id: UUID,
    tier: str,
    first: date,
    until: date | None = None,
    replaces_later: bool = False,
    reason: str = "",
) -> None:
    """From `first` until before `until` the partner holds the tier, also on days that are over.

    The tier is one that the version in force on `first` names. Raises NotFound, BeforeProgram, DayTooFar, and the
    refusals of `partners`.
    """
    require(reader, Permission.RECORD_WRITE)
    require_in_program(first, began_on())
    require_day(first, first, at.date())
    require_partner(reader, partner_id)
    require_named("tier", tier, in_force(first).terms.tiers)
    store_tier(
        by=reader.actor,
        at=at,
        partner_id=partner_id,
        tier=tier,
        first=first,
        until=until,
        replaces_later=replaces_later,
        reason=reason.strip(),
    )


@transaction.atomic
def import_tiers(*, reader: Reader, at: datetime, content: bytes) -> tuple[int, int]:
    """Records every tier of a file, in its order: how many are new, and how many were recorded before.

    Raises TiersFaulty with every fault of every line; then nothing of the file is recorded.
    """
    require(reader, Permission.RECORD_WRITE)
    rows, faults = read_tiers(content)
    recorded = 0
    for row in rows:
        try:
            recorded += _recorded(reader, at, row)
        except Refusal as refusal:
            faults.append((row.line, str(refusal)))
    if faults:
        raise TiersFaulty(faults=tuple(f"line {line}: {says}" for line, says in sorted(faults)))
    return recorded, len(rows) - recorded


def _recorded(reader: Reader, at: datetime, row: TierRow) -> int:
    """1 where the row brought something new."""
    card = partner_by_number(row.partner, reader.scope)
    if card is None:
        raise PartnerUnknown(number=row.partner)
    try:
        set_tier(
            reader=reader,
            at=at,
            partner_id=card.id,
            tier=row.tier,
            first=row.first,
            until=row.until,
            replaces_later=row.replaces_later,
            reason=row.reason,
        )
    except TierUnchanged:
        return 0
    return 1
