"""Tables of a snapshot, from the rows that rooms tell to files: each in one order, so that the same rows give the same
bytes, and through DuckDB, which sorts and joins beyond what memory has room for.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final, TypeVar

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from ofrecord.engine.compiled.prices import price_table
from ofrecord.engine.exact.functions import total
from ofrecord.engine.extract import Row, Source, Stopped
from ofrecord.engine.files import keep_written
from ofrecord.engine.flat import FLAT, TOLD, table_of
from ofrecord.engine.running.duck import Duck
from ofrecord.engine.snapshot_index import CREDITS, FACTS, RECEIPTS, RECOGNITIONS, TIERS
from ofrecord.engine.steps.billed import billed_lines
from ofrecord.engine.storage import Root
from ofrecord.program.types import Terms

ROWS_A_GROUP: Final = 131_072
# The order of each table, in which no two rows are alike.
ORDER: Final[Mapping[str, tuple[str, ...]]] = {
    FACTS: ("subscription", "service_first", "invoice_line"),
    CREDITS: ("invoice_line", "day", "id"),
    RECEIPTS: ("invoice_line", "day", "id"),
    RECOGNITIONS: ("subscription", "first", "partner", "role"),
    TIERS: ("partner", "first"),
}
# A dictionary of a column that names each row is given up in every group, after it was built in vain.
_NAMING: Final = ("id", "invoice_line", "invoice")

SECONDS_A_WAIT: Final = 0.5

Read = TypeVar("Read")
Told = Mapping[str, Any]
# Which part of each payment is for which line: from payments beside all lines of their invoices, and from credits.
Sharing = Callable[[Iterable[Told], Iterable[Told]], Sequence[Told]]


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines that no SQL tells, of the shape of `TOLD`, and how many."""

    table: pa.Table

    @classmethod
    def of(cls, batches: Iterable[Sequence[Told]]) -> "Lines":
        """From rows of Python, of which no more than one batch is there at a time."""
        schema = TOLD["lines"]
        found = [table_of(schema, rows) for rows in batches]
        return cls(pa.concat_tables([schema.empty_table(), *found]))

    @property
    def count(self) -> int:
        return int(self.table.num_rows)


@dataclass(frozen=True, slots=True)
class KeptLines:
    """The file of a month's lines, and what a reader of the index wants to know of them."""

    sha256: str
    lines: int
    billed: Mapping[str, int]
    terms: tuple[str, ...]


