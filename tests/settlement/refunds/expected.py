"""What each cell of the refund matrix is to come to, as worked out by hand: one file for each column."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from settlement.refunds.stage import Column

CELLS = Path(__file__).with_name("cells")


@dataclass(frozen=True)
class Expected:
    """The arithmetic of a cell in a sentence, and by month the lines and statements; or why it `cannot` occur."""

    says: str
    months: Mapping[str, tuple[str, ...]]
    cannot: str = ""


def expected_of(column: Column) -> dict[str, Expected]:
    """What is written of the cells of a column, by row."""
    stated = tomllib.loads((CELLS / f"{column.name}.toml").read_text(encoding="utf-8"))
    return {row: _expected(cell) for row, cell in stated.items()}


def _expected(cell: dict[str, str]) -> Expected:
    months = {month: tuple(words.split("\n")[:-1]) for month, words in cell.items() if month[0].isdigit()}
    return Expected(cell.get("says", ""), months, cell.get("cannot", ""))
