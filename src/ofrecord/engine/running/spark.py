"""Apache Spark: the same steps over the same Parquet files, on as many machines as there are.

Needs `ofrecord[spark]` and a Java runtime. Files are read where they are: every machine must reach them under one URL.
"""

import os
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import ibis
import pyarrow as pa

from ofrecord.engine.exact import spark
from ofrecord.engine.refusals import NumberOutOfRange, SparkMissing, SparkUnreachable
from ofrecord.engine.running.merging import merge
from ofrecord.engine.running.parts import Parts, for_spark_to_read, parts_folder
from ofrecord.engine.running.spark_sql import query_of
from ofrecord.engine.storage import Folder, written_in_vain

APP: Final = "ofrecord"
# It tells of each step that is too long to be compiled as a whole, and then compiles its parts.
IN_VAIN: Final = "org.apache.spark.sql.catalyst.expressions.codegen.CodeGenerator"
# As Spark names what has no room in its column.
OUT_OF_RANGE: Final = ("ARITHMETIC_OVERFLOW", "CAST_OVERFLOW", "NUMERIC_VALUE_OUT_OF_RANGE", "OverflowError")
LOCAL: Final = "local[*]"
STANDALONE: Final = "spark://"
SECONDS_TO_ANSWER: Final = 5
BROADCAST_BYTES: Final = 32 << 20
ROWS_A_GROUP: Final = 100_000
LONG_METHODS: Final = "-XX:-DontCompileHugeMethods"
SETTINGS: Final = {
    # A day is a day wherever the cluster stands.
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    # What was kept is read as it was written, or the run ends.
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    # A sum that has no room, or a division by nothing, ends the run: it is never null, or another number.
    "spark.sql.ansi.enabled": "true",
    # Where Spark looks for what follows from conditions, it found no plan for unions of steps that were kept.
    "spark.sql.constraintPropagation.enabled": "false",
    # Beyond a hundred columns Spark would neither compile a step as a whole, nor read files column by column; and a
    # method that is as long as those steps become would never be compiled by Java.
    "spark.sql.codegen.maxFields": "400",
    "spark.executor.defaultJavaOptions": LONG_METHODS,
    # No expression names another one of the same query, and to look for such names takes long.
    "spark.sql.lateralColumnAlias.enableImplicitResolution": "false",
    # What is so small is sent to every machine, and what is joined with it need not be moved.
    "spark.sql.autoBroadcastJoinThreshold": str(BROADCAST_BYTES),
    # A step renames many columns: Spark would try all their names over again for each step that reads it.
    "spark.sql.optimizer.expressionProjectionCandidateLimit": "1",
}
# On one machine, where a part of the work needs no other than the machine's own threads.
SETTINGS_LOCAL: Final = {
    "spark.ui.enabled": "false",
    "spark.driver.memory": "4g",
    "spark.driver.defaultJavaOptions": LONG_METHODS,
    "spark.sql.shuffle.partitions": "8",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}


@dataclass(slots=True)
class Spark:
    """Where steps are carried out. Tables are brought and kept as temporary views under names of their own."""

    session: Any
    ibis: Any
    # Where every machine writes what is kept.
    kept: Parts
    # Where every machine can write what the book is then put together from.
    scratch: Folder | None = None
    views: int = 0
    files: int = 0
    doing: str = "Working"
    # The machines of the cluster divide lines and rows between them.
    lines_at_once: None = None
    rows_a_stream: None = None

    def bring(self, table: pa.Table) -> ibis.Table:
        """A small table from Python: every machine has all of it, so that what is joined with it need not be moved."""
        frame = self.session.createDataFrame(table)
        return self._view(frame.hint("broadcast") if table.nbytes < BROADCAST_BYTES else frame)

    def read(self, paths: Sequence[Folder], schema: pa.Schema) -> ibis.Table:
        """The rows of Parquet files of one schema; of no files, no rows."""
        if not paths:
            return self.bring(schema.empty_table())
        return self._view(self.session.read.parquet(*map(for_spark_to_read, paths)))

    def view(self, table: ibis.Table) -> ibis.Table:
        """The table under a name. It is kept: to plan what many steps come from takes Spark longer than to read it."""
        return self.keep(table)

    def keep(self, table: ibis.Table, *, as_written: bool = False) -> ibis.Table:
        """The table worked out now, in files: no step reads what it came from.

        Of files Spark knows how many bytes they have, and so which table is small enough to be sent to every machine;
        and it reads those columns alone that a step asks for.
        """
        return self._view(self._written(self._frame(table)))

    def fetch(self, table: ibis.Table) -> pa.Table:
        """The rows, in the memory of Python: for small tables."""
        return self._frame(table).toArrow()

    def write(self, table: ibis.Table, path: Path) -> int:
        """All rows as a Parquet file; how many."""
        return self.write_sorted(table, path, (), table.schema().to_pyarrow(), ROWS_A_GROUP)

    def write_sorted(
        self, table: ibis.Table, path: Path, order: Sequence[str], schema: pa.Schema, rows_a_group: int
    ) -> int:
        """The rows in the order, over all of them, as a Parquet file on this machine; how many.

        Every machine writes parts, by URL where the scratch is one. This one puts them together, group by group.
        """
        frame = self._frame(table.select(schema.names))
        with parts_folder(self.scratch) as parts:
            (frame.sort(*order) if order else frame).write.mode("overwrite").parquet(parts.url)
            return merge(parts.files(), path, schema, rows_a_group)

    def write_in_turn(
        self,
        ordered: Callable[[Any], ibis.Table],
        turns: int,
        path: Path,
        schema: pa.Schema,
        rows_a_group: int,
    ) -> int:
        """The rows of each turn, one turn after the other, as one Parquet file; how many. `ordered` says them."""
        with ExitStack() as folders:
            written = [folders.enter_context(parts_folder(self.scratch)) for _ in range(turns)]
            for turn, parts in enumerate(written):
                frame = self._frame(ordered(ibis.literal(turn)).select(schema.names))
                frame.write.mode("overwrite").parquet(parts.url)
            return merge(chain.from_iterable(parts.files() for parts in written), path, schema, rows_a_group)

    def progress(self) -> str:
        """What is being carried out, and how many of the tasks that the cluster knows of are done, in words."""
        tracker = self.session.sparkContext.statusTracker()
        stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
        known = [stage for stage in stages if stage is not None]
        done, of = (
            sum(getattr(stage, name) for stage in known) for name in ("numCompletedTasks", "numTasks")
        )
        return f"{self.doing.rstrip('.')}, {done:,} of {of:,} tasks" if of else self.doing

    def stop(self) -> None:
        """Ends what is being carried out, from another thread."""
        be_quiet(self.session)
        self.session.sparkContext.cancelAllJobs()

    def _frame(self, table: ibis.Table) -> Any:
        """The table, not worked out yet; what it reads several times is."""
        query = query_of(table)
        for name, sql in query.parts.items():
            self._written(self.session.sql(sql)).createOrReplaceTempView(name)
        return self.session.sql(query.sql)

    def _written(self, frame: Any) -> Any:
        """The same rows, read from what is written of them."""
        self.files += 1
        frame.write.parquet(f"{self.kept.url}/{self.files}")
        return self.session.read.schema(frame.schema).parquet(f"{self.kept.url_to_read}/{self.files}")

    def _view(self, frame: Any) -> ibis.Table:
        self.views += 1
        name = f"step_{self.views}"
        frame.createOrReplaceTempView(name)
        return self.ibis.table(name)


