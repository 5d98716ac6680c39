"""Snapshots and books: what is kept is what was given, the same bytes each time, for one partner at a time."""

import json
import os
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.support.former import write_snapshot
from tests.support.told import clause, terms, unpaid

from ofrecord.engine import books
from ofrecord.engine.booking import to_book
from ofrecord.engine.columns import BOOK, CREDIT, RATES, RECEIPT, RECOGNITION, SLICE, SNAPSHOT
from ofrecord.engine.files import Kept
from ofrecord.engine.judging.judge import judge
from ofrecord.engine.refusals import BookAltered, BookMissing, BookUnsound
from ofrecord.engine.snapshots import read_snapshot
from ofrecord.engine.types import (
    BilledFact,
    Credit,
    FeeLine,
    History,
    Laws,
    PoolFact,
    RateFact,
    Receipt,
    Recognition,
    line_id,
    parse_line_id,
)
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import LIMIT_MINOR, Money
from ofrecord.program.clause_types import PARTNER_OF_RECORD, Condition, CountRange

APRIL = Month(2010, 4)
TERMS = terms(
    clause("first-year", "12%", when=Condition(ways=("partner-of-record",), months=CountRange(1, 12))),
    clause("ongoing", "6%", when=Condition(ways=("partner-of-record",), months=CountRange(13))),
    unpaid("direct", "Direct orders earn no fee.", when=Condition(ways=("direct",))),
)
LAWS = Laws((TERMS,))


def billed(number: int, partner: str, **other: object) -> BilledFact:
    usual = BilledFact(
        invoice_line=f"line-{number}",
        invoice=f"N-2010-{number:06}",
        invoice_day=date(2010, 4, 30),
        subscription=f"s{number}",
        started_on=date(2009, 4, 15),
        customer=f"c{number}",
        offer="business-suite",
        way="partner-of-record",
        region="US",
        currency="USD",
        seats=50,
        unit_price_minor=1500,
        billed_minor=75000,
        service=Span(date(2010, 4, 1), date(2010, 5, 1)),
        terms_sha256=TERMS.sha256,
        partners=(Recognition(partner, PARTNER_OF_RECORD, Span(date(2009, 4, 15))),),
    )
    return replace(usual, **other)  # type: ignore[arg-type]


FACTS = [billed(2, "harbor"), billed(1, "ridge"), billed(3, "harbor", way="direct")]


def lines_of(facts: list[BilledFact]) -> list[FeeLine]:
    history = History(facts)
    return to_book(LAWS, history, judge(LAWS, history, APRIL.last), {}, APRIL)


LINES = lines_of(FACTS)
BESIDE = History(
    (),
    pools=(PoolFact("pool-1", "advertising", APRIL, 100000, "USD"),),
    rates=(
        RateFact("USD", date(2010, 4, 29), Fraction("1.3245")),
        RateFact("JPY", date(2010, 4, 29), Fraction(125)),
    ),
    currencies={"harbor": "EUR"},
)


def snapshot_of(root: Path, facts: list[BilledFact]) -> Kept:
    return write_snapshot(root, APRIL, {APRIL: facts}, BESIDE, LAWS)


@pytest.fixture
def book(tmp_path: Path) -> Kept:
    return books.write_book(tmp_path, APRIL, LINES)


def path_of(root: Path, kept: Kept) -> Path:
    return books.folder_of(root, APRIL) / kept.name


def fees(root: Path, book: Kept, partner: str) -> list[tuple[str, str]]:
    found = books.lines_of(root, APRIL, book.sha256, partner)
    return [(booked.line.clause, booked.line.fee.decimal_text()) for booked in found]


def test_lines_are_read_for_one_partner(tmp_path: Path, book: Kept) -> None:
    # 750.00: 14 days of month 12 are 350.00 at 12% = 42.00, 16 days of month 13 are 400.00 at 6% = 24.00
    assert fees(tmp_path, book, "harbor") == [
        ("first-year", "42.00"),
        ("ongoing", "24.00"),
        ("direct", "0.00"),
        ("direct", "0.00"),
    ]
    assert fees(tmp_path, book, "ridge") == [
        ("first-year", "42.00"),
        ("ongoing", "24.00"),
    ]
    assert fees(tmp_path, book, "nobody") == []


