"""Facts and fee lines as columns: what a snapshot and a book hold, without a float anywhere."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from fractions import Fraction
from typing import Any, Final, TypeVar

import pyarrow as pa

from ofrecord.engine.types import BilledFact, Credit, FeeLine, RateFact, Receipt, Recognition, Slice
from ofrecord.kernel.calendar import Span

FORMAT: Final = "2"
# Exact numbers of minor units: a product of two amounts at the stated limit has 34 digits.
EXACT: Final = pa.decimal128(38, 0)

_TEXT, _DAY, _MINOR, _COUNT, _FLAG = pa.string(), pa.date32(), pa.int64(), pa.int32(), pa.bool_()
_NONE: Final[frozenset[str]] = frozenset()
Built = TypeVar("Built")


def _struct(columns: Mapping[str, pa.DataType], nullable: frozenset[str] = _NONE) -> pa.StructType:
    return pa.struct([pa.field(name, kind, nullable=name in nullable) for name, kind in columns.items()])


def _list_of(kind: pa.DataType) -> pa.ListType:
    return pa.list_(pa.field("item", kind, nullable=False))


def _schema(columns: Mapping[str, pa.DataType], nullable: frozenset[str] = _NONE) -> pa.Schema:
    """Every column has a value in every row, but for those named."""
    return pa.schema([pa.field(name, kind, nullable=name in nullable) for name, kind in columns.items()])


_SHARE = frozenset({"until", "share_numerator", "share_denominator"})
RECOGNITION: Final = _struct(
    {
        "partner": _TEXT,
        "role": _TEXT,
        "first": _DAY,
        "until": _DAY,
        "tier": _TEXT,
        "share_numerator": _MINOR,
        "share_denominator": _MINOR,
    },
    _SHARE,
)
CREDIT: Final = _struct({"id": _TEXT, "kind": _TEXT, "day": _DAY, "amount_minor": _MINOR})
RECEIPT: Final = _struct({"id": _TEXT, "day": _DAY, "amount_minor": _MINOR})
SLICE: Final = _struct({"amount_minor": _MINOR, "rate_numerator": EXACT, "rate_denominator": EXACT})

SNAPSHOT: Final = _schema(
    {
        "invoice_line": _TEXT,
        "invoice": _TEXT,
        "invoice_day": _DAY,
        "subscription": _TEXT,
        "started_on": _DAY,
        "customer": _TEXT,
        "offer": _TEXT,
        "way": _TEXT,
        "region": _TEXT,
        "currency": _TEXT,
        "seats": _COUNT,
        "unit_price_minor": _MINOR,
        "billed_minor": _MINOR,
        "service_first": _DAY,
        "service_until": _DAY,
        "terms_sha256": _TEXT,
        "partners": _list_of(RECOGNITION),
        "list_minor": _MINOR,
        "wholesale_minor": _MINOR,
        "first_seats": _COUNT,
        "deal": _TEXT,
        "commitment_months": _COUNT,
        "segment": _TEXT,
        "credits": _list_of(CREDIT),
        "receipts": _list_of(RECEIPT),
    },
    frozenset({"list_minor", "wholesale_minor"}),
)
RATES: Final = _schema({"currency": _TEXT, "day": _DAY, "numerator": EXACT, "denominator": EXACT})
BOOK: Final = _schema(
    {
        "number": _MINOR,
        "partner": _TEXT,
        "role": _TEXT,
        "recognized_from": _DAY,
        "source": _TEXT,
        "event": _TEXT,
        "event_day": _DAY,
        "invoice_line": _TEXT,
        "invoice": _TEXT,
        "invoice_day": _DAY,
        "subscription": _TEXT,
        "started_on": _DAY,
        "customer": _TEXT,
        "offer": _TEXT,
        "family": _TEXT,
        "way": _TEXT,
        "region": _TEXT,
        "segment": _TEXT,
        "deal": _TEXT,
        "tier": _TEXT,
        "service_first": _DAY,
        "service_until": _DAY,
        "month_first": _COUNT,
        "month_last": _COUNT,
        "seats": _COUNT,
        "unit_price_minor": _MINOR,
        "billed_minor": _MINOR,
        "credited_minor": _MINOR,
        "credited_on": _DAY,
        "facts": _list_of(_TEXT),
        "basis": _TEXT,
        "source_minor": _MINOR,
        "weights": _list_of(_MINOR),
        "piece": _COUNT,
        "basis_minor": _MINOR,
        "currency": _TEXT,
        "terms_sha256": _TEXT,
        "program": _TEXT,
        "version": _TEXT,
        "clause": _TEXT,
        "slices": _list_of(SLICE),
        "measured": _MINOR,
        "baseline_minor": _MINOR,
        "grown_minor": _MINOR,
        "amount_minor": _MINOR,
        "quantity_numerator": EXACT,
        "quantity_denominator": EXACT,
        "exact_numerator": EXACT,
        "exact_denominator": EXACT,
        "rounding": _TEXT,
        "raw_minor": _MINOR,
        "cap_minor": _MINOR,
        "cap_used_minor": _MINOR,
        "floor_minor": _MINOR,
        "reached_minor": _MINOR,
        "whole_minor": _MINOR,
        "share_numerator": EXACT,
        "share_denominator": EXACT,
        "share_remainder": _COUNT,
        "earned_minor": _MINOR,
        "reason": _TEXT,
        "release_on": _DAY,
        "due_currency": _TEXT,
        "exchange_numerator": EXACT,
        "exchange_denominator": EXACT,
        "exchange_day": _DAY,
        "due_earned_minor": _MINOR,
        "waits": _TEXT,
        "withdrawn": _FLAG,
        "corrects": _TEXT,
        "cause": _TEXT,
        "retained_minor": _MINOR,
        "booked_minor": _MINOR,
        "fee_minor": _MINOR,
        "due_booked_minor": _MINOR,
        "due_minor": _MINOR,
        "held_minor": _MINOR,
        "waived_minor": _MINOR,
        "freed_minor": _MINOR,
    },
    frozenset(
        {"invoice_day", "started_on", "credited_on", "cap_minor", "floor_minor", "release_on", "exchange_day"}
    ),
)
_EXACT_COLUMNS: Final = tuple(field.name for field in BOOK if field.type == EXACT)


def rate_table(rates: Sequence[RateFact]) -> pa.Table:
    """Exchange rates as columns, in the order given."""
    return _table(
        RATES,
        [
            {
                "currency": rate.currency,
                "day": rate.day,
                "numerator": rate.per_euro.numerator,
                "denominator": rate.per_euro.denominator,
            }
            for rate in rates
        ],
    )


def is_book(table: pa.Table) -> bool:
    """Whether the table has the columns of a book, with a value wherever a book has one.

    Engines write that a column may be empty although it never is, and call the items of lists by other names.
    """
    if table.schema.names != BOOK.names or [*map(_plain, table.schema.types)] != [*map(_plain, BOOK.types)]:
        return False
    return all(_is_full(chunk, field) for field in BOOK for chunk in table[field.name].chunks)


def _plain(kind: pa.DataType) -> object:
    """The type without names of items, and without what may be empty."""
    if pa.types.is_list(kind):
        return ("list", _plain(kind.value_type))
    if pa.types.is_struct(kind):
        return tuple((part.name, _plain(part.type)) for part in kind)
    return kind


def _is_full(values: pa.Array, field: pa.Field) -> bool:
    if not field.nullable and values.null_count:
        return False
    if pa.types.is_list(field.type):
        return _is_full(values.flatten(), field.type.value_field)
    if pa.types.is_struct(field.type):
        return all(_is_full(values.field(part.name), part) for part in field.type)
    return True


def line_table(lines: Sequence[FeeLine], numbers: Sequence[int]) -> pa.Table:
    """The lines as columns, each with its number."""
    return _table(BOOK, [_line_row(number, line) for number, line in zip(numbers, lines, strict=True)])


def facts_of(table: pa.Table) -> list[BilledFact]:
    return [_fact(row) for row in table.to_pylist()]


def rates_of(table: pa.Table) -> list[RateFact]:
    return [
        RateFact(row["currency"], row["day"], Fraction(int(row["numerator"]), int(row["denominator"])))
        for row in table.to_pylist()
    ]


def lines_of(table: pa.Table) -> list[tuple[int, FeeLine]]:
    """Each line with its number."""
    return [(row.pop("number"), _line(row)) for row in table.to_pylist()]


def _table(schema: pa.Schema, rows: Sequence[dict[str, Any]]) -> pa.Table:
    columns = [pa.array([row[field.name] for row in rows], type=field.type) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def _line_row(number: int, line: FeeLine) -> dict[str, Any]:
    return _values(line) | {
        **_span(line.service, "service_first", "service_until"),
        "number": number,
        "facts": list(line.facts),
        "weights": list(line.weights),
        "slices": [_values(part) for part in line.slices],
    }


def _values(value: Any) -> dict[str, Any]:
    return {each.name: getattr(value, each.name) for each in fields(value)}


def _span(span: Span, first: str, until: str) -> dict[str, date | None]:
    return {first: span.first, until: span.until}


def _many(rows: Sequence[dict[str, Any]], build: Callable[..., Built]) -> tuple[Built, ...]:
    return tuple(build(**row) for row in rows)


def _recognition(row: dict[str, Any]) -> Recognition:
    numerator, denominator = row["share_numerator"], row["share_denominator"]
    share = None if numerator is None else Fraction(numerator, denominator)
    return Recognition(row["partner"], row["role"], Span(row["first"], row["until"]), row["tier"], share)


def _fact(row: dict[str, Any]) -> BilledFact:
    span = Span(row.pop("service_first"), row.pop("service_until"))
    row |= {
        "partners": tuple(_recognition(partner) for partner in row["partners"]),
        "credits": _many(row["credits"], Credit),
        "receipts": _many(row["receipts"], Receipt),
    }
    return BilledFact(service=span, **row)


def _line(row: dict[str, Any]) -> FeeLine:
    span = Span(row.pop("service_first"), row.pop("service_until"))
    row |= {name: int(row[name]) for name in _EXACT_COLUMNS}
    row |= {
        "facts": tuple(row["facts"]),
        "weights": tuple(row["weights"]),
        "slices": tuple(
            Slice(part["amount_minor"], int(part["rate_numerator"]), int(part["rate_denominator"]))
            for part in row["slices"]
        ),
    }
    return FeeLine(service=span, **row)
