"""The page on books and snapshots: its tables name every column of every file, of what kind it is, and whether it may
be null; and every key of what is JSON.
"""

import json
import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pytest
from tests.support.former import write_snapshot
from tests.support.told import clause, terms

from ofrecord.engine import books, carried
from ofrecord.engine.columns import BOOK, CREDIT, RATES, RECEIPT, RECOGNITION, SLICE, SNAPSHOT
from ofrecord.engine.files import Kept
from ofrecord.engine.flat import FLAT
from ofrecord.engine.keeping import ORDER
from ofrecord.engine.snapshot_index import BESIDE, BY_MONTH, Index, MonthKept, to_json
from ofrecord.engine.types import History, Laws, PoolFact, RateFact
from ofrecord.kernel.calendar import Month

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "books.md"
APRIL = Month(2010, 4)
LAWS = Laws((terms(clause("first-year", "12%")),))
KINDS = {
    pa.string(): "text",
    pa.date32(): "day",
    pa.int32(): "count",
    pa.bool_(): "flag",
    pa.decimal128(38, 0): "exact",
}
FILES = {
    "Facts of a month": FLAT["facts"],
    "Credits of a month": FLAT["credits"],
    "Receipts of a month": FLAT["receipts"],
    "Recognitions": FLAT["recognitions"],
    "Tiers": FLAT["tiers"],
    "Rates": RATES,
    "Book": BOOK,
    "Carried and used": carried.SCHEMA,
}


@dataclass(frozen=True)
class Row:
    """A row of a table of the page: what it names, of which kind, and what it means."""

    names: tuple[str, ...]
    kind: str
    meaning: str


def section(title: str) -> str:
    return PAGE.read_text().split(f"\n## {title}\n")[1].split("\n## ")[0]


def columns(title: str) -> list[Row]:
    found = re.findall(r"^\| (`[^|]+`) \| ([^|`]+) \| ([^|]*?) *\|$", section(title), re.MULTILINE)
    return [Row(tuple(re.findall(r"`(\w+)`", names)), kind, meaning) for names, kind, meaning in found]


def keys(title: str) -> set[str]:
    rows = re.findall(r"^\| (`[^|]+`) \| [^|]*\|$", section(title), re.MULTILINE)
    return {name for names in rows for name in re.findall(r"`(\w+)`", names)}


def kind_of(field: pa.Field) -> str:
    if pa.types.is_list(field.type):
        item = field.type.value_type
        return "list" if pa.types.is_struct(item) else f"list of {KINDS.get(item, 'number')}"
    if field.type == pa.int64():
        return "minor" if field.name.endswith("_minor") else "number"
    return KINDS[field.type]


@pytest.mark.parametrize("title", FILES)
def test_the_page_names_every_column_with_its_kind(title: str) -> None:
    schema = FILES[title]
    told = {name: row.kind for row in columns(title) for name in row.names}
    assert told == {field.name: kind_of(field) for field in schema}
    assert sum(len(row.names) for row in columns(title)) == len(schema), "each is told once"


@pytest.mark.parametrize("title", [title for title in FILES if title != "Carried and used"])
def test_the_page_says_what_may_be_null_and_nothing_else(title: str) -> None:
    for row in columns(title):
        may_be = {FILES[title].field(name).nullable for name in row.names}
        assert may_be == {"null" in row.meaning}, row


def test_the_page_names_the_parts_of_lists() -> None:
    (slices,) = (row for row in columns("Book") if row.names == ("slices",))
    assert set(re.findall(r"`(\w+)`", slices.meaning)) == {field.name for field in SLICE}
    older = {row.names[0]: row.meaning for row in columns("What earlier versions left")}
    for name, struct in {"partners": RECOGNITION, "credits": CREDIT, "receipts": RECEIPT}.items():
        assert set(re.findall(r"`(\w+)`", older[name])) == {field.name for field in struct}
    assert set(SNAPSHOT.names) == {*FLAT["facts"].names, *older}


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Facts of a month", "facts"),
        ("Credits of a month", "credits"),
        ("Receipts of a month", "receipts"),
        ("Recognitions", "recognitions"),
        ("Tiers", "tiers"),
    ],
)
def test_the_page_says_in_which_order_rows_stand(title: str, kind: str) -> None:
    assert ", ".join(f"`{name}`" for name in ORDER[kind]) in section(title)


def test_the_page_names_every_key_of_an_index() -> None:
    index = to_json(
        Index(
            month=APRIL,
            months={APRIL: MonthKept(dict.fromkeys(BY_MONTH, "0" * 64), 1, {"USD": 100}, ("1" * 64,))},
            beside=dict.fromkeys(BESIDE, "0" * 64),
            pools=(PoolFact("pool-1", "advertising", APRIL, 100000, "USD"),),
            currencies={"harbor": "EUR"},
            program_versions=("1" * 64,),
            marks={},
        )
    )
    assert keys("Snapshot") == index.keys() | index["months"][str(APRIL)].keys()
    assert all(f"`{name}`" in section("Snapshot") for name in index["pools"][0])
    assert f'format `"{index["format"]}"`' in section("Snapshot")


def test_the_page_names_every_key_of_a_manifest_and_of_an_older_index(tmp_path: Path) -> None:
    rates = (RateFact("USD", date(2010, 4, 29), Fraction("1.3245")),)
    older = write_snapshot(tmp_path, APRIL, {APRIL: []}, History((), rates=rates), LAWS)
    index = json.loads((tmp_path / str(APRIL) / older.name).read_text())
    told = section("What earlier versions left").split("That file has")[0]
    assert [name for name in index if f"`{name}`" not in told] == []
    books.write_manifest(tmp_path, APRIL, older, Kept("book", "0" * 64, 0), {})
    manifest = json.loads((tmp_path / str(APRIL) / books.MANIFEST).read_text())
    assert keys("Manifest") == manifest.keys()
    assert [name for name in manifest["files"]["book"] if f"`{name}`" not in section("Manifest")] == []
    assert f'`"{manifest["format"]}"`' in section("Manifest")
