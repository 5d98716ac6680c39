"""A month is closed: stories in days, with the arithmetic beside the amounts."""

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM
from ofrecord.billing.facts import billed_facts
from ofrecord.billing.models import Invoice, InvoiceLine
from ofrecord.engine.refusals import BookAltered
from ofrecord.flows.settle_period import STEPS, settle_period, start_run
from ofrecord.journal.models import Entry
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.ledger.actions import Move, post
from ofrecord.ledger.models import PostingRow, Transfer
from ofrecord.ledger.queries import balance
from ofrecord.ledger.types import BANK, FEES, HELD, PAYABLE, Posting
from ofrecord.settlement.models import ClosedMonth, Run
from ofrecord.settlement.queries import next_to_close, runs
from ofrecord.settlement.refusals import (
    BillingMoved,
    EarlierMonthOpen,
    MonthNotOver,
    NobodyServed,
    RunStopped,
    TieOutBroken,
)
from ofrecord.settlement.types import Progress, Purpose, Settled
from ofrecord.statements.models import Statement
from ofrecord.statements.queries import card, lines_of, statements
from support import story
from support.story import House, after, at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _channel(settings: object, tmp_path: Path) -> None:
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    story.begin()


def close(month: str, **other: object) -> Settled:
    return settle_period(by=SYSTEM, at=after(month), month=Month.parse(month), **other)  # type: ignore[arg-type]


def close_until(last: str, first: str = "2009-04") -> None:
    month = Month.parse(first)
    while month <= Month.parse(last):
        close(str(month))
        month = month.plus(1)


def fees(house: House, month: str) -> list[tuple[str, int, str, str]]:
    """Customer, days, what was billed for them, what it earned."""
    scope = house.reader.scope
    with entered(scope):
        rows = statements(scope).filter(month=Month.parse(month).first)
        lines = [line for row in rows for line in lines_of(card(row), scope)]
    return [
        (one.names.customer, one.booked.line.days, one.billed.decimal_text(), one.fee.decimal_text())
        for one in lines
    ]


def total(house: House, month: str) -> str:
    with entered(house.reader.scope):
        return str(card(statements(house.reader.scope).get(month=Month.parse(month).first)).total)


def owed(house: House) -> str:
    with entered(OFFICE):
        return (-balance(PAYABLE, "USD", house.id)).decimal_text()


def nothing_is_posted(month: str) -> bool:
    first = Month.parse(month).first
    with entered(OFFICE):
        return not (
            ClosedMonth.objects.filter(month=first).exists()
            or Statement.objects.filter(month=first).exists()
            or Transfer.objects.filter(key__startswith=f"fees:{month}:").exists()
            or Entry.objects.filter(verb="month closed", data__month=month).exists()
        )


def test_the_first_year_pays_twelve_percent_and_the_thirteenth_month_six() -> None:
    harbor = story.partner("Harbor Lane")
    story.sell(harbor, "Ball Corporation", 50, "2009-04-01")
    close_until("2010-04")
    # 50 × 15.00 = 750.00; × 12% = 90.00; from the 13th month × 6% = 45.00
    assert fees(harbor, "2009-04") == [("Ball Corporation", 30, "750.00", "90.00")]
    assert fees(harbor, "2010-03") == [("Ball Corporation", 31, "750.00", "90.00")]
    assert fees(harbor, "2010-04") == [("Ball Corporation", 30, "750.00", "45.00")]
    # 12 × 90.00 + 45.00
    assert owed(harbor) == "1125.00"


def test_seats_that_change_inside_the_month_are_two_lines() -> None:
    harbor = story.partner("Harbor Lane")
    ball = story.sell(harbor, "Ball Corporation", 50, "2009-04-01")
    story.change_seats(ball, 60, "2009-04-21")
    close("2009-04")
    # 50 × 15.00 × 20/30 = 500.00 → 60.00; 60 × 15.00 × 10/30 = 300.00 → 36.00
    assert fees(harbor, "2009-04") == [
        ("Ball Corporation", 20, "500.00", "60.00"),
        ("Ball Corporation", 10, "300.00", "36.00"),
    ]
    assert total(harbor, "2009-04") == "96.00 USD"


def test_a_month_in_which_the_year_turns_is_shared_by_days() -> None:
    harbor = story.partner("Harbor Lane")
    story.sell(harbor, "Ball Corporation", 50, "2009-04-16")
    close_until("2010-04")
    # Started on 16 April: 15 of 30 days, 375.00 → 45.00
    assert fees(harbor, "2009-04") == [("Ball Corporation", 15, "375.00", "45.00")]
    # 15 days of the 12th month 375.00 → 45.00, 15 days of the 13th month 375.00 → 22.50
    assert fees(harbor, "2010-04") == [
        ("Ball Corporation", 15, "375.00", "45.00"),
        ("Ball Corporation", 15, "375.00", "22.50"),
    ]


