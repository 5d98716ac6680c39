"""A statement as PDF: one language, one page size, tagged for screen readers, fit for an archive.

The layout is `statement.typ`; this file gives it words. See docs/decisions/0034 for why Typst sets it.
"""

import json
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from typing import Any, Final

import typst

from ofrecord.documents.rules import (
    NO_CLAUSE,
    clause_rows,
    days_words,
    exchange_words,
    figure,
    held_rows,
    incoming,
    outgoing,
    rate_words,
    require_sound,
    why_words,
)
from ofrecord.documents.types import Row, StatementPaper
from ofrecord.kernel.money import Money, sum_money
from ofrecord.kernel.words import day_words, month_words
from ofrecord.statements.types import NamedLine

# For archives and for screen readers. Both ask that every letter can be drawn.
STANDARDS: Final = ["a-2a", "ua-1"]


def statement_pdf(paper: StatementPaper) -> bytes:
    """The statement on pages. Raises StatementUnsound."""
    require_sound(paper)
    try:
        return _set(paper, STANDARDS)
    except typst.TypstError:
        # A name in a script for which this machine has no letters: a page with a gap is better than none.
        return _set(paper, [])


def _set(paper: StatementPaper, standards: Any) -> bytes:
    said = json.dumps(_said(paper), ensure_ascii=False)
    layout = files("ofrecord.documents").joinpath("statement.typ").read_bytes()
    pages = typst.compile(
        layout,
        font_paths=_fonts(),
        sys_inputs={"statement": said},
        pdf_standards=standards,
        timestamp=int(paper.card.closed_at.timestamp()),
    )
    assert isinstance(pages, bytes), "a PDF is one file"
    return pages


@lru_cache
def _fonts() -> typst.Fonts:
    """Those that come with Typst; for letters that they lack, those of the machine."""
    return typst.Fonts(include_system_fonts=True)


def _said(paper: StatementPaper) -> dict[str, Any]:
    """Everything that the pages say, as text."""
    figures = paper.figures
    return {
        "number": paper.number,
        "vendor": paper.vendor,
        "partner": paper.partner,
        "partner_number": paper.partner_number,
        "month": month_words(paper.card.month),
        "currency": paper.currency,
        "heads": _heads(paper),
        "incoming": _rows(incoming(paper)),
        "together": figure(sum_money((row.amount for row in incoming(paper)), paper.currency)),
        "outgoing": _rows(outgoing(paper)),
        "notes": _notes(paper),
        "clauses": [
            [row.title, row.version, f"{row.lines:,}", figure(row.amount)] for row in clause_rows(paper)
        ],
        "new": figure(figures.new),
        "held": [[day_words(row.release), f"{row.lines:,}", figure(row.amount)] for row in held_rows(paper)],
        "held_total": figure(figures.held),
        "lines": [_line(named) for named in paper.new],
        "corrections": _corrections(paper),
        "corrected": figure(figures.corrected),
        "proof": [
            [f"Book {paper.card.month}", paper.card.book_sha256],
            *([version.name, version.sha256] for version in paper.versions),
        ],
    }


def _heads(paper: StatementPaper) -> list[list[str]]:
    return [
        ["Statement", paper.number],
        ["Month", month_words(paper.card.month)],
        ["Currency", paper.currency],
        ["Issued", day_words(paper.issued)],
        ["Lines", f"{paper.figures.lines:,}, without a fee {paper.figures.zero_lines:,}"],
    ]


def _rows(rows: tuple[Row, ...]) -> list[list[str]]:
    return [[row.label, figure(row.amount)] for row in rows]


def _notes(paper: StatementPaper) -> list[str]:
    waiting = paper.figures.waiting
    if not waiting:
        return []
    noun, verb = ("line", "waits") if waiting == 1 else ("lines", "wait")
    return [f"{waiting:,} {noun} {verb} for an exchange rate and will be on a later statement."]


def _corrections(paper: StatementPaper) -> list[dict[str, Any]]:
    """The corrections under the line that they correct, and why."""
    groups = groupby(
        paper.corrections, key=lambda named: (named.booked.line.corrects, named.booked.line.cause)
    )
    return [
        {"corrects": corrects, "cause": cause, "rows": [_line(named) for named in rows]}
        for (corrects, cause), rows in groups
    ]


def _line(named: NamedLine) -> dict[str, str]:
    line, names = named.booked.line, named.names
    last = line.service.last or line.service.first
    return {
        "id": named.id,
        "customer": names.customer,
        "sold": ", ".join(filter(None, (names.subscription, names.offer))),
        "service": days_words(line.service.first, last),
        "basis": figure(Money(line.basis_minor, line.currency)),
        "basis_kind": f"{line.basis}, {line.currency}" if line.currency != line.due_currency else line.basis,
        "clause": names.clause or NO_CLAUSE,
        "rate": rate_words(line),
        "booked": figure(Money(line.due_booked_minor, line.due_currency)),
        "earned": figure(Money(line.due_earned_minor, line.due_currency)),
        "due": figure(line.due),
        "note": _note(named),
    }


def _note(named: NamedLine) -> str:
    """What else the line says: its exchange, why it adds nothing, what is held back, what is not taken back."""
    line = named.booked.line
    exchange = exchange_words(line)
    parts = [f"{exchange}." if exchange else "", "" if line.due_minor else why_words(line)]
    if line.held_minor and line.release_on:
        kept = figure(Money(line.held_minor, line.due_currency))
        parts.append(f"{kept} is held back until {day_words(line.release_on)}.")
    if line.waived_minor:
        parts.append(f"{figure(Money(line.waived_minor, line.due_currency))} of it is not taken back.")
    return " ".join(filter(None, parts))
