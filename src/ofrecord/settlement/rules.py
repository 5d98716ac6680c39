"""When a month may be closed, and whether what was posted agrees."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.settlement.refusals import EarlierMonthOpen, MonthNotOver
from ofrecord.settlement.types import Break

# What each partner is due in each currency, in minor units.
Due = Mapping[tuple[UUID, str], int]


def require_closable(
    month: Month, *, today: date, first_served: Month | None, closed: Collection[Month]
) -> None:
    """Raises MonthNotOver, and EarlierMonthOpen: from the first month of service on, months are closed in order."""
    if today <= month.last:
        raise MonthNotOver(month=month)
    earlier = first_open(first_served, closed)
    if earlier is not None and earlier < month:
        raise EarlierMonthOpen(month=month, earlier=earlier)


def first_open(first_served: Month | None, closed: Collection[Month]) -> Month | None:
    """The month that is to be closed next, over or not; None before anybody was served."""
    month = first_served
    while month is not None and month in closed:
        month = month.plus(1)
    return month


def fee_key(month: Month) -> str:
    """How the keys of the ledger's transfers for a month's fees begin."""
    return f"fees:{month}:"


def breaks_of(book: Due, statements: Due, ledger: Due) -> tuple[Break, ...]:
    """Where the sum of a partner's lines, its statement and what the ledger owes it are not one amount."""
    keys = sorted({*book, *statements, *ledger})
    triples = [(key, tuple(due.get(key, 0) for due in (book, statements, ledger))) for key in keys]
    return tuple(
        Break(partner_id, *(Money(minor, currency) for minor in amounts))
        for (partner_id, currency), amounts in triples
        if len(set(amounts)) > 1
    )
