"""One way for every list: searched, filtered, sorted, paged and exported.

A `Listing` says what a list is; `respond` answers a request with it. Pages are cut by offset: people go back,
jump and share a page's address, and the cost stays bounded because no more than `COUNTED` rows are counted or
reached; who needs more narrows the list or takes it along. (The API, whose readers only go forward, cuts by
keyset.)
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from ofrecord.web import words
from ofrecord.web.asked import Asked, asked_of
from ofrecord.web.columns import Choice, Column, Days, Totals
from ofrecord.web.list_page import Cell, Head, Line, ListPage
from ofrecord.web.parts import Empty, Working
from ofrecord.web.rows import Dress, Row, Rows, in_chunks, rows_of
from ofrecord.web.spreadsheet import spreadsheet

if TYPE_CHECKING:
    from django.db.models import QuerySet

__all__ = ["Choice", "Column", "Days", "Empty", "ListPage", "Listing", "Totals"]

PAGE_SIZE = 50
COUNTED = 10_000
EXPORTED = 100_000


@dataclass(frozen=True, kw_only=True)
class Listing(Generic[Row]):
    """What a list is. `sort` is the code of the column it begins with, with a minus before it for descending.

    The first column is the row's title on a phone. `search` names the paths in which words are looked for,
    `working` gives the answer to a row's "why?", and `is_quiet` says which rows step back (a line that paid
    nothing).
    """

    name: str
    caption: str
    columns: Sequence[Column[Row]]
    sort: str
    empty: Empty
    search: Sequence[str] = ()
    choices: Sequence[Choice] = ()
    days: Sequence[Days] = ()
    tie: str = "pk"
    working: Callable[[Row], Working | None] | None = None
    is_quiet: Callable[[Row], bool] | None = None

    def __post_init__(self) -> None:
        assert self.sort.removeprefix("-") in self._sorts, (
            f"{self.name} begins with a column that cannot be sorted"
        )

    @property
    def shown(self) -> Sequence[Column[Row]]:
        """The columns that a page shows."""
        return [column for column in self.columns if not column.is_sheet_only]

    def respond(
        self,
        request: HttpRequest,
        source: "QuerySet[Any] | Sequence[Any]",
        template: str,
        context: Mapping[str, object] | None = None,
        *,
        totals: Totals | None = None,
        dress: Dress[Row] | None = None,
    ) -> HttpResponseBase:
        """The page drawn with `template`, which includes `parts/list.html`; or the file, when asked.

        `dress` makes of some rows of the source what the cells are drawn from, so that what other rooms know
        of them (names, above all) is asked once a page and never once a row.
        """
        asked = self.asked(request)
        rows = self.rows(asked, source)
        if asked.wants_file:
            if rows.count(EXPORTED + 1) <= EXPORTED:
                return spreadsheet(self.name, self._file_lines(rows, dress))
            limit = words.count_text(EXPORTED)
            asked = asked.with_fault(
                f"Lists of up to {limit} rows can be taken along. Narrow this one first."
            )
        return render(request, template, {**(context or {}), "list": self.page(asked, rows, totals, dress)})

    def asked(self, request: HttpRequest) -> Asked:
        """What the request asks of this list."""
        return asked_of(
            request.GET,
            path=request.path,
            sortable=list(self._sorts),
            order=self.sort,
            choices=self.choices,
            days=self.days,
        )

    def rows(self, asked: Asked, source: "QuerySet[Any] | Sequence[Any]") -> Rows[Any]:
        """All rows that are asked for, in the order that is asked for."""
        rows: Rows[Any] = rows_of(source, self.tie)
        if asked.words and self.search:
            rows = rows.having(asked.words, self.search)
        for choice in self.choices:
            if choice.name in asked.chosen:
                rows = rows.equal(choice.path, asked.chosen[choice.name])
        for days in self.days:
            if any(asked.days[days.name]):
                rows = rows.between(days.path, *asked.days[days.name])
        return rows.ordered(self._sorts[asked.sort], asked.is_descending)

    def page(
        self, asked: Asked, rows: Rows[Any], totals: Totals | None = None, dress: Dress[Row] | None = None
    ) -> ListPage:
        """The page that is asked for; a page beyond the last is the last."""
        count = rows.count(COUNTED + 1)
        last = max(1, -(-min(count, COUNTED) // PAGE_SIZE))
        number = min(asked.page, last)
        first = (number - 1) * PAGE_SIZE
        shown = rows.cut(first, min(first + PAGE_SIZE, COUNTED))
        return ListPage(
            name=self.name,
            caption=self.caption,
            asked=asked,
            heads=[self._head(column, asked) for column in self.shown],
            lines=[self._line(row) for row in (dress(shown) if dress else shown)],
            totals=self._totals(totals) if totals and not asked.is_narrowed else (),
            number=number,
            last=last,
            first_row=first + 1,
            count=count,
            counted=COUNTED,
            empty=self.empty,
            has_search=bool(self.search),
            choices=self.choices,
            days=self.days,
        )

    @property
    def _sorts(self) -> dict[str, str]:
        return {column.code: column.sort for column in self.shown if column.sort}

    def _head(self, column: Column[Row], asked: Asked) -> Head:
        is_sorted = column.code == asked.sort
        # The first press shows the greatest figures, the first names; the second turns it around.
        descending = not asked.is_descending if is_sorted else column.is_figure
        direction = "descending" if asked.is_descending else "ascending"
        return Head(
            heading=column.heading,
            is_figure=column.is_figure,
            url=asked.url(sort=f"{'-' if descending else ''}{column.code}") if column.sort else "",
            aria_sort=direction if is_sorted else "",
        )

    def _line(self, row: Row) -> Line:
        return Line(
            cells=[
                Cell(label=column.heading, shown=column.shown(column.cell(row)), look=column.look)
                for column in self.shown
            ],
            working=self.working(row) if self.working else None,
            is_quiet=bool(self.is_quiet and self.is_quiet(row)),
        )

    def _totals(self, totals: Totals) -> Sequence[Cell]:
        def cell(column: Column[Row]) -> Cell:
            has_figure = column.title in totals.figures
            shown = column.shown(totals.figures[column.title]) if has_figure else ""
            return Cell(label=column.heading, shown=shown, look=column.look)

        return [
            Cell(label="", shown=totals.label, look=""),
            *(cell(column) for column in self.shown[1:]),
        ]

    def _file_lines(self, rows: Rows[Any], dress: Dress[Row] | None) -> Iterator[list[str]]:
        yield [title for column in self.columns for title in column.file_titles()]
        for row in (row for chunk in in_chunks(rows) for row in dress(chunk)) if dress else rows:
            yield [cell for column in self.columns for cell in column.file_cells(row)]
