"""Reads of exchange rates."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from django.db.models import Exists, Max, OuterRef, QuerySet

from ofrecord.access.scope import rows
from ofrecord.access.types import OFFICE, Scope
from ofrecord.exchange.models import ExchangeRate
from ofrecord.exchange.rules import RateKey
from ofrecord.exchange.types import Quote

# Backward along the index of currency, day and revision: the first row of each is the one that counts.
_LATEST = ("-currency", "-day", "-revision")


def exchange_rates(scope: Scope) -> "QuerySet[ExchangeRate]":
    """All that was ever recorded, each with `is_in_force`: whether nothing was recorded over it."""
    later = ExchangeRate.objects.filter(
        currency=OuterRef("currency"), day=OuterRef("day"), revision__gt=OuterRef("revision")
    )
    return rows(ExchangeRate.objects.annotate(is_in_force=~Exists(later)), scope)


def rates_in_force(*, through: date | None = None, currencies: Iterable[str] | None = None) -> list[Quote]:
    """What one euro was worth, by currency and day: of each the rate learned last. For the system.

    With `through` those of days up to that one; with `currencies` those alone. A history since 1999 has more than
    two hundred thousand.
    """
    found = rows(ExchangeRate.objects.all(), OFFICE)
    if through is not None:
        found = found.filter(day__lte=through)
    if currencies is not None:
        found = found.filter(currency__in=list(currencies))
    latest = found.order_by(*_LATEST).distinct("currency", "day").values_list("currency", "day", "per_euro")
    return [Quote(currency, day, Fraction(per_euro)) for currency, day, per_euro in reversed(list(latest))]


def known_rates(currencies: Iterable[str], first: date, last: date) -> dict[RateKey, Decimal]:
    """The rates that count of those currencies, on the days from `first` to `last`. For the system."""
    found = ExchangeRate.objects.filter(currency__in=list(currencies), day__range=(first, last))
    latest = found.order_by(*_LATEST).distinct("currency", "day").values_list("currency", "day", "per_euro")
    return {(currency, day): per_euro for currency, day, per_euro in latest}


def rates_of_latest_day(scope: Scope) -> list[ExchangeRate]:
    """The rates that count of the latest day that has any, by currency; a lookup, however long the history."""
    found = exchange_rates(scope)
    newest = rows(ExchangeRate.objects.all(), scope).aggregate(day=Max("day"))["day"]
    if newest is None:
        return []
    in_force = found.filter(day=newest, is_in_force=True)  # type: ignore[misc]  # annotated by the query
    return list(in_force.order_by("currency"))


def latest_rates(scope: Scope, day: date | None = None) -> list[ExchangeRate]:
    """Of each currency the rate of its latest day, up to `day` where one is given; by currency."""
    found = rows(ExchangeRate.objects.all(), scope)
    if day is not None:
        found = found.filter(day__lte=day)
    return list(reversed(list(found.order_by(*_LATEST).distinct("currency"))))


def currencies(scope: Scope) -> list[str]:
    """The currencies that have a rate of any day."""
    found = rows(ExchangeRate.objects.all(), scope)
    return list(found.order_by("currency").values_list("currency", flat=True).distinct())


def is_any_learned_since(at: datetime, through: date) -> bool:
    """Whether any rate of a day up to `through` was written at or after the instant. For the system."""
    return rows(ExchangeRate.objects.all(), OFFICE).filter(day__lte=through, learned_at__gte=at).exists()
