"""Parquet files are joined group by group as they are, and read like one that was written at once."""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ofrecord.engine.running.in_turn import NotAlike, join

ROWS = 3_000


def table(first: int, count: int = ROWS) -> pa.Table:
    """Rows of every shape that a book has: texts that are alike and that are not, lists, structures, nulls."""
    numbers = range(first, first + count)
    wide = pa.decimal128(38, 0)
    slices = [[{"amount_minor": n, "rate_numerator": n % 7}] * (n % 3) for n in numbers]
    return pa.table(
        {
            "number": pa.array(numbers, pa.int64()),
            "partner": [f"partner {n // 100:05}" for n in numbers],
            "event": [f"{n * 7919 % 100_003:032x}" for n in numbers],
            "nothing": pa.array([None] * count, pa.string()),
            "day": pa.array([n if n % 5 else None for n in numbers], pa.int32()).cast(pa.date32()),
            "exact": pa.array([10**30 + n for n in numbers], wide),
            "withdrawn": [n % 2 == 0 for n in numbers],
            "slices": pa.array(slices),
        }
    )


def by_duckdb(rows: pa.Table, path: Path) -> None:
    with duckdb.connect() as connection:
        connection.register("rows", rows)
        connection.execute(
            f"COPY rows TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 2048, PARQUET_VERSION V2)"
        )


def by_arrow(rows: pa.Table, path: Path, **how: Any) -> None:
    pq.write_table(rows, path, row_group_size=700, compression="zstd", **how)


@pytest.mark.parametrize("write", [by_duckdb, by_arrow])
@pytest.mark.parametrize("parts", [1, 2, 20])
def test_the_rows_of_all_parts_stand_one_after_the_other(write: Any, parts: int, tmp_path: Path) -> None:
    tables = [table(ROWS * turn, ROWS if turn else 10) for turn in range(parts)]
    paths = [tmp_path / f"{turn}.parquet" for turn in range(parts)]
    for rows, path in zip(tables, paths, strict=True):
        write(rows, path)
    whole = tmp_path / "whole.parquet"
    expected = pa.concat_tables(tables)
    assert join(paths, whole) == expected.num_rows
    assert pq.read_table(whole).cast(expected.schema).equals(expected)
    found = duckdb.sql(
        f"SELECT count(*), sum(number), count(DISTINCT event), sum(exact) FROM '{whole}'"
    ).fetchall()
    events = len(set(expected["event"].to_pylist()))
    sums = [sum(int(each) for each in expected[name].to_pylist()) for name in ("number", "exact")]
    assert found == [(expected.num_rows, sums[0], events, sums[1])]
    metadata = pq.ParquetFile(whole).metadata
    assert metadata.num_row_groups == sum(pq.ParquetFile(path).metadata.num_row_groups for path in paths)


def test_what_is_looked_for_is_found_in_its_own_groups(tmp_path: Path) -> None:
    paths = [tmp_path / f"{turn}.parquet" for turn in range(4)]
    for turn, path in enumerate(paths):
        by_duckdb(table(ROWS * turn), path)
    join(paths, tmp_path / "whole.parquet")
    file = pq.ParquetFile(tmp_path / "whole.parquet")
    ranges = [
        (column.statistics.min, column.statistics.max)
        for column in (file.metadata.row_group(n).column(1) for n in range(file.num_row_groups))
    ]
    assert ranges == sorted(ranges)
    found = pq.read_table(tmp_path / "whole.parquet", filters=[("partner", "==", "partner 00095")])
    assert found["number"].to_pylist() == [*range(9_500, 9_600)]


def test_a_part_with_other_columns_is_refused(tmp_path: Path) -> None:
    by_arrow(table(0), tmp_path / "one")
    by_arrow(table(0).drop(["event"]), tmp_path / "other")
    with pytest.raises(NotAlike, match="other has other columns"):
        join([tmp_path / "one", tmp_path / "other"], tmp_path / "whole")


def test_an_index_of_pages_is_refused_since_it_would_name_places_of_another_file(tmp_path: Path) -> None:
    by_arrow(table(0), tmp_path / "one", write_page_index=True)
    with pytest.raises(NotAlike, match="index of pages"):
        join([tmp_path / "one"], tmp_path / "whole")


def test_a_part_that_was_cut_off_is_not_taken_for_a_whole_one(tmp_path: Path) -> None:
    by_arrow(table(0), tmp_path / "one")
    (tmp_path / "cut").write_bytes((tmp_path / "one").read_bytes()[:-1000])
    with pytest.raises(NotAlike, match="no whole Parquet file"):
        join([tmp_path / "one", tmp_path / "cut"], tmp_path / "whole")


def test_no_part_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no part"):
        join([], tmp_path / "whole")
