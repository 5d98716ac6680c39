"""What a month's invoice of a subscription would be, by the very rule that bills."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Reader
from ofrecord.billing.rules import bill_month
from ofrecord.billing.types import Billable, LineValue, SeatsFrom
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money, sum_money
from ofrecord.orders.rules import require_seats
from ofrecord.program.queries import version
from ofrecord.subscriptions.queries import seats_of, subscriptions
from ofrecord.subscriptions.rules import require_day


@dataclass(frozen=True, slots=True)
class ForeseenInvoice:
    """The invoice of a month if nothing else changes; it is dated the last day of the month."""

    month: Month
    lines: tuple[LineValue, ...]
    total: Money


def foresee_invoice(
    *, reader: Reader, at: datetime, subscription_id: UUID, day: date | None = None, seats: int | None = None
) -> ForeseenInvoice:
    """The invoice of the month of `day` (or of today) with `seats` from that day on; nothing is changed.

    Raises NotFound, SeatsOutOfRange, DayPast, DayTooFar.
    """
    found = subscriptions(reader.scope, at.date()).filter(pk=subscription_id).first()
    if found is None:
        raise NotFound(what="subscription")
    earliest = max(at.date(), found.started_on)
    seen = tuple(
        SeatsFrom(change.day, change.seats)
        for change in seats_of([subscription_id], reader.scope)[subscription_id]
    )
    if seats is not None:
        require_seats(seats)
        day = day or earliest
        require_day(day, earliest, at.date())
        seen = (*seen, SeatsFrom(day, seats))
    price = Money(found.unit_price_minor, found.currency)
    published = version(found.version_id)
    assert published is not None, "a subscription's version is published"
    month = Month.of(day or earliest)
    billable = Billable(price, found.started_on, found.cancelled_from, seen)
    lines = bill_month(billable, month, published.terms.rounding)
    return ForeseenInvoice(month, lines, sum_money((line.amount for line in lines), price.currency))