@contextmanager
def spark_engine(
    master: str | None = None,
    scratch: Folder | None = None,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Spark]:
    """A session on the master, in this process where none is named; `settings` go before our own.

    `scratch` is a folder that every machine of the cluster reaches. Raises SparkMissing, SparkUnreachable,
    NumberOutOfRange; and OSError where a system does not let it write, as whatever else writes does.
    """
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError as fault:
        raise SparkMissing from fault
    require_answer(master or LOCAL)
    builder = SparkSession.builder.appName(APP).master(master or LOCAL)
    local = SETTINGS_LOCAL if (master or LOCAL).startswith("local") else {}
    # Spark makes such a folder wherever it begins, though nothing of ours is ever kept in it.
    own = {"spark.sql.warehouse.dir": str(Path(tempfile.gettempdir()) / "spark-warehouse")}
    for name, value in {**SETTINGS, **own, **local, **settings}.items():
        builder = builder.config(name, value)
    with ExitStack() as stack:
        # Removed when nobody writes there any more.
        kept = stack.enter_context(parts_folder(scratch))
        session = begun(builder, master or LOCAL)
        stack.callback(session.stop)
        session.sparkContext.setLogLevel("ERROR")
        be_quiet(session, IN_VAIN)
        spark.define(session)
        stack.enter_context(_in_our_words(session))
        yield Spark(session, ibis.pyspark.connect(session), kept, scratch)


def be_quiet(session: Any, logger: str = "") -> None:
    """Java logs nothing any more of what that logger, or any, has to say."""
    log4j = session.sparkContext._jvm.org.apache.logging.log4j
    log4j.core.config.Configurator.setLevel(logger, log4j.Level.OFF)


@contextmanager
def _in_our_words(session: Any) -> Iterator[None]:
    """Faults of a kind that the words of Java's alone tell. What is interrupted tells of no fault."""
    try:
        yield
    except KeyboardInterrupt:
        be_quiet(session)
        raise
    except Exception as fault:
        says = str(fault)
        if any(name in says for name in OUT_OF_RANGE):
            raise NumberOutOfRange from fault
        number = None if isinstance(fault, OSError) else written_in_vain(says)
        if number is None:
            raise
        raise OSError(number, os.strerror(number)) from fault


def require_answer(master: str) -> None:
    """A cluster of Spark's own takes calls where its master says; Spark itself would try for more than a minute.

    Raises SparkUnreachable where nobody does, of several that stand in for each other.
    """
    if not master.startswith(STANDALONE):
        return
    for place in master.removeprefix(STANDALONE).split(","):
        host, _, port = place.rpartition(":")
        with (
            suppress(OSError, ValueError),
            socket.create_connection((host.strip("[]"), int(port)), SECONDS_TO_ANSWER),
        ):
            return
    raise SparkUnreachable(master=master)


def begun(builder: Any, master: str) -> Any:
    """The session; raises SparkUnreachable. Who is told of Ctrl-C stays who it was.

    Spark's own way is to ask Java to end its jobs, in the middle of another question that Java then never answers.
    """
    is_main = threading.current_thread() is threading.main_thread()
    former = signal.getsignal(signal.SIGINT)
    try:
        return builder.getOrCreate()
    except Exception as fault:
        raise SparkUnreachable(master=master) from fault
    finally:
        if is_main:
            signal.signal(signal.SIGINT, former)
