"""A statement as PDF: everything that a finance department asks for, and nothing that a name could do to it."""

import io
import re
from dataclasses import replace

import pytest
from pypdf import PdfReader

from documents.paper import ACTING, BOOK, TERMS, fee_line, figures, lines, named, paper
from ofrecord.documents.pdf import statement_pdf
from ofrecord.documents.refusals import StatementUnsound
from ofrecord.kernel.money import Money


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def said(content: bytes) -> str:
    """All pages as one text, with single spaces."""
    return " ".join(" ".join(page.extract_text() for page in read(content).pages).split())


def test_a_statement_says_who_owes_whom_and_what() -> None:
    text = said(statement_pdf(paper()))
    for words in (
        "Northwind Online",
        "Harbor Lane Consulting",
        "P-4F8TW2ZC",
        "Statement of fees, October 2026",
        "P-4F8TW2ZC/2026-10/USD",
        "Issued 2 November 2026",
        f"Book 2026-10 {BOOK}",
        f"Online services 2009.1 {TERMS}",
    ):
        assert words in text


def test_the_figures_add_up_on_the_page() -> None:
    text = said(statement_pdf(paper()))
    assert "Opening balance −10.00 New lines 1,014.00 Corrections −100.00 Not taken back 41.60" in text
    assert "Held back −21.60 Released 5.00 Together 929.00" in text
    assert "Payable 929.00 Closing balance 0.00" in text
    # 108.00 + 161.00 + 745.00 by the first year; nothing where no clause applies.
    assert "First year 2009.1 3 1,014.00 No clause applies 2009.1 1 0.00 New lines 1,014.00" in text
    assert "29 January 2027 1 21.60 Held back 21.60" in text


def test_every_line_says_what_it_is_worked_out_from() -> None:
    text = said(statement_pdf(paper()))
    for named_line in lines():
        assert named_line.id in text
    for words in (
        "1 to 31 Oct 2026",
        "5% of 10,000.00 and 8% of 3,062.50",
        "148.15 EUR at 1.08677 of 30 October 2026.",
        "21.60 is held back until 29 January 2027.",
        "No clause of this version pays for it.",
        "Газпром Ελλάς",
    ):
        assert words in text


def test_corrections_stand_under_the_line_that_they_correct_and_say_why() -> None:
    text = said(statement_pdf(paper()))
    head = "Corrects line 2026-09/0000000007. Refund of 500.00 USD on 12 October 2026."
    assert text.count(head) == 1
    group = text.split(head)[1]
    assert "108.00 49.60 −58.40" in group
    assert "41.60 0.00 −41.60" in group
    assert "41.60 of it is not taken back." in group
    assert "Corrections −100.00" in group


def test_a_name_is_a_name() -> None:
    content = statement_pdf(paper())
    # Quotes and dashes stay as they were typed.
    assert all(name in said(content) for name in ACTING)
    assert all(round(page.mediabox.width) == 595 for page in read(content).pages)


def test_it_prints_whole_on_both_sizes_of_paper() -> None:
    page = read(statement_pdf(paper())).pages[0].mediabox
    assert (round(page.width), round(page.height)) == (595, 792), "as wide as A4, as high as Letter"


def test_the_same_statement_is_the_same_bytes() -> None:
    assert statement_pdf(paper()) == statement_pdf(paper())


def test_it_is_fit_for_archives_and_screen_readers() -> None:
    reader = read(statement_pdf(paper()))
    assert reader.metadata is not None
    assert reader.metadata.title == "Statement P-4F8TW2ZC/2026-10/USD"
    assert reader.metadata.author == "Northwind Online"
    root = reader.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("en", True)
    described = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in described
    assert "<pdfuaid:part>1</pdfuaid:part>" in described


def test_a_letter_that_nothing_can_draw_leaves_a_gap_and_no_error() -> None:
    # U+10FFFD is for private use: no font has it.
    odd = named(1, fee_line(1, 100), "Odd \U0010fffd Mills")
    only = paper((odd,), opening=0, new=100, corrected=0, waived=0, held=0, released=0, payable=100)
    assert "100" in said(statement_pdf(only)) or "1.00" in said(statement_pdf(only))


def test_heads_are_repeated_and_pages_counted() -> None:
    many = tuple(named(number, fee_line(number, 100)) for number in range(1, 201))
    long = paper(many, opening=0, new=20_000, corrected=0, waived=0, held=0, released=0, payable=20_000)
    pages = [page.extract_text() for page in read(statement_pdf(long)).pages]
    assert len(pages) > 4
    for number, text in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in text
    assert sum("Customer, line, subscription" in text for text in pages) >= len(pages) - 1
    ids = re.findall(r"2026-10/\d{10}", "\n".join(pages))
    assert ids == [each.id for each in many], "every line once, in its order"


def test_a_statement_without_lines_is_a_statement() -> None:
    carried = paper((), opening=500, new=0, corrected=0, waived=0, held=0, released=0, payable=500)
    text = said(statement_pdf(carried))
    assert "Payable 5.00" in text
    assert "New lines by clause" not in text


@pytest.mark.parametrize("figure", ["new", "corrected", "waived", "held", "payable", "opening"])
def test_lines_that_do_not_sum_to_what_is_stated_are_refused(figure: str) -> None:
    wrong = paper(**{figure: getattr(figures(), figure).minor + 1})
    with pytest.raises(StatementUnsound, match="No file was made"):
        statement_pdf(wrong)


def test_a_yen_has_no_cents() -> None:
    yen = replace(fee_line(1, 100), currency="JPY", due_currency="JPY")
    stated = paper(
        (named(1, yen),), opening=0, new=100, corrected=0, waived=0, held=0, released=0, payable=100
    )
    amounts = {
        name: Money(getattr(stated.figures, name).minor, "JPY")
        for name in ("opening", "new", "corrected", "waived", "held", "released", "payable", "carried")
    }
    in_yen = replace(
        stated, card=replace(stated.card, figures=replace(stated.figures, currency="JPY", **amounts))
    )
    assert "Together 100 Payable 100" in said(statement_pdf(in_yen))
