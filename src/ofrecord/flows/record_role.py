"""A partner holds a role on a subscription beside the partner of record, until it ends."""

from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

from django.db import transaction

from ofrecord.access.rules import require
from ofrecord.access.types import Permission, Reader
from ofrecord.customers.actions import add_relationship
from ofrecord.flows.change_partner import customer_of, require_partner
from ofrecord.program.queries import began_on
from ofrecord.program.rules import require_in_program
from ofrecord.subscriptions import actions


@transaction.atomic
def record_role(
    *,
    reader: Reader,
    at: datetime,
    subscription_id: UUID,
    partner_id: UUID,
    role: str,
    first: date,
    until: date | None = None,
    share: Fraction | None = None,
) -> UUID:
    """The partner holds the role from `first` until before `until`, also on days that are over; the role's id.

    Raises NotFound, BeforeProgram, partners' NotApproved, and the refusals of `subscriptions`.
    """
    require(reader, Permission.RECORD_WRITE)
    customer_id = customer_of(reader, at, subscription_id)
    require_in_program(first, began_on())
    require_partner(reader, partner_id)
    heldrole_id = actions.record_role(
        by=reader.actor,
        at=at,
        subscription_id=subscription_id,
        partner_id=partner_id,
        role=role,
        first=first,
        until=until,
        share=share,
    )
    # Its statement names the customer, so it may read the name.
    add_relationship(customer_id=customer_id, partner_id=partner_id, since=first)
    return heldrole_id


@transaction.atomic
def end_role(
    *, reader: Reader, at: datetime, subscription_id: UUID, heldrole_id: UUID, day: date, reason: str
) -> None:
    """`day` is the first day without the role; it may be over. Raises NotFound and the refusals of `subscriptions`."""
    require(reader, Permission.RECORD_WRITE)
    customer_of(reader, at, subscription_id)
    actions.end_role(
        by=reader.actor,
        at=at,
        subscription_id=subscription_id,
        heldrole_id=heldrole_id,
        day=day,
        reason=reason,
    )
