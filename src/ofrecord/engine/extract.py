"""Rows of PostgreSQL as Arrow: read by ADBC at a moment that another transaction holds, or through its own connection.

A room states the SQL of its own tables; nothing here knows what a table means.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from queue import SimpleQueue
from threading import Lock
from typing import Any, Final, Protocol

import pyarrow as pa
from adbc_driver_postgresql import dbapi

BATCH_BYTES: Final = 8 << 20
# PostgreSQL works on one statement while another one's rows are taken in.
CONNECTIONS: Final = 2

Row = tuple[Any, ...]


class Source(Protocol):
    """Where the rows of one moment are read, by as many threads as it has `connections`; `rows_read` so far."""

    connections: int
    rows_read: int

    def stream(self, sql: str, schema: pa.Schema) -> pa.RecordBatchReader:
        """The rows as they come, under the schema's names and types."""

    def rows(self, sql: str) -> Sequence[Row]:
        """The rows in the memory of Python: for few."""

    def stop(self) -> None:
        """Ends what is being read, from another thread, and lets nothing begin."""


class Stopped(Exception):
    """Nothing is read any more."""


class Adbc:
    """Connections of its own; on each, one statement is read after the other."""

    def __init__(self, connections: Sequence[Any]) -> None:
        self.connections = len(connections)
        self.rows_read = 0
        self._all, self._is_stopped, self._counting = tuple(connections), False, Lock()
        self._idle: SimpleQueue[Any] = SimpleQueue()
        for connection in connections:
            self._idle.put(connection)

    def stream(self, sql: str, schema: pa.Schema) -> pa.RecordBatchReader:
        return pa.RecordBatchReader.from_batches(schema, self._batches(sql, schema))

    def _batches(self, sql: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        size = {"adbc.postgresql.batch_size_hint_bytes": str(BATCH_BYTES)}
        # Who lets go of the cursor ends the stream.
        with self._taken() as connection, connection.cursor(adbc_stmt_kwargs=size) as cursor:
            cursor.execute(sql)
            for batch in cursor.fetch_record_batch():
                self._count(batch.num_rows)
                yield batch.cast(schema)

    def rows(self, sql: str) -> Sequence[Row]:
        with self._taken() as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            found: list[Row] = cursor.fetchall()
            return found

    def stop(self) -> None:
        self._is_stopped = True
        for connection in self._all:
            connection.adbc_cancel()

    def _count(self, rows: int) -> None:
        with self._counting:
            self.rows_read += rows
        self._require_wanted()

    def _require_wanted(self) -> None:
        if self._is_stopped:
            raise Stopped

    @contextmanager
    def _taken(self) -> Iterator[Any]:
        connection = self._idle.get()
        try:
            self._require_wanted()
            yield connection
        finally:
            self._idle.put(connection)


class Fetched:
    """What somebody else's connection fetches: also what its transaction has written and nobody else sees yet."""

    # It belongs to the thread that began the transaction.
    connections = 1

    def __init__(self, fetch: Callable[[str], Sequence[Row]]) -> None:
        self._fetch = fetch
        self.rows_read = 0

    def stream(self, sql: str, schema: pa.Schema) -> pa.RecordBatchReader:
        rows = self._fetch(sql)
        self.rows_read += len(rows)
        columns = [
            pa.array([row[place] for row in rows], type=field.type) for place, field in enumerate(schema)
        ]
        return pa.Table.from_arrays(columns, schema=schema).to_reader()

    def rows(self, sql: str) -> Sequence[Row]:
        return self._fetch(sql)

    def stop(self) -> None:
        """What is fetched is somebody else's to end."""


@contextmanager
def adbc(
    address: str, moment: str, settings: Mapping[str, str], connections: int = CONNECTIONS
) -> Iterator[Adbc]:
    """Reads what the transaction sees that has exported the `moment`, which must be open still, under its settings."""
    with ExitStack() as stack:
        yield Adbc([stack.enter_context(_connected(address, moment, settings)) for _ in range(connections)])


@contextmanager
def _connected(address: str, moment: str, settings: Mapping[str, str]) -> Iterator[Any]:
    with dbapi.connect(address, autocommit=True) as connection:
        with connection.cursor() as cursor:
            cursor.execute("begin isolation level repeatable read read only")
            cursor.execute(f"set transaction snapshot '{moment}'")
            for name, value in settings.items():
                cursor.execute(f"set local {name} = '{value}'")
        yield connection
