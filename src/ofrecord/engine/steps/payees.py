"""Between whom what a clause pays is divided, each with its part."""

from typing import Any

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
    return _with_parts(_with_part(_with_payees(claims, splits)))


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


def _with_part(claims: ibis.Table) -> ibis.Table:
    """Each one's part as a fraction in lowest terms, and its place: by the document's roles, then by partner."""
    one = ibis.literal(1).cast(WIDE)
    holders = claims.count().over(ibis.window(group_by=[*GROUP, "role"])).cast(WIDE)
    numerator = ibis.coalesce(claims.share_numerator.cast(WIDE), one)
    shares = ibis.coalesce(claims.share_denominator.cast(WIDE), claims.is_split.ifelse(holders, one))
    n = product(ibis.coalesce(claims.split_n, one), numerator)
    d = product(ibis.coalesce(claims.split_d, one), shares)
    found = claims.mutate(n=n, d=d)
    found = found.mutate(by=common_divisor(found.n, found.d))
    in_order = ibis.window(group_by=list(GROUP), order_by=["split_place", "partner", "role"])
    return found.mutate(
        part_numerator=quotient(found.n, found.by),
        part_denominator=quotient(found.d, found.by),
        payee=ibis.row_number().over(in_order).cast(COUNT),
    )


def _with_parts(claims: ibis.Table) -> ibis.Table:
    """Who leads each group, and the parts of all as whole numbers over the least common multiple."""
    sharing = claims.filter(claims.is_shared)
    groups = sharing.group_by(list(GROUP)).aggregate(
        numerators=sharing.part_numerator.cast(MINOR).collect(order_by=sharing.payee),
        denominators=sharing.part_denominator.cast(MINOR).collect(order_by=sharing.payee),
        first_partner=sharing.partner.argmin(sharing.payee),
        first_role=sharing.role.argmin(sharing.payee),
    )
    groups = groups.mutate(scale=common_multiple(groups.denominators))
    groups = groups.mutate(own_parts=scaled(groups.numerators, groups.denominators, groups.scale))
    found = claims.left_join(groups, list(GROUP))
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
        payee=divides.ifelse(0, found.payee).cast(COUNT),
        part_numerator=divides.ifelse(one, found.part_numerator),
        part_denominator=divides.ifelse(one, found.part_denominator),
    ).drop(
        "own_parts",
        "scale",
        "numerators",
        "denominators",
        "first_partner",
        "first_role",
        "n",
        "d",
        "is_shared",
    )


def earned(lines: ibis.Table) -> dict[str, Any]:
    """What each has of `whole_minor` by largest remainder, and the odd unit that it was given or not."""
    if "parts" not in lines.columns:
        return {"earned_minor": lines.whole_minor, "share_remainder": ibis.literal(0, COUNT)}
    amount = lines.parts.isnull().ifelse(
        lines.whole_minor, share_of(lines.whole_minor, lines.parts, lines.payee)
    )
    floor = floor_share(lines.whole_minor, lines.part_numerator, lines.part_denominator)
    return {"earned_minor": amount, "share_remainder": (amount.abs() - floor).cast(COUNT)}
