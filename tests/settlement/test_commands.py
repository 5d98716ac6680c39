"""`ofrecord settle` and `ofrecord explain`, as a person at a terminal has them."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.partners.queries import partners
from ofrecord.subscriptions.queries import subscriptions
from support import story
from support.ground import Ground


@pytest.fixture
def environment(ground: Ground, committed_db: str, tmp_path: Path) -> dict[str, str]:
    """An installation in May 2009: 50 × 15.00 = 750.00 were billed for April, × 12% = 90.00."""
    story.begin()
    story.sell(story.partner("Harbor Lane"), "Ball Corporation", 50, "2009-04-01")
    story.sell_directly("Snap-on", 40, "2009-04-01", naming=story.partner("Ridge"))
    story.turn_clock("2009-05-01")
    return os.environ | {
        "DATABASE_URL": ground.app_url(committed_db),
        "OFRECORD_DATA": str(tmp_path),
        "OFRECORD_SECRET_KEY": "the key of the tests",
    }


def paid_line(data: Path) -> str:
    """The id of the month's one line that pays, read from the book as anybody can."""
    (book,) = (data / "books" / "2009-04").glob("book-*.parquet")
    rows = pq.read_table(book, columns=["number", "fee_minor"]).to_pylist()
    return next(f"2009-04/{row['number']:010}" for row in rows if row["fee_minor"])


