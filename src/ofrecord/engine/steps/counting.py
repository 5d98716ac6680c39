"""Under which name claims are added up, and what came before each of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import ibis

from ofrecord.engine.exact.functions import WIDE, period_first, total
from ofrecord.engine.steps.shapes import MINOR, MOMENT
from ofrecord.program.clause_types import Period, Scope

# Within one piece: by the clause, then by whom it pays.
# What one clause pays for one piece is one claim for each of these groups; who leads it counts.
GROUP = ("event", "piece", "clause_key", "payees")
# Which claim it is.
CLAIM: Final = ("event", "piece", "clause_key", "partner", "role")
ORDER = (*MOMENT, "depth", "place", "law", "lead_partner", "lead_role", "payee")
_OF: Final = {
    Scope.LINE.value: "invoice_line",
    Scope.SUBSCRIPTION.value: "subscription",
    Scope.CUSTOMER.value: "customer",
    Scope.PARTNER.value: "partner",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """How clauses of the laws add something up: which scopes and periods occur, and whether all of them do.

    The shorter the keys by which rows are put in order, the faster that is: what is the same in all rows that are
    added up together is left out of them.
    """

    scopes: frozenset[str]
    periods: frozenset[str]
    by_all: bool
    one_version: bool = False
    shares: bool = True
    sales_only: bool = False
    one_role: bool = False

    def columns(self, what: str) -> dict[str, str]:
        """The columns that name what is added up together, by what they are in `carried`.

        What is a column already has no other name: an engine would carry it along twice.
        """
        (scope,) = self.scopes if self.by_all and len(self.scopes) == 1 else ("",)
        found = {"clause": "name_key", "scope_id": _OF.get(scope, f"{what}_of"), "currency": "currency"}
        found |= {} if self.is_for_life else {"period_first": f"{what}_from"}
        return found | ({"period": f"{what}_over"} if self.are_of_several_kinds else {})

    def group(self, what: str) -> list[str]:
        """The columns that name what is added up together."""
        return [*self.columns(what).values()]

    @property
    def is_for_life(self) -> bool:
        return self.periods <= {Period.LIFETIME.value}

    @property
    def are_of_several_kinds(self) -> bool:
        """Whether a month may begin on one day with a year, and is added up apart from it."""
        return len(self.periods) > 1

    @property
    def order(self) -> list[str]:
        """The columns by which rows that are added up together come one after the other."""
        within_subscription = self.scopes <= {Scope.LINE.value, Scope.SUBSCRIPTION.value}
        left_out = {"started_on", "subscription"} if within_subscription else set()
        left_out |= {"depth", "place", "law"} if self.one_version else set()
        # Where nobody shares, each leads itself.
        own = {} if self.shares else {"lead_partner": "partner", "lead_role": "role"}
        left_out |= set() if self.shares else {"payee"}
        left_out |= {"lead_role"} if self.one_role else set()
        own |= {"event": "invoice_line", "event_day": "invoice_day"} if self.sales_only else {}
        return [own.get(name, name) for name in ORDER if name not in left_out]

    def led(self, claims: ibis.Table, amount: Any) -> Any:
        """The amount where who leads its group has it, nothing where another has."""
        return (claims.payee == 0).ifelse(amount, ibis.literal(0, MINOR)) if self.shares else amount

    def of_leader(self, column: Any) -> Any:
        """The column as the one sees it who leads the group: what one clause pays for a piece counts once."""
        if not self.shares:
            return column
        return column.first().over(ibis.window(group_by=list(GROUP), order_by=["payee"]))


def named(claims: ibis.Table, what: str, counted: Counted) -> Mapping[str, Any]:
    """The columns that name what is added up together: the clause, the scope, the period, the currency.

    `what` is "cap", "bands" or "growth". A claim of a clause that adds nothing up has a name of its own.
    """
    found = {}
    if f"{what}_of" in counted.group(what):
        scope = claims[f"{what}_scope"]
        branches = [(scope == name, claims[_OF[name]]) for name in sorted(counted.scopes)]
        found[f"{what}_of"] = ibis.cases(*branches, else_=claims.event)
    period = ibis.coalesce(claims[f"{what}_period"], Period.LIFETIME.value)
    if not counted.is_for_life:
        found[f"{what}_from"] = period_first(claims.event_day, period, claims.year_month, claims.year_day)
    if counted.are_of_several_kinds:
        found[f"{what}_over"] = period
    return found


def beside_others(
    claims: ibis.Table, counts: Any, counted: Counted, name: str, work_out: Callable[[ibis.Table], ibis.Table]
) -> ibis.Table:
    """The claims with the column `name` as `work_out` gives it to those that count; nothing for the others.

    Where not all do, the rest are not put in order with them; and of those that do, just what orders and names them is
    carried along.
    """
    if counted.by_all:
        return work_out(claims)
    some = work_out(claims.filter(counts))
    own = some.select(**{f"of_{each}": each for each in CLAIM}, **{f"own_{name}": name})
    found = claims.left_join(own, [claims[each] == own[f"of_{each}"] for each in CLAIM])
    amount = ibis.coalesce(found[f"own_{name}"], ibis.literal(0, MINOR))
    return found.select(*claims.columns, **{name: amount})


def with_carried(claims: ibis.Table, what: str, counted: Counted, carried: ibis.Table | None) -> ibis.Table:
    """The claims with `{what}_carried`: what was added up under the name of each before the first of all claims."""
    if carried is None:
        return claims.mutate(**{f"{what}_carried": ibis.literal(0, MINOR)})
    columns = counted.columns(what) | {"clause": "clause"}
    found = carried.filter(carried.what == what).rename(clause="name")
    sums = found.group_by([*columns]).aggregate(carried_minor=total(found.used_minor))
    sums = sums.rename({f"carried_{name}": name for name in columns})
    same = [claims[own] == sums[f"carried_{name}"] for name, own in columns.items()]
    joined = claims.left_join(sums, same)
    minor = ibis.coalesce(joined.carried_minor, ibis.literal(0, MINOR))
    return joined.select(*claims.columns, **{f"{what}_carried": minor})


def sum_before(amount: Any, what: str, counted: Counted) -> Any:
    """What the amounts of the rows before come to, in the order of counting."""
    until_here = ibis.cumulative_window(group_by=counted.group(what), order_by=counted.order)
    return amount.sum().over(until_here).cast(WIDE).cast(MINOR) - amount


def greatest_before(amount: Any, what: str, counted: Counted) -> Any:
    """The greatest of the amounts of the rows before; null for the first."""
    window = ibis.window(group_by=counted.group(what), order_by=counted.order, preceding=(None, 1))
    return amount.max().over(window)
