"""Steps of a computation, looked at: their names, the rows of one, or all of them in a file."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import ibis

from ofrecord.engine.given import Steps
from ofrecord.engine.refusals import ColumnUnknown, StepUnknown

WIDEST: Final = 36


@dataclass(frozen=True, slots=True)
class LookedAt:
    """The steps of one computation on an engine, and those after them, each worked out when it is asked for."""

    engine: Any
    steps: Steps
    later: Mapping[str, Callable[[], ibis.Table]] = field(default_factory=dict)

    def names(self) -> list[str]:
        return [*self.steps.named, *self.later]

    def rows(self, step: str, conditions: Iterable[tuple[str, str]], most: int) -> list[str]:
        """The first rows as lines of text, each column as wide as it must be. Raises StepUnknown, ColumnUnknown."""
        table = self._table(step, conditions)
        found = self.engine.fetch(table.limit(most)).to_pylist()
        cells = [[_text(row[name]) for name in table.columns] for row in found]
        widths = [
            max(len(name), *(len(row[place]) for row in cells)) if cells else len(name)
            for place, name in enumerate(table.columns)
        ]
        return [_line(table.columns, widths), *(_line(row, widths) for row in cells)]

    def write(self, step: str, conditions: Iterable[tuple[str, str]], to: Path) -> int:
        """Writes all rows as Parquet; how many. Raises StepUnknown, ColumnUnknown."""
        return int(self.engine.write(self._table(step, conditions), to))

    def _table(self, step: str, conditions: Iterable[tuple[str, str]]) -> ibis.Table:
        if step not in self.names():
            raise StepUnknown(step=step, known=self.names())
        table = self.later[step]() if step in self.later else self.steps.named[step]
        for column, value in conditions:
            if column not in table.columns:
                raise ColumnUnknown(step=step, column=column, known=list(table.columns))
            table = table.filter(table[column].cast("string") == value)
        return table


def _text(value: object) -> str:
    if value is None:
        return ""
    text = str(value)
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
