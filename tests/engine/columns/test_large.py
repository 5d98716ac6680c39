"""Memory has a bound and time grows in line with the lines: the benchmark's facts, settled in a process of its own.

Run by `bin/large`. `OFRECORD_LARGE` sets how many lines the larger one of two months has, `OFRECORD_LARGE_MEMORY` what
DuckDB may take.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.large

ROOT: Final = Path(__file__).parents[3]
LINES: Final = int(os.environ.get("OFRECORD_LARGE", "2000000"))
MEMORY: Final = os.environ.get("OFRECORD_LARGE_MEMORY", "512MB")
# Python with its libraries, and what DuckDB does not count: buffers of files and of threads, the plan.
BESIDE_MB: Final = 400
TIMES: Final = 4
# One and a half times as much as in line: to sort, and to spill, costs a little more for each of more lines.
MOST_TIMES: Final = 6

_WRITE: Final = """
import sys
from pathlib import Path
from bench.settle import data, told
terms = told.terms()
data.write(Path(sys.argv[1]), int(sys.argv[2]), terms.sha256, "1GB")
print(terms.sha256, data.THROUGH)
"""


@dataclass(frozen=True)
class Settled:
    """What a process needed to settle so many lines, and the book that it wrote."""

    lines: int
    peak_mb: int
    cpu_seconds: float
    book: Path


Settle = Callable[[int], Settled]


@pytest.fixture(scope="module")
def settle(tmp_path_factory: pytest.TempPathFactory) -> Settle:
    known: dict[int, Settled] = {}

    def settled(lines: int) -> Settled:
        if lines not in known:
            known[lines] = _settled(tmp_path_factory.mktemp(f"of-{lines}"), lines)
            print(known[lines])  # noqa: T201  what bin/large is to tell
        return known[lines]

    return settled


def _settled(folder: Path, lines: int) -> Settled:
    facts, book = folder / "facts", folder / "book.parquet"
    terms, through = _said([sys.executable, "-c", _WRITE, str(facts), str(lines)]).split()
    command = [sys.executable, "-m", "bench.settle.contender", "ofrecord"]
    told = _timed([*command, str(facts), str(book), terms, through, MEMORY], folder / "said.json")
    assert not [*folder.glob(".*")], "what was spilled is gone"
    return Settled(lines, json.loads((folder / "said.json").read_text())["peak_mb"], told, book)


def _said(command: list[str]) -> str:
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout


def _timed(command: list[str], said: Path) -> float:
    """The seconds of processors that the command took: those of a clock say how much else the machine did."""
    with said.open("w") as out:
        process = subprocess.Popen(command, cwd=ROOT, stdout=out)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, " ".join(command)
    return usage.ru_utime + usage.ru_stime


def _megabytes(text: str) -> int:
    found = re.fullmatch(r"(\d+) ?(MB|GB)", text)
    assert found, f"a memory is such as 512MB or 2GB: {text}"
    return int(found[1]) * (1000 if found[2] == "GB" else 1)


def test_memory_stays_within_what_was_stated(settle: Settle) -> None:
    found = settle(LINES)
    assert found.peak_mb < _megabytes(MEMORY) + BESIDE_MB, found
    # A line of which no partner is known is none of the book, one with several has several.
    assert pq.read_metadata(found.book).num_rows >= LINES * 0.9


def test_time_grows_in_line_with_the_lines(settle: Settle) -> None:
    few, many = settle(LINES // TIMES), settle(LINES)
    assert many.cpu_seconds < MOST_TIMES * few.cpu_seconds, (few, many)


def test_memory_does_not_grow_with_the_lines(settle: Settle) -> None:
    few, many = settle(LINES // TIMES), settle(LINES)
    assert many.peak_mb < 2 * few.peak_mb, (few, many)
