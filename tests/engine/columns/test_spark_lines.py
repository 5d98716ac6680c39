"""Any number of lines, of a program with a clause of every kind, are the same book on Spark as on DuckDB.

Run by `bin/spark`, which sets how many and shows what each engine took: by the clock, and of the processors.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.engine.columns import every_kind
from tests.engine.columns.test_spark import MONTH, steps
from tests.engine.columns.test_spark import pytestmark as needs_spark

from ofrecord.engine import books
from ofrecord.engine.book_writer import write_lines
from ofrecord.engine.running.duck import duck_engine
from ofrecord.engine.running.spark import spark_engine
from ofrecord.engine.steps.booking import fresh
from ofrecord.engine.steps.dues import Beside

pytestmark = [needs_spark, pytest.mark.slow]
LINES: Final = int(os.environ.get("OFRECORD_SPARK_LINES", "20000"))
AT_ONCE: Final = 20_000
# Among so many lines there is every way in which clauses of the program pay.
ALL_OCCUR: Final = 100_000
_TICKS: Final = os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("lines", sorted({900, LINES}))
def test_so_many_lines_are_the_same(tmp_path: Path, lines: int) -> None:
    files = every_kind.write(tmp_path / "facts", lines)
    found = {name: _settled(name, tmp_path / name, files) for name in ("duck", "spark")}
    require_same(found["spark"], found["duck"])
    assert found["spark"].metadata.num_rows > lines, "some are divided"
    if lines < ALL_OCCUR:
        return
    every = {each.name for terms in every_kind.laws().versions for each in terms.clauses}
    claiming = {*found["duck"].read(["clause"])["clause"].unique().to_pylist()}
    assert every_kind.ways(claiming) == every_kind.ways(every)


def require_same(one: pq.ParquetFile, other: pq.ParquetFile) -> None:
    """Row by row, in their order: of many rows never all in memory."""
    assert one.metadata.num_rows == other.metadata.num_rows
    place = 0
    for rows, like in zip(_in_step(one), _in_step(other), strict=True):
        assert rows.equals(like.cast(rows.schema)), f"among the {rows.num_rows} rows from {place} on"
        place += rows.num_rows


def _in_step(book: pq.ParquetFile) -> Iterator[pa.Table]:
    """The rows, so many at once wherever the groups of the file end."""
    waiting = book.schema_arrow.empty_table()
    for batch in book.iter_batches(AT_ONCE):
        waiting = pa.concat_tables([waiting, pa.Table.from_batches([batch])])
        if waiting.num_rows >= AT_ONCE:
            yield waiting.slice(0, AT_ONCE)
            waiting = waiting.slice(AT_ONCE)
    yield waiting


def _settled(name: str, folder: Path, files: dict[str, Path]) -> pq.ParquetFile:
    folder.mkdir()
    told: dict[str, tuple[float, float]] = {}
    pids = [os.getpid()]
    began = time.monotonic(), _processors(pids)
    with duck_engine(folder) if name == "duck" else spark_engine("local[2]", folder) as engine:
        if name == "spark":
            pids.append(engine.session.sparkContext._gateway.proc.pid)
        told["begun"] = time.monotonic() - began[0], _processors(pids) - began[1]
        with _timed(told, "earned", pids):
            lines = engine.keep(steps(engine, files).named["lines"])
        with _timed(told, "written", pids):
            kept = write_lines(engine, folder, MONTH, engine.keep(fresh(lines, Beside(every_kind.THROUGH))))
    words = ", ".join(f"{what} {clock:.1f} s ({cpu:.1f} s)" for what, (clock, cpu) in told.items())
    print(f"\n{name}: {kept.rows:,} lines; by the clock (of processors): {words}")  # noqa: T201
    return pq.ParquetFile(books.folder_of(folder, MONTH) / kept.name)


@contextmanager
def _timed(told: dict[str, tuple[float, float]], what: str, pids: list[int]) -> Iterator[None]:
    clock, processors = time.monotonic(), _processors(pids)
    yield
    told[what] = time.monotonic() - clock, _processors(pids) - processors


def _processors(pids: list[int]) -> float:
    """The seconds of processors that the processes took so far; those of the Java machine are its own process's."""
    return sum(sum(map(int, _stat(pid).rpartition(")")[2].split()[11:13])) / _TICKS for pid in pids)


def _stat(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text()
