"""A history and its program versions as the tables that steps in columns take, on an embedded engine."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import ibis
import pyarrow as pa

from ofrecord.engine.compiled import lengths, reaches
from ofrecord.engine.exact import duck
from ofrecord.engine.flat import FLAT, flat
from ofrecord.engine.steps.booking import changed, fresh
from ofrecord.engine.steps.dues import Beside
from ofrecord.engine.steps.shapes import FACT
from ofrecord.engine.types import BilledFact, History, Laws

# The tables by name and schema: a step is written once for them, and read by the engine for every history.
SCHEMAS: Final[Mapping[str, pa.Schema]] = {
    **FLAT,
    "versions": reaches.VERSIONS,
    "offers": reaches.OFFERS,
    "reducing": reaches.REDUCING,
    "stages": reaches.STAGES,
    "cutting": reaches.CUTTING,
    "designations": reaches.DESIGNATIONS,
    "lengths": lengths.LENGTHS,
    "told": ibis.schema(FACT).to_pyarrow(),
    "taken back": pa.schema(
        {
            "invoice_line": pa.string(),
            "credited_minor": pa.int64(),
            "credited_on": pa.date32(),
            "credit_ids": pa.list_(pa.string()),
            "money_back_minor": pa.int64(),
        }
    ),
}
_SALES: Final = ("terms_sha256", "started_on", "commitment_months")


def table(name: str) -> ibis.Table:
    """The table of that name, whatever is in it when it is read."""
    return ibis.table(ibis.Schema.from_pyarrow(SCHEMAS[name]), name=name)


class Columns:
    """An engine that holds one history at a time."""

    def __init__(self) -> None:
        self._connection = ibis.duckdb.connect()
        duck.define(self._connection.con)

    def hold(self, laws: Laws, facts: Sequence[BilledFact], **other: pa.Table) -> None:
        tables = {
            **flat(History(facts)),
            "versions": reaches.versions_table(laws),
            "offers": reaches.offers_table(laws),
            "reducing": reaches.reducing_table(laws),
            "stages": reaches.stages_table(laws, sales_of(facts)),
            **other,
        }
        for name, rows in tables.items():
            self._connection.con.register(name, rows)

    def keep(self, name: str, sql: str) -> None:
        """What the query finds, under a name of its own."""
        self._connection.con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {sql}')

    def rows(self, sql: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._connection.con.sql(sql).to_arrow_table().to_pylist()
        return found


def sql_of(expression: ibis.Table) -> str:
    return str(ibis.to_sql(expression, dialect="duckdb"))


def sales_of(facts: Sequence[BilledFact]) -> pa.Table:
    """The sales of the facts, as stages are asked for."""
    rows = {tuple(getattr(fact, name) for name in _SALES) for fact in facts}
    schema = pa.schema([reaches.STAGES.field(name) for name in _SALES])
    return pa.Table.from_pylist([dict(zip(_SALES, row, strict=True)) for row in sorted(rows)], schema=schema)


def book(earned: ibis.Table, beside: Beside) -> ibis.Table:
    """The lines of the month's book, without their numbers: what is new, what corrects, what is withdrawn.

    A key that no earlier book holds is booked in full, whenever it was earned. Where what is booked differs from what
    was earned, in the line's currency or in the statement's, a line corrects it and names the line that it corrects;
    what nothing claims any more is withdrawn. Lines that agree are not booked again. Why lines correct is not said
    yet: `corrections.with_causes` writes that, of those lines alone.
    """
    if beside.record is None:
        return fresh(earned, beside)
    return ibis.union(fresh(earned, beside), changed(earned, beside))
