"""Books and snapshots at a URL are what they are in a folder, and refused where they are not."""

import importlib.util
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import pyarrow as pa
import pytest
from tests.support.former import write_snapshot
from tests.support.spark import needs_spark
from tests.support.told import Books, billed, clause, recognized, terms

from ofrecord.engine import books, partner_books
from ofrecord.engine.book_writer import write_lines
from ofrecord.engine.columns import line_table
from ofrecord.engine.exact.functions import total
from ofrecord.engine.files import write_json
from ofrecord.engine.partner_books import PartnerBooks
from ofrecord.engine.refusals import (
    BookAltered,
    BookMissing,
    FolderNotWritable,
    NumberOutOfRange,
    StorageMissing,
)
from ofrecord.engine.running.duck import duck_engine
from ofrecord.engine.running.spark import spark_engine
from ofrecord.engine.snapshots import read_snapshot, require_kept
from ofrecord.engine.steps.booking import BOOKED
from ofrecord.engine.storage import Remote, folder_at, register, writable
from ofrecord.engine.types import FeeLine, History
from ofrecord.kernel.calendar import Month

APRIL = Month(2010, 4)
LAW = terms(clause("first-year", "12%"))
FACTS = [
    billed("2010-04", recognized("2010-04-01", partner=partner), invoice_line=partner, subscription=partner)
    for partner in ("p1", "p2", "p10")
]


pytest.importorskip("fsspec")


@pytest.fixture
def root() -> Iterator[Remote]:
    found = folder_at(f"memory://{uuid4().hex}/books/")
    assert isinstance(found, Remote)
    yield found
    if found.store.exists(found.place):
        found.remove()


@pytest.fixture(scope="module")
def lines() -> list[FeeLine]:
    return Books(LAW).close("2010-04", FACTS)


def test_a_path_or_a_url_names_the_folder() -> None:
    for text in ("/srv/books", "file:///srv/books", "local:///srv/books"):
        assert folder_at(text) == Path("/srv/books")
    remote = folder_at("s3://bucket/books/") / "2010-04"
    assert (str(remote), remote.name, str(remote.parent)) == (
        "s3://bucket/books/2010-04",
        "2010-04",
        "s3://bucket/books",
    )


@pytest.mark.parametrize("url", ["s3://bucket/books", "nowhere://books"])
def test_a_store_that_nothing_here_reaches_is_refused_in_a_sentence(url: str, lines: list[FeeLine]) -> None:
    if url.startswith("s3") and importlib.util.find_spec("s3fs"):
        pytest.skip("What reaches this store is installed.")
    with pytest.raises(StorageMissing) as refused:
        books.write_book(folder_at(url), APRIL, lines)
    assert url in refused.value.sentence()


def test_without_fsspec_a_url_is_refused(monkeypatch: pytest.MonkeyPatch, lines: list[FeeLine]) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(StorageMissing, match="cannot be reached"):
        books.write_book(folder_at("memory://books"), APRIL, lines)


def test_a_book_at_a_url_is_read_as_one_in_a_folder(
    root: Remote, tmp_path: Path, lines: list[FeeLine]
) -> None:
    kept, local = books.write_book(root, APRIL, lines), books.write_book(tmp_path, APRIL, lines)
    assert kept == local
    sha256 = kept.sha256
    for partner in ("p1", "p2", "p10"):
        own = books.lines_of(root, APRIL, sha256, partner)
        assert own == books.lines_of(tmp_path, APRIL, sha256, partner)
        assert books.partner_of(root, APRIL, sha256, own[0].number) == partner
        assert books.line(root, APRIL, sha256, own[0].number, partner) == own[0]
    assert books.on_record(root, [(APRIL, sha256)]) == books.on_record(tmp_path, [(APRIL, sha256)])
    versions = {LAW.sha256: LAW}
    assert books.sums_of(root, APRIL, sha256, versions) == books.sums_of(tmp_path, APRIL, sha256, versions)
    remote, near = (PartnerBooks(each, [(APRIL, sha256)], "p2") for each in (root, tmp_path))
    assert remote.on_record(remote.sums()) == near.on_record(near.sums()) != {}


def test_a_large_book_at_a_url_is_hashed_beside_its_first_reader(
    root: Remote, monkeypatch: pytest.MonkeyPatch, lines: list[FeeLine]
) -> None:
    monkeypatch.setattr(partner_books, "SMALL", 0)
    kept = books.write_book(root, APRIL, lines)
    path = books.folder_of(root, APRIL) / kept.name
    # No reader looks at the first byte of such a file: only the hash tells.
    path.write_bytes(b"Q" + path.store.cat_file(path.place)[1:])
    with pytest.raises(BookAltered):
        while_it_is_hashed(root, kept.sha256)


def while_it_is_hashed(root: Remote, sha256: str) -> None:
    for _ in range(500):
        assert PartnerBooks(root, [(APRIL, sha256)], "p2").sums()
        time.sleep(0.01)


