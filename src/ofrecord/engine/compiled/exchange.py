"""Exchange rates of the few currencies and days that lines ask for, worked out once each, as a table to join."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final, NamedTuple

import pyarrow as pa

from ofrecord.engine.refusals import RateOutOfRange
from ofrecord.engine.types import Laws, RateFact
from ofrecord.kernel.money import minor_digits

EURO: Final = "EUR"
# A rate of more digits could make a product with the largest amount that 38 digits do not hold. The rates that are
# stored have far fewer: two of ten decimals each, divided by one another.
LIMIT: Final = 10**17

_TEXT, _DAY, _WIDE = pa.string(), pa.date32(), pa.decimal128(38, 0)
ASKED: Final = pa.schema({"currency": _TEXT, "due_currency": _TEXT, "event_day": _DAY, "terms_sha256": _TEXT})
EXCHANGES: Final = pa.schema(
    [
        *ASKED,
        # Null, and `waits` says why, where there is no rate.
        pa.field("rate_numerator", _WIDE),
        pa.field("rate_denominator", _WIDE),
        pa.field("rate_day", _DAY),
        pa.field("rate_waits", _TEXT),
        # Between the minor units of the two currencies: 1/100 from cents to yen.
        pa.field("scale_numerator", _WIDE),
        pa.field("scale_denominator", _WIDE),
    ]
)
CURRENCIES: Final = pa.schema({"partner": _TEXT, "wanted_currency": _TEXT})


class Asked(NamedTuple):
    """Which rate a line needs; its program version says how old it may be."""

    currency: str
    due_currency: str
    event_day: date
    terms_sha256: str


def currency_table(currencies: Mapping[str, str]) -> pa.Table:
    """The currency in which each partner wants its statement, of those that want a certain one."""
    wanted = {partner: currency for partner, currency in currencies.items() if currency}
    return pa.table([list(wanted), list(wanted.values())], schema=CURRENCIES)


def exchange_table(asked: Iterable[Asked], laws: Laws, rates: Sequence[RateFact]) -> pa.Table:
    """The rate for each of what is asked, or why there is none. Raises RateOutOfRange."""
    quotations = _Quotations(rates)
    rows = [
        _row(one, quotations, laws.by_sha[one.terms_sha256].payment.rate_days) for one in sorted({*asked})
    ]
    columns = [pa.array([row.get(field.name) for row in rows], type=field.type) for field in EXCHANGES]
    return pa.Table.from_arrays(columns, schema=EXCHANGES)


def asked_of(table: pa.Table) -> list[Asked]:
    """What a step found to be asked for."""
    return [Asked(**row) for row in table.select(ASKED.names).to_pylist()]


class _Quotations:
    """What a euro was worth, by day: a rate between two currencies is that of one day on which both were quoted."""

    def __init__(self, rates: Iterable[RateFact]) -> None:
        self._by_day: dict[date, dict[str, Fraction]] = defaultdict(lambda: {EURO: Fraction(1)})
        for rate in rates:
            self._by_day[rate.day][rate.currency] = rate.per_euro
        self._days = sorted(self._by_day)

    def latest(self, asked: Asked, most_days: int) -> tuple[Fraction, date] | None:
        """The latest that is not after the day, and not more than so many days before it."""
        first = bisect_left(self._days, asked.event_day - timedelta(days=most_days))
        last = bisect_right(self._days, asked.event_day)
        for day in reversed(self._days[first:last]):
            quoted = self._by_day[day]
            if asked.currency in quoted and asked.due_currency in quoted:
                return quoted[asked.due_currency] / quoted[asked.currency], day
        return None


def _row(asked: Asked, quotations: _Quotations, most_days: int) -> dict[str, Any]:
    scale = Fraction(10) ** (minor_digits(asked.due_currency) - minor_digits(asked.currency))
    row = asked._asdict() | {"scale_numerator": scale.numerator, "scale_denominator": scale.denominator}
    found = quotations.latest(asked, most_days)
    if found is None:
        return row | {"rate_waits": _no_rate(asked, most_days)}
    rate, day = found
    if max(rate.numerator * scale.numerator, rate.denominator * scale.denominator) > LIMIT:
        raise RateOutOfRange(asked.currency, asked.due_currency, day)
    return row | {
        "rate_numerator": rate.numerator,
        "rate_denominator": rate.denominator,
        "rate_day": day,
        "rate_waits": "",
    }


def _no_rate(asked: Asked, most_days: int) -> str:
    says = f"There is no exchange rate from {asked.currency} to {asked.due_currency} on {asked.event_day}"
    return says + (f" or in the {most_days} days before." if most_days else ".")
