"""A statement as a workbook: read back with another library, its formulas worked out by hand."""

import io
import re
import zipfile
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from documents.paper import ACTING, fee_line, named, paper
from ofrecord.documents.refusals import StatementUnsound
from ofrecord.documents.xlsx import statement_xlsx


def opened(content: bytes, *, worked_out: bool = True) -> Workbook:
    """With the results that stand beside the formulas, or with the formulas."""
    return load_workbook(io.BytesIO(content), data_only=worked_out)


def rows(book: Workbook, sheet: str) -> list[dict[str, Any]]:
    head, *found = book[sheet].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in found]


def summary(book: Workbook) -> dict[Any, list[Any]]:
    return {row[0]: list(row[1:]) for row in book["Summary"].iter_rows(values_only=True) if row[0]}


def value_of(book: Workbook, formula: Any, sheet: str) -> Decimal:
    """What a spreadsheet makes of the few sorts of formula that we write."""
    if not isinstance(formula, str):
        return Decimal(str(formula or 0))
    text = formula.removeprefix("=")
    if found := re.fullmatch(r"SUM\((\w+):(\w+)\)", text):
        cells = [cell for row in book[sheet][f"{found[1]}:{found[2]}"] for cell in row]
        return sum((value_of(book, cell.value, sheet) for cell in cells), Decimal())
    if found := re.fullmatch(r"ROUND\((\w+)-(\w+),\d\)", text):
        left, right = (value_of(book, book[sheet][name].value, sheet) for name in found.groups())
        return left - right
    if found := re.fullmatch(r"-\((.*)\)", text):
        return -value_of(book, found[1], sheet)
    parts = [part.split("!") for part in text.split("+")]
    return sum(
        (value_of(book, book[other][name].value, other) if name else Decimal(other) for other, name in
         [(*part, "")[:2] for part in parts]),
        Decimal(),
    )  # fmt: skip


def test_the_four_sheets_have_every_line() -> None:
    book = opened(statement_xlsx(paper()))
    assert book.sheetnames == ["Summary", "Lines", "Corrections", "Facts"]
    assert [row["Line"] for row in rows(book, "Lines")] == [
        *(f"2026-10/{number:010}" for number in (1, 2, 3, 4)),
        "Total",
    ]
    assert [row["Line"] for row in rows(book, "Corrections")] == [
        "2026-10/0000000005",
        "2026-10/0000000006",
        "Total",
    ]
    assert [row["Id of the fact"] for row in rows(book, "Facts")] == [
        f"event-{number}" for number in range(1, 7)
    ]


def test_numbers_are_numbers_and_days_are_days() -> None:
    book = opened(statement_xlsx(paper()))
    line = rows(book, "Lines")[0]
    assert (line["Fee in USD"], line["Held back"], line["Basis amount"]) == (108, 21.6, 900)
    assert line["First day"] == datetime(2026, 10, 1)  # noqa: DTZ001
    assert line["Released on"] == datetime(2027, 1, 29)  # noqa: DTZ001
    amounts = {cell.number_format for cell in book["Lines"]["R"][1:]}
    assert amounts == {"#,##0.00"}
    assert book["Lines"].freeze_panes == "B2"
    assert book["Lines"].auto_filter.ref == "A1:V5"
    assert book["Lines"].column_dimensions["B"].width >= 30


def test_the_summary_is_worked_out_and_differs_from_nothing() -> None:
    content = statement_xlsx(paper())
    figures = summary(opened(content))
    assert figures["New lines"][:3] == [1014, 1014, 0]
    assert figures["Corrections"][:3] == [-100, -100, 0]
    assert figures["Not taken back"][:3] == [41.6, 41.6, 0]
    assert figures["Held back"][:3] == [-21.6, -21.6, 0]
    assert figures["Payable"][0] == 929
    assert figures["Payable and closing balance"][:3] == [929, 929, 0]


def test_each_formula_comes_to_the_result_that_stands_beside_it() -> None:
    content = statement_xlsx(paper())
    formulas, results = opened(content, worked_out=False), opened(content)
    seen = 0
    for sheet in formulas.sheetnames:
        for row in formulas[sheet].iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    seen += 1
                    result = results[sheet][cell.coordinate].value
                    assert value_of(formulas, cell.value, sheet) == Decimal(str(result)), cell.coordinate
    # Summary: 4 figures and their sum with 2 each, the sum itself, the clauses; 3 sums below lines and corrections.
    assert seen == 12 + 3 + 3


def test_a_name_is_never_a_formula_or_a_link() -> None:
    content = statement_xlsx(paper())
    book = opened(content, worked_out=False)
    names = [row["Customer"] for sheet in ("Lines", "Corrections") for row in rows(book, sheet)]
    assert set(ACTING) < set(names), "as they were typed, without an apostrophe"
    for sheet in book.sheetnames:
        for row in book[sheet].iter_rows():
            for cell in row:
                assert cell.hyperlink is None
                if cell.data_type == "f":
                    assert re.fullmatch(r"=[-+:!,.()A-Z0-9a-z]+", cell.value)
                    assert "HYPERLINK" not in cell.value


def test_the_same_statement_is_the_same_bytes() -> None:
    assert statement_xlsx(paper()) == statement_xlsx(paper())


def test_amounts_are_written_to_the_last_digit() -> None:
    large, larger = 999_999_999_999_999, 10**15
    both = (named(1, fee_line(1, large)), named(2, fee_line(2, larger)))
    total = large + larger
    stated = paper(both, opening=0, new=total, corrected=0, waived=0, held=0, released=0, payable=total)
    with zipfile.ZipFile(io.BytesIO(statement_xlsx(stated))) as parts:
        assert b"<v>9999999999999.99</v>" in parts.read("xl/worksheets/sheet2.xml")
        assert b"10000000000000.00" in parts.read("xl/sharedStrings.xml"), (
            "more than a spreadsheet's number holds"
        )


def test_a_statement_without_lines_is_a_workbook() -> None:
    carried = paper((), opening=500, new=0, corrected=0, waived=0, held=0, released=0, payable=500)
    figures = summary(opened(statement_xlsx(carried)))
    assert figures["Payable and closing balance"][:3] == [5, 5, 0]


def test_lines_that_do_not_sum_to_what_is_stated_are_refused() -> None:
    with pytest.raises(StatementUnsound, match=r"its lines come to 1,014\.00 USD"):
        statement_xlsx(paper(new=101_401))
