"""Not below the floor of a line, and within the cap: what each claim pays in whole."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import ibis

from ofrecord.engine.compiled.cited import NONE
from ofrecord.engine.compiled.clauses import UNPAID
from ofrecord.engine.exact.functions import share_of, used_before
from ofrecord.engine.steps.counting import (
    Counted,
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


def limited(claims: ibis.Table, caps: Caps | None, has_floors: bool, bases: Collection[str]) -> ibis.Table:
    """The claims with `whole_minor`, the floor and the cap that made it, and why it is nothing where it is."""
    found = claims.mutate(line_floor=_floor(claims) if has_floors else ibis.null(MINOR))
    wanted = ibis.greatest(found.raw_minor, ibis.coalesce(found.line_floor, found.raw_minor))
    found = found.mutate(wanted=wanted if has_floors else found.raw_minor)
    if caps is None:
        found = found.mutate(cap_used_minor=NOTHING, whole_minor=found.wanted)
        reached: Any = ibis.literal(False)
    else:
        found = _within(found, caps)
        reached = (found.wanted > 0) & (found.cap_used_minor >= found.cap_minor)
    stated = ibis.cases(
        (found.kind == NONE, found.reason),
        (found.kind == UNPAID, found.because),
        (found.said != "", found.said),
        (reached.fill_null(False), ibis.literal(CAP_REACHED)),
        (found.whole_minor != 0, ibis.literal("")),
        else_=_why_zero(found, bases),
    )
    return found.mutate(said=stated)


def _floor(claims: ibis.Table) -> Any:
    """A piece of a line has its part of the line's floor; of a line of which nothing is left there is none."""
    there = (claims.floor_scope == Scope.LINE.value) & (claims.basis_minor > 0)
    part = share_of(claims.floor_minor, claims.weights, place_of(claims))
    return there.fill_null(False).ifelse(part, ibis.null(MINOR))


def _within(claims: ibis.Table, caps: Caps) -> ibis.Table:
    """What the cap leaves. What a cap has paid is the running sum of amounts, never above the cap."""
    found = with_carried(
        claims.mutate(**named(claims, "cap", caps.counted)), "cap", caps.counted, caps.carried
    )
    capped = found.cap_minor.notnull() & ~found.kind.isin([NONE, UNPAID])
    led = found.wanted if caps.counted.by_all else capped.ifelse(found.wanted, NOTHING)
    found = found.mutate(counts=caps.counted.led(found, led), is_capped=capped)
    found = _used_of_varying(found, caps.counted) if caps.vary else _used(found, caps)
    used = found.is_capped.ifelse(caps.counted.of_leader(found.used), NOTHING)
    found = found.mutate(cap_used_minor=used)
    left = ibis.least(found.wanted, ibis.greatest(NOTHING, found.cap_minor - found.cap_used_minor))
    return found.mutate(whole_minor=found.is_capped.ifelse(left, found.wanted))


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
