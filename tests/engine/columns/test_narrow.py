"""Lines that are kept and put in order by few columns make the same book as whole ones."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bench.settle import data, ours, told
from tests.support.benched import LINES, MONTH
from tests.support.spark import needs_spark

from ofrecord.engine.book_writer import keep_narrow, write_lines, write_narrow
from ofrecord.engine.books import folder_of
from ofrecord.engine.columns import BOOK
from ofrecord.engine.earning import earned
from ofrecord.engine.refusals import MemoryShort
from ofrecord.engine.running.duck import duck_engine
from ofrecord.engine.running.spark import spark_engine
from ofrecord.engine.steps.booking import fresh
from ofrecord.engine.steps.dues import Beside
from ofrecord.engine.steps.narrow import Narrow, asked_for
from ofrecord.engine.types import Laws


@pytest.fixture(params=["duck", pytest.param("spark", marks=needs_spark)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    with duck_engine(tmp_path) if request.param == "duck" else spark_engine("local[2]", tmp_path) as made:
        yield made


def narrow_of(engine: Any, facts: Path) -> Narrow:
    found = earned(engine, ours.given(engine, facts), Laws((told.terms(),)), data.THROUGH).narrow
    assert found is not None
    return found.then(lambda lines: fresh(lines, Beside(data.THROUGH)))


def rows(folder: Path, name: str) -> pa.Table:
    return pq.read_table(folder_of(folder, MONTH) / name).cast(BOOK)


def test_narrow_rows_make_the_book_that_whole_lines_make(engine: Any, facts: Path, tmp_path: Path) -> None:
    narrow = narrow_of(engine, facts)
    whole = write_lines(engine, tmp_path / "whole", MONTH, engine.keep(narrow.widen(narrow.table)))
    few = write_narrow(engine, tmp_path / "few", MONTH, keep_narrow(engine, narrow))
    assert whole.rows == few.rows > LINES
    assert rows(tmp_path / "few", few.name).equals(rows(tmp_path / "whole", whole.name))


def test_rows_that_were_whole_before_stand_among_them_in_their_order(
    engine: Any, facts: Path, tmp_path: Path
) -> None:
    narrow = narrow_of(engine, facts)
    every = keep_narrow(engine, narrow)
    book = write_narrow(engine, tmp_path / "every", MONTH, every)
    others = narrow.table.subscription.right(1).isin(["3", "7"])
    some = engine.keep(narrow.widen(narrow.table.filter(others)))
    left = replace(narrow, table=engine.keep(narrow.of().filter(~others)))
    together = write_narrow(engine, tmp_path / "both", MONTH, keep_narrow(engine, left.together(some)))
    assert 0 < engine.fetch(some).num_rows < together.rows
    assert rows(tmp_path / "both", together.name).equals(rows(tmp_path / "every", book.name))


def test_no_more_columns_are_asked_for_than_the_others_are_made_of() -> None:
    narrow = ibis.table({"a": "int64", "b": "int64", "c": "string"}, name="narrow")
    doubled = narrow.mutate(twice=narrow.a * 2, other=narrow.c)
    assert asked_for(doubled.select("twice"), narrow) == {"a"}
    assert asked_for(doubled.drop("a", "b", "other"), narrow) == {"a", "c"}
    with pytest.raises(TypeError, match="no projection"):
        asked_for(narrow.order_by("a").select("a"), narrow)


def test_what_does_not_fit_into_memory_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with (
        pytest.raises(MemoryShort, match="within 20MB of memory") as refused,
        duck_engine(tmp_path, "20MB") as tight,
    ):
        tight.connection.execute(
            "SELECT len(list(range::TEXT || repeat('x', 90))) FROM range(1_000_000)"
        ).fetchall()
    assert "--memory" in refused.value.remedy()
    assert not [*tmp_path.iterdir()], "nothing is left of it"
