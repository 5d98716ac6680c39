"""Times the close of a month after many: of what is new and what was touched, beside that of everything.

The facts are those of `bin/bench settle`, 24 months, of which one line in a hundred was credited up to two months
later. Each month is closed from where the close before left it; the last ones also from nothing. Both books of a month
must hold the same lines.
"""

import argparse
import hashlib
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from bench.settle import data, told

from ofrecord.engine.books import BOOK_KIND, folder_of
from ofrecord.engine.closing import Closing, Former, write_month
from ofrecord.engine.files import _hash_of, file_name, keep_table
from ofrecord.engine.flat import FLAT
from ofrecord.engine.running.duck import duck_engine
from ofrecord.engine.snapshot_index import (
    BY_MONTH,
    CREDITS,
    FACTS,
    RATES,
    RECEIPTS,
    RECOGNITIONS,
    TIERS,
    Index,
    MonthKept,
)
from ofrecord.engine.snapshots import keep_index, keep_rates, require_kept
from ofrecord.engine.types import Laws
from ofrecord.kernel.calendar import Month

PROGRAM: Final = Path(__file__).with_name("program.toml")
# The other four of five credits of the benchmark's facts are left out: one line in a hundred is left.
ONE_OF: Final = 5


def main() -> None:
    words = argparse.ArgumentParser(prog="bin/bench touched", description=__doc__)
    words.add_argument("--lines", type=int, default=480_000, help="invoice lines of 24 months")
    words.add_argument("--whole", type=int, default=3, help="how many of the last months also from nothing")
    words.add_argument("--memory", default="2GB")
    asked = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-touched-") as folder:
        for row in measure(Path(folder), asked.lines, asked.whole, asked.memory):
            print(json.dumps(row), flush=True)  # noqa: T201


def measure(folder: Path, lines: int, whole: int, memory: str) -> Iterator[dict[str, Any]]:
    """A row for each month that was closed."""
    sha256 = hashlib.sha256(PROGRAM.read_bytes()).hexdigest()
    data.write(folder / "facts", lines, sha256, memory)
    closes = _Closes(folder / "facts", folder / "books", Laws((told.terms(),)), memory)
    for number in range(data.MONTHS):
        yield closes.close(data.FIRST.plus(number), whole=number >= data.MONTHS - whole)


@dataclass
class _Closes:
    facts: Path
    root: Path
    laws: Laws
    memory: str

    def __post_init__(self) -> None:
        self.books: list[tuple[Month, str]] = []
        self.snapshots: list[tuple[Month, str]] = []
        self.former: Former | None = None

    def close(self, month: Month, *, whole: bool) -> dict[str, Any]:
        index = self._snapshot(month)
        kept = keep_index(self.root, index)
        closing = Closing(self.root, index, kept.sha256, self.laws, tuple(self.books), self.former)
        row: dict[str, Any] = {"month": str(month), "new": index.lines, "earlier": index.earlier}
        # As in a process that begins, which has read no file yet.
        _hash_of.cache_clear()
        row["looked over"], _ = _timed(lambda: require_kept(self.root, self.snapshots))
        row["close"], written = _timed(lambda: self._write(closing))
        row |= {"says": written.says, "book": written.book.rows}
        if whole and self.former is not None:
            row["whole"], other = _timed(lambda: self._write(replace(closing, former=None)))
            if self._lines(month, written.book.sha256) != self._lines(month, other.book.sha256):
                sys.exit(f"the books of {month} differ")
        self.books.append((month, written.book.sha256))
        self.snapshots.append((month, kept.sha256))
        self.former = Former(month, kept.sha256, written.carried_sha256)
        return row

    def _write(self, closing: Closing) -> Any:
        with duck_engine(self.root, self.memory) as engine:
            return write_month(engine, closing, lambda says: None)

    def _lines(self, month: Month, sha256: str) -> pa.Table:
        return pq.ParquetFile(folder_of(self.root, month) / file_name(BOOK_KIND, sha256)).read()

    def _snapshot(self, month: Month) -> Index:
        """What was known in the month; what is as it was is in the files that it was in."""
        months = {}
        for each in (data.FIRST.plus(n) for n in range(data.MONTHS)):
            if each <= month:
                files, rows = self._month(each, month)
                months[each] = MonthKept(files, rows, {}, ())
        beside = {
            kind: keep_table(folder_of(self.root, month), kind, self._told(kind, month)).sha256
            for kind in (RECOGNITIONS, TIERS)
        }
        beside[RATES] = keep_rates(self.root, month, [])
        return Index(month, months, beside, (), {}, (self.laws.versions[0].sha256,), {})

    def _month(self, each: Month, month: Month) -> tuple[dict[str, str], int]:
        folder = folder_of(self.root, each)
        lines = pq.read_table(self.facts / FACTS / f"{each}.parquet").cast(FLAT[FACTS])
        credits = pq.read_table(self.facts / CREDITS / f"{each}.parquet").cast(FLAT[CREDITS])
        known = [
            row["day"] <= month.last and int(row["id"][-6:], 16) % ONE_OF == 0 for row in credits.to_pylist()
        ]
        tables = {FACTS: lines, CREDITS: credits.filter(pa.array(known, pa.bool_()))}
        tables[RECEIPTS] = FLAT[RECEIPTS].empty_table()
        return {kind: keep_table(folder, kind, tables[kind]).sha256 for kind in BY_MONTH}, lines.num_rows

    def _told(self, kind: str, month: Month) -> pa.Table:
        rows = pq.read_table(self.facts / f"{kind}.parquet").cast(FLAT[kind])
        return rows.filter(pa.compute.field("first") <= month.last)


def _timed(work: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    """Seconds of processors and of the clock, and what came of it."""
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    found = work()
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu": round(cpu, 2), "seconds": round(time.perf_counter() - began, 2)}, found


if __name__ == "__main__":
    main()
