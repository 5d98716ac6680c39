"""Not below the floor of a line, and within the cap: what each claim pays in whole, and why it is nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import ibis

from ofrecord.engine.compiled.cited import NONE
from ofrecord.engine.compiled.clauses import UNPAID
from ofrecord.engine.exact.functions import share_of, used_before
from ofrecord.engine.steps.counting import (
    Counted,
    beside_others,
    greatest_before,
    named,
    sum_before,
    with_carried,
)
from ofrecord.engine.steps.payees import place_of
from ofrecord.engine.steps.shapes import MINOR
from ofrecord.engine.words import ALL_TAKEN_BACK, CAP_REACHED, NO_FEE_BELOW, NO_MARGIN, TOO_SMALL
from ofrecord.program.clause_types import Basis, Scope

NOTHING: Any = ibis.literal(0, MINOR)


@dataclass(frozen=True, slots=True)
class Caps:
    """How caps are used up: whether amounts can be negative, and whether a cap of one name has several amounts.

    `carried` says what was used of them before the first of the claims; None: nothing.
    """

    counted: Counted
    can_be_negative: bool
    vary: bool
    carried: ibis.Table | None = None


def with_used(claims: ibis.Table, caps: Caps | None, *, has_floors: bool) -> ibis.Table:
    """The claims with `cap_used_minor`, what the cap had paid before each; nothing where it has no cap."""
    if caps is None:
        return claims.mutate(cap_used_minor=NOTHING)
    return _with_used(_wanting(claims, has_floors=has_floors), caps)


def with_whole(claims: ibis.Table, *, has_caps: bool, has_floors: bool) -> ibis.Table:
    """The claims with `whole_minor`, what they pay: by `raw_minor`, the line's floor, and what is left of the cap."""
    found = _wanting(claims, has_floors=has_floors)
    if not has_caps:
        return found.mutate(whole_minor=found.wanted)
    found = found.mutate(is_capped=_is_capped(found))
    left = ibis.least(found.wanted, ibis.greatest(NOTHING, found.cap_minor - found.cap_used_minor))
    return found.mutate(whole_minor=found.is_capped.ifelse(left, found.wanted))


def why_nothing(claims: ibis.Table, bases: Collection[str], *, has_caps: bool) -> Any:
    """Why `whole_minor` is nothing where it is; or what the claim's kind has `said` already."""
    reached: Any = ibis.literal(False)
    if has_caps:
        reached = (claims.wanted > 0) & (claims.cap_used_minor >= claims.cap_minor)
    return ibis.cases(
        (claims.kind == NONE, claims.reason),
        (claims.kind == UNPAID, claims.because),
        (claims.said != "", claims.said),
        (reached.fill_null(False), ibis.literal(CAP_REACHED)),
        (claims.whole_minor != 0, ibis.literal("")),
        else_=_why_zero(claims, bases),
    )


def _wanting(claims: ibis.Table, *, has_floors: bool) -> ibis.Table:
    """The claims with their `line_floor`, and with what is `wanted`: not less than it."""
    found = claims.mutate(line_floor=_floor(claims) if has_floors else ibis.null(MINOR))
    wanted = ibis.greatest(found.raw_minor, ibis.coalesce(found.line_floor, found.raw_minor))
    return found.mutate(wanted=wanted if has_floors else found.raw_minor)


def _is_capped(claims: ibis.Table) -> Any:
    return claims.cap_minor.notnull() & ~claims.kind.isin([NONE, UNPAID])


def _floor(claims: ibis.Table) -> Any:
    """A piece of a line has its part of the line's floor; of a line of which nothing is left there is none."""
    there = (claims.floor_scope == Scope.LINE.value) & (claims.basis_minor > 0)
    part = share_of(claims.floor_minor, claims.weights, place_of(claims))
    return there.fill_null(False).ifelse(part, ibis.null(MINOR))


def _with_used(claims: ibis.Table, caps: Caps) -> ibis.Table:
    """What a cap has paid is the running sum of amounts, never above the cap."""
    counted = caps.counted
    claims = claims.mutate(is_capped=_is_capped(claims))

    def work_out(some: ibis.Table) -> ibis.Table:
        found = with_carried(some.mutate(**named(some, "cap", counted)), "cap", counted, caps.carried)
        found = found.mutate(counts=counted.led(found, found.wanted))
        found = _used_of_varying(found, counted) if caps.vary else _used(found, caps)
        used = found.is_capped.ifelse(counted.of_leader(found.used), NOTHING)
        return found.mutate(cap_used_minor=used)

    return beside_others(claims, claims.is_capped, counted, "cap_used_minor", work_out)


def _used(claims: ibis.Table, caps: Caps) -> ibis.Table:
    """How much of the cap was used before.

    Where amounts can be negative, what is above the cap is cut off as it comes: the running sum less the most by
    which it has been above the cap so far.
    """
    before = claims.cap_carried + sum_before(claims.counts, "cap", caps.counted)
    if not caps.can_be_negative:
        return claims.mutate(used=ibis.least(before, claims.cap_minor))
    found = claims.mutate(before=before)
    found = found.mutate(after=found.before + found.counts)
    found = found.mutate(most=greatest_before(found.after, "cap", caps.counted))
    above = ibis.greatest(NOTHING, ibis.coalesce(found.most - found.cap_minor, NOTHING))
    return found.mutate(used=found.before - above)


def _used_of_varying(claims: ibis.Table, counted: Counted) -> ibis.Table:
    """Where versions state several caps under one name: each amount after the other."""
    names = counted.group("cap")
    group = ibis.window(group_by=names, order_by=counted.order)
    found = claims.mutate(turn=ibis.row_number().over(group))
    found = found.mutate(step_cap=found.is_capped.ifelse(found.cap_minor, ibis.literal(2**62, MINOR)))
    lists = found.group_by(names).aggregate(
        amounts=found.counts.collect(order_by=found.turn),
        caps=found.step_cap.collect(order_by=found.turn),
        carried=found.cap_carried.max(),
    )
    # What was used before comes first, as an amount without a cap.
    amounts = ibis.array([lists.carried]).concat(lists.amounts)
    caps = ibis.array([ibis.literal(2**62, MINOR)]).concat(lists.caps)
    lists = lists.select(*names, used_of_all=used_before(amounts, caps))
    found = found.inner_join(lists, names)
    return found.mutate(used=found.used_of_all[found.turn + 1])


def _why_zero(claims: ibis.Table, bases: Collection[str]) -> Any:
    branches = [(claims.basis_minor > 0, ibis.literal(TOO_SMALL))]
    if Basis.MARGIN.value in bases:
        no_margin = (claims.basis == Basis.MARGIN.value) & (claims.net_minor > 0)
        branches.append((no_margin, ibis.literal(NO_MARGIN)))
    if Basis.FEE.value in bases:
        branches.append((claims.basis == Basis.FEE.value, ibis.literal(NO_FEE_BELOW)))
    return ibis.cases(*branches, else_=ibis.literal(ALL_TAKEN_BACK))
