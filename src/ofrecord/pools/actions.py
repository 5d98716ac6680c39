"""Writes of pools."""

from datetime import datetime

from django.db import connection, transaction

from ofrecord.access.types import Actor
from ofrecord.journal.actions import record
from ofrecord.kernel.money import Money
from ofrecord.pools.models import PoolAmount
from ofrecord.pools.queries import held
from ofrecord.pools.refusals import AmountRecorded
from ofrecord.pools.rules import require_amount, require_reason
from ofrecord.pools.types import NewAmount


@transaction.atomic
def add_amount(*, by: Actor, at: datetime, what: NewAmount) -> Money:
    """Writes an amount; says what the pool holds of the month then. The same amount (by its id) again adds nothing.

    Raises ReasonMissing, NothingPooled, PoolBelowZero; AmountRecorded where the id stands for another amount.
    """
    require_reason(what.reason)
    _serialize(what)
    before = held(what.program, what.pool, what.month, what.amount.currency)
    if _is_recorded(what):
        return before
    require_amount(what.pool, what.month, before, what.amount)
    PoolAmount.objects.create(
        id=what.id,
        program=what.program,
        pool=what.pool,
        month=what.month.first,
        amount_minor=what.amount.minor,
        currency=what.amount.currency,
        reason=what.reason,
        learned_at=at,
        learned_by=by.id,
    )
    record(
        by=by,
        at=at,
        verb="pool amount recorded",
        subject=("pool amount", what.id),
        pool=what.pool,
        month=str(what.month),
        amount=str(what.amount),
        reason=what.reason,
    )
    return before + what.amount


def _serialize(what: NewAmount) -> None:
    """Two who change one pool of a month come one after the other, by the lock that the table's trigger takes too."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"pool {what.pool} {what.month.first}"])


def _is_recorded(what: NewAmount) -> bool:
    row = PoolAmount.objects.filter(pk=what.id).first()
    if row is None:
        return False
    same = (row.program, row.pool, row.month, row.amount, row.reason) == (
        what.program,
        what.pool,
        what.month.first,
        what.amount,
        what.reason,
    )
    if not same:
        raise AmountRecorded
    return True
