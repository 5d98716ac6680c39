"""A month is closed in columns with the lines, the sums and the corrections that the judge gives."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import connection

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM
from ofrecord.billing.actions.credit_invoice import credit_invoice
from ofrecord.billing.models import Invoice
from ofrecord.billing.types import CreditKind, WantedCredit
from ofrecord.engine import books
from ofrecord.engine.booking import to_book
from ofrecord.engine.choice import DUCKDB, Choice
from ofrecord.engine.columns import lines_of
from ofrecord.engine.judging.judge import judge
from ofrecord.engine.looking import Asked
from ofrecord.engine.snapshots import read_snapshot
from ofrecord.engine.types import FeeLine
from ofrecord.flows import show_step
from ofrecord.flows.gather_history import laws
from ofrecord.flows.import_rates import StatedRate, record_rates
from ofrecord.flows.preview_month import preview
from ofrecord.flows.record_role import record_role
from ofrecord.flows.set_statement_currency import set_statement_currency
from ofrecord.flows.settle_period import settle_period
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.program.clause_types import REFERRER
from ofrecord.settlement.queries import booked_months, books_folder, closed, runs
from ofrecord.settlement.refusals import RunStopped, StepsNotInColumns
from ofrecord.settlement.types import Progress, Settled
from support import story
from support.story import CHIEF, after, at

pytestmark = pytest.mark.django_db
IN_COLUMNS = Choice(DUCKDB)


@pytest.fixture(autouse=True)
def _channel(settings: object, tmp_path: Path) -> None:
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    story.begin()


def close(month: str, **other: object) -> Settled:
    return settle_period(
        by=SYSTEM,
        at=after(month),
        month=Month.parse(month),
        choice=IN_COLUMNS,
        **other,  # type: ignore[arg-type]
    )


def in_the_book(month: str) -> list[tuple[int, FeeLine]]:
    card = closed(Month.parse(month))
    assert card is not None, "it was closed"
    path = books_folder() / month / f"book-{card.book_sha256}.parquet"
    # A book's file alone, without the month and day that its folder could be taken to state.
    return lines_of(pq.ParquetFile(path).read())


def by_the_judge(month: str) -> list[tuple[int, FeeLine]]:
    """What the judge would have written, from the snapshot that was kept and the books before."""
    card = closed(Month.parse(month))
    assert card is not None, "it was closed"
    history = read_snapshot(books_folder(), card.month, card.snapshot_sha256)
    with entered(OFFICE):
        before = books.on_record(books_folder(), booked_months(before=card.month))
        known = laws()
    lines = books.in_order(
        to_book(known, history, judge(known, history, card.month.last), before, card.month)
    )
    return list(zip(books.numbers_of(lines), lines, strict=True))


def take_back(customer: str, month: str, minor: int, day: str) -> None:
    wanted = WantedCredit(
        CreditKind.CREDIT_NOTE, date.fromisoformat(day), "Seats that were never used", Money(minor, "USD"), 1
    )
    with entered(OFFICE):
        invoice = Invoice.objects.get(month=Month.parse(month).first, subscription__customer__name=customer)
        credit_invoice(by=SYSTEM, at=at(day), invoice_id=invoice.pk, wanted=wanted)


def test_three_months_with_a_credit_are_booked_as_the_judge_books_them() -> None:
    harbor, ridge = story.partner("Harbor Lane"), story.partner("Ridge")
    story.sell(harbor, "Ball Corporation", 50, "2009-04-01")
    story.sell(ridge, "Snap-on", 7, "2009-04-17")
    story.sell_directly("Timken", 12, "2009-04-20", naming=ridge)
    close("2009-04")
    assert in_the_book("2009-04") == by_the_judge("2009-04")
    take_back("Ball Corporation", "2009-04", 150_00, "2009-05-10")
    settled = close("2009-05")
    booked = in_the_book("2009-05")
    assert booked == by_the_judge("2009-05")
    (corrected,) = [line for _, line in booked if line.is_correction]
    # 12% of 150.00 are taken back: what was billed was taken back on a day that the cause names.
    assert (corrected.fee_minor, corrected.cause) == (
        -18_00,
        "150.00 USD of what was billed was taken back on 10 May 2009.",
    )
    assert settled.newly
    close("2009-06")
    assert in_the_book("2009-06") == by_the_judge("2009-06")


def test_lines_that_wait_for_a_first_rate_are_paid_once_it_is_known() -> None:
    harbor = story.partner("Harbor Lane")
    story.sell(harbor, "Ball Corporation", 50, "2009-04-01")
    with entered(OFFICE):
        set_statement_currency(reader=CHIEF, at=at("2009-04-17"), partner_id=harbor.id, currency="EUR")
    close("2009-04")
    assert [(line.earned_minor, line.due_minor) for _, line in in_the_book("2009-04")] == [(90_00, 0)]
    with entered(OFFICE):
        last_days = (date(2009, 4, 30), date(2009, 5, 29))
        known = [StatedRate("USD", day, "1.25") for day in last_days]
        record_rates(reader=CHIEF, at=at("2009-05-30"), source="bank", rates=known)
    with entered(harbor.reader.scope):
        found = preview(reader=harbor.reader, at=at("2009-06-01"))
    assert found is not None
    close("2009-05")
    booked = in_the_book("2009-05")
    assert booked == by_the_judge("2009-05")
    assert [line.due_minor for _, line in booked] == [72_00, 72_00]
    assert [(each.new.minor, each.corrected.minor) for each in found.figures] == [(72_00, 72_00)]


def test_the_steps_of_a_closed_month_end_with_the_rows_of_its_book(tmp_path: Path) -> None:
    harbor = story.partner("Harbor Lane")
    story.sell(harbor, "Ball Corporation", 50, "2009-04-01")
    story.sell(harbor, "Timken", 12, "2009-04-01")
    close("2009-04")
    take_back("Ball Corporation", "2009-04", 150_00, "2009-05-10")
    close("2009-05")
    for month, steps in (("2009-04", ["booked"]), ("2009-05", ["on record", "new", "corrections", "booked"])):
        names = show_step.listed(Month.parse(month), "1GB")
        assert names[names.index("lines") + 1 :] == steps
        to = tmp_path / f"{month}.parquet"
        show_step.written(Month.parse(month), "1GB", Asked("booked"), to)
        booked = [line for _, line in in_the_book(month)]
        shown = pq.ParquetFile(to).read()
        shown = shown.append_column("number", pa.array([0] * shown.num_rows, pa.int64()))
        assert books.in_order([line for _, line in lines_of(shown)]) == booked
        asked = Asked("booked", [("corrects", "2009-04/0000000001")], ["clause", "fee_minor"])
        rows = show_step.shown(Month.parse(month), "1GB", asked, 10)
        assert {len(line.split()) for line in rows.lines} == {2}
        # Under the head.
        assert len(rows.lines) - 1 == sum(line.corrects == "2009-04/0000000001" for line in booked)


def test_a_run_that_is_asked_to_stop_while_columns_work_posts_nothing() -> None:
    story.sell(story.partner("Harbor Lane"), "Ball Corporation", 50, "2009-04-01")

    def stop(progress: Progress) -> None:
        if progress.says.startswith("Writing"):
            with connection.cursor() as cursor:
                cursor.execute("update settlement_run set stop_asked = true")

    with pytest.raises(RunStopped):
        close("2009-04", progress=stop)
    assert closed(Month.parse("2009-04")) is None
    assert not [*books_folder().glob("**/.*")]


def test_shares_without_a_small_common_denominator_are_left_to_the_judge_who_has_no_steps() -> None:
    harbor, ridge, oak = (story.partner(name) for name in ("Harbor Lane", "Ridge", "Oak Hill"))
    sale = story.sell(harbor, "Ball Corporation", 50, "2009-04-01")
    with entered(OFFICE):
        for house, denominator in ((ridge, 999_999_937), (oak, 999_999_929)):
            record_role(
                reader=CHIEF,
                at=at("2009-04-02"),
                subscription_id=sale,
                partner_id=house.id,
                role=REFERRER,
                first=date(2009, 4, 1),
                share=Fraction(1, denominator),
            )
    why = (
        "The shares on the record of those who share a sale have the common denominator 999999866000004473, which is "
        "above 10000000000."
    )
    assert close("2009-04").says == "The judge worked out all 1 invoice lines."
    assert runs().get().says.endswith("The judge worked out all 1 invoice lines.")
    with pytest.raises(StepsNotInColumns) as refused:
        show_step.listed(Month(2009, 4), "2GB")
    assert refused.value.why == why