def test_a_cancelled_subscription_earns_until_its_last_day() -> None:
    harbor = story.partner("Harbor Lane")
    ball = story.sell(harbor, "Ball Corporation", 50, "2009-04-01")
    story.cancel(ball, "2009-05-11")
    close_until("2009-06")
    # 750.00 × 10/31 = 241.935… = 241.94; × 12% = 29.0328
    assert fees(harbor, "2009-05") == [("Ball Corporation", 10, "241.94", "29.03")]
    assert fees(harbor, "2009-06") == []


def test_a_direct_sale_that_names_a_partner_is_a_line_of_nothing_with_its_reason() -> None:
    harbor = story.partner("Harbor Lane")
    story.sell_directly("Snap-on", 40, "2009-04-01", naming=harbor)
    story.sell_directly("Teradyne", 40, "2009-04-01")
    settled = close("2009-04")
    assert fees(harbor, "2009-04") == [("Snap-on", 30, "600.00", "0.00")]
    assert total(harbor, "2009-04") == "0.00 USD"
    assert (settled.closed.facts, settled.closed.lines, settled.zero_lines) == (2, 1, 1)
    with entered(OFFICE):
        (line,) = lines_of(card(statements(OFFICE).get()), OFFICE)
        assert "ordered directly" in line.booked.line.reason
        assert not Transfer.objects.filter(key__startswith="fees:").exists()


def test_statement_ledger_and_book_are_one_amount() -> None:
    harbor, ridge = story.partner("Harbor Lane"), story.partner("Ridge")
    story.sell(harbor, "Ball Corporation", 50, "2009-04-01")
    story.sell(harbor, "Teradyne", 7, "2009-04-11")
    story.sell(ridge, "Snap-on", 3, "2009-04-30")
    settled = close("2009-04")
    # Harbor: 750.00 → 90.00, and 7 × 15.00 × 20/30 = 70.00 → 8.40; Ridge: 3 × 15.00 × 1/30 = 1.50 → 0.18
    assert (total(harbor, "2009-04"), owed(harbor)) == ("98.40 USD", "98.40")
    assert (total(ridge, "2009-04"), owed(ridge)) == ("0.18 USD", "0.18")
    assert (settled.partners, settled.totals, settled.newly) == (2, (Money(9858, "USD"),), True)
    with entered(OFFICE):
        assert balance(FEES, "USD") == Money(9858, "USD")
        keys = set(Transfer.objects.filter(key__startswith="fees:").values_list("key", flat=True))
        assert keys == {f"fees:2009-04:{house.id}:USD" for house in (harbor, ridge)}
        days = set(Transfer.objects.filter(key__in=keys).values_list("day", flat=True))
    assert days == {date(2009, 4, 30)}


def test_a_second_time_adds_nothing_and_says_so() -> None:
    harbor = story.partner("Harbor Lane")
    story.sell(harbor, "Ball Corporation", 50, "2009-04-01")
    first = close("2009-04")
    with entered(OFFICE):
        before = (
            Entry.objects.count(),
            PostingRow.objects.count(),
            Run.objects.count(),
            Invoice.objects.count(),
        )
    again = close("2009-04")
    with entered(OFFICE):
        after_it = (
            Entry.objects.count(),
            PostingRow.objects.count(),
            Run.objects.count(),
            Invoice.objects.count(),
        )
    assert (again.newly, again.closed, again.totals) == (False, first.closed, first.totals)
    assert before == after_it


def test_a_month_that_is_not_over_says_from_when_on() -> None:
    story.sell(story.partner("Harbor Lane"), "Ball Corporation", 50, "2009-04-01")
    with pytest.raises(MonthNotOver) as refused:
        settle_period(by=SYSTEM, at=at("2009-04-30"), month=Month(2009, 4))
    assert refused.value.closable_from == date(2009, 5, 1)
    assert "1 May 2009" in refused.value.remedy()
    assert nothing_is_posted("2009-04")
    assert not runs().exists()


def test_months_are_closed_in_order() -> None:
    story.sell(story.partner("Harbor Lane"), "Ball Corporation", 50, "2009-04-01")
    with entered(OFFICE):
        assert next_to_close() == Month(2009, 4)
    with pytest.raises(EarlierMonthOpen) as refused:
        settle_period(by=SYSTEM, at=at("2009-07-01"), month=Month(2009, 6))
    assert refused.value.earlier == Month(2009, 4)
    with entered(OFFICE):
        assert not Invoice.objects.exists()
    close("2009-04")
    with pytest.raises(EarlierMonthOpen) as refused:
        settle_period(by=SYSTEM, at=at("2009-07-01"), month=Month(2009, 6))
    assert refused.value.earlier == Month(2009, 5)
    assert nothing_is_posted("2009-06")


