"""The preview of all partners where they are many: in columns, from what the last close kept, and leaving nothing."""

from pathlib import Path

import pytest
from tests.settlement.test_preview import (
    APRIL,
    JUNE,
    MAY,
    at,
    begin,
    bill,
    foreseen_in_columns,
    invoice,
    pay,
    refund,
    three_houses,
    two_months,
)

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM
from ofrecord.engine.choice import DUCKDB, Choice
from ofrecord.flows.preview_month import preview
from ofrecord.flows.settle_period import settle_period
from ofrecord.kernel.calendar import Month
from ofrecord.settlement.queries import books_folder
from ofrecord.settlement.refusals import RunStopped
from ofrecord.settlement.types import Progress, Purpose
from support import story
from support.story import CHIEF, House, after


@pytest.fixture
def houses(committed_db: str, settings: object, tmp_path: Path) -> tuple[House, House, House]:
    """Three partners whose rows other connections see, so that they are read as columns."""
    settings.DATA = tmp_path / "data"  # type: ignore[attr-defined]
    begin(tmp_path)
    return three_houses()


def close(month: Month) -> None:
    settle_period(by=SYSTEM, at=after(str(month)), month=month, choice=Choice(DUCKDB))


def require_as_the_judge(day: str) -> None:
    with entered(OFFICE):
        judged = preview(reader=CHIEF, at=at(day), most_lines=None)
    assert judged is not None
    assert judged.figures
    assert foreseen_in_columns(day) == judged.of_all()


def kept() -> list[Path]:
    return sorted(books_folder().rglob("*"))


def test_it_begins_where_the_last_close_ended_and_finds_what_the_judge_finds(
    houses: tuple[House, House, House],
) -> None:
    first, *_ = two_months(houses)
    close(MAY)
    before = kept()
    # Nothing is billed yet; then something is taken back of May; then all is billed.
    require_as_the_judge("2009-06-03")
    pay(invoice(first, MAY), "2009-06-11", 20000)
    refund(invoice(first, MAY), "2009-06-14", 15000)
    require_as_the_judge("2009-06-20")
    bill(JUNE)
    require_as_the_judge("2009-07-02")
    assert kept() == before


def test_it_says_what_it_works_out_and_how_far_it_is(houses: tuple[House, House, House]) -> None:
    two_months(houses)
    told: list[Progress] = []
    foreseen_in_columns("2009-05-20", watcher=told.append)
    says = [each.says for each in told]
    assert [each.done for each in told] == sorted(each.done for each in told)
    # Two were billed in April; in May three will be, one of them to another partner.
    assert any(each.startswith("Working out what 3 new and 2 earlier invoice lines earn") for each in says)
    assert says[-1] == "Adding up what the lines come to"


@pytest.mark.parametrize("when", ["Keeping", "Working out", "Writing", "Adding up"])
def test_it_is_stopped_wherever_it_is_and_leaves_nothing(
    houses: tuple[House, House, House], when: str
) -> None:
    story.sell(houses[0], "Brook and Sons", 50, "2009-04-01")
    close(APRIL)
    before = kept()

    def stop(progress: Progress) -> None:
        if progress.says.startswith(when):
            raise RunStopped(purpose=Purpose.PREVIEW, month=MAY)

    with pytest.raises(RunStopped):
        foreseen_in_columns("2009-05-20", watcher=stop)
    assert kept() == before


def test_the_first_month_is_foreseen_too(houses: tuple[House, House, House]) -> None:
    story.sell(houses[0], "Brook and Sons", 50, "2009-04-01")
    require_as_the_judge("2009-04-20")
