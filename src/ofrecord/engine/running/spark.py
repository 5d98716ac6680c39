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
SETTINGS: Final = {
    # A day is a day wherever the cluster stands.
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    # A sum that has no room, or a division by nothing, ends the run: it is never null, or another number.
    "spark.sql.ansi.enabled": "true",
}


@dataclass(slots=True)
class Spark:
    """Where steps are carried out. Tables are brought and kept as temporary views under names of their own."""

    session: Any
    ibis: Any
    views: int = 0

    def bring(self, table: pa.Table) -> ibis.Table:
        """A small table from Python."""
        return self._view(self.session.createDataFrame(table))

    def read(self, paths: Sequence[str], schema: pa.Schema) -> ibis.Table:
        """The rows of Parquet files of one schema; of no files, no rows."""
        if not paths:
            return self.bring(schema.empty_table())
        return self._view(self.session.read.parquet(*map(str, paths)))

    def view(self, table: ibis.Table) -> ibis.Table:
        """The table under a name, worked out anew by each step that reads it: for what is cheaper read than kept."""
        return self._view(self.session.sql(self.sql(table)))

    def keep(self, table: ibis.Table, *, as_written: bool = False) -> ibis.Table:
        """The table worked out now, in the memory and on the disks of the cluster: no step reads what it came from.

        A machine that is lost takes its part along, and then the run fails; nothing was posted, and the next one does
        the whole.
        """
        return self._view(self.session.sql(self.sql(table)).localCheckpoint())

    def fetch(self, table: ibis.Table) -> pa.Table:
        """The rows, in the memory of Python: for small tables."""
        return self.session.sql(self.sql(table)).toArrow()

    def write(self, table: ibis.Table, folder: str, order: Sequence[str]) -> None:
        """The rows as Parquet files in the folder, ordered over all of them."""
        self.session.sql(self.sql(table)).sort(*order).write.mode("overwrite").parquet(folder)

    def sql(self, table: ibis.Table) -> str:
        return str(ibis.to_sql(table, dialect="pyspark"))

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
