"""Our engine, with the working of every line stored and numbered, and the file hashed and synced."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from bench.settle import told

from ofrecord.engine.book_writer import write_narrow
from ofrecord.engine.flat import FLAT
from ofrecord.engine.given import Given
from ofrecord.engine.running.duck import Duck, duck_engine
from ofrecord.engine.steps.booking import fresh
from ofrecord.engine.steps.dues import Beside
from ofrecord.engine.types import Laws
from ofrecord.engine.working import work_out
from ofrecord.kernel.calendar import Month


def settle(folder: Path, book: Path, terms_sha256: str, through: str, memory: str) -> dict[str, float]:
    """Writes the book of the facts in the folder. Hands the seconds of each stage."""
    laws, day = Laws((told.terms(),)), date.fromisoformat(through)
    assert laws.versions[0].sha256 == terms_sha256, "the facts are of the benchmark's program"
    stages: dict[str, float] = {}
    with duck_engine(book.parent, memory, threads=2) as engine:
        with _timed(stages, "earned"):
            worked = work_out(engine, given(engine, folder), laws, day)
        assert worked.narrow is not None, "all of the benchmark's lines are made of claims"
        with _timed(stages, "written"):
            lines = worked.narrow.then(lambda each: fresh(each, Beside(day)))
            kept = write_narrow(engine, book.parent / "books", Month.of(day), lines, worked.ranges)
        (book.parent / "books" / str(Month.of(day)) / kept.name).rename(book)
    return stages


@contextmanager
def _timed(stages: dict[str, float], name: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    stages[name] = round(time.perf_counter() - began, 2)


def given(engine: Duck, folder: Path) -> Given:
    return Given(**{name: engine.read(told.paths(folder, name), schema) for name, schema in FLAT.items()})
