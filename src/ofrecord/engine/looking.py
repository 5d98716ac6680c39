"""Steps of a computation, looked at: their names, the rows of one, or all of them in a file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import ibis

from ofrecord.engine.given import Steps
from ofrecord.engine.refusals import ColumnUnknown, StepUnknown
from ofrecord.engine.running.engine import Engine

WIDEST: Final = 36
# By so many columns rows are put in order, so that whoever asks again sees the same ones.
_BY_FIRST: Final = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """The rows of a step of which each column named in `where` says the text beside it; of `columns` those alone, of
    none all.
    """

    step: str
    where: Sequence[tuple[str, str]] = ()
    columns: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """Rows as lines of text under a line of their columns' names."""

    lines: list[str]
    has_more: bool

    @property
    def says(self) -> str:
        """How many rows that is."""
        many = len(self.lines) - 1
        rows = {0: "No row", 1: "1 row"}.get(many, f"{many:,} rows")
        return f"{rows}, and there are more." if self.has_more else f"{rows}."


@dataclass(frozen=True, slots=True)
class LookedAt:
    """The steps of one computation on an engine, and those after them, each worked out when it is asked for."""

    engine: Engine
    steps: Steps
    later: Mapping[str, Callable[[], ibis.Table]] = field(default_factory=dict)

    def names(self) -> list[str]:
        return [*self.steps.named, *self.later]

    def rows(self, asked: Asked, most: int) -> Shown:
        """The first rows as lines of text, each column as wide as it must be. Raises StepUnknown, ColumnUnknown."""
        table = self._table(asked)
        columns = asked.columns or table.columns
        ordered = table.order_by(list(table.columns[:_BY_FIRST])).select(columns)
        found = self.engine.fetch(ordered.limit(most + 1)).to_pylist()
        cells = [[_text(row[name]) for name in columns] for row in found[:most]]
        widths = [
            max(len(name), *(len(row[place]) for row in cells)) if cells else len(name)
            for place, name in enumerate(columns)
        ]
        lines = [_line(columns, widths), *(_line(row, widths) for row in cells)]
        return Shown(lines, has_more=len(found) > most)

    def write(self, asked: Asked, to: Path) -> int:
        """Writes all rows as Parquet; how many. Raises StepUnknown, ColumnUnknown."""
        table = self._table(asked)
        return int(self.engine.write(table.select(asked.columns or table.columns), to))

    def _table(self, asked: Asked) -> ibis.Table:
        """The rows that are asked for, with all of their columns."""
        if asked.step not in self.names():
            raise StepUnknown(step=asked.step, known=self.names())
        table = self.later[asked.step]() if asked.step in self.later else self.steps.named[asked.step]
        for column in (*(column for column, _ in asked.where), *asked.columns):
            if column not in table.columns:
                raise ColumnUnknown(step=asked.step, column=column, known=list(table.columns))
        for column, value in asked.where:
            table = table.filter(table[column].cast("string") == value)
        return table


def _text(value: object) -> str:
    if value is None:
        return ""
    text = str(value)
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