def test_lines_of_an_invoice_follow_its_days_whatever_their_ids(tmp_path: Path) -> None:
    early = billed(1, "harbor", invoice_line="line-9", service=Span(date(2010, 4, 1), date(2010, 4, 11)))
    late = billed(1, "harbor", invoice_line="line-2", service=Span(date(2010, 4, 20), date(2010, 5, 1)))
    book = books.write_book(tmp_path, APRIL, lines_of([late, early]))
    found = books.lines_of(tmp_path, APRIL, book.sha256, "harbor")
    assert [one.line.invoice_line for one in found] == ["line-9", "line-2"]


def test_a_line_is_given_to_its_partner_only(tmp_path: Path, book: Kept) -> None:
    where = (tmp_path, APRIL, book.sha256)
    own = books.lines_of(*where, "ridge")[0]
    strange = books.lines_of(*where, "harbor")[0].number
    assert own.line in LINES
    assert books.line(*where, own.number, "ridge") == own
    assert books.line(*where, own.number, "harbor") is None
    assert books.line(*where, 7, "ridge") is None
    found = [books.partner_of(*where, number) for number in (strange, own.number, 7)]
    assert found == ["harbor", "ridge", None]


def test_numbers_are_the_same_again_and_tell_no_count(tmp_path: Path, book: Kept) -> None:
    numbers = [b.number for p in ("harbor", "ridge") for b in books.lines_of(tmp_path, APRIL, book.sha256, p)]
    assert len(set(numbers)) == len(LINES)
    assert books.numbers_of(LINES) == books.numbers_of(LINES)
    assert max(numbers) > 10**6, "they are drawn, not counted"


def test_what_is_read_back_is_what_was_given(tmp_path: Path, book: Kept) -> None:
    read = [b.line for p in ("harbor", "ridge") for b in books.lines_of(tmp_path, APRIL, book.sha256, p)]
    assert sorted(read, key=lambda line: line.key) == LINES


def test_a_snapshot_gives_back_all_that_was_known(tmp_path: Path) -> None:
    rich = billed(
        4,
        "harbor",
        list_minor=80000,
        wholesale_minor=60000,
        credits=(Credit("credit-1", "refund", date(2010, 4, 20), -1000),),
        receipts=(Receipt("payment-1/1", date(2010, 4, 21), 74000),),
        partners=(replace(FACTS[0].partners[0], share=Fraction(1, 3), tier="Gold"),),
    )
    facts = [*FACTS, rich]
    kept = snapshot_of(tmp_path, facts)
    known = read_snapshot(tmp_path, APRIL, kept.sha256)
    assert sorted(known.facts, key=facts.index) == facts
    assert (tuple(known.pools), dict(known.currencies)) == (BESIDE.pools, BESIDE.currencies)
    assert sorted(known.rates, key=BESIDE.rates.index) == list(BESIDE.rates)
    assert kept.rows == 4


def test_a_month_whose_facts_did_not_change_is_kept_once(tmp_path: Path) -> None:
    march = Month(2010, 3)
    early = [billed(9, "ridge", invoice_day=march.last, service=march.span)]
    write_snapshot(tmp_path, march, {march: early}, BESIDE, LAWS)
    kept = write_snapshot(tmp_path, APRIL, {march: early, APRIL: FACTS}, BESIDE, LAWS)
    assert len([*(tmp_path / "2010-03").glob("facts-*.parquet")]) == 1
    assert len(read_snapshot(tmp_path, APRIL, kept.sha256).facts) == 4
    next((tmp_path / "2010-03").glob("facts-*")).unlink()
    with pytest.raises(BookMissing, match="facts-"):
        read_snapshot(tmp_path, APRIL, kept.sha256)


