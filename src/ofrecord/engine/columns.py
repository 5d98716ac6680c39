"""Facts and fee lines as columns: what a snapshot and a book hold, without a float anywhere."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

import pyarrow as pa

from ofrecord.engine.types import BilledFact, FeeLine, Recognition
from ofrecord.kernel.calendar import Span

FORMAT: Final = "1"
# Exact numbers of minor units: a product of two amounts at the stated limit has 34 digits.
EXACT: Final = pa.decimal128(38, 0)

_TEXT, _DAY, _MINOR, _COUNT = pa.string(), pa.date32(), pa.int64(), pa.int32()


def _schema(columns: dict[str, pa.DataType], nullable: Sequence[str] = ()) -> pa.Schema:
    """Every column has a value in every row, but for those named."""
    return pa.schema([pa.field(name, kind, nullable=name in nullable) for name, kind in columns.items()])


RECOGNITION: Final = pa.struct(
    [
        pa.field("partner", _TEXT, nullable=False),
        pa.field("role", _TEXT, nullable=False),
        pa.field("first", _DAY, nullable=False),
        pa.field("until", _DAY),
        pa.field("tier", _TEXT, nullable=False),
    ]
)
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
        "partners": pa.list_(pa.field("item", RECOGNITION, nullable=False)),
    }
)
BOOK: Final = _schema(
    {
        "number": _MINOR,
        "partner": _TEXT,
        "role": _TEXT,
        "recognized_from": _DAY,
        "invoice_line": _TEXT,
        "invoice": _TEXT,
        "subscription": _TEXT,
        "started_on": _DAY,
        "customer": _TEXT,
        "offer": _TEXT,
        "way": _TEXT,
        "region": _TEXT,
        "tier": _TEXT,
        "service_first": _DAY,
        "service_until": _DAY,
        "month_first": _COUNT,
        "month_last": _COUNT,
        "piece_days": pa.list_(pa.field("item", _COUNT, nullable=False)),
        "piece": _COUNT,
        "seats": _COUNT,
        "unit_price_minor": _MINOR,
        "billed_minor": _MINOR,
        "basis_minor": _MINOR,
        "currency": _TEXT,
        "terms_sha256": _TEXT,
        "program": _TEXT,
        "version": _TEXT,
        "clause": _TEXT,
        "rate_numerator": EXACT,
        "rate_denominator": EXACT,
        "exact_numerator": EXACT,
        "exact_denominator": EXACT,
        "rounding": _TEXT,
        "fee_minor": _MINOR,
        "reason": _TEXT,
    }
)
_EXACT_COLUMNS = ("rate_numerator", "rate_denominator", "exact_numerator", "exact_denominator")


def fact_table(facts: Sequence[BilledFact]) -> pa.Table:
    """The facts as columns, in the order given."""
    return _table(SNAPSHOT, [_fact_row(fact) for fact in facts])


def line_table(lines: Sequence[FeeLine], numbers: Sequence[int]) -> pa.Table:
    """The lines as columns, each with its number."""
    return _table(BOOK, [_line_row(number, line) for number, line in zip(numbers, lines, strict=True)])


def facts_of(table: pa.Table) -> list[BilledFact]:
    return [_fact(row) for row in table.to_pylist()]


def lines_of(table: pa.Table) -> list[tuple[int, FeeLine]]:
    """Each line with its number."""
    return [(row.pop("number"), _line(row)) for row in table.to_pylist()]


def _table(schema: pa.Schema, rows: Sequence[dict[str, Any]]) -> pa.Table:
    columns = [pa.array([row[field.name] for row in rows], type=field.type) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def _fact_row(fact: BilledFact) -> dict[str, Any]:
    row = _values(fact, ("service", "partners"))
    partners = [
        {"partner": p.partner, "role": p.role, "first": p.span.first, "until": p.span.until, "tier": p.tier}
        for p in fact.partners
    ]
    return row | _service(fact.service) | {"partners": partners}


def _line_row(number: int, line: FeeLine) -> dict[str, Any]:
    row = _values(line, ("service", "piece_days"))
    return row | _service(line.service) | {"number": number, "piece_days": list(line.piece_days)}


def _values(value: BilledFact | FeeLine, besides: Iterable[str]) -> dict[str, Any]:
    names = set(type(value).__dataclass_fields__) - set(besides)
    return {name: getattr(value, name) for name in names}


def _service(span: Span) -> dict[str, date | None]:
    return {"service_first": span.first, "service_until": span.until}


def _fact(row: dict[str, Any]) -> BilledFact:
    span = Span(row.pop("service_first"), row.pop("service_until"))
    partners = tuple(
        Recognition(p["partner"], p["role"], Span(p["first"], p["until"]), p["tier"])
        for p in row.pop("partners")
    )
    return BilledFact(service=span, partners=partners, **row)


def _line(row: dict[str, Any]) -> FeeLine:
    span = Span(row.pop("service_first"), row.pop("service_until"))
    row |= {name: int(row[name]) for name in _EXACT_COLUMNS}
    return FeeLine(service=span, piece_days=tuple(row.pop("piece_days")), **row)
