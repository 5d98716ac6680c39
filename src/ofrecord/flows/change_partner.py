"""Another partner becomes partner of record, also for days that are over."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from ofrecord.access.refusals import NotFound
from ofrecord.access.rules import require
from ofrecord.access.types import Permission, Reader
from ofrecord.customers.actions import add_relationship
from ofrecord.partners.queries import partner_card
from ofrecord.partners.rules import require_approved
from ofrecord.program.queries import began_on
from ofrecord.program.rules import require_in_program
from ofrecord.subscriptions import actions
from ofrecord.subscriptions.queries import subscriptions


@transaction.atomic
def change_partner(
    *,
    reader: Reader,
    at: datetime,
    subscription_id: UUID,
    partner_id: UUID | None,
    first: date,
    reason: str,
    replaces_later: bool = False,
) -> None:
    """From `first` on the partner of record is another one, or nobody; the next close books what follows from it.

    Raises NotFound, BeforeProgram, partners' NotApproved, and the refusals of `subscriptions`.
    """
    require(reader, Permission.RECORD_WRITE)
    customer_id = customer_of(reader, at, subscription_id)
    require_in_program(first, began_on())
    if partner_id is not None:
        require_partner(reader, partner_id)
    actions.change_partner(
        by=reader.actor,
        at=at,
        subscription_id=subscription_id,
        partner_id=partner_id,
        first=first,
        reason=reason,
        replaces_later=replaces_later,
    )
    if partner_id is not None:
        add_relationship(customer_id=customer_id, partner_id=partner_id, since=first)


def customer_of(reader: Reader, at: datetime, subscription_id: UUID) -> UUID:
    """The customer of a subscription that the reader sees. Raises NotFound."""
    found = subscriptions(reader.scope, at.date()).filter(pk=subscription_id).first()
    if found is None:
        raise NotFound(what="subscription")
    return found.customer_id


def require_partner(reader: Reader, partner_id: UUID) -> None:
    """Refuses a partner that is not there, or that was not approved."""
    card = partner_card(partner_id, reader.scope)
    if card is None:
        raise NotFound(what="partner")
    require_approved(card)
