"""What fee lines cite, in lists to look it up in: clauses, and for each version that none of them holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import lcm
from typing import Any, Final

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa
from ibis.formats.pyarrow import PyArrowType

from ofrecord.engine.compiled.clauses import CLAUSES, clause_table
from ofrecord.engine.types import Laws
from ofrecord.program.clause_types import Basis

NONE: Final = "none"
_LEFT_OUT: Final = ("source", "needs", "pool", "pool_key", "waits", "short", "terms_sha256")
_KEPT: Final = [field for field in CLAUSES if field.name not in _LEFT_OUT]
# Beside the columns of clauses: the version that is cited, and the bands' rates over one denominator.
CITED: Final = pa.schema(
    [
        *_KEPT,
        pa.field("cited_sha256", pa.string()),
        # The same for clauses of one name in all versions, in the order of the names.
        pa.field("name_key", pa.int32()),
        pa.field("bands_scaled", pa.list_(pa.decimal128(38, 0))),
        pa.field("bands_common", pa.decimal128(38, 0)),
    ]
)


def no_clause_key(law: int) -> int:
    """What stands for "no clause of this version holds" where a clause's number stands; `law` is its position."""
    return -1 - law


@dataclass(frozen=True, slots=True)
class Cited:
    """What claims cite, each at its place.

    It is looked up in lists that stand in the query, and not joined: so it need not be carried through what puts rows
    in order, and can be looked up again behind it without disturbing the order.
    """

    places: Mapping[int, int]
    lists: Mapping[str, Any]
    # What none of them states; a list of nothing but nulls would have no type.
    unstated: Mapping[str, Any]

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.lists, *self.unstated)

    def at(self, place: Any) -> dict[str, Any]:
        """What stands at the place, by the columns of CITED."""
        return {name: values[place] for name, values in self.lists.items()} | {**self.unstated}


def cited_of(laws: Laws, keys: Iterable[int] | None) -> Cited:
    """What the clauses of these numbers state, of all where there are None; `no_clause_key` is one too."""
    every = cited_table(laws)
    rows = {row["clause_key"]: row for row in every.to_pylist()}
    # A list has at least one entry, or it would have no type.
    found = [rows[key] for key in sorted({*(rows if keys is None else keys)} or {no_clause_key(0)})]
    lists, unstated = {}, {}
    for field in CITED:
        values, kind = [row[field.name] for row in found], PyArrowType.to_ibis(field.type)
        if field.name == "clause_key":
            continue
        if all(value is None for value in values):
            unstated[field.name] = ibis.null(kind)
        else:
            lists[field.name] = ibis.literal(values, dt.Array(kind))
    return Cited({row["clause_key"]: place for place, row in enumerate(found)}, lists, unstated)


def cited_table(laws: Laws) -> pa.Table:
    """Every clause, and for each version that none holds: a row each."""
    rows = [_cited(row) for row in clause_table(laws).to_pylist()]
    names = {name: key for key, name in enumerate(sorted({"", *(row["clause"] for row in rows)}))}
    rows = [row | {"name_key": names[row["clause"]]} for row in rows]
    for law, terms in enumerate(laws.versions):
        rows.append(
            {
                "clause_key": no_clause_key(law),
                "cited_sha256": terms.sha256,
                "program": terms.program,
                "version": terms.version,
                "rounding": terms.rounding.value,
                "clause": "",
                "name_key": names[""],
                "kind": NONE,
                "basis": Basis.BILLED.value,
                "place": -1,
                "depth": 0,
                "law": law,
                "because": "",
                "of": "",
                "is_split": False,
                "counts_by_partner": False,
                "last_day_included": terms.last_day_included,
                "year_month": terms.year_from[0],
                "year_day": terms.year_from[1],
            }
        )
    columns = [pa.array([row.get(field.name) for row in rows], type=field.type) for field in CITED]
    return pa.Table.from_arrays(columns, schema=CITED)


def _cited(row: dict[str, Any]) -> dict[str, Any]:
    row["cited_sha256"] = row["terms_sha256"]
    if row["band_numerators"]:
        common = lcm(*(int(each) for each in row["band_denominators"]))
        row["bands_common"] = common
        rates = zip(row["band_numerators"], row["band_denominators"], strict=True)
        row["bands_scaled"] = [
            int(numerator) * common // int(denominator) for numerator, denominator in rates
        ]
    return row
