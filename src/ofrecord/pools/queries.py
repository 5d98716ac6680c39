"""Reads of pools."""

from datetime import datetime

from django.db.models import QuerySet, Sum

from ofrecord.access.scope import rows
from ofrecord.access.types import OFFICE, Scope
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.pools.models import PoolAmount
from ofrecord.pools.types import PoolSum


def pool_amounts(scope: Scope) -> "QuerySet[PoolAmount]":
    """All amounts that were recorded."""
    return rows(PoolAmount.objects.all(), scope)


def sums(scope: Scope, through: Month | None = None) -> list[PoolSum]:
    """What each pool holds of each month, by currency; the latest month first, its pools by name."""
    found = pool_amounts(scope)
    if through is not None:
        found = found.filter(month__lte=through.first)
    summed = found.values("pool", "month", "currency").annotate(minor=Sum("amount_minor"))
    return [
        PoolSum(row["pool"], Month.of(row["month"]), Money(int(row["minor"]), row["currency"]))
        for row in summed.order_by("-month", "pool", "currency")
    ]


def held(program: str, pool: str, month: Month, currency: str) -> Money:
    """What the pool holds of the month in that currency. For the system."""
    found = rows(PoolAmount.objects.all(), OFFICE).filter(
        program=program, pool=pool, month=month.first, currency=currency
    )
    return Money(int(found.aggregate(minor=Sum("amount_minor", default=0))["minor"]), currency)


def months_recorded_since(at: datetime) -> set[Month]:
    """The months of which anything was recorded at or after the instant. For the system."""
    found = rows(PoolAmount.objects.all(), OFFICE).filter(learned_at__gte=at)
    return {Month.of(month) for month in found.values_list("month", flat=True).distinct()}
