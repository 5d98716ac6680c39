"""Between whom what a clause pays is divided, each with its part."""

from typing import Any, Final

import ibis

from ofrecord.engine.compiled.cited import NONE
from ofrecord.engine.exact.functions import (
    MINORS,
    WIDE,
    common_divisor,
    common_multiple,
    divided_weights,
    floor_share,
    product,
    quotient,
    scaled,
    share_of,
    with_rest,
)
from ofrecord.engine.steps.counting import GROUP
from ofrecord.engine.steps.shapes import COUNT, MINOR

# One who shares has one part of what a clause pays for a piece.
_SHARER: Final = (*GROUP, "partner", "role")
# What is known of a group, and needed no more once each one's part is.
_OF_GROUP: Final = ("own_parts", "scale", "first_partner", "first_role")


def with_parts(claims: ibis.Table) -> ibis.Table:
    """The claims with each one's part of the whole; where nobody shares, it is all of it."""
    if "part_numerator" in claims.columns:
        return claims
    one = ibis.literal(1).cast(WIDE)
    return claims.mutate(part_numerator=one, part_denominator=one)


def place_of(claims: ibis.Table) -> Any:
    """The place of the claim's weight among its weights: that of its piece, unless those who share divide it."""
    return claims.line_piece if "line_piece" in claims.columns else claims.piece


def weights_of(claims: ibis.Table) -> Any:
    """The weights of all pieces of the claim's event."""
    return ibis.coalesce(claims.weights, ibis.array([claims.weight]))


def grouped(claims: ibis.Table, splits: ibis.Table) -> ibis.Table:
    """The claims with `payees`, the group that divides one amount, `payee`, the place in it, and each one's part.

    A clause's own shares of the roles come before shares on the record; holders of one role divide its share.
    `parts` are the whole numbers by which the group divides, with what is not paid; null for who is paid in full.
    Those who share what is counted for each partner by itself divide the piece instead: each has weights of its own.
    """
    found = _with_payees(claims, splits)
    return _with_parts(found, _sharing(found))


def _with_payees(claims: ibis.Table, splits: ibis.Table) -> ibis.Table:
    own = splits.select(
        split_key="clause_key",
        split_role="role",
        split_place="place",
        split_n="numerator",
        split_d="denominator",
    )
    found = claims.left_join(own, [claims.clause_key == own.split_key, claims.role == own.split_role])
    # What no clause holds is divided between nobody.
    holds = found.kind != NONE
    found = found.mutate(
        share_numerator=holds.ifelse(found.share_numerator, ibis.null(MINOR)),
        share_denominator=holds.ifelse(found.share_denominator, ibis.null(MINOR)),
    )
    shared = found.share_numerator.notnull()
    each = ibis.literal("own/") + found.role + ibis.literal("/") + found.partner
    return found.mutate(
        payees=ibis.cases(
            (found.is_split, ibis.literal("split")), (shared, ibis.literal("role/") + found.role), else_=each
        ),
        is_shared=found.is_split | shared,
    )


def _sharing(claims: ibis.Table) -> ibis.Table:
    """Who shares, in which group, with its part and its place, and the parts of all as whole numbers over `scale`.

    Mostly few do: to put them in order, no more is carried along than names them.
    """
    some = claims.filter(claims.is_shared).select(
        *_SHARER, "split_place", "split_n", "split_d", "share_numerator", "share_denominator", "is_split"
    )
    some = _with_part(some)
    groups = some.group_by(list(GROUP)).aggregate(
        numerators=some.part_numerator.cast(MINOR).collect(order_by=some.payee),
        denominators=some.part_denominator.cast(MINOR).collect(order_by=some.payee),
        first_partner=some.partner.argmin(some.payee),
        first_role=some.role.argmin(some.payee),
    )
    groups = groups.mutate(scale=common_multiple(groups.denominators))
    groups = groups.mutate(own_parts=scaled(groups.numerators, groups.denominators, groups.scale))
    groups = groups.select(*GROUP, *_OF_GROUP)
    own = some.select(*_SHARER, "payee", "part_numerator", "part_denominator")
    return own.inner_join(groups, list(GROUP))


def _with_part(sharing: ibis.Table) -> ibis.Table:
    """Each one's part as a fraction in lowest terms, and its place: by the document's roles, then by partner."""
    one = ibis.literal(1).cast(WIDE)
    holders = sharing.count().over(ibis.window(group_by=[*GROUP, "role"])).cast(WIDE)
    numerator = ibis.coalesce(sharing.share_numerator.cast(WIDE), one)
    shares = ibis.coalesce(sharing.share_denominator.cast(WIDE), sharing.is_split.ifelse(holders, one))
    n = product(ibis.coalesce(sharing.split_n, one), numerator)
    d = product(ibis.coalesce(sharing.split_d, one), shares)
    found = sharing.mutate(n=n, d=d)
    found = found.mutate(by=common_divisor(found.n, found.d))
    in_order = ibis.window(group_by=list(GROUP), order_by=["split_place", "partner", "role"])
    return found.mutate(
        part_numerator=quotient(found.n, found.by),
        part_denominator=quotient(found.d, found.by),
        payee=ibis.row_number().over(in_order).cast(COUNT),
    )


def _with_parts(claims: ibis.Table, sharing: ibis.Table) -> ibis.Table:
    """Who leads each group, and by what it divides; who does not share is paid in full, and leads itself."""
    sharers = sharing.rename({f"of_{name}": name for name in _SHARER})
    found = claims.left_join(sharers, [claims[name] == sharers[f"of_{name}"] for name in _SHARER])
    divides = found.counts_by_partner & ~found.is_split & found.is_shared
    weights = divided_weights(weights_of(found), found.piece, found.own_parts, found.scale)
    one = ibis.literal(1).cast(WIDE)
    return found.mutate(
        payees=divides.ifelse(found.payees + ibis.literal("/") + found.partner, found.payees),
        lead_partner=divides.ifelse(found.partner, ibis.coalesce(found.first_partner, found.partner)),
        lead_role=ibis.coalesce(found.first_role, found.role),
        weights=divides.ifelse(weights, found.weights),
        line_piece=divides.ifelse(found.piece + found.payee, found.piece).cast(COUNT),
        parts=divides.ifelse(ibis.null(MINORS), with_rest(found.own_parts, found.scale)),
        payee=divides.ifelse(0, ibis.coalesce(found.payee, 0)).cast(COUNT),
        part_numerator=divides.ifelse(one, ibis.coalesce(found.part_numerator, one)),
        part_denominator=divides.ifelse(one, ibis.coalesce(found.part_denominator, one)),
    ).drop(*(f"of_{name}" for name in _SHARER), *_OF_GROUP, "is_shared")


def earned(lines: ibis.Table) -> dict[str, Any]:
    """What each has of `whole_minor` by largest remainder, and the odd unit that it was given or not."""
    if "parts" not in lines.columns:
        return {"earned_minor": lines.whole_minor, "share_remainder": ibis.literal(0, COUNT)}
    amount = lines.parts.isnull().ifelse(
        lines.whole_minor, share_of(lines.whole_minor, lines.parts, lines.payee)
    )
    floor = floor_share(lines.whole_minor, lines.part_numerator, lines.part_denominator)
    return {"earned_minor": amount, "share_remainder": (amount.abs() - floor).cast(COUNT)}
