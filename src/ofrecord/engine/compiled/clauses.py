"""The clauses of every version as a table, one row each: steps join what a clause states, and read no document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import pyarrow as pa

from ofrecord.engine.compiled.reaches import is_collected
from ofrecord.engine.types import PAYMENT, SALE, Laws
from ofrecord.program.clause_types import Bands, Basis, Clause, Limit, Measure, Per, Scope, Unit
from ofrecord.program.types import Terms

# What ends a band that has no end: beyond every amount, and far enough from the largest number to add to it.
ENDLESS: Final = 2**62

UNPAID, RATE, REACHED, GRADUATED, SEATS = "unpaid", "rate", "reached", "graduated", "seats"
GROWTH, AMOUNT, POOLED = "growth", "amount", "pooled"

_TEXT, _MINOR, _COUNT, _FLAG = pa.string(), pa.int64(), pa.int32(), pa.bool_()
_WIDE: Final = pa.decimal128(38, 0)
CLAUSES: Final = pa.schema(
    {
        "clause_key": _COUNT,
        "terms_sha256": _TEXT,
        "program": _TEXT,
        "version": _TEXT,
        "rounding": _TEXT,
        "clause": _TEXT,
        # Its place in the document, how many fees it stands on, and the position of its version in the laws.
        "place": _COUNT,
        "depth": _COUNT,
        "law": _COUNT,
        "source": _TEXT,
        "basis": _TEXT,
        "kind": _TEXT,
        "because": _TEXT,
        "of": _TEXT,
        "rate_numerator": _WIDE,
        "rate_denominator": _WIDE,
        "amount_minor": _MINOR,
        "unit": _TEXT,
        "band_ends": pa.list_(_MINOR),
        "band_numerators": pa.list_(_WIDE),
        "band_denominators": pa.list_(_WIDE),
        "measure": _TEXT,
        "bands_scope": _TEXT,
        "bands_period": _TEXT,
        "cap_minor": _MINOR,
        "cap_scope": _TEXT,
        "cap_period": _TEXT,
        "floor_minor": _MINOR,
        "floor_scope": _TEXT,
        "floor_period": _TEXT,
        "growth_scope": _TEXT,
        "growth_period": _TEXT,
        "growth_numerator": _WIDE,
        "growth_denominator": _WIDE,
        "holdback_numerator": _WIDE,
        "holdback_denominator": _WIDE,
        "holdback_days": _COUNT,
        "last_day_included": _FLAG,
        "year_month": _COUNT,
        "year_day": _COUNT,
        "needs": _FLAG,
        "is_split": _FLAG,
        "counts_by_partner": _FLAG,
        "pool": _TEXT,
        "pool_key": _TEXT,
        # Why a case is not paid that lacks nothing but the payment, or nothing but more sales.
        "waits": _TEXT,
        "short": _TEXT,
    }
)
SPLITS: Final = pa.schema(
    {"clause_key": _COUNT, "place": _COUNT, "role": _TEXT, "numerator": _WIDE, "denominator": _WIDE}
)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A clause with its running number: by the order of the versions, then by its place in the document."""

    key: int
    law: int
    place: int
    terms: Terms
    clause: Clause


def numbered(laws: Laws) -> tuple[Numbered, ...]:
    """Every clause of every version; the one with the number n is at n."""
    found: list[Numbered] = []
    for law, terms in enumerate(laws.versions):
        for place, clause in enumerate(terms.clauses):
            found.append(Numbered(len(found), law, place, terms, clause))
    return tuple(found)


def clause_table(laws: Laws) -> pa.Table:
    """One row for each clause of each version, in the order of their numbers; null where a clause states nothing."""
    return _table(CLAUSES, [_clause_row(each) for each in numbered(laws)])


def splits_table(laws: Laws) -> pa.Table:
    """One row for each role between which a clause shares what it pays, in the order of the document."""
    rows = [
        {"clause_key": each.key, "place": place, "role": role} | _fraction("", share)
        for each in numbered(laws)
        for place, (role, share) in enumerate(each.clause.split)
    ]
    return _table(SPLITS, rows)


def kind_of(clause: Clause) -> str:
    """How what the clause pays is worked out."""
    if clause.basis is Basis.POOLED:
        return POOLED
    if not clause.pays:
        return UNPAID
    if clause.amount is not None:
        return AMOUNT
    if clause.growth is not None:
        return GROWTH
    return RATE if clause.bands is None else _kind_of_bands(clause.bands)


def _kind_of_bands(bands: Bands) -> str:
    if not bands.graduated:
        return REACHED
    return GRADUATED if bands.measure is Measure.AMOUNT else SEATS