def test_the_same_facts_and_lines_give_the_same_bytes(tmp_path: Path, book: Kept) -> None:
    again = books.write_book(tmp_path / "other", APRIL, LINES[::-1])
    assert again == book
    assert path_of(tmp_path, book).read_bytes() == path_of(tmp_path / "other", again).read_bytes()
    assert snapshot_of(tmp_path, FACTS) == snapshot_of(tmp_path, FACTS[::-1])


def test_the_hash_in_the_name_is_of_the_bytes(tmp_path: Path, book: Kept) -> None:
    import hashlib  # noqa: PLC0415

    assert hashlib.sha256(path_of(tmp_path, book).read_bytes()).hexdigest() == book.sha256
    assert book == Kept(f"book-{book.sha256}.parquet", book.sha256, rows=6)


def test_a_month_without_lines_has_a_book(tmp_path: Path) -> None:
    empty = books.write_book(tmp_path, APRIL, [])
    assert (empty.rows, fees(tmp_path, empty, "harbor")) == (0, [])
    assert books.sums_of(tmp_path, APRIL, empty.sha256, LAWS.by_sha) == []


def test_sums_by_partner_and_currency(tmp_path: Path) -> None:
    lines = lines_of([*FACTS, billed(4, "harbor", currency="JPY")])
    book = books.write_book(tmp_path, APRIL, lines)
    sums = books.sums_of(tmp_path, APRIL, book.sha256, LAWS.by_sha)
    assert [(s.partner, str(s.total), s.lines, s.zero_lines) for s in sums] == [
        ("harbor", "6600 JPY", 2, 0),
        ("harbor", "66.00 USD", 4, 2),
        ("ridge", "66.00 USD", 2, 0),
    ]


