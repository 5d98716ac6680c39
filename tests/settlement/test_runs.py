"""Runs: started at the desk, watched, stopped, at the same time, and killed."""

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from django.db import IntegrityError, ProgrammingError, connection

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM
from ofrecord.billing.models import Invoice
from ofrecord.flows.settle_period import STEPS, settle_period, start_run
from ofrecord.jobs.settlement import end_broken_runs, settle
from ofrecord.kernel.calendar import Month
from ofrecord.ledger.models import Transfer
from ofrecord.settlement.actions.runs import ABANDONED, ask_stop, begin_run
from ofrecord.settlement.models import ClosedMonth, Run
from ofrecord.settlement.refusals import AlreadyClosed, RunStopped
from ofrecord.settlement.types import Progress, Purpose, Settled
from ofrecord.statements.models import Statement
from support import story
from support.story import House, after

APRIL = Month(2009, 4)
AFTER_APRIL = after("2009-04")


@pytest.fixture(autouse=True)
def harbor(committed_db: str, settings: object, tmp_path: Path) -> House:
    """A partner with one customer: 50 × 15.00 = 750.00 a month, × 12% = 90.00."""
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    story.begin()
    house = story.partner("Harbor Lane")
    story.sell(house, "Ball Corporation", 50, "2009-04-01")
    return house


def close(**other: object) -> Settled:
    return settle_period(by=SYSTEM, at=AFTER_APRIL, month=APRIL, **other)  # type: ignore[arg-type]


def posted() -> tuple[int, int, int, int]:
    """Closed months, statements, transfers of fees, invoices."""
    with entered(OFFICE):
        fees = Transfer.objects.filter(key__startswith="fees:2009-04:")
        return (
            ClosedMonth.objects.count(),
            Statement.objects.count(),
            fees.count(),
            Invoice.objects.count(),
        )


def jobs() -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute("select args from procrastinate_jobs where task_name = 'settlement.settle'")
        return [json.loads(args) for (args,) in cursor.fetchall()]


def stop(run_id: UUID) -> None:
    with entered(OFFICE):
        ask_stop(by=SYSTEM, at=AFTER_APRIL, run_id=run_id)


def test_the_desk_starts_one_run_that_a_worker_takes_up() -> None:
    run_id = start_run(by=SYSTEM, at=AFTER_APRIL, month=APRIL)
    assert start_run(by=SYSTEM, at=AFTER_APRIL, month=APRIL) == run_id
    assert jobs() == [{"run_id": str(run_id), "month": "2009-04", "by_kind": "system", "by_id": None}]
    close(run_id=run_id)
    assert ClosedMonth.objects.get().run_id == run_id
    with pytest.raises(AlreadyClosed):
        start_run(by=SYSTEM, at=AFTER_APRIL, month=APRIL)


def test_the_queue_does_the_run() -> None:
    story.turn_clock("2009-05-01")
    run_id = start_run(by=SYSTEM, at=AFTER_APRIL, month=APRIL)
    settle(**jobs()[0])  # type: ignore[arg-type]
    assert Run.objects.get(pk=run_id).status == "closed"
    assert posted() == (1, 1, 1, 1)


def test_what_the_queue_is_refused_stands_on_the_run() -> None:
    run_id = start_run(by=SYSTEM, at=AFTER_APRIL, month=APRIL)
    settle(**jobs()[0])  # type: ignore[arg-type]  by the clock it is April still
    run = Run.objects.get(pk=run_id)
    assert (run.status, "is not over" in run.says) == ("stopped", True)
    assert posted() == (0, 0, 0, 0)


def test_a_run_that_waited_while_another_closed_the_month_says_so() -> None:
    run_id = start_run(by=SYSTEM, at=AFTER_APRIL, month=APRIL)
    close()
    assert not close(run_id=run_id).newly
    run = Run.objects.get(pk=run_id)
    assert (run.status, run.says) == ("closed", "April 2009 was closed before. Nothing was added.")
    assert posted() == (1, 1, 1, 1)


def test_a_waiting_run_is_stopped_at_once() -> None:
    run_id = start_run(by=SYSTEM, at=AFTER_APRIL, month=APRIL)
    stop(run_id)
    assert Run.objects.get(pk=run_id).status == "stopped"
    with pytest.raises(RunStopped):
        close(run_id=run_id)
    assert posted() == (0, 0, 0, 0)
    assert start_run(by=SYSTEM, at=AFTER_APRIL, month=APRIL) != run_id


