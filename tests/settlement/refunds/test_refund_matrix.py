"""The refund matrix: each cell holds what was worked out by hand, everything agrees, and the page is current.

With OFRECORD_WRITES_MATRIX set, as bin/refund-matrix does, the page is written from the run.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.engine import books
from ofrecord.engine.booking import to_book
from ofrecord.engine.judging.judge import judge
from ofrecord.engine.recompute import is_sound
from ofrecord.flows.check_month import check_month
from ofrecord.flows.gather_history import gather
from ofrecord.kernel.calendar import Month
from ofrecord.ledger.models import PostingRow
from ofrecord.program.queries import terms_by_sha
from ofrecord.settlement.queries import booked_months, books_folder
from settlement.refunds.columns import COLUMNS, shown_months, told
from settlement.refunds.document import PAGE, overview, parts_of, section, write_part
from settlement.refunds.expected import Expected, expected_of
from settlement.refunds.rows import ROWS
from settlement.refunds.shown import shown
from settlement.refunds.stage import Cell, Column
from support.story import CHIEF

WRITES = bool(os.environ.get("OFRECORD_WRITES_MATRIX"))
BY_NAME = {column.name: column for column in COLUMNS}
AMOUNT = r"-?\d+\.\d\d"


@pytest.mark.django_db
@pytest.mark.parametrize("name", BY_NAME)
def test_each_cell_of_a_column_is_what_was_worked_out(name: str, settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    column, expected = BY_NAME[name], expected_of(BY_NAME[name])
    cells = told(column, {row for row, cell in expected.items() if cell.cannot})
    found = _found(column, cells, expected)
    differing = {row: cell.months for row, cell in found.items() if cell.months != expected[row].months}
    assert differing == {row: expected[row].months for row in differing}
    _require_agreement()
    _require_current(column.title, section(column, found))


def test_the_overview_is_current() -> None:
    _require_current("", overview())


@pytest.mark.parametrize("name", BY_NAME)
def test_every_cell_is_worked_out_in_its_sentence_or_says_why_it_cannot_occur(name: str) -> None:
    """Each amount that a line or a statement adds, holds, waives, pays or carries stands in the sentence."""
    expected = expected_of(BY_NAME[name])
    assert set(expected) == {row.name for row in ROWS}
    unsaid = {row: missing for row, cell in expected.items() if (missing := _unsaid(cell))}
    assert unsaid == {}
    assert all(cell.cannot or cell.months for cell in expected.values())


def _unsaid(cell: Expected) -> list[str]:
    said = {each.lstrip("-") for each in re.findall(AMOUNT, cell.says.replace("−", "-"))}
    words = "\n".join(word for month in cell.months.values() for word in month)
    amounts = re.findall(rf"(?:adds|due|held|waived|payable|carried) ({AMOUNT})", words)
    return [amount for amount in amounts if amount.lstrip("-") not in {*said, "0.00"}]


def _found(
    column: Column, cells: Mapping[str, Cell], expected: Mapping[str, Expected]
) -> dict[str, Expected]:
    """What the run has in each cell, beside what is written of it."""
    found = dict(expected)
    for row in ROWS:
        if row.name in cells:
            months = shown_months(column)[: 1 if row.later is None else None]
            words = {str(month): tuple(shown(cells[row.name], row.shown, month)) for month in months}
            found[row.name] = Expected(expected[row.name].says, words)
    return found


def _require_agreement() -> None:
    """Book, judge, statements and ledger say one thing, line by line and in sum."""
    closed = booked_months()
    last = closed[-1][0]
    with entered(OFFICE):
        _require_all_is_booked(last)
        for month, _ in closed:
            assert check_month(reader=CHIEF, month=month).breaks == ()
        sums = PostingRow.objects.values_list("currency").annotate(total=Sum("amount_minor")).order_by()
        assert {currency: int(total) for currency, total in sums if total} == {}


def _require_all_is_booked(last: Month) -> None:
    """All books together hold what the judge gives from the facts alone, and every line can be worked out again."""
    gathered = gather(last)
    earned = judge(gathered.laws, gathered.history, last.last)
    on_record = books.on_record(books_folder(), booked_months())
    assert to_book(gathered.laws, gathered.history, earned, on_record, last) == []
    assert {key: booked.fee_minor for key, booked in on_record.items() if booked.fee_minor} == {
        line.key: line.earned_minor for line in earned if line.earned_minor
    }
    terms = terms_by_sha()
    assert all(is_sound(booked.latest, terms[booked.latest.terms_sha256]) for booked in on_record.values())


def _require_current(title: str, text: str) -> None:
    if WRITES:
        write_part(title, text)
    parts = parts_of(PAGE.read_text(encoding="utf-8"))
    assert parts.get(title, "").rstrip("\n") == text.rstrip("\n"), "run bin/refund-matrix"
