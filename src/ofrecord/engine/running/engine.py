"""What is asked of whoever carries out the steps: DuckDB in this process, or Spark."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import ibis
import pyarrow as pa

from ofrecord.engine.storage import Folder


class Engine(Protocol):
    """Where steps are carried out. Tables are brought and kept under names of their own."""

    # What it is at, for whoever watches it.
    doing: str

    @property
    def lines_at_once(self) -> int | None:
        """How many lines can be worked out at once; None where it finds room for any number."""

    @property
    def rows_a_stream(self) -> int | None:
        """How many rows of a book each stream can put in order; None where it finds room for any number."""

    def bring(self, table: pa.Table) -> ibis.Table:
        """A small table from Python."""

    def read(self, paths: Sequence[Folder], schema: pa.Schema) -> ibis.Table:
        """The rows of Parquet files of one schema; of no files, no rows."""

    def view(self, table: ibis.Table) -> ibis.Table:
        """The table under a name, worked out anew by each step that reads it."""

    def keep(self, table: ibis.Table, *, as_written: bool = False) -> ibis.Table:
        """The table worked out now, for steps that read it several times.

        `as_written` says that its joins stand in the best order already.
        """

    def fetch(self, table: ibis.Table) -> pa.Table:
        """The rows of a small table."""

    def write(self, table: ibis.Table, path: Path) -> int:
        """All rows as a Parquet file; how many."""

    def write_sorted(
        self, table: ibis.Table, path: Path, order: Sequence[str], schema: pa.Schema, rows_a_group: int
    ) -> int:
        """The columns of the schema as a Parquet file, in the order; how many rows."""

    def write_in_turn(
        self,
        ordered: Callable[[Any], ibis.Table],
        turns: int,
        path: Path,
        schema: pa.Schema,
        rows_a_group: int,
    ) -> int:
        """The rows of each turn, one turn after the other, as one Parquet file; how many. `ordered` says them."""


@runtime_checkable
class InPortions(Engine, Protocol):
    """An engine that says how many lines it holds at once, and so works out more in portions."""

    def for_now(self) -> AbstractContextManager[None]:
        """What is brought, viewed and kept meanwhile is gone afterwards."""

    def deal(self, tables: Iterable[ibis.Table], by: str) -> ibis.Table:
        """The rows of all tables, worked out one after the other, in files by the column `by`."""


def rows_in(engine: Engine, table: ibis.Table) -> int:
    """How many rows the table has."""
    return int(engine.fetch(table.aggregate(rows=table.count()))["rows"][0].as_py())