def test_a_month_before_anybody_was_served_is_refused_before_a_run_begins(tmp_path: Path) -> None:
    with pytest.raises(NobodyServed) as refused:
        close("2009-04")
    assert str(refused.value) == "Nobody was served in April 2009, so there is nothing to close."
    story.sell(story.partner("Harbor Lane"), "Ball Corporation", 50, "2009-05-01")
    for begin in (settle_period, start_run):
        with pytest.raises(NobodyServed) as refused:
            begin(by=SYSTEM, at=at("2009-06-01"), month=Month(2009, 4))
        assert refused.value.remedy() == "The first month of service is May 2009."
    assert not runs().exists()
    assert not (tmp_path / "books").exists()


def test_an_altered_book_is_refused_to_the_reader_and_to_the_run(tmp_path: Path) -> None:
    harbor = story.partner("Harbor Lane")
    story.sell(harbor, "Ball Corporation", 50, "2009-04-01")
    settled = close("2009-04")
    (book,) = tmp_path.glob(f"books/2009-04/book-{settled.closed.book_sha256}.parquet")
    book.write_bytes(book.read_bytes()[:-7])
    for read in (lambda: fees(harbor, "2009-04"), lambda: close("2009-04")):
        with pytest.raises(BookAltered) as refused:
            read()
        assert book.name in refused.value.sentence()


def test_a_tie_out_that_does_not_hold_posts_nothing_and_says_why() -> None:
    harbor = story.partner("Harbor Lane")
    story.sell(harbor, "Ball Corporation", 50, "2009-04-01")
    # Somebody posted under the key of the fee before: 1.00 instead of 90.00
    one = Money(100, "USD")
    key = f"fees:2009-04:{harbor.id}:USD"
    with entered(OFFICE):
        wrong = Move(key, "by hand", (Posting(BANK, one), Posting(PAYABLE, -one, harbor.id)))
        post(moves=[wrong], day=date(2009, 4, 30), at=at("2009-04-30"))
    with pytest.raises(TieOutBroken) as refused:
        close("2009-04")
    by_figure = {found.figure: found for found in refused.value.breaks}
    # What was posted by hand is not on the partner's balance, so that the payable part overdraws it.
    assert set(by_figure) == {"fees", "payable", "carried"}
    assert len(refused.value.report()) == len(by_figure)
    found = by_figure["fees"]
    assert (found.partner_id, str(found.book), str(found.statement), str(found.ledger)) == (
        harbor.id,
        "90.00 USD",
        "90.00 USD",
        "1.00 USD",
    )
    with entered(OFFICE):
        assert not ClosedMonth.objects.exists()
        assert not Statement.objects.exists()
        assert not Entry.objects.filter(verb="month closed").exists()
    run = runs().get()
    assert (run.status, "does not tie out" in run.says) == ("stopped", True)
    assert "Nothing was posted." in run.says


def test_of_a_closed_month_that_does_not_tie_out_nobody_says_that_nothing_was_posted() -> None:
    harbor = story.partner("Harbor Lane")
    story.sell(harbor, "Ball Corporation", 50, "2009-04-01")
    close("2009-04")
    one = Money(100, "USD")
    with entered(OFFICE):
        by_hand = Move(
            "held:2009-04:by hand", "by hand", (Posting(BANK, one), Posting(HELD, -one, harbor.id))
        )
        post(moves=[by_hand], day=date(2009, 4, 30), at=at("2009-05-30"))
    with pytest.raises(TieOutBroken) as refused:
        close("2009-04")
    assert refused.value.sentence() == "April 2009 does not tie out for 1 partner."


def test_the_row_of_a_run_says_whether_it_was_a_fault_or_an_interruption() -> None:
    story.sell(story.partner("Harbor Lane"), "Ball Corporation", 50, "2009-04-01")

    def ended_by(fault: type[BaseException], **other: object) -> str:
        def watch(progress: Progress) -> None:
            if progress.says.startswith("Working out"):
                raise fault

        with pytest.raises(fault):
            close("2009-04", progress=watch, **other)
        return runs()[0].says

    assert ended_by(ZeroDivisionError).startswith("Ended by a fault, ")
    assert ended_by(KeyboardInterrupt).startswith("Interrupted ")
    # DuckDB and Spark report the interruption as a fault of their own.
    assert ended_by(RuntimeError, was_interrupted=lambda: True).startswith("Interrupted ")


