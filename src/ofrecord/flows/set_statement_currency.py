"""A partner's statements are stated in a currency of its own."""

from datetime import datetime
from uuid import UUID

from ofrecord.access.rules import require
from ofrecord.access.types import Permission, Reader
from ofrecord.flows.change_partner import require_partner
from ofrecord.partners.actions import set_statement_currency as action
from ofrecord.statements.queries import statements


def set_statement_currency(
    *, reader: Reader, at: datetime, partner_id: UUID, currency: str, reason: str = ""
) -> None:
    """What is booked from now on is stated in that currency; empty is the currency of each line.

    After the partner's first statement it takes a reason. Raises NotFound, NotApproved, CurrencyUnknown, WhyMissing.
    """
    require(reader, Permission.RECORD_WRITE)
    require_partner(reader, partner_id)
    action.set_statement_currency(
        by=reader.actor,
        at=at,
        partner_id=partner_id,
        currency=currency,
        reason=reason,
        has_statements=statements(reader.scope).filter(partner_id=partner_id).exists(),
    )
