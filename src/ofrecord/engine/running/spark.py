"""Apache Spark: the same steps over the same Parquet files, on as many machines as there are.

Needs `ofrecord[spark]` and a Java runtime. Files are read where they are: every machine must reach them under one URL.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import ibis
import pyarrow as pa

from ofrecord.engine.exact import spark
from ofrecord.engine.refusals import SparkMissing

APP: Final = "ofrecord"
LOCAL: Final = "local[*]"
# A day is a day wherever the cluster stands.
SETTINGS: Final = {
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}


@dataclass(slots=True)
class Spark:
    """Where steps are carried out. Tables are brought and kept as temporary views under names of their own."""

    session: Any
    ibis: Any
    doing: str = "Working"
    views: int = 0

    def bring(self, table: pa.Table) -> ibis.Table:
        """A small table from Python."""
        return self._view(self.session.createDataFrame(table))

    def read(self, paths: Sequence[str], schema: pa.Schema) -> ibis.Table:
        """The rows of Parquet files of one schema; of no files, no rows."""
        if not paths:
            return self.bring(schema.empty_table())
        return self._view(self.session.read.parquet(*paths))

    def view(self, table: ibis.Table) -> ibis.Table:
        """The table under a name, worked out anew by each step that reads it: for what is cheaper read than kept."""
        return self._view(self.session.sql(self.sql(table)))

    def keep(self, table: ibis.Table) -> ibis.Table:
        """The table, worked out when it is first read and then kept in the memory and on the disks of the cluster."""
        return self._view(self.session.sql(self.sql(table)).persist())

    def fetch(self, table: ibis.Table) -> pa.Table:
        """The rows, in the memory of Python: for small tables."""
        return self.session.sql(self.sql(table)).toArrow()

    def write(self, table: ibis.Table, folder: str, order: Sequence[str]) -> None:
        """The rows as Parquet files in the folder, ordered over all of them."""
        self.session.sql(self.sql(table)).sort(*order).write.mode("overwrite").parquet(folder)

    def sql(self, table: ibis.Table) -> str:
        return str(ibis.to_sql(table, dialect="pyspark"))

    def progress(self) -> str:
        """What is being carried out and how far it is, in words."""
        tracker = self.session.sparkContext.statusTracker()
        found = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
        tasks = [stage for stage in found if stage is not None and stage.numTasks]
        done = sum(stage.numCompletedTasks for stage in tasks)
        return f"{self.doing}, {done:,} of {sum(stage.numTasks for stage in tasks):,} tasks" if tasks else self.doing

    def stop(self) -> None:
        """Ends what is being carried out, from another thread."""
        self.session.sparkContext.cancelAllJobs()

    def _view(self, frame: Any) -> ibis.Table:
        self.views += 1
        name = f"step_{self.views}"
        frame.createOrReplaceTempView(name)
        return self.ibis.table(name)


@contextmanager
def spark_engine(master: str | None = None) -> Iterator[Spark]:
    """A session on the master, in this process where none is named. Raises SparkMissing."""
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError as fault:
        raise SparkMissing from fault
    builder = SparkSession.builder.appName(APP).master(master or LOCAL)
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    try:
        session.sparkContext.setLogLevel("ERROR")
        spark.define(session)
        yield Spark(session, ibis.pyspark.connect(session))
    finally:
        session.stop()