@dataclass(slots=True)
class Keeper:
    """Reads from the source, keeps in folders. What was sold is read once for all months. Says how far it is."""

    source: Source
    duck: Duck
    sold_sql: str
    segments_sql: str
    versions: Sequence[Terms]
    doing: str = "Looking for what has changed"
    _is_stopped: bool = field(default=False, init=False)
    _known: tuple[ibis.Table, ibis.Table, ibis.Table] | None = field(default=None, init=False)
    _soon: dict[str, Future[str]] = field(default_factory=dict, init=False)
    _told: Iterator[int] = field(default_factory=count, init=False)
    _writing: set[Any] = field(default_factory=set, init=False)
    _readers: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        self._readers = ThreadPoolExecutor(self.source.connections)

    def close(self) -> None:
        """Nothing is read any more; what was begun in vain is not waited for."""
        self.stop()
        self._readers.shutdown(cancel_futures=True)

    def progress(self) -> str:
        """What is being kept, and how many rows were read so far, in words."""
        read = self.source.rows_read
        return f"{self.doing}, {read:,} rows read so far" if read else self.doing

    def at(self, doing: str) -> None:
        """Says what is done now. Raises Stopped where nothing is wanted any more."""
        if self._is_stopped:
            raise Stopped
        self.doing = doing

    def stop(self) -> None:
        """Ends what is being read and kept, from another thread."""
        self._is_stopped = True
        self.source.stop()
        self.duck.stop()
        for connection in tuple(self._writing):
            connection.interrupt()

    def rows_of(self, asked: Mapping[str, str]) -> dict[str, Sequence[Row]]:
        """The few rows that each SQL tells, by name."""
        if self.source.connections == 1:
            return {name: self.source.rows(sql) for name, sql in asked.items()}
        reading = {name: self._readers.submit(self.source.rows, sql) for name, sql in asked.items()}
        return {name: _awaited(each) for name, each in reading.items()}

    def expect(self, kind: str, sql: str) -> None:
        """Begins to read what is kept later."""
        self._read_soon(sql, FLAT[kind])

    def expect_rows(self, sql: str, then: Callable[[Sequence[Row]], Read]) -> Callable[[], Read]:
        """Begins to read the few rows that the SQL tells, and to make of them what is asked for later."""

        def made() -> Read:
            return then(self.source.rows(sql))

        if self.source.connections == 1:
            return made
        making = self._readers.submit(made)
        return lambda: _awaited(making)

    def keep_lines(self, folder: Root, sql: str, more: Lines | None = None) -> KeptLines:
        """The lines that the SQL tells, and `more`, with what was sold, segments and list prices."""
        self._read_soon(sql, TOLD["lines"])
        beside = self._beside()
        told = self._read(sql, TOLD["lines"])
        lines = told if more is None else told.union(self.duck.bring(more.table))
        # Otherwise the planner looks up few prices in many lines.
        facts = self.duck.keep(billed_lines(lines, *beside), as_written=True)
        of = lines.group_by("currency").agg(billed_minor=total(lines.billed_minor), lines=lines.count())
        billed = self.duck.fetch(of.order_by("currency")).to_pylist()
        sha256, kept = self._keep(folder, FACTS, facts)
        # A join that loses a line, or tells it twice, would lose or double what it earns.
        assert kept == sum(row["lines"] for row in billed), "each line is told once"
        used = self.duck.fetch(facts.select("terms_sha256").distinct())["terms_sha256"].to_pylist()
        self._drop(told, facts)
        sums = {row["currency"]: row["billed_minor"] for row in billed}
        return KeptLines(sha256, kept, sums, tuple(sorted(used)))

    def keep_receipts(self, folder: Root, payments_sql: str, credits_sql: str, shared: Sharing) -> str:
        """A payment of an invoice with one line is for that line; others are `shared`, a rule of whoever bills."""
        paid = self._read(payments_sql, TOLD["payments"])
        # An invoice has one line of a number: if none has another than the first's, it has one.
        several = self.duck.keep(paid.filter(paid.number != 1).select("invoice").distinct())
        alone = paid.anti_join(several, "invoice")
        receipts = alone.select(
            "invoice_line",
            "day",
            id=alone.payment + "/" + alone.number.cast("string"),
            amount_minor=alone.paid_minor,
        ).select(FLAT[RECEIPTS].names)
        parts = self.duck.fetch(paid.semi_join(several, "invoice")).to_pylist()
        if parts:
            credits = self._read(credits_sql, FLAT[CREDITS])
            taken = self.duck.fetch(credits.semi_join(paid.semi_join(several, "invoice"), "invoice_line"))
            receipts = receipts.union(
                self.duck.bring(table_of(FLAT[RECEIPTS], shared(parts, taken.to_pylist())))
            )
        sha256, _ = self._keep(folder, RECEIPTS, receipts)
        self._drop(paid, several)
        return sha256

    def keep_told(self, folder: Root, kind: str, sql: str, more: Sequence[Told] = ()) -> str:
        """The rows of the kind that the SQL tells, and `more`; the hash of the file."""
        told = self._read(sql, FLAT[kind])
        whole = told.union(self.duck.bring(table_of(FLAT[kind], more))) if more else told
        sha256, _ = self._keep(folder, kind, whole)
        self._drop(told)
        return sha256

    def _beside(self) -> tuple[ibis.Table, ibis.Table, ibis.Table]:
        if self._known is None:
            self._known = (
                self._read(self.sold_sql, TOLD["sold"]),
                self._read(self.segments_sql, TOLD["segments"]),
                self.duck.bring(price_table(self.versions)),
            )
        return self._known

    def _read_soon(self, sql: str, schema: pa.Schema) -> None:
        if self.source.connections > 1 and sql not in self._soon:
            self._soon[sql] = self._readers.submit(self._told_by, sql, schema)

    def _read(self, sql: str, schema: pa.Schema) -> ibis.Table:
        """The rows in DuckDB, which puts on the disk what memory has no room for."""
        expected = self._soon.pop(sql, None)
        return self.duck.ibis.table(_awaited(expected) if expected else self._told_by(sql, schema))

    def _told_by(self, sql: str, schema: pa.Schema) -> str:
        """The name of a table with the rows; by any thread, which is why it is no temporary one."""
        name = f"told_{next(self._told)}"
        with self._cursor() as connection:
            connection.register("incoming", self.source.stream(sql, schema))
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")
        return name

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        """A connection of this thread, which another one can interrupt."""
        with self.duck.connection.cursor() as connection:
            self._writing.add(connection)
            try:
                yield connection
            finally:
                self._writing.discard(connection)

    def _drop(self, *tables: ibis.Table) -> None:
        for table in tables:
            self.duck.connection.execute(f"DROP TABLE {table.get_name()}")

    def _keep(self, folder: Root, kind: str, table: ibis.Table) -> tuple[str, int]:
        schema = FLAT[kind]
        ordered = table.order_by(ORDER[kind]).select(schema.names)

        def write(path: Path) -> int:
            found = self.duck.connection.sql(self.duck.sql(ordered)).to_arrow_reader(ROWS_A_GROUP)
            return _write(path, schema, found)

        kept = keep_written(folder, kind, write)
        return kept.sha256, kept.rows


def _awaited(reading: "Future[Read]") -> Read:
    """What was read. In short waits: Ctrl-C does not end a long one where a library has its own way with signals."""
    while not wait([reading], SECONDS_A_WAIT).done:
        pass
    return reading.result()


def _write(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
    repeating = [name for name in schema.names if name not in _NAMING]
    rows = 0
    with pq.ParquetWriter(
        path, schema, compression="zstd", version="2.6", use_dictionary=repeating, write_page_checksum=True
    ) as writer:
        for group in _groups(batches, schema):
            writer.write_table(group, row_group_size=ROWS_A_GROUP)
            rows += group.num_rows
    return rows


def _groups(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """The rows in groups of one size, the last one smaller: however they come, the file is the same."""
    waiting = schema.empty_table()
    for batch in batches:
        waiting = pa.concat_tables([waiting, pa.Table.from_batches([batch]).cast(schema)])
        while waiting.num_rows >= ROWS_A_GROUP:
            # In one piece: where pieces meet would show in the pages.
            yield waiting.slice(0, ROWS_A_GROUP).combine_chunks()
            waiting = waiting.slice(ROWS_A_GROUP)
    if waiting.num_rows:
        yield waiting.combine_chunks()
