"""What is booked in columns is what the books hold when the judge's lines are booked one by one."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.columns.both_ways import BothWays, feelines
from tests.support.generated import FIRST, currencies, exchange, histories, pools, programs
from tests.support.in_columns import book as book_in_columns
from tests.support.told import Books, billed, clause, recognized, terms

from ofrecord.engine import books
from ofrecord.engine.book_file import find_line
from ofrecord.engine.book_writer import write_lines
from ofrecord.engine.columns import BOOK, line_table, lines_of
from ofrecord.engine.compiled.clauses import CLAUSES, clause_table
from ofrecord.engine.compiled.exchange import (
    CURRENCIES,
    EXCHANGES,
    Asked,
    asked_of,
    currency_table,
    exchange_table,
)
from ofrecord.engine.corrections import befores, nearby, with_causes
from ofrecord.engine.exact import duck
from ofrecord.engine.judging.exchange import RateTable, with_due
from ofrecord.engine.judging.judge import judge
from ofrecord.engine.refusals import BookUnreadable, RateOutOfRange
from ofrecord.engine.running.duck import duck_engine
from ofrecord.engine.steps.booking import BOOKED, changed, fresh
from ofrecord.engine.steps.dues import Beside, exchanges_asked
from ofrecord.engine.steps.numbers import ALL, moved
from ofrecord.engine.steps.record import on_record
from ofrecord.engine.steps.shapes import EARNED
from ofrecord.engine.types import BilledFact, Credit, FeeLine, History, Laws, RateFact, line_id
from ofrecord.kernel.calendar import Month
from ofrecord.program.clause_types import Condition, CountRange, Holdback
from ofrecord.program.types import Payment, Terms

APRIL = Month(2010, 4)
tried = settings(
    deadline=None,
    max_examples=int(os.environ.get("OFRECORD_GENERATED", "8")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Any]:
    connection = ibis.duckdb.connect()
    duck.define(connection.con)
    yield connection
    connection.disconnect()


def earned_table(lines: Sequence[FeeLine]) -> pa.Table:
    return line_table(lines, [0] * len(lines)).select(list(EARNED))


class Columns(BothWays):
    """Months closed by the reference and in columns: both must come to the same lines."""

    def _booked(self, history: History, month: Month) -> list[FeeLine]:
        earned = ibis.memtable(earned_table(judge(self.laws, history, month.last)))
        beside = self._beside(history, month)
        asked = asked_of(self.engine.to_pyarrow(exchanges_asked(earned, beside)))
        if asked:
            beside = replace(beside, exchanges=ibis.memtable(exchange_table(asked, self.laws, history.rates)))
        found = [self.engine.to_pyarrow(fresh(earned, beside))]
        if self.books:
            few = self.engine.to_pyarrow(changed(earned, beside))
            kept = ibis.memtable(few)
            before = self.engine.to_pyarrow(befores(kept, beside))
            near = self.engine.to_pyarrow(nearby(kept, earned))
            found.append(with_causes(few, before, near))
            whole = self.engine.to_pyarrow(book_in_columns(earned, beside).count())
            assert whole.as_py() == sum(table.num_rows for table in found)
        return sorted((line for table in found for line in feelines(table)), key=lambda line: line.key)

    def _beside(self, history: History, month: Month) -> Beside:
        books = ibis.memtable(pa.concat_tables(self.books)) if self.books else None
        return Beside(
            month.last,
            ibis.memtable(clause_table(self.laws)),
            ibis.memtable(currency_table(history.currencies)) if history.currencies else None,
            None,
            on_record(books) if books is not None else None,
            books,
        )


def known_in(facts: Sequence[BilledFact], learned: dict[str, int], month: int) -> list[BilledFact]:
    return [
        replace(
            fact,
            credits=tuple(c for c in fact.credits if learned.get(c.id, 0) <= month),
            receipts=tuple(r for r in fact.receipts if learned.get(r.id, 0) <= month),
        )
        for fact in facts
        if learned.get(fact.invoice_line, 0) <= month
    ]


def names_of(facts: Sequence[BilledFact]) -> list[str]:
    return [
        name
        for fact in facts
        for name in (fact.invoice_line, *(c.id for c in fact.credits), *(r.id for r in fact.receipts))
    ]


@st.composite
def two_versions(draw: st.DrawFn) -> Laws:
    first = draw(programs())
    month = FIRST.plus(draw(st.integers(1, 6)))
    return Laws((first, replace(draw(programs("b")), effective=month.first, version="2")))


laws = programs().map(lambda one: Laws((one,))) | two_versions()
delays = st.dictionaries(st.integers(0, 60), st.integers(0, 12), max_size=12)
closings = st.sets(st.integers(0, 19), min_size=1, max_size=4).map(sorted)
# What is known of rates, and what partners want, is another thing at each close.
besides = st.lists(st.tuples(exchange, currencies), min_size=4, max_size=4)


@tried
@given(laws, histories(), delays, st.tuples(closings, pools, besides))
def test_what_is_booked_is_what_the_reference_books(
    engine: Any,
    laws: Laws,
    facts: list[BilledFact],
    late: dict[int, int],
    closes: tuple[list[int], list[Any], list[tuple[list[RateFact], dict[str, str]]]],
) -> None:
    names = names_of(facts)
    learned = {names[place % len(names)]: month for place, month in late.items()}
    books, (months, pooled, known_beside) = Columns(laws, engine), closes
    for month, (rates, wanted) in zip(months, known_beside, strict=False):
        known = known_in(facts, learned, month)
        books.close(str(FIRST.plus(month)), known, pools=pooled, rates=rates, currencies=wanted)


def euros(day: str, text: str) -> RateFact:
    return RateFact("USD", date.fromisoformat(day), Fraction(text))


REFUND = Credit("refund-1", "refund", date(2010, 5, 20), -25000)


def test_a_refund_that_is_learned_late_corrects_the_line_and_frees_what_was_held_of_it(engine: Any) -> None:
    held = clause("first-year", "12%", holdback=Holdback(Fraction(1, 5), 60))
    books = Columns(terms(held), engine)
    books.close("2010-04", [billed()])
    (line,) = books.close("2010-05", [billed(credits=(REFUND,))])
    # 750.00 at 12% are 90.00, of which 18.00 were held; of 500.00 they are 60.00, of which 12.00 are to be held.
    assert (line.due_minor, line.held_minor, line.freed_minor) == (-3000, -600, 600)
    assert line.cause == "250.00 USD of what was billed was taken back on 20 May 2010."
    assert books.close("2010-06", [billed(credits=(REFUND,))]) == []
    (line,) = books.close("2010-06", [billed()])
    # 60 days after 30 April are 29 June; the first day after it is in the month of the close.
    assert (line.due_minor, line.held_minor, line.freed_minor) == (3000, 0, 0)


def test_what_is_taken_back_after_the_window_is_waived(engine: Any) -> None:
    books = Columns(terms(clause("first-year", "12%"), payment=Payment(claw_window=5)), engine)
    books.close("2010-04", [billed()])
    (line,) = books.close("2010-05", [billed(credits=(REFUND,))])
    assert (line.due_minor, line.waived_minor) == (-3000, 3000)


def test_what_another_clause_claims_is_withdrawn_and_says_what_holds_instead(engine: Any) -> None:
    gold = clause("gold", "15%", when=Condition(tiers=("Gold",)))
    books = Columns(terms(gold, clause("usual", "12%", when=Condition(tiers=("",)))), engine)
    books.close("2010-04", [billed()])
    lines = books.close("2010-05", [billed("2010-04", recognized("2010-04-01", tier="Gold"))])
    assert [(line.clause, line.withdrawn, line.due_minor) for line in lines] == [
        ("gold", False, 11250),
        ("usual", True, -9000),
    ]
    assert lines[1].cause == (
        "The partner's tier on the day of the invoice was Gold, not none. Clause gold holds instead."
    )
    lines = books.close("2010-06", [billed("2010-04", recognized("2010-04-01", partner="p2"))])
    assert any("the partner was not partner of record" in line.cause for line in lines)


def test_what_waits_for_a_rate_is_due_once_it_is_known_and_never_less_without_it(engine: Any) -> None:
    books = Columns(terms(clause("first-year", "12%")), engine)
    wanted = {"currencies": {"p1": "JPY"}}
    yen = RateFact("JPY", date(2010, 4, 29), Fraction(125))
    books.close("2010-04", [billed()], rates=[yen], **wanted)
    assert books.lines[-1].waits == (
        "There is no exchange rate from USD to JPY on 2010-04-30 or in the 7 days before."
    )
    (line,) = books.close("2010-05", [billed()], rates=[yen, euros("2010-04-29", "1.25")], **wanted)
    assert (line.due_minor, line.cause) == (9000, "The exchange rate that it waited for is known.")
    assert books.close("2010-06", [billed()], rates=[], **wanted) == []
    # What is due in yen stays in yen, whatever the partner wants for what comes after.
    (line,) = books.close("2010-07", [billed(credits=(REFUND,))], rates=[], currencies={})
    assert (line.due_currency, line.due_minor) == ("JPY", -3000)


def test_rates_are_those_of_the_reference_and_of_no_more_digits_than_products_hold() -> None:
    law = terms(clause("first-year", "12%"), payment=Payment(rate_days=3))
    known = [euros("2010-04-01", "1.3245"), RateFact("KWD", date(2010, 4, 1), Fraction("0.4"))]
    line = replace(judge(Laws((law,)), History([billed()]), date(2010, 4, 30))[0], event_day=date(2010, 4, 3))
    for currency, day in (("EUR", 4), ("EUR", 5), ("KWD", 1), ("JPY", 1)):
        line = replace(line, event_day=date(2010, 4, day))
        expected = with_due(line, currency, RateTable(known), 3)
        asked = Asked("USD", currency, line.event_day, law.sha256)
        (row,) = exchange_table([asked], Laws((law,)), known).to_pylist()
        assert row["rate_waits"] == expected.waits
        assert row["rate_day"] == expected.exchange_day
        assert (row["rate_numerator"] or 1, row["rate_denominator"] or 1) == (
            expected.exchange_numerator,
            expected.exchange_denominator,
        )
    fine = RateFact("USD", date(2010, 4, 1), Fraction(10**17 + 1, 10**17))
    with pytest.raises(RateOutOfRange, match="from EUR to USD of 2010-04-01 has more digits"):
        exchange_table([Asked("EUR", "USD", date(2010, 4, 1), law.sha256)], Laws((law,)), [fine])


def test_a_close_in_columns_is_one_expression_on_spark_too() -> None:
    """Where nothing was booked before, and where it was."""
    earned = ibis.table(EARNED, name="earned")
    tables = {
        "clauses": ibis.table(ibis.Schema.from_pyarrow(CLAUSES), name="clauses"),
        "currencies": ibis.table(ibis.Schema.from_pyarrow(CURRENCIES), name="currencies"),
        "exchanges": ibis.table(ibis.Schema.from_pyarrow(EXCHANGES), name="exchanges"),
    }
    kept = ibis.table({"number": "int64", **BOOKED, "month": "string"}, name="books")
    for beside in (
        Beside(date(2010, 4, 30)),
        Beside(date(2010, 4, 30), **tables),
        Beside(date(2010, 4, 30), **tables, record=on_record(kept), books=kept),
    ):
        assert "earned" in ibis.to_sql(book_in_columns(earned, beside), dialect="pyspark")


def replayed(draws: list[tuple[str, int]]) -> dict[str, int]:
    """As `numbers_of` gives them out: in the order of the keys, the next that is free."""
    taken: set[int] = set()
    found = {}
    for name, number in sorted(draws):
        free = number
        while free in taken:
            free = (free + 1) % ALL
        taken.add(free)
        found[name] = free
    return found


@settings(deadline=None)
@given(
    st.lists(st.integers(-12, 12) | st.integers(40, 44), max_size=40),
    st.randoms(use_true_random=False),
)
def test_lines_that_draw_one_number_get_the_next_free_ones_in_the_order_of_their_keys(
    near: list[int], chance: Any
) -> None:
    """The numbers stand around the last one, after which the first follows."""
    names = [f"line-{n:03}" for n in range(len(near))]
    chance.shuffle(names)
    draws = [(name, number % ALL) for name, number in zip(names, near, strict=True)]
    asked = 0

    def ask(wanted: Any) -> pa.Table:
        nonlocal asked
        asked += len(wanted)
        rows = [(name, number) for name, number in draws if number in wanted]
        columns = {"number": pa.array([number for _, number in rows], pa.int64())}
        columns["event"] = pa.array([name for name, _ in rows], pa.string())
        same = {"service_first": date(2010, 4, 1), "deal": "", "clause": "", "partner": "", "role": ""}
        return pa.table(columns | {name: pa.array([value] * len(rows)) for name, value in same.items()})

    twice_drawn = [number for number, times in Counter(n for _, n in draws).items() if times > 1]
    found = {row["moved_event"]: row["free_number"] for row in moved(twice_drawn, ask).to_pylist()}
    assert {name: found.get(name, number) for name, number in draws} == replayed(draws)
    assert asked <= 300 * len(twice_drawn)


def some_lines(version: Terms) -> list[FeeLine]:
    facts = [
        billed(
            f"2010-{month:02}",
            recognized("2010-04-01", partner=partner),
            invoice_line=f"{partner}/{month}",
            invoice=f"N-{month % 3}",
            subscription=f"s{month}",
            credits=(replace(REFUND, id=f"{partner}/{month}"),) if month % 2 else (),
        )
        for partner in ("p1", "p2", "é", "p10")
        for month in range(4, 9)
    ]
    return Books(version).close("2010-09", facts)


def test_a_book_that_an_engine_writes_has_the_lines_of_the_other(tmp_path: Path) -> None:
    law = terms(
        clause("first-year", "12%", when=Condition(months=CountRange(1, 4))),
        clause("rest", "1/3", when=Condition(months=CountRange(5))),
    )
    lines = some_lines(law)
    usual = books.write_book(tmp_path / "usual", APRIL, lines)
    with duck_engine(tmp_path) as engine:
        shuffled = engine.bring(line_table(lines[::-1], [0] * len(lines)).select(list(BOOKED)))
        kept = write_lines(engine, tmp_path, APRIL, shuffled)
        assert write_lines(engine, tmp_path, APRIL, shuffled) == kept
        ordered = engine.bring(line_table(books.in_order(lines), [0] * len(lines)).select(list(BOOKED)))
        assert write_lines(engine, tmp_path / "again", APRIL, ordered) == kept
    path = books.folder_of(tmp_path, APRIL) / kept.name
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [each.name for each in path.parent.iterdir()] == [kept.name]
    read = lines_of(pq.read_table(path))
    assert read == lines_of(pq.read_table(books.folder_of(tmp_path / "usual", APRIL) / usual.name))
    assert [number for number, _ in read] == books.numbers_of([line for _, line in read])
    for partner in ("p1", "p10", "é"):
        own = [one.line for one in books.lines_of(tmp_path, APRIL, kept.sha256, partner)]
        assert own == [line for line in books.in_order(lines) if line.partner == partner]
    number, line = read[3]
    assert find_line(path, line_id(APRIL, number)).booked.line == line


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with duck_engine(tmp_path) as engine:
        table = line_table(some_lines(terms(clause("first-year", "12%")))[:1], [0])
        whole = engine.bring(table)
        wrong = whole.mutate(corrects=ibis.literal("many").cast("int64").cast("string"))
        with pytest.raises(duckdb.Error):
            write_lines(engine, tmp_path, APRIL, wrong)
    folder = books.folder_of(tmp_path, APRIL)
    assert [*folder.iterdir()] == []


def test_a_file_with_an_empty_figure_is_no_book(tmp_path: Path) -> None:
    lines = some_lines(terms(clause("first-year", "12%")))[:2]
    for name, empty in (("fee_minor", [0, None]), ("weights", [[1], [None]])):
        table = line_table(lines, [1, 2])
        place = table.schema.get_field_index(name)
        path = tmp_path / "2010-04" / f"{name}.parquet"
        path.parent.mkdir(exist_ok=True)
        kind = BOOK.field(name).type if name == "fee_minor" else pa.list_(pa.int64())
        pq.write_table(table.set_column(place, name, pa.array(empty, kind)), path)
        with pytest.raises(BookUnreadable):
            find_line(path, "1")
