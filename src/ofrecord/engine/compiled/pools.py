"""What there is of each pool to be divided, and under which clause."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final

import pyarrow as pa

from ofrecord.engine.compiled.clauses import numbered
from ofrecord.engine.types import Laws, PoolFact
from ofrecord.kernel.money import round_fraction
from ofrecord.program.clause_types import Basis, Clause, PoolKey
from ofrecord.program.types import Terms

_TEXT, _DAY, _MINOR, _COUNT = pa.string(), pa.date32(), pa.int64(), pa.int32()
_WIDE: Final = pa.decimal128(38, 0)
POOLS: Final = pa.schema(
    {
        # A pool is divided once under each clause that shares it.
        "division": _COUNT,
        "clause_key": _COUNT,
        "pool_id": _TEXT,
        "pool_first": _DAY,
        "pool_until": _DAY,
        "pool_last": _DAY,
        "pool_currency": _TEXT,
        "pool_minor": _MINOR,
        "shared_by": _TEXT,
        "pool_terms": _TEXT,
        "program": _TEXT,
        "version": _TEXT,
        "clause": _TEXT,
        "rounding": _TEXT,
        "rate_numerator": _WIDE,
        "rate_denominator": _WIDE,
        "exact_numerator": _WIDE,
        "exact_denominator": _WIDE,
        "whole_minor": _MINOR,
        "release_on": _DAY,
    }
)


def pools_table(laws: Laws, pools: Iterable[PoolFact], through: date) -> pa.Table:
    """Each pool of a month that is over by the day, under each clause that divides it, with what that makes of it."""
    pooled = [each for each in numbered(laws) if each.clause.basis is Basis.POOLED]
    found = [
        (pool, each)
        for pool in pools
        if pool.month.last <= through and (terms := laws.in_force(pool.month.last)) is not None
        for each in pooled
        if each.terms is terms and each.clause.pool == pool.pool
    ]
    rows = [
        {"division": place, "clause_key": each.key} | _row(pool, each.terms, each.clause)
        for place, (pool, each) in enumerate(found)
    ]
    columns = [pa.array([row[field.name] for row in rows], type=field.type) for field in POOLS]
    return pa.Table.from_arrays(columns, schema=POOLS)


def _row(pool: PoolFact, terms: Terms, clause: Clause) -> dict[str, Any]:
    assert clause.rate is not None, "a pool is shared at a rate"
    exact, month = pool.amount_minor * clause.rate, pool.month
    return {
        "pool_id": pool.id,
        "pool_first": month.first,
        "pool_until": month.plus(1).first,
        "pool_last": month.last,
        "pool_currency": pool.currency,
        "pool_minor": pool.amount_minor,
        "shared_by": (clause.pool_key or PoolKey.EQUALLY).value,
        "pool_terms": terms.sha256,
        "program": terms.program,
        "version": terms.version,
        "clause": clause.name,
        "rounding": terms.rounding.value,
        "rate_numerator": clause.rate.numerator,
        "rate_denominator": clause.rate.denominator,
        "exact_numerator": exact.numerator,
        "exact_denominator": exact.denominator,
        "whole_minor": round_fraction(exact, terms.rounding),
        "release_on": _release_day(terms, clause, month.last),
    }


def _release_day(terms: Terms, clause: Clause, day: date) -> date | None:
    """The first day on which nothing of the fee is held back any more; None where nothing ever is."""
    if clause.holdback is None:
        return None
    return day + timedelta(days=clause.holdback.days + int(terms.last_day_included))
