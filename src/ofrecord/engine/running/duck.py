"""DuckDB in this process: within a stated memory, spilling to disk beyond it."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa
from ibis.backends.sql.datatypes import DuckDBType
from ibis.formats.pyarrow import PyArrowType

from ofrecord.engine.exact import duck
from ofrecord.engine.refusals import MemoryShort
from ofrecord.engine.storage import Folder, register

MEMORY = "2GB"
REORDERING = "join_order,build_side_probe_side"


@dataclass(slots=True)
class Duck:
    """Where steps are carried out. Tables are brought and kept under names of their own."""

    connection: duckdb.DuckDBPyConnection
    ibis: Any
    scratch: Path
    doing: str = "Working"
    kept: int = 0
    brought: dict[str, pa.Table] = field(default_factory=dict)

    def bring(self, table: pa.Table) -> ibis.Table:
        """A small table from Python."""
        name = self._name()
        self.brought[name] = table
        self.connection.register(name, table)
        return self.ibis.table(name)

    def read(self, paths: Sequence[Folder], schema: pa.Schema) -> ibis.Table:
        """The rows of Parquet files of one schema; of no files, no rows."""
        if not paths:
            return self.bring(schema.empty_table())
        for path in paths:
            register(self.connection, path)
        name = self._name()
        listed = ", ".join(f"'{path}'" for path in paths)
        self.connection.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM read_parquet([{listed}])")
        return self.ibis.table(name)

    def view(self, table: ibis.Table) -> ibis.Table:
        """The table under a name, worked out anew by each step that reads it: for what is cheaper read than kept.

        A query that reads one expression twice would keep all of its rows by itself.
        """
        name = self._name()
        self.connection.execute(f"CREATE TEMP VIEW {name} AS {self.sql(table)}")
        return self.ibis.table(name)

    def keep(self, table: ibis.Table, *, as_written: bool = False) -> ibis.Table:
        """The table worked out now, so that what reads it several times does not work it out again.

        `as_written` says that its joins stand in the best order already: from many rows to few. Of so many joins the
        planner guesses too few rows, and keeps the many in memory to look up the few.
        """
        name = self._name()
        self.connection.execute(f"SET disabled_optimizers = '{REORDERING if as_written else ''}'")
        self.connection.execute(f"CREATE TEMP TABLE {name} AS {self.sql(table)}")
        self.connection.execute("SET disabled_optimizers = ''")
        return self.ibis.table(name)

    def fetch(self, table: ibis.Table) -> pa.Table:
        """The rows, in the memory of Python: for small tables."""
        return self.connection.sql(self.sql(table)).to_arrow_table()

    def write(self, table: ibis.Table, path: Path) -> int:
        """All rows as a Parquet file; how many."""
        self.connection.execute(f"COPY ({self.sql(table)}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
        written = self.connection.fetchone()
        assert written is not None, "a copy says how many rows it wrote"
        return int(written[0])

    def write_sorted(
        self, table: ibis.Table, path: Path, order: Sequence[str], schema: pa.Schema, rows_a_group: int
    ) -> int:
        """The columns of the schema as a Parquet file, in the order, as they come where it is empty; how many rows."""
        # A small number that is written out is one of 32 bits to DuckDB, whatever the expression says.
        typed = ", ".join(f'"{field.name}"::{_sql_type(field.type)} AS "{field.name}"' for field in schema)
        by = f" ORDER BY {', '.join(order)}" if order else ""
        query = f"SELECT {typed} FROM ({self.sql(table)}){by}"
        self.connection.execute(
            f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {rows_a_group},"
            " PARQUET_VERSION V2, USE_TMP_FILE false)"
        )
        written = self.connection.fetchone()
        assert written is not None, "a copy says how many rows it wrote"
        return int(written[0])

    def sql(self, table: ibis.Table) -> str:
        return str(ibis.to_sql(table, dialect="duckdb"))

    def progress(self) -> str:
        """What is being carried out and how far it is, in words."""
        done = self.connection.query_progress()
        return f"{self.doing}, {done:.0f}%" if done > 0 else self.doing

    def stop(self) -> None:
        """Ends what is being carried out, from another thread."""
        self.connection.interrupt()

    def _name(self) -> str:
        self.kept += 1
        return f"step_{self.kept}"


def _sql_type(kind: pa.DataType) -> str:
    """The type in the words of DuckDB."""
    return str(DuckDBType.to_string(PyArrowType.to_ibis(kind)))


@contextmanager
def duck_engine(
    scratch: Path | None = None, memory: str = MEMORY, threads: int | None = None
) -> Iterator[Duck]:
    """A DuckDB of its own, gone with all of its files when it is left; `scratch` is where it spills.

    Raises MemoryShort.
    """
    folder = Path(tempfile.mkdtemp(prefix=".engine-", dir=scratch))
    config: dict[str, Any] = {"memory_limit": memory, "temp_directory": str(folder)}
    if threads is not None:
        config["threads"] = threads
    connection = duckdb.connect(config=config)
    try:
        connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
        duck.define(connection)
        yield Duck(connection, ibis.duckdb.from_connection(connection), folder)
    except duckdb.OutOfMemoryException as fault:
        raise MemoryShort(memory=memory) from fault
    finally:
        connection.close()
        shutil.rmtree(folder, ignore_errors=True)