def test_a_run_at_work_is_stopped_before_its_next_step() -> None:
    def from_the_desk(progress: Progress) -> None:
        if progress.says.startswith("Working out"):
            in_a_thread(lambda: stop(Run.objects.get().pk))
            assert Run.objects.get().status == "running"

    with pytest.raises(RunStopped):
        close(progress=from_the_desk)
    run = Run.objects.get()
    assert (run.status, run.says) == ("stopped", str(RunStopped(purpose=Purpose.CLOSE, month=APRIL)))
    assert posted() == (0, 0, 0, 1)


def test_a_run_whose_process_is_gone_says_so_within_a_minute() -> None:
    waiting = start_run(by=SYSTEM, at=AFTER_APRIL, month=APRIL)
    end_broken_runs(0)
    assert Run.objects.get(pk=waiting).status == "running", (
        "it waits to be taken up, and nothing is wrong with it"
    )

    def from_the_calendar(progress: Progress) -> None:
        if progress.says.startswith("Working out"):
            in_a_thread(lambda: end_broken_runs(0))
            assert Run.objects.get().status == "running", "its process is at work"

    close(run_id=waiting, progress=from_the_calendar)
    assert Run.objects.get(pk=waiting).status == "closed"

    Run.objects.filter(pk=waiting).update(status="running", done=3)  # as a killed process leaves it
    end_broken_runs(0)
    assert (Run.objects.get(pk=waiting).status, Run.objects.get(pk=waiting).says) == (
        "stopped",
        ABANDONED[Purpose.CLOSE],
    )


def test_a_run_that_was_killed_before_its_first_step_is_ended_by_the_next() -> None:
    with entered(OFFICE):
        killed = begin_run(by=SYSTEM, at=AFTER_APRIL, purpose=Purpose.CLOSE, month=APRIL, steps=STEPS)
    close()
    assert (Run.objects.get(pk=killed).status, Run.objects.get(pk=killed).says) == (
        "stopped",
        ABANDONED[Purpose.CLOSE],
    )
    assert not Run.objects.filter(status="running").exists()


def test_two_runs_of_one_month_come_one_after_the_other() -> None:
    results: list[Settled] = []
    waited: list[str] = []

    def second() -> None:
        results.append(close(progress=lambda progress: waited.append(progress.says)))

    def watch(progress: Progress) -> None:
        if progress.says.startswith("Working out"):
            threads.append(threading.Thread(target=closing(second)))
            threads[0].start()
            wait_until(lambda: bool(waited))

    threads: list[threading.Thread] = []
    results.append(close(progress=watch))
    threads[0].join(30)
    assert [result.newly for result in results] == [True, False]
    assert waited == ["Waiting for another run of April 2009 to end"]
    assert posted() == (1, 1, 1, 1)
    assert Run.objects.count() == 1


def test_many_runs_at_once_close_the_month_once() -> None:
    results: list[Settled] = []
    threads = [threading.Thread(target=closing(lambda: results.append(close()))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(result.newly for result in results) == [False] * 5 + [True]
    assert posted() == (1, 1, 1, 1)


def test_postgresql_itself_refuses_to_close_a_month_twice() -> None:
    close()
    run = Run.objects.create(month=APRIL.first, status="running", started_at=AFTER_APRIL)
    row = ClosedMonth.objects.get()
    with pytest.raises(IntegrityError):
        ClosedMonth.objects.create(
            month=APRIL.first,
            run=run,
            snapshot_sha256=row.snapshot_sha256,
            book_sha256=row.book_sha256,
            facts=1,
            lines=1,
            closed_at=AFTER_APRIL,
        )
    with pytest.raises(ProgrammingError, match="Cannot update or delete"):
        ClosedMonth.objects.update(lines=2)


def closing(work: Callable[[], object]) -> Callable[[], None]:
    """The work of a thread, which closes its connection at the end."""

    def worked() -> None:
        try:
            work()
        finally:
            connection.close()

    return worked


def in_a_thread(work: Callable[[], object]) -> None:
    thread = threading.Thread(target=closing(work))
    thread.start()
    thread.join(30)


def wait_until(holds: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.01)
