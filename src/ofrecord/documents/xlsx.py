"""A statement as a workbook: real numbers, real days, and sums that the reader's program works out again.

On the summary each figure stands as the statement states it, beside it what the sheets come to, and the
difference, which is zero.
"""

import io
from datetime import UTC
from typing import Final

from xlsxwriter import Workbook

from ofrecord.documents.columns import CORRECTIONS, FACTS, LINES, Cell
from ofrecord.documents.rules import clause_rows, incoming, outgoing, require_sound
from ofrecord.documents.sheets import Formats, Sheet, cells_of, put_lines, total_of
from ofrecord.documents.types import StatementPaper
from ofrecord.kernel.money import Money, minor_digits
from ofrecord.kernel.words import month_words

_OPTIONS: Final = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def statement_xlsx(paper: StatementPaper) -> bytes:
    """The workbook with the sheets Summary, Lines, Corrections and Facts. Raises StatementUnsound."""
    require_sound(paper)
    held = io.BytesIO()
    with Workbook(held, _OPTIONS) as book:
        book.set_properties(
            {
                "title": f"Statement {paper.number}",
                "author": paper.vendor,
                "created": paper.card.closed_at.astimezone(UTC).replace(tzinfo=None),
            }
        )
        formats = Formats(book)
        _summary(Sheet(book, formats, "Summary"), paper)
        for name, columns, lines in (
            ("Lines", LINES, paper.new),
            ("Corrections", CORRECTIONS, paper.corrections),
            ("Facts", FACTS, paper.lines),
        ):
            put_lines(Sheet(book, formats, name), columns, lines, paper.currency)
    return held.getvalue()


def _summary(sheet: Sheet, paper: StatementPaper) -> None:
    sheet.page.set_column(0, 0, 34)
    sheet.page.set_column(1, 3, 20)
    sheet.page.freeze_panes(1, 0)
    row = _parties(sheet, paper)
    row = _figures(sheet, paper, row + 1)
    row = _clauses(sheet, paper, row + 1)
    _proof(sheet, paper, row + 1)


def _parties(sheet: Sheet, paper: StatementPaper) -> int:
    """Who owes whom, for when; says the row after it, as the parts below do."""
    sheet.put_row(0, ("Statement of fees", paper.number), is_strong=True)
    rows: tuple[tuple[str, Cell], ...] = (
        ("Vendor", paper.vendor),
        ("Partner", paper.partner),
        ("Partner number", paper.partner_number),
        ("Month", month_words(paper.card.month)),
        ("Currency", paper.currency),
        ("Issued", paper.issued),
    )
    for row, values in enumerate(rows, 1):
        sheet.put_row(row, values)
    return 1 + len(rows)


def _figures(sheet: Sheet, paper: StatementPaper, row: int) -> int:
    sheet.put_row(row, ("Figure", "As stated", "Worked out here", "Difference"), is_strong=True)
    came, went = incoming(paper), outgoing(paper)
    first = row + 1
    following, last = first + len(came), first + len(came) + len(went)
    for at, (figure, formula) in enumerate(zip(came, _formulas(paper), strict=True), first):
        sheet.put_row(at, (figure.label, figure.amount))
        if formula:
            _checked(sheet, at, formula, figure.amount)
    for at, figure in enumerate(went, following):
        sheet.put_row(at, (figure.label, figure.amount))
    together = paper.figures.payable + paper.figures.carried
    sheet.put(last, 0, "Payable and closing balance", is_strong=True)
    sheet.put_sum(last, 1, f"SUM({cells_of(1, following, last - 1)})", together)
    _checked(sheet, last, f"SUM({cells_of(1, first, following - 1)})", together)
    return last + 1


def _formulas(paper: StatementPaper) -> tuple[str, ...]:
    """What the sheets come to for each figure that comes in; empty for those of earlier months."""
    new, corrections = len(paper.new), len(paper.corrections)

    def both(name: str) -> str:
        of_lines = total_of("Lines", LINES, name, new)
        return f"{of_lines}+{total_of('Corrections', CORRECTIONS, name, corrections)}"

    return (
        "",
        total_of("Lines", LINES, "due", new),
        total_of("Corrections", CORRECTIONS, "due", corrections),
        both("waived"),
        f"-({both('held')})",
        "",
    )


def _checked(sheet: Sheet, row: int, formula: str, stated: Money) -> None:
    """What is worked out beside what is stated, and the difference."""
    sheet.put_sum(row, 2, formula, stated)
    digits = minor_digits(stated.currency)
    sheet.put_sum(row, 3, f"ROUND(B{row + 1}-C{row + 1},{digits})", Money.zero(stated.currency))


def _clauses(sheet: Sheet, paper: StatementPaper, row: int) -> int:
    sheet.put_row(row, ("New lines by clause", "Version", "Lines", "Fee"), is_strong=True)
    rows = clause_rows(paper)
    for at, each in enumerate(rows, row + 1):
        sheet.put_row(at, (each.title, each.version, each.lines, each.amount))
    foot = row + 1 + len(rows)
    if rows:
        sheet.put(foot, 0, "Total", is_strong=True)
        sheet.put_sum(foot, 3, f"SUM({cells_of(3, row + 1, foot - 1)})", paper.figures.new)
    return foot + 1


def _proof(sheet: Sheet, paper: StatementPaper, row: int) -> None:
    """What the lines can be worked out from again."""
    sheet.put_row(row, ("What this rests on", "SHA-256"), is_strong=True)
    sheet.put_row(row + 1, (f"Book {paper.card.month}", paper.card.book_sha256))
    for at, version in enumerate(paper.versions, row + 2):
        sheet.put_row(at, (version.name, version.sha256))
