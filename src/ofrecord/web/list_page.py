"""One page of a list as `parts/list.html` draws it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from ofrecord.web import words
from ofrecord.web.asked import Asked
from ofrecord.web.columns import Choice, Days
from ofrecord.web.parts import Empty, Working


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell: the name of its column, for a phone, what it shows, and the name of its style."""

    label: str
    shown: str | SafeString
    look: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row, with the working that opens below it."""

    cells: Sequence[Cell]
    working: Working | None
    is_quiet: bool


@dataclass(frozen=True, kw_only=True)
class Head:
    """One heading: where pressing it leads, and how the list is sorted by it now."""

    heading: str
    is_figure: bool
    url: str
    aria_sort: str


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """Everything that is drawn of a list. `count` is one more than `counted` when rows lie beyond it."""

    name: str
    caption: str
    asked: Asked
    heads: Sequence[Head]
    lines: Sequence[Line]
    totals: Sequence[Cell]
    number: int
    last: int
    first_row: int
    count: int
    counted: int
    empty: Empty
    has_search: bool
    choices: Sequence[Choice]
    days: Sequence[Days]

    @property
    def has_filters(self) -> bool:
        """Whether there is anything to narrow it by, and anything to narrow."""
        return bool(self.has_search or self.choices or self.days) and bool(
            self.count or self.asked.is_narrowed
        )

    @property
    def found(self) -> str:
        """Which rows are shown of how many: "51–100 of 1,204"."""
        if self.last == 1:
            return f"{words.count_text(self.count)} {'found' if self.asked.is_narrowed else 'in all'}"
        last_row = self.first_row + len(self.lines) - 1
        more = self.count > self.counted
        whole = f"more than {words.count_text(self.counted)}" if more else words.count_text(self.count)
        return f"{words.count_text(self.first_row)}–{words.count_text(last_row)} of {whole}"

    @property
    def is_cut(self) -> bool:
        """Whether rows lie beyond the last page."""
        return self.count > self.counted and self.number == self.last

    @property
    def file_url(self) -> str:
        return self.asked.url(export="csv")

    @property
    def previous_url(self) -> str:
        return self.asked.url(page=str(self.number - 1)) if self.number > 1 else ""

    @property
    def next_url(self) -> str:
        return self.asked.url(page=str(self.number + 1)) if self.number < self.last else ""

    @property
    def filters(self) -> list[dict[str, object]]:
        """The filters with what stands in them."""
        typed = self.asked.typed
        chosen = [{"choice": each, "value": self.asked.chosen.get(each.name, "")} for each in self.choices]
        spans = [
            {"days": each, "first": typed.get(each.first_name, ""), "last": typed.get(each.last_name, "")}
            for each in self.days
        ]
        return [*chosen, *spans]
