"""Under which name claims are added up, and what came before each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis

from ofrecord.engine.exact.functions import WIDE, period_first
from ofrecord.engine.steps.shapes import DAY, MINOR, MOMENT
from ofrecord.program.clause_types import Period, Scope

# Within one piece: by the clause, then by whom it pays.
# What one clause pays for one piece is one claim for each of these groups; who leads it counts.
GROUP = ("event", "piece", "clause_key", "payees")
ORDER = (*MOMENT, "depth", "place", "law", "lead_partner", "lead_role", "payee")


@dataclass(frozen=True, slots=True)
class Counted:
    """How clauses of the laws add something up: which scopes and periods occur, and whether all of them do."""

    scopes: frozenset[str]
    periods: frozenset[str]
    by_all: bool


def named(claims: ibis.Table, what: str, counted: Counted) -> Mapping[str, Any]:
    """The columns that name what is added up together: the clause, the scope, the period, the currency.

    `what` is "cap", "bands" or "growth". A claim of a clause that adds nothing up has a name of its own.
    """
    scope = claims[f"{what}_scope"]
    own = {
        Scope.LINE.value: claims.invoice_line,
        Scope.SUBSCRIPTION.value: claims.subscription,
        Scope.CUSTOMER.value: claims.customer,
        Scope.PARTNER.value: claims.partner,
    }
    if counted.by_all and len(counted.scopes) == 1:
        scope_id = own[next(iter(counted.scopes))]
    else:
        branches = [(scope == name, own[name]) for name in sorted(counted.scopes)]
        scope_id = ibis.cases(*branches, else_=claims.event)
    found = {f"{what}_name": claims.clause, f"{what}_of": scope_id, f"{what}_currency": claims.currency}
    if counted.periods != {Period.LIFETIME.value}:
        period = ibis.coalesce(claims[f"{what}_period"], Period.LIFETIME.value)
        found[f"{what}_from"] = period_first(claims.event_day, period, claims.year_month, claims.year_day)
    else:
        found[f"{what}_from"] = ibis.literal("0001-01-01").cast(DAY)
    return found


def names(what: str) -> tuple[str, ...]:
    return tuple(f"{what}_{part}" for part in ("name", "of", "from", "currency"))


def sum_before(table: ibis.Table, amount: Any, group: Sequence[str]) -> Any:
    """What the amounts of the rows before come to, in the order of counting."""
    running = amount.sum().over(_until_here(group)).cast(WIDE).cast(MINOR)
    return running - amount


def of_leader(table: ibis.Table, column: Any, shares: bool) -> Any:
    """The column as the one sees it who leads the group: what one clause pays for a piece counts once."""
    return column.first().over(ibis.window(group_by=list(GROUP), order_by=["payee"])) if shares else column


def greatest_before(table: ibis.Table, amount: Any, group: Sequence[str]) -> Any:
    """The greatest of the amounts of the rows before; null for the first."""
    window = ibis.window(group_by=list(group), order_by=list(ORDER), preceding=(None, 1))
    return amount.max().over(window)


def _until_here(group: Sequence[str]) -> Any:
    return ibis.cumulative_window(group_by=list(group), order_by=list(ORDER))
