"""A file of settlement that was edited, cut or taken away: refused by its name, and nothing is posted."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM
from ofrecord.engine.refusals import BookAltered, BookMissing, BookUnsound
from ofrecord.flows.check_month import check_month
from ofrecord.flows.settle_period import settle_period
from ofrecord.journal.models import Entry
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.refusal import Refusal
from ofrecord.ledger.models import Transfer
from ofrecord.settlement.models import ClosedMonth, HeldFee, Run
from ofrecord.settlement.types import Progress, Settled
from ofrecord.statements.models import Statement
from support import story
from support.story import CHIEF, after

pytestmark = pytest.mark.django_db

KINDS = ("book", "snapshot", "facts", "rates")


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    """April and May are closed: 50 × 15.00 = 750.00 a month, × 12% = 90.00."""
    settings.DATA = tmp_path
    story.begin()
    story.sell(story.partner("Harbor Lane"), "Ball Corporation", 50, "2009-04-01")
    close("2009-04")
    close("2009-05")
    return tmp_path


def close(month: str, **other: Any) -> Settled:
    return settle_period(by=SYSTEM, at=after(month), month=Month.parse(month), **other)


def kept(data: Path, month: str, kind: str) -> Path:
    """The one file of that kind in the folder of the month."""
    (found,) = (data / "books" / month).glob(f"{kind}-*")
    return found


def nothing_is_posted(month: str) -> bool:
    first = Month.parse(month).first
    with entered(OFFICE):
        return not (
            ClosedMonth.objects.filter(month=first).exists()
            or Statement.objects.filter(month=first).exists()
            or HeldFee.objects.filter(closed=first).exists()
            or Transfer.objects.filter(key__regex=f"^(fees|held|released|payable):{month}:").exists()
            or Entry.objects.filter(verb="month closed", data__month=month).exists()
        )


def edited(path: Path) -> None:
    """A figure is another: what somebody would do who wants to be paid more."""
    if path.suffix == ".json":
        index = json.loads(path.read_text())
        path.write_text(json.dumps(index | {"currencies": {"somebody": "EUR"}}))
        return
    table = pq.read_table(path)
    name = next((n for n in ("fee_minor", "billed_minor") if n in table.column_names), None)
    if name is None:
        table = pa.Table.from_arrays([pa.array([], each.type) for each in table.schema], schema=table.schema)
        pq.write_table(table, path, compression="none")
        return
    place = table.column_names.index(name)
    pq.write_table(table.set_column(place, table.schema.field(name), pc.multiply(table[name], 2)), path)


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def one_bit_is_another(path: Path) -> None:
    """The time and the size of the file stay what they were, as far as anybody can have it so."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def taken_away(path: Path) -> None:
    path.unlink()


DONE = (edited, truncated, emptied, one_bit_is_another, taken_away)


@pytest.mark.parametrize("kind", KINDS)
def test_the_next_month_is_not_closed_over_an_altered_file_of_an_earlier_one(data: Path, kind: str) -> None:
    for month in ("2009-04", "2009-05"):
        path = kept(data, month, kind)
        content = path.read_bytes()
        for what in DONE:
            what(path)
            with pytest.raises((BookAltered, BookMissing)) as refused:
                close("2009-06")
            assert str(path) in refused.value.sentence(), what
            assert nothing_is_posted("2009-06")
            run = Run.objects.filter(month="2009-06-01").latest("started_at", "pk")
            assert (run.status, run.says) == ("stopped", str(refused.value))
            path.write_bytes(content)
    assert close("2009-06").newly, "restored, the files are believed again"


def test_to_close_a_closed_month_again_sees_that_a_file_was_altered(data: Path) -> None:
    for kind in KINDS:
        path = kept(data, "2009-05", kind)
        content = path.read_bytes()
        truncated(path)
        with pytest.raises(BookAltered) as refused:
            close("2009-05")
        assert str(path) in refused.value.sentence()
        path.write_bytes(content)
    assert not close("2009-05").newly


def test_a_check_of_the_month_names_the_altered_book(data: Path) -> None:
    path = kept(data, "2009-05", "book")
    edited(path)
    with entered(OFFICE), pytest.raises(BookAltered) as refused:
        check_month(reader=CHIEF, month=Month(2009, 5))
    assert str(path) in refused.value.sentence()


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        ("Working out", "snapshot"),
        ("Working out", "facts"),
        ("Working out", "rates"),
        ("Reading the book back", "book"),
    ],
)
def test_a_file_that_is_altered_while_the_run_works_stops_it(data: Path, step: str, kind: str) -> None:
    """Between the step that writes it and the step that reads it."""

    def alter(progress: Progress) -> None:
        if progress.says.startswith(step) and nothing_is_posted("2009-06"):
            truncated(kept(data, "2009-06", kind))

    with pytest.raises(BookAltered) as refused:
        close("2009-06", progress=alter)
    assert kept(data, "2009-06", kind).name in refused.value.sentence()
    assert nothing_is_posted("2009-06")
    # No file of a month that is open is on the record: the next run writes it as it is to be.
    assert close("2009-06").newly


def test_a_book_that_names_itself_after_its_altered_bytes_is_not_on_the_record(data: Path) -> None:
    """Whoever renames the file to the hash of what it is now has taken the right one away."""
    path = kept(data, "2009-05", "book")
    edited(path)
    path.rename(path.with_name("book-" + "0" * 64 + ".parquet"))
    with pytest.raises(BookMissing) as refused:
        close("2009-06")
    assert path.name in refused.value.sentence()
    assert nothing_is_posted("2009-06")


def test_what_is_refused_says_what_to_do() -> None:
    for refusal in (BookAltered(file="book.parquet"), BookMissing(file="book.parquet")):
        assert isinstance(refusal, Refusal)
        assert "Restore it from a copy" in str(refusal)
    assert "Nothing was posted" in BookUnsound(file="book.parquet", line=7).remedy()