def altered_bytes(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def well_formed_but_other(path: Path) -> None:
    table = pq.read_table(path)
    fee = pa.array([minor + 1 for minor in table["fee_minor"].to_pylist()], pa.int64())
    pq.write_table(
        table.set_column(table.schema.get_field_index("fee_minor"), BOOK.field("fee_minor"), fee), path
    )


@pytest.mark.parametrize("harm", [altered_bytes, truncated, well_formed_but_other])
def test_a_book_that_was_changed_is_refused_by_name(tmp_path: Path, book: Kept, harm: object) -> None:
    assert fees(tmp_path, book, "ridge")  # the file is known as sound
    harm(path_of(tmp_path, book))  # type: ignore[operator]
    for read in (
        lambda: books.lines_of(tmp_path, APRIL, book.sha256, "ridge"),
        lambda: books.line(tmp_path, APRIL, book.sha256, 1, "ridge"),
        lambda: books.partner_of(tmp_path, APRIL, book.sha256, 1),
        lambda: books.sums_of(tmp_path, APRIL, book.sha256, LAWS.by_sha),
    ):
        with pytest.raises(BookAltered) as refused:
            read()
        assert book.name in refused.value.sentence()


def test_a_change_that_keeps_size_and_time_of_change_is_seen(tmp_path: Path, book: Kept) -> None:
    path = path_of(tmp_path, book)
    assert fees(tmp_path, book, "ridge")
    state = path.stat()
    altered_bytes(path)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    with pytest.raises(BookAltered):
        books.lines_of(tmp_path, APRIL, book.sha256, "ridge")


def test_a_book_that_is_gone_is_refused_by_name(tmp_path: Path, book: Kept) -> None:
    path_of(tmp_path, book).unlink()
    with pytest.raises(BookMissing) as refused:
        books.lines_of(tmp_path, APRIL, book.sha256, "ridge")
    assert book.name in refused.value.sentence()


def test_a_line_that_does_not_give_its_amount_is_never_posted(tmp_path: Path) -> None:
    wrong = replace(LINES[0], fee_minor=LINES[0].fee_minor + 1)
    book = books.write_book(tmp_path, APRIL, [wrong])
    with pytest.raises(BookUnsound, match=rf"Line {books.numbers_of([wrong])[0]} of"):
        books.sums_of(tmp_path, APRIL, book.sha256, LAWS.by_sha)


def test_a_line_at_a_rate_that_its_version_does_not_state_is_never_posted(tmp_path: Path) -> None:
    dearer = replace(TERMS, clauses=(replace(TERMS.clauses[0], rate=Fraction(18, 100)),))
    (line, *_) = lines_of([billed(1, "harbor")])
    book = books.write_book(tmp_path, APRIL, [line])
    with pytest.raises(BookUnsound):
        books.sums_of(tmp_path, APRIL, book.sha256, {TERMS.sha256: dearer})


def test_the_largest_amounts_are_kept_exactly(tmp_path: Path) -> None:
    whole = replace(
        TERMS, clauses=(replace(TERMS.clauses[1], when=Condition(), rate=Fraction(1, 999_999_937)),)
    )
    history, laws = History([billed(1, "harbor", billed_minor=LIMIT_MINOR)]), Laws((whole,))
    lines = to_book(laws, history, judge(laws, history, APRIL.last), {}, APRIL)
    book = books.write_book(tmp_path, APRIL, lines)
    (read,) = books.lines_of(tmp_path, APRIL, book.sha256, "harbor")
    assert read.line == lines[0]
    assert read.line.exact == Fraction(LIMIT_MINOR, 999_999_937)
    assert read.line.fee == Money(100_000_006, "USD")  # 10^17 / 999,999,937 = 100,000,006.3…


def test_a_rest_of_an_interrupted_write_is_no_book(tmp_path: Path, book: Kept) -> None:
    folder = books.folder_of(tmp_path, APRIL)
    assert sorted(path.name for path in folder.iterdir()) == [book.name]
    (folder / f".{book.name}.4711").write_bytes(b"half of a book")
    assert len(fees(tmp_path, book, "ridge")) == 2


def test_books_are_read_by_our_own_user_only(tmp_path: Path, book: Kept) -> None:
    path = path_of(tmp_path, book)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_the_manifest_says_what_the_files_are(tmp_path: Path, book: Kept) -> None:
    snapshot = snapshot_of(tmp_path, FACTS)
    books.write_manifest(tmp_path, APRIL, snapshot, book, {TERMS.sha256: "online-services 1"})
    manifest = json.loads((books.folder_of(tmp_path, APRIL) / "manifest.json").read_text())
    assert manifest == {
        "format": "2",
        "month": "2010-04",
        "files": {
            "book": {"name": book.name, "sha256": book.sha256, "rows": 6},
            "snapshot": {"name": snapshot.name, "sha256": snapshot.sha256, "rows": 3},
        },
        "program_versions": {TERMS.sha256: "online-services 1"},
    }


def test_no_column_is_a_float_and_none_is_forgotten(tmp_path: Path, book: Kept) -> None:
    for schema in (BOOK, SNAPSHOT, RATES, CREDIT, RECEIPT, RECOGNITION, SLICE):
        assert not any(pa.types.is_floating(field.type) for field in schema)
        assert all(field.type == pa.int64() for field in schema if field.name.endswith("_minor"))
    spans = {"service_first", "service_until"}
    assert set(BOOK.names) == {f.name for f in fields(FeeLine)} - {"service"} | spans | {"number"}
    assert set(SNAPSHOT.names) == {f.name for f in fields(BilledFact)} - {"service"} | spans
    exact = pq.read_table(path_of(tmp_path, book))["exact_numerator"]
    assert exact.type == pa.decimal128(38, 0)
    assert isinstance(exact[0].as_py(), Decimal)


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("2026-10/0000000123", (Month(2026, 10), 123)),
        ("2026-10/4821193755", (Month(2026, 10), 4821193755)),
        ("2026-10/123", None),
        ("2026-10/48211937550", None),
        ("2026-13/0000000123", None),
        ("0000-10/0000000123", None),
        ("2026-10/٠٠٠٠٠٠٠١٢٣", None),
        ("2026-10/0000000123\n", None),
        ("", None),
    ],
)
def test_the_public_name_of_a_line(text: str, parsed: tuple[Month, int] | None) -> None:
    assert parse_line_id(text) == parsed
    if parsed:
        assert line_id(*parsed) == text
