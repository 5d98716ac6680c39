"""What billing hands to others: frozen values, without any framework."""

from dataclasses import dataclass
from datetime import date

from ofrecord.kernel.calendar import Span
from ofrecord.kernel.money import Money


@dataclass(frozen=True, slots=True)
class SeatsFrom:
    """From this day on, so many seats; zero seats are not billed."""

    day: date
    seats: int


@dataclass(frozen=True, slots=True)
class Billable:
    """A subscription as billing needs it.

    `seats` says from which day how many, the first from the start; of two that begin on one day the later
    in the tuple holds. `cancelled_from` is the first day without service, None while it runs.
    """

    unit_price: Money
    started_on: date
    cancelled_from: date | None
    seats: tuple[SeatsFrom, ...]

    @property
    def service(self) -> Span:
        """The days of service: none when it is cancelled before it starts."""
        if self.cancelled_from is None:
            return Span(self.started_on)
        return Span(self.started_on, max(self.started_on, self.cancelled_from))


@dataclass(frozen=True, slots=True)
class LineValue:
    """One line of a monthly invoice: a stretch of days with the same seats.

    `amount` is unit price × seats × `days` / `days_in_month`, rounded once.
    """

    span: Span
    seats: int
    unit_price: Money
    days: int
    days_in_month: int
    amount: Money


@dataclass(frozen=True, slots=True)
class InvoiceTotal:
    """What some invoices in one currency come to: all of them, and those that were not paid yet."""

    invoices: int
    billed: Money
    unpaid: int
    unpaid_amount: Money
