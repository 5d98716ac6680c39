"""What an amount is worth in the currency of a partner's statement: at a stated rate of a stated day, or not yet."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from ofrecord.engine.types import FeeLine, RateFact
from ofrecord.kernel.money import Rounding, minor_digits, round_fraction

EURO = "EUR"


@dataclass(frozen=True, slots=True)
class Rate:
    """How many units of one currency another is worth, and the day of the quotation."""

    rate: Fraction
    day: date


class RateTable:
    """Quotations by day. A rate between two currencies is that of one day on which both were quoted."""

    def __init__(self, rates: Iterable[RateFact]) -> None:
        self._quoted: dict[date, dict[str, Fraction]] = defaultdict(lambda: {EURO: Fraction(1)})
        for rate in rates:
            self._quoted[rate.day][rate.currency] = rate.per_euro
        self._days = sorted(self._quoted)

    def between(self, source: str, target: str, day: date, most_days: int) -> Rate | None:
        """The latest rate that is at most `most_days` older than `day`; None where there is none: no guess."""
        first = bisect_left(self._days, day - timedelta(days=most_days))
        for quoted in reversed(self._days[first : bisect_right(self._days, day)]):
            both = self._quoted[quoted]
            if source in both and target in both:
                return Rate(both[target] / both[source], quoted)
        return None


def exchanged(earned_minor: int, line: FeeLine) -> int:
    """What was earned, in the currency of the statement, at the line's rate, rounded once by the line's rounding."""
    digits = minor_digits(line.due_currency) - minor_digits(line.currency)
    return round_fraction(earned_minor * line.exchange * Fraction(10) ** digits, Rounding(line.rounding))


def with_due(line: FeeLine, currency: str, table: RateTable, most_days: int) -> FeeLine:
    """The line with what is due for it in the currency; without a rate it waits, and says why."""
    if currency == line.currency:
        return replace(line, due_currency=currency, due_earned_minor=line.earned_minor)
    rate = table.between(line.currency, currency, line.event_day, most_days)
    if rate is None:
        says = f"There is no exchange rate from {line.currency} to {currency} on {line.event_day}"
        says += f" or in the {most_days} days before." if most_days else "."
        return replace(line, due_currency=currency, waits=says if line.earned_minor else "")
    known = replace(
        line,
        due_currency=currency,
        exchange_numerator=rate.rate.numerator,
        exchange_denominator=rate.rate.denominator,
        exchange_day=rate.day,
    )
    return replace(known, due_earned_minor=exchanged(line.earned_minor, known))
