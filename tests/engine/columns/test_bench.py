"""The benchmark's contenders, the judge among them, write the same book; and what is not the same is seen."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from bench.settle import compare, data, limit, told

ROOT = Path(__file__).parents[3]


def bench(folder: Path, only: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.settle", "--lines", "500", "--json", "--folder", str(folder)]
    done = subprocess.run([*command, "--only", only], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_what_we_are_measured_against_writes_the_lines_of_the_judge(tmp_path: Path) -> None:
    found = bench(tmp_path, "judge,duckdb,polars,pandas")
    assert found["identical"] is True
    assert found["lines"] == 500
    assert {f"{name}_s" for name in ("duckdb", "polars", "pandas")} <= found.keys()
    lines, several, capped, credited = duckdb.sql(
        f"""SELECT count(*), count(*) FILTER (len(weights) > 1), count(*) FILTER (whole_minor < raw_minor),
            count(*) FILTER (credited_minor < 0) FROM '{tmp_path}/judge.parquet'"""
    ).fetchall()[0]
    assert lines > 500, "some lines are cut"
    assert min(several, capped, credited) > 0, "what makes a settlement hard is there"


@pytest.mark.slow
def test_our_engine_writes_the_same_lines_in_its_own_process(tmp_path: Path) -> None:
    found = bench(tmp_path, "ofrecord,duckdb")
    assert found["identical"] is True
    assert found["peak_mb"] > 0


def test_a_unit_more_in_one_line_is_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    version = told.terms()
    data.write(tmp_path / "facts", 200, version.sha256)
    one, same, other = (tmp_path / f"{name}.parquet" for name in ("one", "same", "other"))
    limit.settle(tmp_path / "facts", one, version.sha256, str(data.THROUGH), "1GB")
    more = "SELECT * REPLACE (earned_minor + (partner = (SELECT min(partner) FROM lines))::BIGINT AS earned_minor)"
    duckdb.sql(f"COPY (FROM '{one}' ORDER BY event) TO '{same}'")
    duckdb.sql(f"COPY (WITH lines AS (FROM '{one}') {more} FROM lines) TO '{other}'")
    books = {"one": one, "same": same, "other": other}
    assert compare.differing(books, "1GB", tmp_path) == ["other"]
    assert "'earned_minor'" in capsys.readouterr().err