def test_a_bill_that_comes_while_the_run_counts_is_not_closed_over() -> None:
    story.sell(story.partner("Harbor Lane"), "Ball Corporation", 50, "2009-04-01")

    def bill_one_more(progress: Progress) -> None:
        if progress.says.startswith("Working out"):
            with entered(OFFICE):
                invoice = Invoice.objects.get()
                InvoiceLine.objects.create(
                    invoice=invoice,
                    number=2,
                    first=date(2009, 4, 1),
                    until=date(2009, 5, 1),
                    seats=1,
                    unit_price_minor=1500,
                    amount_minor=1500,
                )

    with pytest.raises(BillingMoved):
        close("2009-04", progress=bill_one_more)
    assert nothing_is_posted("2009-04")
    # 750.00 + 15.00 → 90.00 + 1.80
    assert close("2009-04").totals == (Money(9180, "USD"),)


def test_a_run_that_is_asked_to_stop_posts_nothing() -> None:
    story.sell(story.partner("Harbor Lane"), "Ball Corporation", 50, "2009-04-01")
    seen: list[str] = []

    def stop(progress: Progress) -> None:
        seen.append(progress.says)
        if progress.says.startswith("Working out"):
            Run.objects.update(stop_asked=True)

    with pytest.raises(RunStopped):
        close("2009-04", progress=stop)
    assert "Posting" not in seen
    assert nothing_is_posted("2009-04")
    run = runs().get()
    assert (run.status, run.says) == ("stopped", str(RunStopped(purpose=Purpose.CLOSE, month=Month(2009, 4))))
    assert close("2009-04").newly


def test_progress_goes_from_nothing_to_all() -> None:
    story.sell(story.partner("Harbor Lane"), "Ball Corporation", 50, "2009-04-01")
    seen: list[Progress] = []
    close("2009-04", progress=seen.append)
    done = [progress.done for progress in seen]
    assert done == sorted(done)
    assert (done[0], done[-1], {progress.steps for progress in seen}) == (0, STEPS, {STEPS})
    assert seen[-1].says == "April 2009 is closed"
    assert runs().get().status == "closed"


def test_reading_what_was_billed_takes_the_same_queries_for_one_and_for_many() -> None:
    harbor = story.partner("Harbor Lane")

    def queries(month: str) -> tuple[int, int]:
        close(month)
        with entered(OFFICE), CaptureQueriesContext(connection) as captured:
            facts = billed_facts(Month.parse(month))
        return len(facts), len(captured)

    story.sell(harbor, "Ball Corporation", 50, "2009-04-01")
    few = queries("2009-04")
    for number in range(8):
        story.sell(harbor, f"Customer {number}", 5 + number, "2009-05-02")
    many = queries("2009-05")
    assert (few, many) == ((1, 9), (9, 9))


def test_the_tier_is_that_of_the_day_of_the_invoice() -> None:
    harbor = story.partner("Harbor Lane", tier="Certified")
    story.sell(harbor, "Ball Corporation", 50, "2009-04-01")
    with entered(OFFICE):
        from ofrecord.partners.actions.set_tier import set_tier  # noqa: PLC0415

        set_tier(by=SYSTEM, at=at("2009-04-30"), partner_id=harbor.id, tier="Gold", first=date(2009, 4, 30))
        close("2009-04")
        (fact,) = billed_facts(Month(2009, 4))
    assert [one.tier for one in fact.partners] == ["Gold"]


def test_another_partner_cannot_read_a_line_by_its_name() -> None:
    from ofrecord.statements.queries import explanation, line, statement  # noqa: PLC0415

    harbor, ridge = story.partner("Harbor Lane"), story.partner("Ridge")
    story.sell(harbor, "Ball Corporation", 50, "2009-04-01")
    story.sell(ridge, "Snap-on", 3, "2009-04-01")
    close("2009-04")
    owner: dict[str, UUID] = {}
    for house in (harbor, ridge):
        scope = house.reader.scope
        with entered(scope):
            row = card(statements(scope).get())
            (own,) = lines_of(row, scope)
            owner[own.id] = house.id
            assert line(own.id, scope) == own
            assert house.name in explanation(own).words
            others = [name for name, partner_id in owner.items() if partner_id != house.id]
            assert [line(name, scope) for name in others] == [None] * len(others)
        with entered(OFFICE):
            strange = [card(s) for s in statements(OFFICE) if s.partner_id != house.id]
        with entered(scope):
            assert [statement(one.id, scope) for one in strange] == [None]
    with entered(OFFICE):
        for name, partner_id in owner.items():
            found = line(name, OFFICE)
            assert found is not None
            assert found.booked.line.partner == str(partner_id)
        assert [line(name, OFFICE) for name in ("2009-04/0000000003", "2009-05/0000000001", "nonsense")] == [
            None
        ] * 3
