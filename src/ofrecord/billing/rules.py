"""What a month of service costs: calendar months in arrears, to the day."""

from datetime import date
from fractions import Fraction
from itertools import groupby

from ofrecord.billing.types import Billable, LineValue
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import Money, Rounding, multiply


def bill_month(billable: Billable, month: Month, rounding: Rounding) -> tuple[LineValue, ...]:
    """The lines of the month's invoice, one for each stretch of days with the same seats.

    In the order of the days; empty when the month has no day of service. A stretch without a day or a seat
    has no line.
    """
    served = billable.service.common(month.span)
    if served is None:
        return ()
    return tuple(
        _line(span, seats, billable.unit_price, month, rounding)
        for span, seats in _stretches(billable, served)
        if seats
    )


def prorate(price: Money, days: int, days_of: int, rounding: Rounding) -> Money:
    """The price of a whole period for `days` of its `days_of` days, rounded once."""
    return multiply(price, Fraction(days, days_of), rounding)


def seats_on(billable: Billable, day: date) -> int:
    """How many seats there are on the day; zero before the first that is stated."""
    stated = [change for change in billable.seats if change.day <= day]
    # The sort is stable, so the later of two on one day comes last and holds.
    return sorted(stated, key=lambda change: change.day)[-1].seats if stated else 0


def _stretches(billable: Billable, served: Span) -> list[tuple[Span, int]]:
    """The served days cut where the number of seats differs."""
    pieces = [(span, seats_on(billable, span.first)) for span in served.cut([c.day for c in billable.seats])]
    stretches = []
    for seats, group in groupby(pieces, key=lambda piece: piece[1]):
        spans = [span for span, _ in group]
        stretches.append((Span(spans[0].first, spans[-1].until), seats))
    return stretches


def _line(span: Span, seats: int, unit_price: Money, month: Month, rounding: Rounding) -> LineValue:
    days_in_month = month.span.days
    amount = prorate(unit_price * seats, span.days, days_in_month, rounding)
    return LineValue(span, seats, unit_price, span.days, days_in_month, amount)
