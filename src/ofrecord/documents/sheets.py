"""One sheet of a workbook, written in values of ours: amounts, days, whole numbers and texts."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name

from ofrecord.documents.columns import Cell, Column
from ofrecord.kernel.money import Money, minor_digits
from ofrecord.statements.types import NamedLine

# A spreadsheet keeps fifteen digits of a number. A larger amount is written as text, to the last digit.
EXACT_MINOR: Final = 10**15
DAY: Final = "yyyy-mm-dd"
COUNT: Final = "#,##0"
# The rows above the first line in a sheet of lines.
HEADS: Final = 1


class Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, bool], Format] = {}

    def of(self, number: str = "", *, is_strong: bool = False) -> Format:
        if (number, is_strong) not in self._made:
            stated: dict[str, Any] = {"bold": is_strong, "valign": "top"}
            if number:
                stated["num_format"] = number
            self._made[number, is_strong] = self._book.add_format(stated)
        return self._made[number, is_strong]

    def money(self, currency: str, *, is_strong: bool = False) -> Format:
        digits = minor_digits(currency)
        return self.of(f"#,##0{'.' if digits else ''}{'0' * digits}", is_strong=is_strong)


class Sheet:
    """A sheet; rows and columns are counted from 0."""

    def __init__(self, book: Workbook, formats: Formats, name: str) -> None:
        self.page = book.add_worksheet(name)
        self._formats = formats

    def put(self, row: int, column: int, value: Cell, *, is_strong: bool = False) -> None:
        """Writes the value as what it is: a text is never read as a formula, an amount never as a float."""
        if isinstance(value, Money):
            self._put_amount(row, column, value, is_strong)
        elif isinstance(value, str):
            self.page.write_string(row, column, value, self._formats.of(is_strong=is_strong))
        elif isinstance(value, int):
            self.page.write_number(row, column, value, self._formats.of(COUNT, is_strong=is_strong))
        elif value is not None:
            self.page.write_datetime(row, column, value, self._formats.of(DAY, is_strong=is_strong))

    def put_row(self, row: int, values: Sequence[Cell], *, is_strong: bool = False) -> None:
        for column, value in enumerate(values):
            self.put(row, column, value, is_strong=is_strong)

    def put_sum(self, row: int, column: int, formula: str, result: Money) -> None:
        """A formula, and its result for programs that show a file without working it out."""
        form = self._formats.money(result.currency, is_strong=True)
        self.page.write_formula(row, column, f"={formula}", form, Decimal(result.decimal_text()))

    def _put_amount(self, row: int, column: int, amount: Money, is_strong: bool) -> None:
        if abs(amount.minor) >= EXACT_MINOR:
            self.page.write_string(row, column, amount.decimal_text(), self._formats.of(is_strong=is_strong))
            return
        # The library writes a decimal digit by digit.
        number: Any = Decimal(amount.decimal_text())
        self.page.write_number(row, column, number, self._formats.money(amount.currency, is_strong=is_strong))


def put_lines(sheet: Sheet, columns: Sequence[Column], lines: Sequence[NamedLine], currency: str) -> None:
    """A line a row under heads that stay, each to be filtered by; below them the sums."""
    sheet.put_row(0, [column.title.format(currency=currency) for column in columns], is_strong=True)
    for place, column in enumerate(columns):
        sheet.page.set_column(place, place, column.width)
    for row, named in enumerate(lines, HEADS):
        sheet.put_row(row, [column.cell(named) for column in columns])
    if any(column.name for column in columns):
        _put_total(sheet, columns, lines, currency)
    sheet.page.freeze_panes(HEADS, 1)
    sheet.page.autofilter(0, 0, len(lines), len(columns) - 1)
    sheet.page.repeat_rows(0)
    sheet.page.set_landscape()
    sheet.page.fit_to_pages(1, 0)


def _put_total(sheet: Sheet, columns: Sequence[Column], lines: Sequence[NamedLine], currency: str) -> None:
    foot = HEADS + len(lines)
    sheet.put(foot, 0, "Total", is_strong=True)
    for place, column in enumerate(columns):
        if column.name:
            cells = [column.cell(named) for named in lines]
            total = sum(cell.minor for cell in cells if isinstance(cell, Money))
            sheet.put_sum(
                foot,
                place,
                f"SUM({cells_of(place, HEADS, max(foot - 1, HEADS))})" if lines else "0",
                Money(total, currency),
            )


def cells_of(column: int, first: int, last: int) -> str:
    """B2:B9"""
    name = xl_col_to_name(column)
    return f"{name}{first + 1}:{name}{last + 1}"


def total_of(sheet: str, columns: Sequence[Column], name: str, lines: int) -> str:
    """The cell with the sum of a column of another sheet: Lines!R12"""
    place = next(place for place, column in enumerate(columns) if column.name == name)
    return f"{sheet}!{xl_col_to_name(place)}{HEADS + lines + 1}"