def test_what_an_engine_writes_to_a_url_it_reads_there(root: Remote, lines: list[FeeLine]) -> None:
    with duck_engine() as engine:
        booked = engine.bring(line_table(lines, [0] * len(lines)).select(list(BOOKED)))
        kept = write_lines(engine, root, APRIL, booked)
        again = engine.read([books.folder_of(root, APRIL) / kept.name], line_table([], []).schema)
        assert engine.fetch(again).num_rows == kept.rows == len(lines)
    assert [each.line for each in books.lines_of(root, APRIL, kept.sha256, "p2")] == [
        line for line in lines if line.partner == "p2"
    ]
    assert [each.name for each in books.folder_of(root, APRIL).files()] == [kept.name]


def test_a_store_of_several_names_is_brought_to_an_engine_once(monkeypatch: pytest.MonkeyPatch) -> None:
    root = folder_at(f"memory://{uuid4().hex}")
    assert isinstance(root, Remote)
    monkeypatch.setattr(type(root.store), "protocol", ("another", "memory"))
    with duck_engine() as engine:
        for _ in range(2):
            register(engine.connection, root / "book")
        assert engine.connection.list_filesystems() == ["another"]


@pytest.mark.parametrize("name", ["it's", "a b", "[a-z]*?", "{a,b}", "100%20", "ä;--"])
@pytest.mark.parametrize("made", [duck_engine, pytest.param(spark_engine, marks=needs_spark)])
def test_a_folder_may_be_called_anything(made: Any, tmp_path: Path, lines: list[FeeLine], name: str) -> None:
    root = tmp_path / name
    root.mkdir()
    with made(scratch=root) as engine:
        booked = engine.keep(engine.bring(line_table(lines, [0] * len(lines)).select(list(BOOKED))))
        kept = write_lines(engine, root, APRIL, booked)
        path = books.folder_of(root, APRIL) / kept.name
        assert engine.fetch(engine.read([path], line_table([], []).schema)).num_rows == len(lines)
        dealt = engine.deal([booked], "partner") if made is duck_engine else booked
        assert engine.fetch(dealt).num_rows == len(lines)
        assert engine.write(booked, root / "step") == len(lines)


@pytest.mark.parametrize("made", [duck_engine, pytest.param(spark_engine, marks=needs_spark)])
def test_a_number_without_room_in_its_column_is_refused(made: Any) -> None:
    def add_up() -> None:
        with made() as engine:
            large = engine.bring(pa.table({"minor": pa.array([2**62, 2**62], pa.int64())}))
            engine.fetch(large.aggregate(found=total(large.minor)))

    with pytest.raises(NumberOutOfRange):
        add_up()


def test_a_write_that_fails_leaves_nothing_at_a_url(root: Remote, lines: list[FeeLine]) -> None:
    with duck_engine() as engine:
        booked = engine.bring(line_table(lines, [0] * len(lines)).select(list(BOOKED)))
        wrong = booked.mutate(corrects=booked.partner.cast("int64").cast("string"))
        with pytest.raises(duckdb.Error):
            write_lines(engine, root, APRIL, wrong)
    assert not root.store.exists(root.place)


def altered(path: Remote) -> None:
    path.write_bytes(path.store.cat_file(path.place)[:-1] + b"x")


def test_what_was_altered_at_a_url_is_refused_also_after_it_was_read(
    root: Remote, lines: list[FeeLine]
) -> None:
    kept = books.write_book(root, APRIL, lines)
    assert books.lines_of(root, APRIL, kept.sha256, "p1")
    altered(books.folder_of(root, APRIL) / kept.name)
    with pytest.raises(BookAltered):
        books.lines_of(root, APRIL, kept.sha256, "p1")
    with pytest.raises(BookMissing):
        books.lines_of(root, APRIL, "0" * 64, "p1")


def test_a_snapshot_at_a_url_holds_the_very_facts(root: Remote) -> None:
    laws = Books(LAW).laws
    kept = write_snapshot(root, APRIL, {APRIL: FACTS}, History([]), laws)
    assert sorted(
        read_snapshot(root, APRIL, kept.sha256).facts, key=lambda fact: fact.invoice_line
    ) == sorted(FACTS, key=lambda fact: fact.invoice_line)
    require_kept(root, [(APRIL, kept.sha256)])
    write_json(books.folder_of(root, APRIL) / "manifest.json", {"month": "2010-04"})
    assert '"month": "2010-04"' in (books.folder_of(root, APRIL) / "manifest.json").read_text()
    altered(books.folder_of(root, APRIL) / kept.name)
    with pytest.raises(BookAltered):
        require_kept(root, [(APRIL, kept.sha256)])


def test_a_disk_that_is_full_is_named_whoever_writes(tmp_path: Path) -> None:
    with pytest.raises(FolderNotWritable, match="No space left on device"), writable(tmp_path):
        Path("/dev/full").write_bytes(b"more")
    with (
        pytest.raises(FolderNotWritable, match=f"to {tmp_path}: No space left on device"),
        writable(tmp_path),
        duck_engine(tmp_path) as engine,
    ):
        engine.connection.execute("COPY (SELECT * FROM range(100000)) TO '/dev/full' (FORMAT csv)")


def test_other_faults_of_the_system_stay_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), writable(tmp_path):
        (tmp_path / "not there").read_bytes()
