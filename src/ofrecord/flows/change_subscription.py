"""Seats change and subscriptions end, for those who may see them."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from ofrecord.access.refusals import NotFound
from ofrecord.access.rules import require
from ofrecord.access.types import Permission, Reader
from ofrecord.orders.rules import require_seats
from ofrecord.subscriptions import actions
from ofrecord.subscriptions.queries import partner_on, subscriptions
from ofrecord.subscriptions.rules import earliest_end

if TYPE_CHECKING:
    from ofrecord.subscriptions.models import Subscription


def _visible(reader: Reader, subscription_id: UUID, today: date) -> "Subscription":
    found = subscriptions(reader.scope, today).filter(pk=subscription_id).first()
    if found is None:
        raise NotFound(what="subscription")
    return found


def _require_own(reader: Reader, subscription_id: UUID, today: date) -> None:
    """Refuses what the reader does not see; a partner also needs to be partner of record today or later."""
    require(reader, Permission.SUBSCRIPTIONS_WRITE)
    found = _visible(reader, subscription_id, today)
    if reader.partner_id is not None:
        on = max(today, found.started_on)
        if partner_on([subscription_id], on, reader.scope).get(subscription_id) != reader.partner_id:
            raise NotFound(what="subscription")


def change_seats(*, reader: Reader, at: datetime, subscription_id: UUID, day: date, seats: int) -> None:
    """From `day` on the subscription has `seats`."""
    _require_own(reader, subscription_id, at.date())
    require_seats(seats)
    actions.change_seats(by=reader.actor, at=at, subscription_id=subscription_id, day=day, seats=seats)


def earliest_cancellation(*, reader: Reader, at: datetime, subscription_id: UUID) -> date:
    """The first day from which the subscription may be without service."""
    found = _visible(reader, subscription_id, at.date())
    return earliest_end(found.started_on, found.commitment_months, at.date())


def cancel(*, reader: Reader, at: datetime, subscription_id: UUID, day: date) -> None:
    """`day` is the first day without service."""
    _require_own(reader, subscription_id, at.date())
    actions.cancel(by=reader.actor, at=at, subscription_id=subscription_id, day=day)
