"""What is worked out portion by portion, and written by several streams, is what is worked out and written at once."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bench.settle import data, ours, told
from tests.engine.columns.test_engine import NUMBER, case_of
from tests.support.benched import LINES, MONTH
from tests.support.compared import Case, differences, judged
from tests.support.told import clause, terms

from ofrecord.engine.book_writer import write_narrow
from ofrecord.engine.books import folder_of
from ofrecord.engine.columns import BOOK
from ofrecord.engine.compiled.scope import is_apart
from ofrecord.engine.flat import flat
from ofrecord.engine.given import Given
from ofrecord.engine.portions import Ranges, portions, ranges_of
from ofrecord.engine.running import duck
from ofrecord.engine.running.duck import Duck, duck_engine
from ofrecord.engine.steps.booking import fresh
from ofrecord.engine.steps.dues import Beside
from ofrecord.engine.steps.shapes import EARNED
from ofrecord.engine.types import Laws
from ofrecord.engine.working import Worked, work_out
from ofrecord.kernel.money import Money
from ofrecord.program.clause_types import Limit, Per, Period, Scope

GENERATED: Final = 3


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Duck]:
    with duck_engine(tmp_path, "1GB", threads=2) as made:
        yield made


@pytest.fixture
def holds(monkeypatch: pytest.MonkeyPatch) -> Any:
    """As if the memory held no more than so many lines, and rows, at once."""

    def set_to(lines: int, rows: int) -> None:
        monkeypatch.setattr(duck, "BYTES_A_LINE", 1024**3 // lines)
        monkeypatch.setattr(duck, "BYTES_A_ROW", 1024**3 // (2 * rows))

    return set_to


def worked_out(engine: Duck, facts: Path) -> Worked:
    laws = Laws((told.terms(),))
    return work_out(engine, ours.given(engine, facts), laws, data.THROUGH)


def book(engine: Duck, folder: Path, worked: Worked) -> pa.Table:
    assert worked.narrow is not None, "all lines are made of claims"
    narrow = worked.narrow.then(lambda lines: fresh(lines, Beside(data.THROUGH)))
    kept = write_narrow(engine, folder, MONTH, narrow, worked.ranges)
    found = pq.read_table(folder_of(folder, MONTH) / kept.name).cast(BOOK)
    assert found.num_rows == kept.rows
    return found


@pytest.mark.parametrize("at_once", [(700, 400), (2 * LINES, 400), (700, 2 * LINES)], ids=str)
def test_the_book_is_the_same(
    engine: Duck, facts: Path, tmp_path: Path, holds: Any, at_once: tuple[int, int]
) -> None:
    lines, rows = at_once
    whole = book(engine, tmp_path / "whole", worked_out(engine, facts))
    holds(lines, rows)
    given = ours.given(engine, facts)
    assert (len(portions(engine, given, Laws((told.terms(),)))) > 1) == (lines < LINES)
    assert (len(ranges_of(engine, given)) > 1) == (rows < LINES)
    assert book(engine, tmp_path / "several", worked_out(engine, facts)).equals(whole)


def test_nothing_of_it_is_left_on_the_disk(facts: Path, tmp_path: Path, holds: Any) -> None:
    holds(700, 400)
    with duck_engine(tmp_path, "1GB") as engine:
        book(engine, tmp_path / "books", worked_out(engine, facts))
    assert [path.name for path in tmp_path.iterdir()] == ["books"]


def test_what_a_portion_needed_is_dropped_when_it_is_done(engine: Duck, facts: Path, holds: Any) -> None:
    holds(300, 400)
    worked = worked_out(engine, facts)
    kept = [name for name, what in engine.named.items() if what == "TABLE"]
    assert len(portions(engine, worked.steps.given, worked.steps.laws)) > 8 > len(kept)


def test_who_asks_it_to_stop_is_heard_by_every_stream(
    engine: Duck, facts: Path, tmp_path: Path, holds: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    holds(LINES, 100)
    worked = worked_out(engine, facts)
    copied, begun = duck._copied, list[str]()

    def stopped_by_the_third(*asked: Any) -> int:
        begun.append(asked[1])
        if len(begun) == 3:
            engine.stop()
        return copied(*asked)

    monkeypatch.setattr(duck, "_copied", stopped_by_the_third)
    with pytest.raises(duckdb.InterruptException):
        book(engine, tmp_path / "books", worked)
    assert 3 <= len(begun) < len(worked.ranges), "those that wait do not begin"
    assert not [*(tmp_path / "books").rglob("*.parquet")]
    assert engine.streams == []


def test_partners_stand_in_ranges_in_the_order_of_their_names() -> None:
    ranges = Ranges(("b", "d", "f", "h"))
    with duck_engine() as engine:
        partners = engine.bring(pa.table({"partner": ["", "a", "b", "bb", "c", "d", "g", "h", "z", "Ä"]}))
        found = engine.fetch(partners.mutate(turn=ranges.of(partners.partner)))
    assert [int(turn) for turn in found["turn"].to_pylist()] == [0, 0, 1, 1, 1, 2, 3, 4, 4, 4]
    assert len(ranges) == 5


@pytest.mark.parametrize(
    ("per", "apart"),
    [
        (None, True),
        (Per(Scope.LINE), True),
        (Per(Scope.SUBSCRIPTION), True),
        (Per(Scope.CUSTOMER), False),
        (Per(Scope.PARTNER, Period.MONTH), False),
    ],
    ids=str,
)
def test_what_is_added_up_for_several_subscriptions_is_worked_out_at_once(
    per: Per | None, apart: bool
) -> None:
    cap = None if per is None else Limit(Money(100_00, "USD"), per)
    assert is_apart(Laws((terms(clause("usual", "12%", cap=cap)),))) is apart


def generated() -> Iterator[Case]:
    """Cases in which each subscription stands by itself, of programs with claw windows among them."""
    yield from islice(
        (case for case in map(case_of, range(NUMBER, NUMBER + 400)) if is_apart(case.laws)), GENERATED
    )


@pytest.mark.parametrize("case", [*generated()])
def test_generated_programs_come_to_the_lines_of_the_judge_in_portions(case: Case, holds: Any) -> None:
    case = replace(case, stories=case.stories[:20])
    history = case.history()
    holds(-(-len(history.facts) // 3), 10)
    with duck_engine(memory="1GB", threads=2) as engine:
        tables = {name: engine.bring(table) for name, table in flat(history).items()}
        worked = work_out(engine, Given(**tables, pools=history.pools), case.laws, case.through)
        found = engine.fetch(worked.lines).select([*EARNED]).to_pylist()
    assert differences(found, judged(case)) == []
