"""What a list is declared with: its columns, its filters, its totals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic

from django.utils.safestring import SafeString
from django.utils.text import slugify

from ofrecord.kernel.money import Money
from ofrecord.web import words
from ofrecord.web.present import presented, written
from ofrecord.web.rows import Row


@dataclass(frozen=True, kw_only=True)
class Column(Generic[Row]):
    """One column. `cell` gives any of our values; how it is written follows from what it is.

    `sort` is the path the column is sorted by, empty when it is not. A column of money states its currency in
    every cell; with `currency` the heading states it once. Money is exported as two columns, the exact amount
    and the currency. A column of numbers by which things are called `is_whole`: none is broken over two lines. A
    column that is only in the spreadsheet holds what a page shows elsewhere.
    """

    title: str
    cell: Callable[[Row], object]
    sort: str = ""
    is_numeric: bool = False
    is_whole: bool = False
    is_money: bool = False
    currency: str = ""
    export: Callable[[Row], object] | None = None
    is_sheet_only: bool = False

    @property
    def code(self) -> str:
        """What the column is called in an address: "first-month"."""
        return slugify(self.title)

    @property
    def heading(self) -> str:
        is_stated = not self.currency or self.title.endswith(f" {self.currency}")
        return self.title if is_stated else f"{self.title}, {self.currency}"

    @property
    def is_figure(self) -> bool:
        """Figures stand to the right."""
        return self.is_numeric or self.is_money or bool(self.currency)

    @property
    def look(self) -> str:
        """How the cells of the column are drawn: the name of a style, empty for plain text."""
        return "num" if self.is_figure else "whole" if self.is_whole else ""

    def shown(self, value: object) -> str | SafeString:
        """A value of this column as the reader sees it."""
        if isinstance(value, Money) and value.currency == self.currency:
            return words.amount_text(value)
        return presented(value)

    def file_titles(self) -> list[str]:
        """The headings of this column in a file."""
        return [self.title, f"{self.title} currency"] if self.is_money or self.currency else [self.title]

    def file_cells(self, row: Row) -> list[str]:
        """The cells of this column in a file."""
        value = (self.export or self.cell)(row)
        if self.is_money or self.currency:
            return [written(value), value.currency if isinstance(value, Money) else ""]
        return [written(value)]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A filter by one of a few values of the field at `path`: (value, what it is called)."""

    name: str
    title: str
    path: str
    values: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Days:
    """A filter by a first and a last day, both inside, of the date at `path`."""

    name: str
    title: str
    path: str

    @property
    def first_name(self) -> str:
        return f"{self.name}-from"

    @property
    def last_name(self) -> str:
        return f"{self.name}-to"


@dataclass(frozen=True, kw_only=True)
class Totals:
    """The ruled row at the end: its label and its figures by column title; not shown on a narrowed list."""

    label: str
    figures: Mapping[str, object]
