"""The refund matrix as a page: a table over all cells, then each column with the lines of its cells."""

import re
from collections.abc import Mapping
from pathlib import Path

from ofrecord.kernel.calendar import Month
from settlement.refunds.columns import COLUMNS
from settlement.refunds.expected import Expected, expected_of
from settlement.refunds.rows import ROWS, Row
from settlement.refunds.stage import Column

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "refund-matrix.md"

_HEAD = Path(__file__).with_name("head.md")


def overview() -> str:
    """The head of the page with the table of all cells; from what is expected, so that it takes no run."""
    found = {column.name: expected_of(column) for column in COLUMNS}
    head = "| | " + " | ".join(f"[{column.title}](#{_anchor(column.title)})" for column in COLUMNS) + " |\n"
    rule = "|---|" + "---|" * len(COLUMNS) + "\n"
    rows = "".join(
        f"| **{row.title}** | "
        + " | ".join(_summary(row, column, found[column.name][row.name]) for column in COLUMNS)
        + " |\n"
        for row in ROWS
    )
    return _HEAD.read_text(encoding="utf-8") + head + rule + rows


def _summary(row: Row, column: Column, cell: Expected) -> str:
    words = "cannot occur" if cell.cannot else "; ".join(_added(cell))
    return f"[{words}](#{_anchor(_title(row, column))})"


def _added(cell: Expected) -> list[str]:
    """For each month the sums that statements say are new and corrected, by partner."""
    found = []
    for month, words in cell.months.items():
        stated = [_statement(each) for each in words if re.match(r"[A-Z]: ", each)]
        later = f"{Month.parse(month).first:%B} " if len(cell.months) > 1 else ""
        found.append(later + ", ".join(stated))
    return found


def _statement(words: str) -> str:
    """ "A: USD: new 100.00, corrected -40.00, payable 60.00" → "A 100.00 − 40.00"."""
    letter, currency, figures = words.split(": ")
    amounts = dict(each.rsplit(" ", 1) for each in figures.split(", ") if each != "nothing")
    parts = [f"{name} {_signed(amounts[name])}" for name in ("new", "corrected", "waived") if name in amounts]
    code = "" if currency == "USD" else f" {currency}"
    return f"{letter}{code} {' '.join(parts) or '0.00'}"


def _signed(amount: str) -> str:
    return f"−{amount[1:]}" if amount.startswith("-") else amount


def section(column: Column, cells: Mapping[str, Expected]) -> str:
    """The part of the page for one column: every cell with its sentence, its lines and its statements."""
    parts = [f"## {column.title}\n\n{column.says}\n"]
    for row in ROWS:
        cell = cells[row.name]
        parts.append(f"### {_title(row, column)}\n\n{_body(row, cell)}")
    return "\n".join(parts)


def _body(row: Row, cell: Expected) -> str:
    if cell.cannot:
        return f"Cannot occur. {cell.cannot}\n"
    books = "\n".join(
        f"{Month.parse(month).first:%B}\n{_indented(words)}" for month, words in cell.months.items()
    )
    return f"{row.says} {cell.says}\n\n```text\n{books}\n```\n"


def _indented(words: tuple[str, ...]) -> str:
    return "\n".join(f"  {each}" for each in words)


def _title(row: Row, column: Column) -> str:
    return f"{row.title}: {column.title[0].lower()}{column.title[1:]}"


def _anchor(title: str) -> str:
    """The anchor that a heading gets where pages are read."""
    return re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")


def parts_of(page: str) -> dict[str, str]:
    """The page taken apart: the overview under "", then each column's part under its title."""
    titles = "|".join(re.escape(column.title) for column in COLUMNS)
    found = re.split(rf"^(?=## (?:{titles})$)", page, flags=re.MULTILINE)
    return {"": found[0]} | {part.split("\n", 1)[0][3:]: part for part in found[1:]}


def write_part(title: str, text: str) -> None:
    """Puts the part into the page, in its place."""
    parts = parts_of(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
    parts[title] = text
    order = ["", *(column.title for column in COLUMNS)]
    PAGE.write_text(
        "\n".join(parts[each].rstrip("\n") + "\n" for each in order if each in parts), encoding="utf-8"
    )
