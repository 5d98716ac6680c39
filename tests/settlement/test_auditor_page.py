"""The page for auditors: its scripts run as they stand on months that were closed, by DuckDB and by the judge."""

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM
from ofrecord.billing.actions.credit_invoice import credit_invoice
from ofrecord.billing.models import Invoice
from ofrecord.billing.types import CreditKind, WantedCredit
from ofrecord.engine.choice import DUCKDB, JUDGE, Choice
from ofrecord.engine.types import line_id
from ofrecord.flows.settle_period import settle_period
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.settlement.queries import books_folder
from support import story
from support.story import after, at

pytestmark = pytest.mark.django_db

DOCS = Path(__file__).parents[2] / "docs"
FILES, REPLAY = re.findall(r"```python\n(.*?)```", (DOCS / "how-to" / "auditor.md").read_text(), re.DOTALL)
APRIL, MAY = "2009-04", "2009-05"


@pytest.fixture(autouse=True)
def _two_months(settings: object, tmp_path: Path) -> None:
    """April was closed by the judge; May, in which something of April was taken back, by DuckDB."""
    settings.DATA = tmp_path / "data"  # type: ignore[attr-defined]
    story.begin()
    harbor = story.partner("Harbor Lane")
    story.sell(harbor, "Ball Corporation", 50, "2009-04-01")
    story.sell(harbor, "Snap-on", 7, "2009-04-17")
    close(APRIL, JUDGE)
    note = WantedCredit(CreditKind.CREDIT_NOTE, date(2009, 5, 10), "Never used", Money(150_00, "USD"), 1)
    with entered(OFFICE):
        invoice = Invoice.objects.get(subscription__customer__name="Ball Corporation")
        credit_invoice(by=SYSTEM, at=at("2009-05-10"), invoice_id=invoice.pk, wanted=note)
    close(MAY, DUCKDB)


def close(month: str, engine: str) -> None:
    settle_period(by=SYSTEM, at=after(month), month=Month.parse(month), choice=Choice(engine))


def kept_in(month: str) -> Path:
    folder = books_folder() / month
    assert isinstance(folder, Path), "not in a store"
    return folder


def run(tmp_path: Path, script: str, month: str, *more: Path) -> tuple[int, str]:
    kept = tmp_path / "script.py"
    kept.write_text(script)
    command = [sys.executable, str(kept), str(books_folder()), month, *map(str, more)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    return done.returncode, done.stdout + done.stderr


def replayed(tmp_path: Path, month: str) -> tuple[int, str]:
    return run(tmp_path, REPLAY, month, story.FIRST_READING)


def put_on_record(month: str, change: Callable[[pa.Table], pa.Table]) -> pa.Table:
    """Another book than the one that was closed, to which the manifest is true. Hands the lines that were kept."""
    folder = kept_in(month)
    manifest = json.loads((folder / "manifest.json").read_text())
    book = manifest["files"]["book"]
    kept = pq.ParquetFile(folder / book["name"]).read()
    pq.write_table(change(kept), folder / "changed")
    book["sha256"] = hashlib.sha256((folder / "changed").read_bytes()).hexdigest()
    (folder / "changed").rename(folder / f"book-{book['sha256']}.parquet")
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return kept


def test_months_are_replayed_line_by_line_whoever_closed_them(tmp_path: Path) -> None:
    for month, bytes_are in ((APRIL, "equal"), (MAY, "others, as another engine writes the same lines")):
        (book,) = kept_in(month).glob("book-*.parquet")
        rows = pq.read_metadata(book).num_rows
        code, said = replayed(tmp_path, month)
        assert (code, said.splitlines()) == (
            0,
            [
                f"the same book: all {rows} lines are equal, column by column",
                f"its bytes: {bytes_are}",
                f"book {book.stem.removeprefix('book-')}",
            ],
        )
    code, said = run(tmp_path, REPLAY, APRIL)
    assert (code, said.startswith("give the program documents")) == (1, True)


def test_the_first_line_that_differs_is_named_with_what_differs_in_it(tmp_path: Path) -> None:
    def dearer(kept: pa.Table) -> pa.Table:
        due = [minor + 1 for minor in kept["due_minor"].to_pylist()]
        return kept.set_column(kept.schema.get_field_index("due_minor"), "due_minor", pa.array(due))

    first = put_on_record(MAY, dearer).slice(0, 1).to_pylist()[0]
    code, said = replayed(tmp_path, MAY)
    due = first["due_minor"]
    assert (code, said.splitlines()) == (
        1,
        [
            f"another book: {line_id(Month.parse(MAY), first['number'])} is the first line that differs",
            f"  due_minor: {due + 1} in the book, {due} when it is worked out again",
        ],
    )
    put_on_record(MAY, lambda changed: changed.slice(0, 0))
    name = line_id(Month.parse(MAY), first["number"])
    assert replayed(tmp_path, MAY) == (
        1,
        f"another book: where it has no line, there is {name} when it is worked out again\n",
    )


def test_the_pages_know_every_file_that_a_close_leaves(tmp_path: Path) -> None:
    page = (DOCS / "reference" / "books.md").read_text()
    told = set(re.findall(r"^books/2026-\d\d/([a-z]+)[-.]", page, re.MULTILINE))
    left = {re.split("[-.]", each.name)[0] for month in (APRIL, MAY) for each in kept_in(month).iterdir()}
    assert left == told
    (carried,) = kept_in(MAY).glob("carried-*.json")
    about_carried = page.split("## Carried and used\n")[1].split("\n## ")[0]
    assert [key for key in json.loads(carried.read_text()) if f"`{key}`" not in about_carried] == []
    (snapshot,) = kept_in(MAY).glob("snapshot-*.json")
    about_marks = page.split("\nMarks are there")[1].split("\n## ")[0]
    assert [
        name for name in json.loads(snapshot.read_text())["marks"] if f"`{name}`" not in about_marks
    ] == []
    code, said = run(tmp_path, FILES, MAY)
    assert code == 0, said
    assert "2009-04: 2 facts, 1 credits, 0 receipts," in said
    (credits, _) = sorted(kept_in(APRIL).glob("credits-*"), key=lambda each: -each.stat().st_size)
    content = bytearray(credits.read_bytes())
    content[len(content) // 2] ^= 1
    credits.write_bytes(content)
    assert run(tmp_path, FILES, MAY) == (
        1,
        said.split("2009-04:")[0] + f"{credits} is not what was put on record\n",
    )
