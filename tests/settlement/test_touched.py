"""A close in columns works out what is new and what was touched, or all and why: the lines are the judge's."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from tests.settlement.test_engines import by_the_judge, close, in_the_book, take_back

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM
from ofrecord.billing.models import Invoice
from ofrecord.engine import carried, closing, portions, working
from ofrecord.engine.running import duck
from ofrecord.flows import publish_program
from ofrecord.flows.change_partner import change_partner
from ofrecord.flows.settle_period import settle_period
from ofrecord.kernel.calendar import Month
from ofrecord.partners.models import Partner
from ofrecord.settlement.models import Run
from ofrecord.settlement.queries import books_folder, closed
from support import story
from support.story import after, at

pytestmark = pytest.mark.django_db
TOUCHED = "DuckDB worked out {} of {} invoice lines: what is new, and what was touched."
# Three customers are billed each month.
SOLD = 3


@pytest.fixture
def capped(tmp_path: Path) -> Path:
    """A program that adds something up for each subscription."""
    text = story.FIRST_READING.read_text().partition("[[examples]]")[0]
    cap = 'rate  = "12%"\ncap   = { amount = "200.00 USD", per = "subscription and program year" }'
    path = tmp_path / "capped.toml"
    path.write_text(text.replace('rate  = "12%"', cap))
    return path


@pytest.fixture(autouse=True)
def _data(settings: object, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "data"  # type: ignore[attr-defined]


def sell(*, program: Path = story.FIRST_READING) -> None:
    story.begin(program=program)
    harbor, ridge = story.partner("Harbor Lane"), story.partner("Ridge")
    story.sell(harbor, "Ball Corporation", 50, "2009-04-01")
    story.sell(ridge, "Snap-on", 7, "2009-04-17")
    story.sell(harbor, "Timken", 12, "2009-04-20")


def said() -> str:
    """What the run that closed last has to say of the month that it closed."""
    run = Run.objects.order_by("-started_at").first()
    assert run is not None, "a month was closed"
    return run.says.partition(" is closed. ")[2]


def carried_file(month: str) -> Path:
    card = closed(Month.parse(month))
    assert card is not None, "it was closed"
    return Path(str(books_folder())) / month / f"carried-{card.carried_sha256}.json"


def test_in_portions_and_by_several_streams_a_close_books_what_the_judge_books(
    capped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duck, "BYTES_A_LINE", 10**9)
    monkeypatch.setattr(duck, "BYTES_A_ROW", 10**8)
    told = []
    worked = portions.portions
    monkeypatch.setattr(working, "portions", lambda *given: told.append(worked(*given)) or told[-1])
    sell(program=capped)
    close("2009-04")
    take_back("Ball Corporation", "2009-04", 150_00, "2009-05-10")
    close("2009-05")
    for month in ("2009-04", "2009-05"):
        assert in_the_book(month) == by_the_judge(month)
    assert min(len(each) for each in told) > 1 < len(told), "neither month was worked out at once"
    assert any(line.is_correction for _, line in in_the_book("2009-05"))


def test_where_nothing_is_added_up_a_refund_has_its_line_worked_out_anew() -> None:
    sell()
    close("2009-04")
    assert said() == "DuckDB worked out all 3 invoice lines."
    close("2009-05")
    assert said() == TOUCHED.format(SOLD, 2 * SOLD)
    take_back("Ball Corporation", "2009-04", 150_00, "2009-06-10")
    close("2009-06")
    assert said() == TOUCHED.format(SOLD + 1, 3 * SOLD)
    for month in ("2009-04", "2009-05", "2009-06"):
        assert in_the_book(month) == by_the_judge(month)
    (corrected,) = [line for _, line in in_the_book("2009-06") if line.is_correction]
    assert (corrected.fee_minor, corrected.cause) == (
        -18_00,
        "150.00 USD of what was billed was taken back on 10 June 2009.",
    )


def test_what_a_cap_had_used_up_is_started_from_and_a_refund_has_its_subscription_worked_out_anew(
    capped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Causes are found of one correction at a time.
    monkeypatch.setattr(closing, "CORRECTIONS_AT_ONCE", 1)
    sell(program=capped)
    for month in ("2009-04", "2009-05", "2009-06"):
        close(month)
        assert in_the_book(month) == by_the_judge(month)
    assert said() == TOUCHED.format(SOLD, 3 * SOLD)
    # 90.00, 90.00 and what is left of 200.00: from what the close before had kept.
    assert [line.fee_minor for _, line in in_the_book("2009-06") if line.seats == 50] == [20_00]
    take_back("Ball Corporation", "2009-04", 500_00, "2009-07-10")
    close("2009-07")
    # All lines of the one subscription, and the new ones of the others.
    assert said() == TOUCHED.format(4 + 2, 4 * SOLD)
    assert in_the_book("2009-07") == by_the_judge("2009-07")
    assert sorted(line.fee_minor for _, line in in_the_book("2009-07") if line.is_correction) == [
        -60_00,
        60_00,
    ]


def test_a_sale_that_a_partner_never_had_is_withdrawn_and_no_other_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(closing, "CORRECTIONS_AT_ONCE", 1)
    sell()
    close("2009-04")
    with entered(OFFICE):
        sale = Invoice.objects.get(month=date(2009, 4, 1), subscription__customer__name="Timken").subscription
        change_partner(
            reader=story.CHIEF,
            at=at("2009-05-14"),
            subscription_id=sale.pk,
            partner_id=Partner.objects.get(name="Ridge").pk,
            first=sale.started_on,
            reason="It was Ridge all along.",
            replaces_later=True,
        )
    close("2009-05")
    assert said() == TOUCHED.format(SOLD + 1, 2 * SOLD)
    booked = in_the_book("2009-05")
    assert booked == by_the_judge("2009-05")
    (withdrawn,) = [line for _, line in booked if line.withdrawn]
    assert withdrawn.cause


def lose(path: Path) -> None:
    path.unlink()


def alter(path: Path) -> None:
    path.write_text(path.read_text().replace('"format": "', '"format": "0'))


def alter_its_rows(path: Path) -> None:
    (used,) = path.parent.glob("used-*.parquet")
    used.write_bytes(used.read_bytes()[:-1] + b"?")


@pytest.mark.parametrize(
    ("harm", "says"), [(lose, "is missing"), (alter, "was altered"), (alter_its_rows, "was altered")]
)
def test_without_what_was_kept_everything_is_worked_out(
    capped: Path, harm: Callable[[Path], None], says: str
) -> None:
    sell(program=capped)
    close("2009-04")
    harm(carried_file("2009-04"))
    take_back("Ball Corporation", "2009-04", 150_00, "2009-05-10")
    close("2009-05")
    assert said() == (
        f"DuckDB worked out all 6 invoice lines. What the close of April 2009 kept to start from {says}."
    )
    assert in_the_book("2009-05") == by_the_judge("2009-05")
    close("2009-06")
    assert said() == TOUCHED.format(SOLD, 3 * SOLD)
    assert in_the_book("2009-06") == by_the_judge("2009-06")


def test_after_a_close_by_the_judge_everything_is_worked_out() -> None:
    sell()
    settle_period(by=SYSTEM, at=after("2009-04"), month=Month.parse("2009-04"))
    close("2009-05")
    assert said() == (
        "DuckDB worked out all 6 invoice lines. The close of April 2009 did not keep what later ones could start from."
    )
    assert in_the_book("2009-05") == by_the_judge("2009-05")


def test_by_other_code_everything_is_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    sell()
    close("2009-04")
    monkeypatch.setattr(carried, "code", lambda: "other code")
    close("2009-05")
    assert said() == (
        "DuckDB worked out all 6 invoice lines. Lines are worked out by other code than at the close of April 2009."
    )


def test_under_a_new_version_everything_is_worked_out(capped: Path) -> None:
    sell()
    close("2009-04")
    text = capped.read_text().replace("effective = 2009-04-01", "effective = 2009-09-01")
    with entered(OFFICE):
        document = text.replace('"2009.1"', '"2009.2"').encode()
        publish_program.publish(reader=story.CHIEF, at=at("2009-05-02"), document=document)
    close("2009-05")
    assert said() == (
        "DuckDB worked out all 6 invoice lines. The program has another version than at the last close."
    )
    assert in_the_book("2009-05") == by_the_judge("2009-05")


def test_what_a_close_starts_from_is_on_the_record_where_no_file_reaches_it() -> None:
    sell()
    close("2009-04")
    assert carried_file("2009-04").exists()
    with pytest.raises(Exception, match="Cannot update or delete"), connection.cursor() as cursor:
        cursor.execute("update settlement_closedmonth set carried_sha256 = ''")
