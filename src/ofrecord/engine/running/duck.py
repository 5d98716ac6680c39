"""DuckDB in this process: within a stated memory, spilling to disk beyond it."""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import duckdb
import ibis
import pyarrow as pa
from ibis.backends.sql.datatypes import DuckDBType
from ibis.formats.pyarrow import PyArrowType

from ofrecord.engine.exact import duck
from ofrecord.engine.refusals import MemoryShort, NumberOutOfRange
from ofrecord.engine.running.in_turn import join
from ofrecord.engine.storage import Folder, register, written_in_vain

MEMORY: Final = "2GB"
REORDERING: Final = "join_order,build_side_probe_side"
# By these it finds that a column of some rows has no nulls, and writes it in another way than that of other rows.
STATISTICS: Final = "statistics_propagation"
# What a line takes while it is worked out, and a row of a book while rows are put in order, so that nothing is spilled.
BYTES_A_LINE: Final = 800
BYTES_A_ROW: Final = 1_500
_TURN: Final = "turn"
# As it says that a number has no room in the column of its kind.
_NO_ROOM: Final = ("out of range", "Could not cast value", "Failed to cast decimal value")
_PATTERN: Final = re.compile(r"([\[*?])")
_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB")


@dataclass(slots=True)
class Duck:
    """Where steps are carried out. Tables are brought and kept under names of their own."""

    connection: duckdb.DuckDBPyConnection
    ibis: Any
    scratch: Path
    doing: str = "Working"
    # What each name stands for: a table, or a view.
    named: dict[str, str] = field(default_factory=dict)
    names: int = 0
    streams: list[duckdb.DuckDBPyConnection] = field(default_factory=list)
    # How much of what several streams write is written, in percent.
    written: int = 0
    stopped: bool = False

    @property
    def lines_at_once(self) -> int:
        """How many lines can be worked out within the memory."""
        return max(1, self._memory() // BYTES_A_LINE)

    @property
    def rows_a_stream(self) -> int:
        """How many rows of a book each of the streams that write can put in order within the memory."""
        return max(1, self._memory() // (BYTES_A_ROW * self._threads()))

    def bring(self, table: pa.Table) -> ibis.Table:
        """A small table from Python."""
        self.connection.register("brought", table)
        found = self._named("TABLE", "SELECT * FROM brought")
        self.connection.unregister("brought")
        return found

    def read(self, paths: Sequence[Folder], schema: pa.Schema) -> ibis.Table:
        """The rows of Parquet files of one schema; of no files, no rows."""
        if not paths:
            return self.bring(schema.empty_table())
        for path in paths:
            register(self.connection, path)
        listed = ", ".join(_to_read(path) for path in paths)
        return self._named("VIEW", f"SELECT * FROM read_parquet([{listed}])")

    def view(self, table: ibis.Table) -> ibis.Table:
        """The table under a name, worked out anew by each step that reads it: for what is cheaper read than kept.

        A query that reads one expression twice would keep all of its rows by itself.
        """
        return self._named("VIEW", self.sql(table))

    def keep(self, table: ibis.Table, *, as_written: bool = False) -> ibis.Table:
        """The table worked out now, so that what reads it several times does not work it out again.

        `as_written` says that its joins stand in the best order already: from many rows to few. Of so many joins the
        planner guesses too few rows, and keeps the many in memory to look up the few.
        """
        query = self.sql(table)
        with self._without(REORDERING if as_written else ""):
            return self._named("TABLE", query)

    def deal(self, tables: Iterable[ibis.Table], by: str) -> ibis.Table:
        """The rows of all tables, worked out one after the other, as `keep` does `as_written`: in files on the disk.

        Whoever asks for one value of the column `by` reads just the files that have it.
        """
        folder = Path(tempfile.mkdtemp(prefix="dealt-", dir=self.scratch))
        for turn, table in enumerate(tables):
            query = self._typed(table, table.schema().to_pyarrow())
            copied = f"COPY ({query}) TO {_quoted(folder / str(turn))}"
            with self._without(REORDERING):
                self.connection.execute(f"{copied} (FORMAT parquet, COMPRESSION lz4, PARTITION_BY ({by}))")
        dealt = _to_read(folder, "/**/*.parquet")
        return self._named("VIEW", f"SELECT * FROM read_parquet({dealt}, hive_partitioning = true)")

    @contextmanager
    def for_now(self) -> Iterator[None]:
        """What is brought, viewed and kept meanwhile is gone afterwards."""
        before = {*self.named}
        yield
        for name in [name for name in self.named if name not in before]:
            self.connection.execute(f"DROP {self.named.pop(name)} {name}")

    def fetch(self, table: ibis.Table) -> pa.Table:
        """The rows, in the memory of Python: for small tables."""
        return self.connection.sql(self.sql(table)).to_arrow_table()

    def write(self, table: ibis.Table, path: Path) -> int:
        """All rows as a Parquet file; how many."""
        copied = f"COPY ({self.sql(table)}) TO {_quoted(path)}"
        self.connection.execute(f"{copied} (FORMAT parquet, COMPRESSION zstd)")
        ((written,),) = self.connection.fetchall()
        return int(written)

    def write_sorted(
        self, table: ibis.Table, path: Path, order: Sequence[str], schema: pa.Schema, rows_a_group: int
    ) -> int:
        """The columns of the schema as a Parquet file, in the order; how many rows."""
        ordered = f"{self._typed(table, schema)} ORDER BY {', '.join(order)}"
        return _copied(self.connection, ordered, path, rows_a_group)

    def write_in_turn(
        self,
        ordered: Callable[[Any], ibis.Table],
        turns: int,
        path: Path,
        schema: pa.Schema,
        rows_a_group: int,
    ) -> int:
        """The rows of each turn, one turn after the other, as one Parquet file; how many. `ordered` says them.

        Several streams write at the same time, each a turn by itself with one thread: several threads that write rows
        in their order wait for one another, and are no faster than one.
        """
        # Put into words once: each stream has a value of its own for the turn.
        query = self._typed(ordered(duck.variable(_TURN)), schema)
        folder = Path(tempfile.mkdtemp(prefix="streams-", dir=self.scratch))

        def write(turn: int) -> Path:
            part = folder / f"{turn}.parquet"
            with self._stream() as stream:
                stream.execute(f"SET VARIABLE {_TURN} = {turn}")
                _copied(stream, query, part, rows_a_group)
            return part

        with (
            self._without(STATISTICS),
            self._one_thread_each(turns) as threads,
            ThreadPoolExecutor(threads) as pool,
        ):
            return join(self._gone_afterwards(pool.map(write, range(turns)), turns), path)

    def sql(self, table: ibis.Table) -> str:
        return str(self.ibis.compile(table))

    def progress(self) -> str:
        """What is being carried out and how far it is, in words."""
        done = self.written or self.connection.query_progress()
        return f"{self.doing.rstrip('.')}, {done:.0f}%" if done > 0 else self.doing

    def stop(self) -> None:
        """Ends what is being carried out, from another thread."""
        self.stopped = True
        for stream in [self.connection, *self.streams]:
            # One that has ended meanwhile is at nothing.
            with suppress(duckdb.ConnectionException):
                stream.interrupt()

    def _named(self, what: str, query: str) -> ibis.Table:
        self.names += 1
        name = f"step_{self.names}"
        self.connection.execute(f"CREATE {what} {name} AS {query}")
        self.named[name] = what
        return self.ibis.table(name)

    def _typed(self, table: ibis.Table, schema: pa.Schema) -> str:
        # A small number that is written out is one of 32 bits to DuckDB, whatever the expression says.
        typed = ", ".join(f'"{field.name}"::{_sql_type(field.type)} AS "{field.name}"' for field in schema)
        return f"SELECT {typed} FROM ({self.sql(table)})"

    def _setting(self, name: str) -> Any:
        ((found,),) = self.connection.execute(f"SELECT current_setting('{name}')").fetchall()
        return found

    def _threads(self) -> int:
        return int(self._setting("threads"))

    def _memory(self) -> int:
        """The bytes that it may take."""
        number, _, unit = str(self._setting("memory_limit")).partition(" ")
        return int(float(number) * 1024 ** _UNITS.index(unit))

    @contextmanager
    def _without(self, optimizers: str) -> Iterator[None]:
        self.connection.execute(f"SET disabled_optimizers = '{optimizers}'")
        yield
        self.connection.execute("SET disabled_optimizers = ''")

    @contextmanager
    def _stream(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Another connection to the same tables, which `stop` ends as well."""
        with self.connection.cursor() as stream:
            self.streams.append(stream)
            try:
                if self.stopped:
                    raise duckdb.InterruptException("It was stopped before it began.")
                yield stream
            finally:
                self.streams.remove(stream)

    def _gone_afterwards(self, parts: Iterable[Path], of: int) -> Iterator[Path]:
        """The parts, each removed once the next one is asked for."""
        for turn, part in enumerate(parts, 1):
            yield part
            part.unlink()
            self.written = 100 * turn // of
        self.written = 0

    @contextmanager
    def _one_thread_each(self, turns: int) -> Iterator[int]:
        """As many streams as there are threads have one each meanwhile; a single turn has all threads."""
        threads = self._threads()
        self.connection.execute(f"SET threads = {threads if turns == 1 else 1}")
        try:
            yield min(threads, turns)
        finally:
            self.connection.execute(f"SET threads = {threads}")


def _copied(connection: duckdb.DuckDBPyConnection, query: str, path: Path, rows_a_group: int) -> int:
    connection.execute(
        f"COPY ({query}) TO {_quoted(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {rows_a_group},"
        " PARQUET_VERSION V2, USE_TMP_FILE false)"
    )
    ((written,),) = connection.fetchall()
    return int(written)


def _quoted(path: Folder, of_it: str = "") -> str:
    """The path in the words of DuckDB, whatever is in its name."""
    return "'" + str(path).replace("'", "''") + of_it + "'"


def _to_read(path: Folder, of_it: str = "") -> str:
    """The same for reading, where a name is a pattern unless each sign of one stands in brackets."""
    if not isinstance(path, Path):
        return _quoted(path, of_it)
    return _quoted(Path(_PATTERN.sub(r"[\1]", str(path))), of_it)


def _sql_type(kind: pa.DataType) -> str:
    """The type in the words of DuckDB."""
    return str(DuckDBType.to_string(PyArrowType.to_ibis(kind)))


@contextmanager
def duck_engine(
    scratch: Path | None = None, memory: str = MEMORY, threads: int | None = None
) -> Iterator[Duck]:
    """A DuckDB of its own, gone with all of its files when it is left; `scratch` is where it spills.

    Raises MemoryShort, NumberOutOfRange; and OSError where the system does not let it write, as whatever else writes
    does.
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
    except (duckdb.OutOfRangeException, OverflowError) as fault:
        raise NumberOutOfRange from fault
    except duckdb.ConversionException as fault:
        if not any(words in str(fault) for words in _NO_ROOM):
            raise
        raise NumberOutOfRange from fault
    except duckdb.IOException as fault:
        number = written_in_vain(str(fault))
        if number is None:
            raise
        raise OSError(number, os.strerror(number)) from fault
    finally:
        connection.close()
        shutil.rmtree(folder, ignore_errors=True)
