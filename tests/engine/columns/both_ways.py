"""Months closed by the reference and in columns: both must book the same lines."""

from typing import Any

import pyarrow as pa
from tests.support.told import Books

from ofrecord.engine.columns import BOOK, line_table, lines_of
from ofrecord.engine.steps.booking import BOOKED
from ofrecord.engine.types import FeeLine, History
from ofrecord.kernel.calendar import Month


class BothWays(Books):
    """What `_booked` books in columns is held against the book of the reference, month after month."""

    def __init__(self, version: Any, engine: Any) -> None:
        super().__init__(version)
        self.engine = engine
        self.books: list[pa.Table] = []

    def close(self, month: str, facts: Any, **beside: Any) -> list[FeeLine]:
        history = History(list(facts), **beside)
        found = self._booked(history, Month.parse(month))
        lines = super().close(month, history.facts, **beside)
        for one, other in zip(found, lines, strict=False):
            assert one == other
        assert len(found) == len(lines)
        table = line_table(lines, range(len(lines)))
        self.books.append(table.append_column("month", pa.array([month] * len(lines), pa.string())))
        return lines

    def _booked(self, history: History, month: Month) -> list[FeeLine]:
        raise NotImplementedError


def feelines(table: pa.Table) -> list[FeeLine]:
    assert table.schema.names == list(BOOKED)
    numbered = table.append_column("number", pa.array([0] * table.num_rows, pa.int64()))
    return [line for _, line in lines_of(numbered.select(BOOK.names).cast(BOOK))]
