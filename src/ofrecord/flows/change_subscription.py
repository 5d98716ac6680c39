"""Seats change and subscriptions end, for those who may see them."""

from datetime import date, datetime
from uuid import UUID

from ofrecord.access.refusals import NotFound
from ofrecord.access.rules import require
from ofrecord.access.types import Permission, Reader
from ofrecord.orders.rules import require_seats
from ofrecord.subscriptions import actions
from ofrecord.subscriptions.queries import partner_on, subscriptions


def _require_own(reader: Reader, subscription_id: UUID, today: date) -> None:
    """Refuses what the reader does not see; a partner also needs to be partner of record today or later."""
    require(reader, Permission.SUBSCRIPTIONS_WRITE)
    found = subscriptions(reader.scope, today).filter(pk=subscription_id).first()
    if found is None:
        raise NotFound(what="subscription")
    if reader.partner_id is not None:
        on = max(today, found.started_on)
        if partner_on([subscription_id], on, reader.scope).get(subscription_id) != reader.partner_id:
            raise NotFound(what="subscription")


def change_seats(*, reader: Reader, at: datetime, subscription_id: UUID, day: date, seats: int) -> None:
    """From `day` on the subscription has `seats`."""
    _require_own(reader, subscription_id, at.date())
    require_seats(seats)
    actions.change_seats(by=reader.actor, at=at, subscription_id=subscription_id, day=day, seats=seats)


def cancel(*, reader: Reader, at: datetime, subscription_id: UUID, day: date) -> None:
    """`day` is the first day without service."""
    _require_own(reader, subscription_id, at.date())
    actions.cancel(by=reader.actor, at=at, subscription_id=subscription_id, day=day)
