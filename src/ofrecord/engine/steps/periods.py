"""Lines that rest on a whole period: what a floor adds to what was paid in it."""

from datetime import date, timedelta
from typing import Any, Final

import ibis
from ibis import _

from ofrecord.engine.exact.functions import (
    SLICES,
    WIDE,
    add_days,
    no_items,
    period_first,
    period_until,
    total,
)
from ofrecord.engine.steps.shapes import COUNT, DAY, EARNED, MINOR, TEXT, shaped
from ofrecord.engine.types import TOP_UP
from ofrecord.program.clause_types import Scope

# What is added up together.
_NAME: Final = ("program", "clause", "scope_id", "period_first", "period_until", "currency")
# When a line counts; no two lines of a clause have the same.
_MOMENT: Final = (
    "event_day",
    "started_on",
    "subscription",
    "service_first",
    "deal",
    "partner",
    "role",
    "event",
)
_STATED: Final = (
    "floor_minor",
    "floor_scope",
    "floor_period",
    "year_month",
    "year_day",
    "holdback_days",
    "last_day_included",
    "rounding",
)


def top_ups(lines: ibis.Table, clauses: ibis.Table, through: date) -> ibis.Table:
    """A line for each period that is over and in which a clause with a floor paid, but less than its floor: EARNED.

    It is paid to who was paid last in the period; where nothing is left of what was billed there is no floor.
    """
    floored = _with_floors(lines, clauses).filter(_.period_until <= through + timedelta(days=1))
    sums = (
        floored.group_by(list(_NAME))
        .agg(
            reached=total(floored.earned_minor),
            largest_basis=floored.basis_minor.max(),
            highest_floor=floored.floor_minor.max(),
        )
        .filter(_.largest_basis > 0, _.reached < _.highest_floor)
    )
    last = _last(floored.join(sums, list(_NAME)))
    return _lines(last.filter(last.reached < last.floor_minor))


def _with_floors(lines: ibis.Table, clauses: ibis.Table) -> ibis.Table:
    """The lines of clauses with a floor over a period, with what is added up together."""
    names = {Scope.SUBSCRIPTION: "subscription", Scope.CUSTOMER: "customer", Scope.PARTNER: "partner"}
    stated = clauses.filter(clauses.floor_scope.isin([scope.value for scope in names])).select(
        of_terms="terms_sha256", of_clause="clause", **{f"its_{name}": clauses[name] for name in _STATED}
    )
    found = lines.drop("floor_minor", "rounding").join(
        stated, [lines.terms_sha256 == stated.of_terms, lines.clause == stated.of_clause]
    )
    found = found.rename({name: f"its_{name}" for name in _STATED})
    period = (found.event_day, found.floor_period, found.year_month, found.year_day)
    return found.mutate(
        scope_id=ibis.cases(
            *((found.floor_scope == scope.value, found[name]) for scope, name in names.items())
        ),
        period_first=period_first(*period),
        period_until=period_until(*period),
    )


def _last(lines: ibis.Table) -> ibis.Table:
    """Of each period the line that comes last."""
    newest_first = [ibis.desc(name) for name in _MOMENT]
    place = ibis.row_number().over(ibis.window(group_by=list(_NAME), order_by=newest_first))
    placed = lines.mutate(place=place)
    return placed.filter(placed.place == 0).drop("place")


def _lines(last: ibis.Table) -> ibis.Table:
    """The line of what is missing: who is paid, and what was sold, is that of the last line."""
    missing = last.floor_minor - last.reached
    day = add_days(last.period_until, ibis.literal(-1, MINOR))
    name = (last.clause, last.scope_id, last.period_first.cast(TEXT), last.currency)
    days_held = last.holdback_days.cast(MINOR) + last.last_day_included.ifelse(1, 0).cast(MINOR)
    own = {
        "source": ibis.literal(TOP_UP),
        "event": ibis.literal("/").join([ibis.literal(TOP_UP), *name]),
        "event_day": day,
        "service_first": last.period_first,
        "service_until": last.period_until,
        "reached_minor": last.reached,
        "whole_minor": missing,
        "earned_minor": missing,
        "release_on": add_days(day, days_held),
    }
    return shaped(last.mutate(**NOTHING_BILLED, **own), EARNED)


def _zeros(kind: Any, *names: str) -> dict[str, Any]:
    return {name: ibis.literal(0).cast(kind) for name in names}


# What a line says that rests on nothing that was billed, and is worked out from nothing.
NOTHING_BILLED: Final = {
    "invoice_line": ibis.literal(""),
    **_zeros(
        MINOR, "billed_minor", "credited_minor", "source_minor", "basis_minor", "measured", "baseline_minor"
    ),
    **_zeros(MINOR, "grown_minor", "amount_minor", "raw_minor", "cap_used_minor", "retained_minor"),
    **_zeros(WIDE, "quantity_numerator", "exact_numerator"),
    **_zeros(COUNT, "piece", "share_remainder"),
    **{name: ibis.literal(1).cast(WIDE) for name in ("quantity_denominator", "exact_denominator")},
    **{name: ibis.literal(1).cast(WIDE) for name in ("share_numerator", "share_denominator")},
    "credited_on": ibis.null(DAY),
    "cap_minor": ibis.null(MINOR),
    "facts": no_items(EARNED["facts"]),
    "slices": no_items(SLICES),
    "weights": ibis.array([ibis.literal(1, MINOR)]),
    "reason": ibis.literal(""),
    "withdrawn": ibis.literal(False),
}
