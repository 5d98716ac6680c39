"""The judge, in plain Python: for a few thousand lines."""

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
from bench.settle import told

from ofrecord.engine.booking import to_book
from ofrecord.engine.books import in_order, numbers_of
from ofrecord.engine.columns import line_table
from ofrecord.engine.flat import facts_of
from ofrecord.engine.judging.judge import judge
from ofrecord.engine.types import History, Laws
from ofrecord.kernel.calendar import Month


def settle(folder: Path, book: Path, terms_sha256: str, through: str, memory: str) -> dict[str, float]:
    """Writes the book of the facts in the folder."""
    day = date.fromisoformat(through)
    laws, history = Laws((told.terms(),)), History(facts_of(told.tables(folder)))
    lines = in_order(to_book(laws, history, judge(laws, history, day), {}, Month.of(day)))
    pq.write_table(line_table(lines, numbers_of(lines)), book)
    return {}
