"""A run that is asked to stop does so wherever it is, and is not waited for; what it left the next one takes up.

Another connection locks what the run reads, so that the run would wait for as long as the lock is held.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM
from ofrecord.billing.actions import bill_month_of_all
from ofrecord.engine.choice import DUCKDB, Choice
from ofrecord.flows.settle_period import INTERRUPTED, settle_period
from ofrecord.flows.watching import Ended, InBatches, watched
from ofrecord.kernel.calendar import Month
from ofrecord.settlement.models import Run
from ofrecord.settlement.queries import books_folder, closed
from ofrecord.settlement.refusals import RunStopped
from ofrecord.settlement.types import Progress, Purpose, Settled
from support import story
from support.ground import Ground
from support.spark import needs_spark
from support.story import after

APRIL = Month(2009, 4)
AFTER_APRIL = after("2009-04")
# Far more than a second, on a machine that does much else: a run that waited for the lock would wait for ever.
SECONDS = 20


@pytest.fixture(autouse=True)
def _billed(committed_db: str, settings: object, tmp_path: Path) -> None:
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    story.begin()
    story.sell(story.partner("Harbor Lane"), "Ball Corporation", 50, "2009-04-01")
    story.turn_clock("2009-05-01")
    with entered(OFFICE):
        bill_month_of_all(by=SYSTEM, at=AFTER_APRIL, month=APRIL)


@pytest.fixture
def locked(ground: Ground, committed_db: str) -> Iterator[Callable[[], None]]:
    """Locks the lines of invoices when it is called, until `locked` is left."""
    with psycopg.connect(ground.owner_url(committed_db)) as other:
        yield lambda: _lock(other)


def _lock(other: "psycopg.Connection[tuple[object, ...]]") -> None:
    if other.info.transaction_status == psycopg.pq.TransactionStatus.IDLE:
        other.execute("lock table billing_invoiceline in access exclusive mode")


def close(**other: object) -> Settled:
    return settle_period(by=SYSTEM, at=AFTER_APRIL, month=APRIL, choice=Choice(DUCKDB), **other)  # type: ignore[arg-type]


def stop_soon(seconds: float) -> None:
    """Asks as the desk does, from a connection of its own."""

    def ask() -> None:
        Run.objects.filter(status="running").update(stop_asked=True)
        connection.close()

    threading.Timer(seconds, ask).start()


def nothing_is_left() -> bool:
    return closed(APRIL) is None and not [*books_folder().glob("**/.*")]


def test_a_run_that_waits_for_the_database_stops_at_once(locked: Callable[[], None], ground: Ground) -> None:
    def watch(progress: Progress) -> None:
        if progress.says.startswith("Keeping") and not begun:
            locked()
            stop_soon(0.5)
            begun.append(time.monotonic())

    begun: list[float] = []
    with pytest.raises(RunStopped):
        close(progress=watch)
    assert time.monotonic() - begun[0] < SECONDS
    run = Run.objects.get()
    assert (run.status, run.says) == ("stopped", str(RunStopped(purpose=Purpose.CLOSE, month=APRIL)))
    assert nothing_is_left()


def test_the_run_after_a_stopped_one_closes_the_month() -> None:
    def watch(progress: Progress) -> None:
        if progress.says.startswith("Writing"):
            Run.objects.update(stop_asked=True)

    with pytest.raises(RunStopped):
        close(progress=watch)
    assert nothing_is_left()
    assert close().newly
    assert not [*books_folder().glob("**/.*")]


def test_who_waits_is_told_how_far_it_is(locked: Callable[[], None]) -> None:
    def watch(progress: Progress) -> None:
        said.append(progress.says)
        if progress.says.startswith("Keeping"):
            locked()
        if progress.says.startswith("Looking for"):
            raise RunStopped(purpose=Purpose.CLOSE, month=APRIL)

    said: list[str] = []
    with pytest.raises(RunStopped):
        close(progress=watch)
    assert said[-1] == "Looking for what has changed"


@contextmanager
def _at_the_terminal(
    ground: Ground, database: str, data: Path, *engine: str
) -> "Iterator[subprocess.Popen[str]]":
    environment = os.environ | {
        "DATABASE_URL": ground.app_url(database),
        "OFRECORD_DATA": str(data),
        "OFRECORD_SECRET_KEY": "the key of the tests",
    }
    command = [sys.executable, "-P", "-m", "ofrecord.commands", "settle", str(APRIL), "--engine", *engine]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    # A test run in the background hands on that Ctrl-C is nothing to it; a terminal does not.
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(command, env=environment, text=True, **pipes)  # type: ignore[call-overload]
    finally:
        signal.signal(signal.SIGINT, former)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_ctrl_c_ends_a_run_that_waits_for_the_database(
    locked: Callable[[], None], ground: Ground, committed_db: str, tmp_path: Path
) -> None:
    locked()
    with _at_the_terminal(ground, committed_db, tmp_path, "duckdb") as process:
        _wait_for("Looking for")
        process.send_signal(signal.SIGINT)
        said, why = process.communicate(timeout=SECONDS)
    assert (process.returncode, said) == (130, "")
    assert why.strip() == (
        "Interrupted. Nothing was posted. To do the whole again: ofrecord settle 2009-04 --engine duckdb"
    )
    run = Run.objects.get()
    assert (run.status, run.says) == ("stopped", INTERRUPTED)
    assert nothing_is_left()


def _wait_for(says: str) -> None:
    until = time.monotonic() + 120
    while not Run.objects.filter(says__startswith=says).exists():
        assert time.monotonic() < until, "the run never came so far"
        time.sleep(0.05)


@needs_spark
def test_ctrl_c_ends_a_run_on_spark_as_it_ends_any_other(
    ground: Ground, committed_db: str, tmp_path: Path
) -> None:
    with _at_the_terminal(ground, committed_db, tmp_path, "spark", "--master", "local[1]") as process:
        _wait_for("Working out all")
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        said, why = process.communicate(timeout=60)
    assert (process.returncode, said, "Traceback" in why) == (130, "", False), why
    last = why.strip().splitlines()[-1]
    again = "ofrecord settle 2009-04 --engine spark --master 'local[1]'"
    assert last == f"Interrupted. Nothing was posted. To do the whole again: {again}"
    run = Run.objects.get()
    assert (run.status, run.says) == ("stopped", INTERRUPTED)
    assert nothing_is_left()


class Lasting:
    """Work that ends only when it is told to while it waits, as a query does."""

    def __init__(self) -> None:
        self.stops = 0

    def progress(self) -> str:
        return "half"

    def stop(self) -> None:
        self.stops += 1


def test_work_is_stopped_again_until_it_has_ended() -> None:
    def say(says: str) -> None:
        assert says == "half"
        raise RunStopped(purpose=Purpose.CLOSE, month=APRIL)

    def stopped_often() -> None:
        with watched(work, say):
            until = time.monotonic() + SECONDS
            while work.stops < 3:
                assert time.monotonic() < until
                time.sleep(0.01)

    work = Lasting()
    with pytest.raises(RunStopped):
        stopped_often()


def test_batches_end_at_the_next_one() -> None:
    billing = InBatches("Billing")
    billing.at("Billed 1,000 of 2,000")
    assert billing.progress() == "Billed 1,000 of 2,000"
    billing.stop()
    with pytest.raises(Ended):
        billing.at("Billed 2,000 of 2,000")


def test_a_fault_of_the_work_is_its_own() -> None:
    with pytest.raises(ZeroDivisionError), watched(Lasting(), lambda says: None):
        _ = 1 / 0
