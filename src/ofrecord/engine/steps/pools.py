"""Each pool of a month, divided between the partners that its clause pays, by what the clause says."""

from typing import Any, Final

import ibis

from ofrecord.engine.exact.functions import (
    SLICES,
    WIDE,
    common_divisor,
    product,
    quotient,
    rest,
    share_of,
    total,
)
from ofrecord.engine.steps.earliest import earliest
from ofrecord.engine.steps.periods import NOTHING_BILLED
from ofrecord.engine.steps.shapes import COUNT, DAY, EARNED, MINOR, MOMENT, TEXT, shaped
from ofrecord.engine.types import POOL
from ofrecord.program.clause_types import Basis, PoolKey

_SELLER: Final = ("division", "partner", "role")


def pool_lines(claims: ibis.Table, pools: ibis.Table) -> ibis.Table:
    """A line for each partner that has a part in a pool: EARNED.

    `claims` are the CASEs that a pooled clause looks at, with its `clause_key`, as if sold under its version; `pools`
    as `pools_table` gives them. Where there is nothing to divide by, nobody is paid.
    """
    month = claims.event_day.truncate("M").cast(DAY)
    sales = claims.filter(claims.net_minor > 0).select(
        *dict.fromkeys(
            (*MOMENT, "partner", "role", "recognized_from", "tier", "customer", "piece_first", "seats")
        ),
        of_clause="clause_key",
        of_month=month,
        net_minor="net_minor",
        currency="currency",
        weights="weights",
    )
    own = pools.select("division", "clause_key", "pool_first", "pool_currency", "shared_by")
    found = sales.join(own, [sales.of_clause == own.clause_key, sales.of_month == own.pool_first])
    return _lines(_divided(_weighed(found), pools), earliest(found, _SELLER, MOMENT), pools)


def _weighed(sales: ibis.Table) -> ibis.Table:
    """What each partner brings into the division: (division, partner, role, weight)."""

    def shared_by(key: PoolKey) -> ibis.Table:
        return sales.filter(sales.shared_by == key.value)

    latest = shared_by(PoolKey.SEATS)
    latest = latest.mutate(latest=ibis.struct({"day": latest.piece_first, "seats": latest.seats}))
    last = latest.group_by([*_SELLER, "subscription"]).agg(latest=latest.latest.max())
    by_customer = shared_by(PoolKey.CUSTOMERS)
    own = shared_by(PoolKey.REVENUE)
    billed = share_of(own.net_minor, own.weights, own.piece)
    own = own.mutate(billed=(own.currency == own.pool_currency).ifelse(billed, ibis.literal(0, MINOR)))
    parts = [
        last.group_by(list(_SELLER)).agg(weight=total(last.latest["seats"])),
        by_customer.group_by(list(_SELLER)).agg(weight=by_customer.customer.nunique().cast(MINOR)),
        own.group_by(list(_SELLER)).agg(weight=total(own.billed)),
        shared_by(PoolKey.EQUALLY).select(*_SELLER).distinct().mutate(weight=ibis.literal(1, MINOR)),
    ]
    return ibis.union(*parts, distinct=False)


def _divided(weighed: ibis.Table, pools: ibis.Table) -> ibis.Table:
    """Each partner's part, with the unit that the largest remainder gives it or not."""
    of_all = weighed.group_by("division").agg(of_all=total(weighed.weight))
    found = weighed.join(of_all.filter(of_all.of_all > 0), "division")
    found = found.join(pools.select("division", "whole_minor"), "division")
    exact = product(found.whole_minor.abs().cast(WIDE), found.weight.cast(WIDE))
    by = found.of_all.cast(WIDE)
    found = found.mutate(floor_minor=quotient(exact, by).cast(MINOR), left_over=rest(exact, by))
    in_turn = [found.left_over.desc(), found.partner, found.role]
    of_division = ibis.window(group_by=["division"])
    found = found.mutate(
        turn=ibis.row_number().over(ibis.window(group_by=["division"], order_by=in_turn)),
        units=found.whole_minor.abs() - found.floor_minor.sum().over(of_division).cast(WIDE).cast(MINOR),
    )
    return found.mutate(unit=(found.turn < found.units).ifelse(1, 0).cast(COUNT))


def _lines(divided: ibis.Table, firsts: ibis.Table, pools: ibis.Table) -> ibis.Table:
    """The line says the partner's part of the whole, and nothing of who has the rest."""
    found = divided.drop("whole_minor").join(pools, "division")
    found = found.join(firsts.select(*_SELLER, "recognized_from", "tier"), list(_SELLER))
    size = found.floor_minor + found.unit.cast(MINOR)
    weight, of_all = found.weight.cast(WIDE), found.of_all.cast(WIDE)
    by = common_divisor(weight, of_all)
    one_slice = {
        "amount_minor": found.pool_minor,
        "rate_numerator": found.rate_numerator,
        "rate_denominator": found.rate_denominator,
    }
    own = {
        "source": ibis.literal(POOL),
        "event": found.pool_id,
        "event_day": found.pool_last,
        "service_first": found.pool_first,
        "service_until": found.pool_until,
        "facts": ibis.array([found.pool_id]),
        "basis": ibis.literal(Basis.POOLED.value),
        "source_minor": found.pool_minor,
        "basis_minor": found.pool_minor,
        "currency": found.pool_currency,
        "terms_sha256": found.pool_terms,
        "slices": ibis.array([ibis.struct(one_slice)]).cast(SLICES),
        "raw_minor": found.whole_minor,
        "share_numerator": quotient(weight, by),
        "share_denominator": quotient(of_all, by),
        "share_remainder": found.unit,
        "earned_minor": (found.whole_minor < 0).ifelse(-size, size),
    }
    stated = {name: found[name] for name in ("exact_numerator", "exact_denominator")}
    return shaped(found.mutate(**NOTHING_BILLED | NO_SALE | stated | own), EARNED)


def _blank(kind: Any, value: Any, *names: str) -> dict[str, Any]:
    return {name: ibis.null(kind) if value is None else ibis.literal(value, kind) for name in names}


# What a line says of a sale where there is none.
NO_SALE: Final = {
    **_blank(
        TEXT, "", "invoice", "subscription", "customer", "offer", "family", "way", "region", "segment", "deal"
    ),
    **_blank(DAY, None, "invoice_day", "started_on"),
    **_blank(COUNT, 0, "month_first", "month_last", "seats"),
    **_blank(MINOR, 0, "unit_price_minor", "reached_minor"),
    **_blank(MINOR, None, "floor_minor"),
}