def ofrecord(environment: dict[str, str], *words: str) -> tuple[int, str, str]:
    command = [sys.executable, "-P", "-m", "ofrecord.commands", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout, done.stderr


def test_a_month_is_closed_and_a_line_explained(environment: dict[str, str]) -> None:
    code, said, _ = ofrecord(environment, "settle", "2009-04")
    assert (code, said.splitlines()[:5]) == (
        0,
        [
            "April 2009 is closed.",
            "  fees      90.00 USD to 2 partners",
            "  lines     2, of which 1 earned nothing",
            "  billed    2 invoice lines",
            "  engine    The judge worked out all 2 invoice lines.",
        ],
    )
    code, said, _ = ofrecord(environment, "settle", "2009-04")
    assert (code, said.splitlines()[0]) == (0, "April 2009 was closed on 1 May 2009; nothing was added.")
    code, said, _ = ofrecord(environment, "tie-out")
    assert (code, said) == (0, "April 2009 ties out: 2 statements, payable 90.00 USD.\n")
    code, said, _ = ofrecord(environment, "explain", paid_line(Path(environment["OFRECORD_DATA"])))
    assert code == 0
    assert (
        "April is the first month of this subscription, so clause First year of version 2009.1 pays 12%"
        in said
    )
    assert "  Fee     rounded half up, per line" in said


@pytest.mark.parametrize("engine", ["judge", "duckdb"])
def test_a_folder_that_is_none_is_named_and_nothing_is_posted(
    environment: dict[str, str], engine: str
) -> None:
    books = Path(environment["OFRECORD_DATA"]) / "books"
    books.write_text("no folder")
    settle = ("settle", "2009-04", "--engine", engine)
    code, said, why = ofrecord(environment, *settle)
    assert (code, said, len(why.splitlines())) == (1, "", 1)
    assert why.startswith(f"Nothing can be written to {books}: ")
    books.unlink()
    assert ofrecord(environment, *settle)[0] == 0


def test_a_server_says_at_once_that_books_are_not_where_they_were(environment: dict[str, str]) -> None:
    warn = "from ofrecord.commands.installation import *; enter_application(); warn_of_lost_books()"
    told = [sys.executable, "-P", "-c", warn]

    def warned(**other: str) -> str:
        return subprocess.run(
            told, env=environment | other, capture_output=True, text=True, timeout=60, check=True
        ).stderr

    assert warned() == ""
    assert ofrecord(environment, "settle", "2009-04")[0] == 0
    assert warned() == ""
    assert "WARNING" in warned(OFRECORD_BOOKS="/nonexistent/books")
    assert "Is OFRECORD_BOOKS what it was" in warned(OFRECORD_BOOKS="/nonexistent/books")


def test_a_step_is_written_into_a_new_file_or_refused_in_a_sentence(
    environment: dict[str, str], tmp_path: Path
) -> None:
    assert ofrecord(environment, "settle", "2009-04")[0] == 0
    show = ("engine", "show", "--month", "2009-04")
    step, *_, last = ofrecord(environment, *show)[1].splitlines()
    assert last == "booked"
    there = tmp_path / "there.parquet"
    there.write_text("mine")
    code, _, why = ofrecord(environment, *show, step, "--to", str(there))
    assert (code, why) == (
        1,
        f"{there} is there already, and was not written over. Name a new file, or remove that one first.\n",
    )
    assert there.read_text() == "mine"
    code, _, why = ofrecord(environment, *show, step, "--to", "/nonexistent/x.parquet")
    assert (code, why.splitlines()[0].partition(": ")[0]) == (1, "/nonexistent/x.parquet cannot be written")
    new = tmp_path / "new.parquet"
    assert ofrecord(environment, *show, "no such step", "--to", str(new))[0] == 1
    assert not new.exists()
    code, said, _ = ofrecord(environment, *show, step, "--to", str(new))
    assert (code, said) == (0, f"{pq.read_metadata(new).num_rows} rows are in {new}.\n")
    code, said, why = ofrecord(environment, *show, "booked", "--rows", "1")
    assert (code, len(said.splitlines()), why) == (0, 2, "1 row, and there are more.\n")
    code, said, why = ofrecord(environment, *show, "booked", "--where", "partner=nobody")
    assert (code, len(said.splitlines()), why) == (0, 1, "No row.\n")
    few = ("booked", "--rows", "1", "--columns", "clause, fee_minor")
    code, said, _ = ofrecord(environment, *show, *few)
    assert (code, said.splitlines()[0].split()) == (0, ["clause", "fee_minor"])
    code, _, why = ofrecord(environment, *show, "booked", "--columns", "clause,fees")
    assert (code, why.startswith("The step 'booked' has no column 'fees'.")) == (1, True)
    code, _, why = ofrecord(environment, *show, step, "--memory", "much")
    assert (code, "much" in why) == (1, True)


def test_a_line_is_verified_with_nothing_but_the_book_and_the_document(environment: dict[str, str]) -> None:
    assert ofrecord(environment, "settle", "2009-04")[0] == 0
    data = Path(environment["OFRECORD_DATA"])
    (book,) = (data / "books" / "2009-04").glob("book-*.parquet")
    apart = {
        name: value for name, value in environment.items() if not name.startswith(("DATABASE", "OFRECORD"))
    }
    document = ("--program", str(story.FIRST_READING))
    code, said, _ = ofrecord(apart, "verify-line", paid_line(data), "--book", str(book), *document)
    assert (code, said.splitlines()[-1]) == (0, "verified")
    book.write_bytes(book.read_bytes()[:-8])
    code, said, why = ofrecord(apart, "verify-line", "2009-04/0000000001", "--book", str(book), *document)
    assert (code, said, book.name in why) == (1, "", True)


def test_why_a_sale_pays_nothing_is_said_at_the_terminal(environment: dict[str, str]) -> None:
    with entered(OFFICE):
        [sale] = (
            subscriptions(OFFICE, date(2009, 5, 1))
            .filter(customer__name="Snap-on")
            .values_list("number", flat=True)
        )
        numbers = dict(partners(OFFICE).values_list("name", "number"))
    assert ofrecord(environment, "settle", "2009-04")[0] == 0
    code, said, _ = ofrecord(
        environment, "why-not", sale, "--partner", numbers["Ridge"], "--month", "2009-04"
    )
    assert code == 0
    assert (
        "  ✗ First year asks for the way to sell Partner of record; this was sold by the way Direct" in said
    )
    assert "  ✓ Direct orders covers this case and pays nothing." in said
    code, _, why = ofrecord(environment, "why-not", "S-NOBODYS", "--partner", numbers["Ridge"])
    assert (code, "There is no such subscription" in why) == (1, True)


def test_the_open_month_is_previewed_before_it_is_closed(environment: dict[str, str]) -> None:
    with entered(OFFICE):
        harbor = partners(OFFICE).get(name="Harbor Lane").number
    code, said, _ = ofrecord(environment, "preview")
    assert code == 0
    assert said.splitlines()[0] == "April 2009, if it were closed with what is known on 1 May 2009:"
    assert sorted(said.splitlines()[1:]) == [
        "Harbor Lane: payable 90.00 USD, earned 90.00 USD (90.00 USD expected).",
        "Ridge: payable 0.00 USD, earned 0.00 USD.",
    ]
    code, said, _ = ofrecord(environment, "preview", "--partner", harbor, "--month", "2009-04")
    assert said.splitlines()[2:] == ["  Ball Corporation · First year · 90.00 USD · expected"]
    code, _, complaint = ofrecord(environment, "preview", "--month", "2009-05")
    assert code == 1
    assert "May 2009 has no preview while the month that is closed next is April 2009." in complaint
    ofrecord(environment, "settle", "2009-04")
    code, _, complaint = ofrecord(environment, "preview", "--month", "2009-04")
    assert (code, "April 2009 is closed" in complaint) == (1, True)


def test_what_is_refused_ends_with_one_and_what_is_not_understood_with_two(
    environment: dict[str, str],
) -> None:
    code, said, why = ofrecord(environment, "settle", "2009-05")
    assert (code, said) == (1, "")
    assert (
        why.strip() == "May 2009 is not over, so it cannot be closed. It can be closed from 1 June 2009 on."
    )
    code, _, why = ofrecord(environment, "explain", "2009-04/0000000001")
    assert (code, "There is no such line" in why) == (1, True)
    code, _, why = ofrecord(environment, "tie-out", "2009-05")
    assert (code, "May 2009 is not closed" in why) == (1, True)
    assert ofrecord(environment, "settle", "April")[0] == 2
    assert ofrecord(environment, "explain", "line 1")[0] == 2
