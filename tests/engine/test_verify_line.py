"""A line is verified from the book and the program document alone, and nothing altered passes."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer
from tests.support.told import Books, billed
from typer.testing import CliRunner, Result

from ofrecord.commands.verify_line import add_to
from ofrecord.engine import books
from ofrecord.engine.columns import BOOK
from ofrecord.engine.refusals import (
    BookAltered,
    BookFileMissing,
    BookUnreadable,
    LineNotThere,
    VersionNotGiven,
)
from ofrecord.engine.types import Credit, FeeLine, line_id
from ofrecord.flows.verify_line import verify_line
from ofrecord.kernel.calendar import Month
from ofrecord.program.document import check
from ofrecord.program.types import Terms

APRIL = Month(2010, 4)
DOCUMENT = Path(__file__).parents[2] / "programs" / "online-services-2009.toml"
OTHER = DOCUMENT.with_name("online-services-2009-18.toml")

app = typer.Typer()
add_to(app)
app.command("other")(lambda: None)


def terms() -> Terms:
    found = check(DOCUMENT.read_bytes()).terms
    assert found is not None
    return found


def lines() -> list[FeeLine]:
    """750.00 less 250.00 in the first month: 500.00 at 12% are 60.00."""
    version = terms()
    refund = Credit("refund-1", "refund", date(2010, 4, 30), -25000)
    return Books(version).close("2010-04", [billed(credits=(refund,), terms_sha256=version.sha256)])


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return books.folder_of(tmp_path, APRIL) / books.write_book(tmp_path, APRIL, lines()).name


@pytest.fixture
def line() -> str:
    return line_id(APRIL, books.numbers_of(lines())[0])


def asked(line: str, book: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["verify-line", line, "--book", str(book), *words])


def test_every_step_is_shown_stored_and_worked_out(book: Path, line: str) -> None:
    result = asked(line, book, "--program", str(OTHER), "--program", str(DOCUMENT))
    assert result.exit_code == 0, result.output
    said = [" ".join(row.split()) for row in result.output.splitlines()]
    assert said[0] == f"Line {line}, Online Services Partner Program 2009.1"
    assert said[1] == f"Book {book.name[5:69]}, as its name says"
    for row in (
        "✓ amount 500.00 USD = 500.00 USD",
        "✓ basis 500.00 USD = 500.00 USD",
        "✓ slices 500.00 USD at 12% = 500.00 USD at 12%",
        "✓ exact 6000 minor units = 6000 minor units",
        "✓ month that counts 1 = 1",
        "✓ fee 60.00 USD = 60.00 USD",
    ):
        assert row in said
    assert said[-2:] == ["Taken from the book as it stands: what was billed and taken back.", "verified"]


def test_a_program_reads_the_same(book: Path, line: str) -> None:
    found: dict[str, Any] = json.loads(asked(line, book, "--program", str(DOCUMENT), "--json").output)
    assert (found["line"], found["verified"], found["fee"]) == (
        line,
        True,
        {"minor": 6000, "currency": "USD"},
    )
    assert {"step": "fee", "stored": "60.00 USD", "worked_out": "60.00 USD", "holds": True} in found["steps"]


def test_the_number_is_enough_where_the_folder_says_the_month(book: Path, line: str, tmp_path: Path) -> None:
    documents = [DOCUMENT.read_bytes()]
    assert verify_line(book, line.partition("/")[2], documents).found.booked.id == line
    taken_along = tmp_path / book.name
    shutil.copy(book, taken_along)
    assert verify_line(taken_along, line, documents).holds
    for where, wanted in ((taken_along, line.partition("/")[2]), (book, line.replace("2010-04", "2010-05"))):
        with pytest.raises(LineNotThere):
            verify_line(where, wanted, documents)


@pytest.mark.parametrize("wanted", ["2010-04/0000000007", "7", "words", "", "2010-04/٠٠٠٠٠٠٠٠٠٧"])
def test_a_line_that_is_not_there(book: Path, wanted: str) -> None:
    with pytest.raises(LineNotThere, match="has no line"):
        verify_line(book, wanted, [DOCUMENT.read_bytes()])


def test_the_document_must_be_the_one_that_is_cited(book: Path, line: str) -> None:
    for documents in ([], [OTHER.read_bytes()], [DOCUMENT.read_bytes() + b"\n"]):
        with pytest.raises(VersionNotGiven) as refused:
            verify_line(book, line, documents)
        assert terms().sha256 in refused.value.sentence()


@pytest.mark.parametrize("keeps_name", [True, False])
def test_no_byte_of_a_book_can_be_altered_or_cut(book: Path, line: str, keeps_name: bool) -> None:
    content = book.read_bytes()
    harmed = book if keeps_name else book.with_name("book.parquet")
    refused = BookAltered if keeps_name else (BookUnreadable, BookAltered)
    for harm in (content[:-1], content[: len(content) // 2], b"", content + b"\n"):
        harmed.write_bytes(harm)
        with pytest.raises(refused) as said:
            verify_line(harmed, line, [DOCUMENT.read_bytes()])
        assert str(harmed) in said.value.sentence()
    with pytest.raises(BookFileMissing, match="is not there"):
        verify_line(book.with_name("none.parquet"), line, [])


def test_another_table_is_no_book(tmp_path: Path, line: str) -> None:
    path = tmp_path / "book.parquet"
    pq.write_table(pa.table({"number": [1]}), path)
    with pytest.raises(BookUnreadable):
        verify_line(path, line, [DOCUMENT.read_bytes()])


@pytest.mark.parametrize(
    ("column", "value", "failed"),
    [
        ("fee_minor", 6001, "fee"),
        ("billed_minor", 76000, "amount"),
        ("basis_minor", 50001, "basis"),
        ("tier", "Gold", ""),
        ("way", "direct", "way to sell"),
        ("month_first", 13, "months of the subscription"),
        ("role", "referrer", "role"),
        ("exchange_denominator", 0, "the working"),
    ],
)
def test_an_edit_in_a_file_with_another_name_is_seen_in_the_steps(
    book: Path, line: str, column: str, value: Any, failed: str
) -> None:
    table = pq.read_table(book)
    place = table.schema.get_field_index(column)
    edited = pa.array([value] * table.num_rows, BOOK.field(column).type)
    path = book.with_name("edited.parquet")
    pq.write_table(table.set_column(place, BOOK.field(column), edited), path)
    result = asked(line, path, "--program", str(DOCUMENT))
    assert "which its name does not state" in result.output
    if failed:
        assert result.exit_code == 1
        assert f"✗ {failed}" in result.output
        assert result.output.splitlines()[-1].startswith("NOT verified")
        assert failed in result.output.splitlines()[-1]
    else:
        # A fact that this clause does not ask for is no step; only the hash in the name guards it.
        assert result.exit_code == 0


def test_a_line_of_another_version_does_not_pass_as_one_of_this(tmp_path: Path) -> None:
    other = check(OTHER.read_bytes()).terms
    assert other is not None
    (stolen,) = (replace(line, terms_sha256=other.sha256) for line in lines())
    kept = books.write_book(tmp_path, APRIL, [stolen])
    path = books.folder_of(tmp_path, APRIL) / kept.name
    verified = verify_line(path, line_id(APRIL, books.numbers_of([stolen])[0]), [OTHER.read_bytes()])
    assert not verified.holds
    assert "version name" in [step.name for step in verified.steps if not step.holds]


def test_nothing_but_the_two_files_is_needed() -> None:
    code = (
        "import sys, ofrecord.commands.verify_line, ofrecord.flows.verify_line, ofrecord.engine.step_words\n"
        "found = [name for name in sys.modules if name.split('.')[0] in ('django', 'psycopg')]\n"
        "sys.exit(f'{found}' if found else 0)"
    )
    subprocess.run([sys.executable, "-P", "-c", code], check=True, timeout=60)
