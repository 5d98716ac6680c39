"""The tables of a snapshot: list prices are those of the bill, and files and marks depend on the rows alone."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ofrecord.billing.rules import list_amounts
from ofrecord.engine.compiled.prices import price_table
from ofrecord.engine.flat import FLAT, TOLD, table_of
from ofrecord.engine.keeping import ROWS_A_GROUP, _write
from ofrecord.engine.running.duck import Duck, duck_engine
from ofrecord.engine.snapshot_index import (
    Index,
    MonthKept,
    changed,
    differing,
    folded,
    from_json,
    rows_in,
    to_json,
)
from ofrecord.engine.steps.billed import billed_lines
from ofrecord.engine.types import PoolFact
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import Money, Rounding
from ofrecord.program.types import Offer, Price

APRIL, MAY, JUNE = (Month(2009, number) for number in (4, 5, 6))
minors = st.integers(0, 999_983) | st.just(19_999_999_999_999)


@pytest.fixture(scope="module")
def duck() -> Iterator[Duck]:
    with duck_engine(threads=1) as engine:
        yield engine


@st.composite
def served(draw: st.DrawFn) -> Span:
    """Days of one month."""
    month = Month(draw(st.integers(2027, 2028)), draw(st.integers(1, 12)))
    first = draw(st.integers(0, month.span.days - 1))
    until = draw(st.integers(first + 1, month.span.days) | st.just(month.span.days))
    return Span(month.first + timedelta(first), month.first + timedelta(until))


@st.composite
def price_rows(draw: st.DrawFn) -> tuple[Price, ...]:
    """Prices of one region, one after the other, the last without end, or with one: then there is none after it."""
    turn = date(2027, draw(st.integers(1, 12)), draw(st.integers(1, 28)))
    end = draw(st.none() | st.just(date(2028, 3, 1)))
    return tuple(
        Price("US", span, Money(draw(minors), currency), wholesale)
        for span in (
            Span(date(2027, 1, 1), max(turn, date(2027, 1, 2))),
            Span(max(turn, date(2027, 1, 2)), end),
        )
        for currency in [draw(st.sampled_from(("USD", "EUR")))]
        for wholesale in [draw(st.none() | st.builds(Money, minors, st.sampled_from(("USD", "EUR"))))]
    )


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(served(), st.integers(1, 5000)), min_size=1, max_size=6),
    price_rows(),
    st.sampled_from(Rounding),
)
def test_list_prices_in_columns_are_those_of_the_bill(
    duck: Duck, billed: list[tuple[Span, int]], prices: tuple[Price, ...], rounding: Rounding
) -> None:
    found = duck.fetch(
        billed_lines(*told(duck, billed, prices, rounding)).order_by("invoice_line")
    ).to_pylist()
    expected = []
    for span, seats in billed:
        price = next((each for each in prices if each.span.has(span.first)), None)
        expected.append(list_amounts(price, span, seats, "USD", rounding))
    assert [(row["list_minor"], row["wholesale_minor"]) for row in found] == expected


def told(
    duck: Duck, billed: list[tuple[Span, int]], prices: tuple[Price, ...], rounding: Rounding
) -> list[ibis.Table]:
    lines = [
        {
            "invoice_line": f"line {place}",
            "invoice": "N-1",
            "invoice_day": Month.of(span.first).last,
            "subscription": "s",
            "currency": "USD",
            "seats": seats,
            "unit_price_minor": 0,
            "billed_minor": 0,
            "service_first": span.first,
            "service_until": span.until,
        }
        for place, (span, seats) in enumerate(billed)
    ]
    sold = {
        "subscription": "s",
        "started_on": date(2027, 1, 1),
        "customer": "c",
        "offer": "suite",
        "way": "resale",
        "region": "US",
        "terms_sha256": "t",
        "first_seats": 1,
        "deal": "new",
        "commitment_months": 1,
    }
    offer = Offer("suite", "Suite", (), prices)
    version: Any = SimpleNamespace(sha256="t", offers=(offer,), rounding=rounding)
    rows: dict[str, list[dict[str, Any]]] = {"lines": lines, "sold": [sold], "segments": []}
    tables = [table_of(TOLD[name], each) for name, each in rows.items()]
    return [duck.bring(table) for table in (*tables, price_table([version]))]


def test_a_file_does_not_depend_on_how_its_rows_came(tmp_path: Path) -> None:
    rows = [
        {"id": f"{n:036}", "invoice_line": f"{n // 3:036}", "day": date(2009, 4, 30), "amount_minor": n}
        for n in range(ROWS_A_GROUP + 1000)
    ]
    table = table_of(FLAT["receipts"], rows)
    written = []
    for size in (1000, 7777, len(rows)):
        path = tmp_path / str(size)
        assert _write(path, FLAT["receipts"], table.to_batches(max_chunksize=size)) == len(rows)
        written.append(path.read_bytes())
    assert written[0] == written[1] == written[2]
    assert pa.parquet.ParquetFile(tmp_path / "1000").metadata.num_row_groups == 2


def test_marks_of_days_become_marks_of_months_in_any_order() -> None:
    rows = [(date(2009, 4, 1), 2, 5), (date(2009, 5, 3), 1, -9), (date(2009, 4, 30), 3, 12)]
    marks = {"lines": folded(rows)}
    assert marks == {"lines": {"2009-04": "5 0000000000000009", "2009-05": "1 fffffffffffffff7"}}
    assert {"lines": folded(reversed(rows))} == marks
    assert rows_in(marks, "lines") == {APRIL: 5, MAY: 1}


def test_what_was_not_told_of_before_differs() -> None:
    before = {"lines": {"2009-04": "1 a", "2009-05": "1 b"}}
    now = {"lines": {"2009-04": "1 a", "2009-06": "1 b"}, "seats": {"2009-07": "1 c"}}
    assert differing(before, now, "lines") == {MAY, JUNE}
    assert differing(before, now, "seats") == {Month(2009, 7)}
    assert differing(before, now) == set()


def test_an_index_comes_back_as_it_was_and_says_what_changed() -> None:
    first = index({APRIL: "a", MAY: "b"})
    assert from_json(to_json(first)) == first
    assert changed(None, first) == {APRIL, MAY}
    assert changed(first, first) == set()
    assert changed(first, index({APRIL: "a", MAY: "c", JUNE: "d"})) == {MAY, JUNE}
    assert first.lines == 1


def index(credits: dict[Month, str]) -> Index:
    return Index(
        month=MAY,
        months={
            month: MonthKept({"facts": "f", "credits": kept, "receipts": "r"}, 1, {"USD": 5}, ("t",))
            for month, kept in credits.items()
        },
        beside={"recognitions": "r", "tiers": "t", "rates": "x"},
        pools=(PoolFact("a/2009-05/USD", "a", MAY, 100, "USD"),),
        currencies={"p": "EUR"},
        program_versions=("t",),
        marks={"lines": {"2009-05": "1 b"}},
    )