def source_of(clause: Clause) -> str:
    """What it pays for: what was billed, or what was paid. What is unpaid is so when it is billed."""
    return PAYMENT if clause.pays and is_collected(clause) else SALE


def bases_of(terms: Terms, clause: Clause) -> tuple[Clause, ...]:
    """The clauses on whose fees this one stands, the nearest first."""
    found, below = {clause.name: clause}, terms.clause(clause.of)
    while below is not None and below.name not in found:
        found[below.name] = below
        below = terms.clause(below.of)
    return tuple(found.values())[1:]


def pays_collected(laws: Laws) -> bool:
    """Whether any clause pays for what was paid; otherwise payments are no events."""
    return any(source_of(each.clause) == PAYMENT for each in numbered(laws))


def needs_clauses(laws: Laws) -> list[tuple[int, Terms, Clause]]:
    """The clauses that pay only a partner that has sold enough, each with its number."""
    return [(each.key, each.terms, each.clause) for each in numbered(laws) if each.clause.needs is not None]


def uses_shares(laws: Laws) -> bool:
    """Whether a clause shares what it pays between roles. Whether partners share a role, only the facts say."""
    return any(each.clause.split for each in numbered(laws))


def is_late_possible(laws: Laws) -> bool:
    """Whether anything can be taken back after a claw window."""
    return any(terms.payment.claw_window is not None for terms in laws.versions)


def counts_by_partner(clause: Clause) -> bool:
    """Whether something is added up for each partner by itself, so that those who share a role divide the piece."""
    if clause.amount is not None or clause.basis is Basis.FEE:
        return False
    limits = (clause.cap, clause.floor, clause.bands, clause.growth)
    return any(limit is not None and limit.per.scope is Scope.PARTNER for limit in limits)


def _clause_row(each: Numbered) -> dict[str, Any]:
    terms, clause = each.terms, each.clause
    return {
        "clause_key": each.key,
        "terms_sha256": terms.sha256,
        "program": terms.program,
        "version": terms.version,
        "rounding": terms.rounding.value,
        "clause": clause.name,
        "place": each.place,
        "depth": len(bases_of(terms, clause)),
        "law": each.law,
        "source": source_of(clause),
        "basis": clause.basis.value,
        "kind": kind_of(clause),
        "because": clause.because,
        "of": clause.of,
        **_amounts(clause),
        **_limits(clause),
        "last_day_included": terms.last_day_included,
        "year_month": terms.year_from[0],
        "year_day": terms.year_from[1],
        "needs": clause.needs is not None,
        "is_split": bool(clause.split),
        "counts_by_partner": counts_by_partner(clause),
        "pool": clause.pool,
        "pool_key": clause.pool_key.value if clause.pool_key is not None else None,
        "waits": f"{clause.title} pays as far as the customer has paid.",
        "short": f"{clause.title} needs more sales than the partner had made.",
    }


def _amounts(clause: Clause) -> dict[str, Any]:
    """How much: a rate, an amount each, or bands."""
    found = _fraction("rate_", clause.rate)
    if clause.amount is not None:
        found |= {"amount_minor": clause.amount.minor, "unit": (clause.unit or Unit.LINE).value}
    if clause.bands is not None:
        bands = clause.bands.bands
        found |= {
            "band_ends": [ENDLESS if band.up_to is None else band.up_to for band in bands],
            "band_numerators": [band.rate.numerator for band in bands],
            "band_denominators": [band.rate.denominator for band in bands],
            "measure": clause.bands.measure.value,
            **_per("bands", clause.bands.per),
        }
    return found


def _limits(clause: Clause) -> dict[str, Any]:
    """Until where: caps, floors, baselines, and what is held back."""
    found = _limit("cap", clause.cap) | _limit("floor", clause.floor)
    if clause.growth is not None:
        found |= _per("growth", clause.growth.per) | _fraction("growth_", clause.growth.factor)
    if clause.holdback is not None:
        found |= _fraction("holdback_", clause.holdback.share) | {"holdback_days": clause.holdback.days}
    return found


def _limit(name: str, limit: Limit | None) -> dict[str, Any]:
    return {} if limit is None else {f"{name}_minor": limit.amount.minor, **_per(name, limit.per)}


def _per(name: str, per: Per) -> dict[str, Any]:
    return {f"{name}_scope": per.scope.value, f"{name}_period": per.period.value}


def _fraction(name: str, exact: Fraction | None) -> dict[str, Any]:
    if exact is None:
        return {}
    return {f"{name}numerator": exact.numerator, f"{name}denominator": exact.denominator}


def _table(schema: pa.Schema, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    columns = [pa.array([row.get(field.name) for row in rows], type=field.type) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)
