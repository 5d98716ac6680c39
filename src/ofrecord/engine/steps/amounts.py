"""The amount that a clause looks at: of the whole event in the clause's basis, and the part of the piece in it."""

from collections.abc import Collection
from typing import Any

import ibis

from ofrecord.engine.exact.functions import WIDE, product, rounded, share_of
from ofrecord.engine.steps.payees import place_of
from ofrecord.engine.steps.shapes import MINOR
from ofrecord.program.clause_types import Basis

HALF_UP = "half up"


def with_amounts(claims: ibis.Table, bases: Collection[str]) -> ibis.Table:
    """The claims with `source_minor` and `basis_minor`; `bases` are those that any clause of the laws has.

    What a clause pays of another's fee is joined later; here it looks at the sale itself.
    """
    source = source_minor(claims, bases)
    found = claims.mutate(source_minor=source)
    return found.mutate(basis_minor=share_of(found.source_minor, found.weights, place_of(found)))


def source_minor(table: ibis.Table, bases: Collection[str]) -> Any:
    """The whole amount of the event. What is at list or wholesale price goes down with what is left of the bill.

    What is billed below the wholesale price has no margin.
    """
    branches = []
    if Basis.LIST.value in bases:
        listed = ibis.coalesce(_left(table, table.list_minor), table.net_minor)
        branches.append((table.basis == Basis.LIST.value, listed))
    if Basis.MARGIN.value in bases:
        margin = table.net_minor - _left(table, table.wholesale_minor)
        margin = ibis.coalesce(ibis.greatest(margin, ibis.literal(0, MINOR)), ibis.literal(0, MINOR))
        own = table.wholesale_minor.isnull().ifelse(ibis.literal(0, MINOR), margin)
        branches.append((table.basis == Basis.MARGIN.value, own))
    return ibis.cases(*branches, else_=table.net_minor) if branches else table.net_minor


def _left(table: ibis.Table, whole: Any) -> Any:
    """The part of the amount that is left where `net_minor` of what was billed is left; None of None."""
    billed = table.billed_minor
    sign = (billed < 0).ifelse(-1, 1).cast(WIDE)
    numerator = product(product(whole.cast(WIDE), table.net_minor.cast(WIDE)), sign)
    part = rounded(numerator, ibis.greatest(billed.abs(), 1).cast(WIDE), HALF_UP)
    return ibis.cases((whole.isnull(), ibis.null(MINOR)), (billed == 0, whole), else_=part)
