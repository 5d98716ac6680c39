"""A short table on a page about one thing, made of the columns of the list that shows them all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ofrecord.web.list_page import Cell
from ofrecord.web.lists import Listing

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Table:
    """A caption, its headings, and its rows of cells."""

    caption: str
    heads: Sequence[Cell]
    lines: Sequence[Sequence[Cell]]


def table(
    caption: str, listing: "Listing[Row]", rows: Iterable[Row], *, without: Sequence[str] = ()
) -> Table:
    """The rows under the listing's columns, but those that the page itself says already."""
    columns = [
        column for column in listing.columns if column.title not in without and not column.is_sheet_only
    ]
    return Table(
        caption,
        [Cell(label="", shown=column.heading, look=column.look) for column in columns],
        [
            [
                Cell(
                    label=column.heading,
                    shown=column.shown(column.cell(row)),
                    look=column.look,
                )
                for column in columns
            ]
            for row in rows
        ],
    )
