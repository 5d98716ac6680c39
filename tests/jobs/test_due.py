"""What falls due by the clock is done once, in order, each job under its own day."""

import threading
from datetime import date

import pytest
from django.db import connection

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.billing.queries import invoices
from ofrecord.jobs.calendar import Due, due_between
from ofrecord.jobs.due import run_due
from support import story


def _billed() -> list[tuple[date, int]]:
    """Month and amount of every invoice."""
    with entered(OFFICE):
        return list(invoices(OFFICE).order_by("month", "number").values_list("month", "total_minor"))


def _a_house_that_sold_ten_seats(day: str) -> None:
    story.begin(day)
    story.sell(story.partner("Harbor Lane", day), "Parker", 10, day)


def test_a_month_is_billed_on_the_first_day_of_the_next() -> None:
    due = list(due_between(date(2025, 12, 30), date(2026, 3, 1)))
    assert [each.on for each in due] == [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    assert list(due_between(date(2026, 1, 1), date(2026, 1, 31))) == []


@pytest.mark.django_db
def test_the_clock_walks_through_months_and_each_is_billed_under_its_day() -> None:
    _a_house_that_sold_ten_seats("2025-10-16")
    assert run_due() == 0

    story.turn_clock("2026-02-10")
    watched: list[date] = []
    assert run_due(lambda due: watched.append(due.on)) == 4
    assert watched == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]
    # 10 seats at 15.00: from 16 October 16 of 31 days, 10 × 15.00 × 16 / 31 = 77.42; then 150.00 a month.
    assert [minor for _, minor in _billed()] == [7742, 15000, 15000, 15000]

    with entered(OFFICE):
        learned = invoices(OFFICE).order_by("month").values_list("learned_at", flat=True)
        assert [instant.date() for instant in learned] == watched
    assert run_due() == 0


@pytest.mark.django_db
def test_what_fell_due_before_the_installation_began_is_nobodys() -> None:
    story.begin("2026-10-05")
    assert run_due() == 0
    story.turn_clock("2026-11-01")
    assert run_due() == 1


@pytest.mark.django_db
def test_a_first_of_the_month_on_which_the_installation_began_is_looked_at() -> None:
    # It may have been the last of September where the vendor is, which was not known when the clock was wound.
    story.begin("2026-10-01")
    assert run_due() == 1
    assert _billed() == []


def test_what_was_done_before_a_failure_stays_done(committed_db: str) -> None:
    _a_house_that_sold_ten_seats("2025-10-01")
    story.turn_clock("2026-02-01")

    class PowerCut(Exception):
        pass

    def cut_in_january(due: Due) -> None:
        if due.on == date(2026, 1, 1):
            raise PowerCut

    with pytest.raises(PowerCut):
        run_due(cut_in_january)
    assert [month for month, _ in _billed()] == [date(2025, 10, 1), date(2025, 11, 1)]

    assert run_due() == 2
    assert [month for month, _ in _billed()] == [date(2025, 10 + n, 1) for n in range(3)] + [date(2026, 1, 1)]


def test_two_workers_at_once_do_each_job_once(committed_db: str) -> None:
    _a_house_that_sold_ten_seats("2025-10-01")
    story.turn_clock("2026-10-01")
    start, did, orders = threading.Barrier(3), [], []

    def work() -> None:
        mine: list[date] = []
        start.wait()
        did.append(run_due(lambda due: mine.append(due.on)))
        orders.append(mine)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)

    # October 2025 to September 2026 are twelve months, whoever did them; on the first day nothing was to be billed.
    assert sum(did) == 13
    assert sorted(on for mine in orders for on in mine) == sorted({on for mine in orders for on in mine})
    assert all(mine == sorted(mine) for mine in orders)
    assert len(_billed()) == len({month for month, _ in _billed()}) == 12
