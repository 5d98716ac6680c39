"""What each clause states that a line under it is held against, one row for each clause, to be joined to a book."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from math import lcm
from typing import Any, Final

import pyarrow as pa

from ofrecord.engine.compiled.clauses import ENDLESS, kind_of, source_of
from ofrecord.kernel.calendar import Span
from ofrecord.kernel.money import minor_digits
from ofrecord.program.clause_types import DESIGNATION, Clause, Scope
from ofrecord.program.types import Terms

# The kind of a line under no clause at all.
NO_CLAUSE: Final = "none"
# The columns of a line of which a clause may ask that they are one of those that it lists.
LISTED: Final = {
    "way": "ways",
    "region": "regions",
    "segment": "segments",
    "family": "families",
    "offer": "offers",
    "tier": "tiers",
    "deal": "deals",
}
_TEXT, _DAY, _MINOR, _WIDE = pa.string(), pa.date32(), pa.int64(), pa.decimal128(38, 0)
CHECKS: Final = pa.schema(
    {
        "stated_terms": _TEXT,
        "stated_clause": _TEXT,
        "stated_program": _TEXT,
        "stated_version": _TEXT,
        "stated_rounding": _TEXT,
        "stated_source": _TEXT,
        "stated_basis": _TEXT,
        "stated_kind": _TEXT,
        "stated_rate_numerator": _WIDE,
        "stated_rate_denominator": _WIDE,
        "stated_amount": _MINOR,
        "stated_ends": pa.list_(_MINOR),
        "stated_numerators": pa.list_(_WIDE),
        "stated_denominators": pa.list_(_WIDE),
        # The numerators of the bands' rates over one denominator.
        "stated_scaled": pa.list_(_WIDE),
        "stated_common": _WIDE,
        "stated_cap": _MINOR,
        "stated_floor": _MINOR,
        # The floor, where it is one of each line.
        "stated_line_floor": _MINOR,
        # What is listed; null where nothing is asked.
        "stated_roles": pa.list_(_TEXT),
        **{f"stated_{name}": pa.list_(_TEXT) for name in LISTED.values()},
        "stated_by_designation": pa.bool_(),
        "stated_month_first": _MINOR,
        "stated_month_last": _MINOR,
        "stated_sold_first": _DAY,
        "stated_sold_until": _DAY,
        "stated_billed_first": _DAY,
        "stated_billed_until": _DAY,
    }
)
SCALES: Final = pa.schema(
    {"from_currency": _TEXT, "to_currency": _TEXT, "scale_numerator": _WIDE, "scale_denominator": _WIDE}
)


def check_table(versions: Iterable[Terms]) -> pa.Table:
    """One row for each clause of each version, and one for what no clause of it claims."""
    rows = [row for terms in versions for row in _rows(terms)]
    columns = [pa.array([row.get(field.name) for row in rows], type=field.type) for field in CHECKS]
    return pa.Table.from_arrays(columns, schema=CHECKS)


def scale_table(pairs: Iterable[tuple[str, str]]) -> pa.Table:
    """Between the minor units of two currencies: 1/100 from cents to yen."""
    rows = [(pair, Fraction(10) ** (minor_digits(pair[1]) - minor_digits(pair[0]))) for pair in pairs]
    columns: list[Sequence[Any]] = [
        [pair[0] for pair, _ in rows],
        [pair[1] for pair, _ in rows],
        [scale.numerator for _, scale in rows],
        [scale.denominator for _, scale in rows],
    ]
    arrays = [pa.array(values, field.type) for values, field in zip(columns, SCALES, strict=True)]
    return pa.Table.from_arrays(arrays, schema=SCALES)


def _rows(terms: Terms) -> Iterator[dict[str, Any]]:
    usual = {
        "stated_terms": terms.sha256,
        "stated_program": terms.program,
        "stated_version": terms.version,
        "stated_rounding": terms.rounding.value,
    }
    yield usual | {"stated_clause": "", "stated_kind": NO_CLAUSE, "stated_basis": "billed"}
    for clause in terms.clauses:
        # A line finds its clause by name: the first, should two have one name.
        if terms.clause(clause.name) is clause:
            yield usual | {"stated_clause": clause.name} | _paid(clause) | _asked(clause)


def _paid(clause: Clause) -> dict[str, Any]:
    rate = clause.rate or Fraction(0)
    bands = clause.bands.bands if clause.bands is not None else ()
    floor = clause.floor
    common = lcm(*(band.rate.denominator for band in bands))
    by_line = floor is not None and floor.per.scope is Scope.LINE
    return {
        "stated_source": source_of(clause),
        "stated_basis": clause.basis.value,
        "stated_kind": kind_of(clause),
        "stated_rate_numerator": rate.numerator,
        "stated_rate_denominator": rate.denominator,
        "stated_amount": clause.amount.minor if clause.amount is not None else None,
        "stated_ends": [ENDLESS if band.up_to is None else band.up_to for band in bands],
        "stated_numerators": [band.rate.numerator for band in bands],
        "stated_denominators": [band.rate.denominator for band in bands],
        "stated_scaled": [(band.rate * common).numerator for band in bands],
        "stated_common": common,
        "stated_cap": clause.cap.amount.minor if clause.cap is not None else None,
        "stated_floor": floor.amount.minor if floor is not None else 0,
        "stated_line_floor": floor.amount.minor if floor is not None and by_line else None,
    }


def _asked(clause: Clause) -> dict[str, Any]:
    when = clause.when
    listed = {f"stated_{name}": [*getattr(when, name)] or None for name in LISTED.values()}
    return {
        **listed,
        "stated_roles": [*(clause.payees or when.roles)] or None,
        "stated_by_designation": when.months_from == DESIGNATION,
        "stated_month_first": when.months.first if when.months is not None else None,
        "stated_month_last": when.months.last if when.months is not None else None,
        **_span("stated_sold", when.sold),
        **_span("stated_billed", when.billed),
    }


def _span(name: str, span: Span | None) -> dict[str, Any]:
    return {} if span is None else {f"{name}_first": span.first, f"{name}_until": span.until}
