"""The same lines and the same book on Spark as on DuckDB, from a program with a clause of every kind."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.engine.columns import every_kind
from tests.support.spark import needs_spark

from ofrecord.engine import books
from ofrecord.engine.book_writer import write_lines
from ofrecord.engine.columns import line_table
from ofrecord.engine.earning import earned
from ofrecord.engine.flat import FLAT, facts_of
from ofrecord.engine.given import Given, Steps
from ofrecord.engine.judging.judge import judge
from ofrecord.engine.running.duck import duck_engine
from ofrecord.engine.running.spark import spark_engine
from ofrecord.engine.steps.booking import fresh
from ofrecord.engine.steps.dues import Beside
from ofrecord.engine.steps.shapes import EARNED, KEY
from ofrecord.engine.types import History
from ofrecord.kernel.calendar import Month

pytestmark = needs_spark

LINES: Final = 3_000
MONTH: Final = Month.of(every_kind.THROUGH)
# Of few rows all time goes into planning, and into code that then runs once.
QUICK: Final = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.shuffle.partitions": "2",
    "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
}


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with spark_engine("local[2]", tmp_path_factory.mktemp("parts"), QUICK) as engine:
        yield engine


def steps(engine: Any, files: dict[str, Path]) -> Steps:
    tables = {name: engine.read([files[name]], schema) for name, schema in FLAT.items()}
    given = Given(**tables, pools=every_kind.pools())
    return earned(engine, given, every_kind.laws(), every_kind.THROUGH)


def in_order(table: pa.Table) -> pa.Table:
    """The lines of any engine under one schema, by key."""
    like = line_table([], []).select(list(EARNED)).schema
    return table.select(like.names).cast(like).sort_by([(name, "ascending") for name in KEY])


def test_lines_and_book_are_the_same_as_on_duckdb_and_the_judges(spark: Any, tmp_path: Path) -> None:
    files = every_kind.write(tmp_path / "facts", LINES)
    kept = {}
    found = {}
    with duck_engine(tmp_path) as duck:
        for name, engine in (("duck", duck), ("spark", spark)):
            lines = engine.keep(steps(engine, files).named["lines"])
            found[name] = in_order(engine.fetch(lines))
            booked = engine.keep(fresh(lines, Beside(every_kind.THROUGH)))
            kept[name] = write_lines(engine, tmp_path / name, MONTH, booked)
    tables = {name: pq.read_table(path) for name, path in files.items()}
    history = History(facts_of({name: tables[name].cast(FLAT[name]) for name in FLAT}), every_kind.pools())
    judged = judge(every_kind.laws(), history, every_kind.THROUGH)
    every = {each.name for terms in every_kind.laws().versions for each in terms.clauses}
    assert every_kind.ways({line.clause for line in judged}) == every_kind.ways(every)
    assert found["spark"].equals(found["duck"])
    assert found["spark"].equals(in_order(line_table(judged, [0] * len(judged)).select(list(EARNED))))
    paths = {name: books.folder_of(tmp_path / name, MONTH) / each.name for name, each in kept.items()}
    written = pq.read_table(paths["spark"])
    assert written.equals(pq.read_table(paths["duck"]).cast(written.schema))
    assert kept["spark"].rows == written.num_rows == len(judged)
    assert [each.name for each in paths["spark"].parent.iterdir()] == [kept["spark"].name]
