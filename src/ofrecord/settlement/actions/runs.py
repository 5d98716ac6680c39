"""Runs begin, go on, are asked to stop, and end."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Actor
from ofrecord.journal.actions import record
from ofrecord.kernel.calendar import Month
from ofrecord.settlement.actions.one_run import is_held
from ofrecord.settlement.models import Run
from ofrecord.settlement.refusals import RunStopped
from ofrecord.settlement.types import RUNNING, STOPPED, Purpose

WAITING = "Waiting for a worker to take it up."
BEGINS = "Begins."
ABANDONED = {
    Purpose.CLOSE: "Ended before its time. Nothing was posted. Another run does the whole.",
    Purpose.PREVIEW: "Ended before its time. Another run does the whole.",
}
# A run that waits to be taken up has one step; a run that was taken up has more.
UNTOUCHED_STEPS = 1


_BEGUN = {Purpose.CLOSE: "settlement run started", Purpose.PREVIEW: "preview run started"}
_STOPPED = {Purpose.CLOSE: "settlement run asked to stop", Purpose.PREVIEW: "preview run asked to stop"}


@transaction.atomic
def begin_run(
    *, by: Actor, at: datetime, purpose: Purpose, month: Month, steps: int = UNTOUCHED_STEPS
) -> UUID:
    """A run that waits to be taken up; with its `steps`, one that whoever begins it does at once.

    A process that is killed before the first of them leaves a run of which everybody sees that nobody does it.
    """
    run = Run.objects.create(
        month=month.first,
        purpose=purpose.value,
        status=RUNNING,
        started_by=by.id,
        started_at=at,
        steps=steps,
        says=WAITING if steps == UNTOUCHED_STEPS else BEGINS,
    )
    record(by=by, at=at, verb=_BEGUN[purpose], subject=("run", run.pk), month=str(month))
    return run.pk


@transaction.atomic
def underway(*, at: datetime, purpose: Purpose, month: Month) -> UUID | None:
    """The month's run for that purpose that waits or goes on; one whose process is gone is ended and does not count."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"start {purpose.value} {month}"]
        )
    if not is_held(purpose, month):
        end_abandoned(at=at, purpose=purpose, month=month)
    running = Run.objects.filter(purpose=purpose.value, month=month.first, status=RUNNING).order_by(
        "started_at"
    )
    return running.values_list("pk", flat=True).first()


@transaction.atomic
def end_abandoned(*, at: datetime, purpose: Purpose, month: Month, besides: UUID | None = None) -> None:
    """Ends the month's runs for that purpose that were taken up and whose process is gone; for whoever holds it."""
    taken_up = _taken_up().filter(purpose=purpose.value, month=month.first)
    others = taken_up.exclude(pk=besides) if besides else taken_up
    others.update(status=STOPPED, ended_at=at, says=ABANDONED[purpose])


@transaction.atomic
def end_broken(*, at: datetime) -> int:
    """Ends the runs that were taken up and whose process is gone, of every month and purpose; says how many."""
    found = {
        (Purpose(purpose), Month.of(month)) for purpose, month in _taken_up().values_list("purpose", "month")
    }
    ended = 0
    for purpose, month in found:
        if not is_held(purpose, month):
            broken = _taken_up().filter(purpose=purpose.value, month=month.first)
            ended += broken.update(status=STOPPED, ended_at=at, says=ABANDONED[purpose])
    return ended


def _taken_up() -> "QuerySet[Run]":
    return Run.objects.filter(status=RUNNING, steps__gt=UNTOUCHED_STEPS)


@transaction.atomic
def note(*, run_id: UUID, purpose: Purpose, month: Month, done: int, steps: int, says: str) -> None:
    """Writes how far the run is. Raises RunStopped when it was asked to stop, or was ended meanwhile."""
    goes_on = Run.objects.filter(pk=run_id, status=RUNNING, stop_asked=False)
    if not goes_on.update(done=done, steps=steps, says=says[:500]):
        raise RunStopped(purpose=purpose, month=month)


@transaction.atomic
def end_run(*, at: datetime, run_id: UUID, status: str, says: str) -> None:
    """Ends a run that still goes on, as CLOSED, DONE or STOPPED; one that has ended stays as it ended."""
    going_on = Run.objects.filter(pk=run_id, status=RUNNING)
    going_on.update(status=status, ended_at=at, says=says[:500])


@transaction.atomic
def ask_stop(*, by: Actor, at: datetime, run_id: UUID) -> None:
    """Stops a run before its next step, or at once when nobody has taken it up. An ended run stays as it is."""
    run = Run.objects.select_for_update().filter(pk=run_id).first()
    if run is None:
        raise NotFound(what="run")
    if run.status != RUNNING or run.stop_asked:
        return
    run.stop_asked = True
    purpose, month = Purpose(run.purpose), Month.of(run.month)
    if not is_held(purpose, month):
        stopped = RunStopped(purpose=purpose, month=month)
        run.status, run.ended_at, run.says = STOPPED, at, stopped.sentence()
    run.save(update_fields=["stop_asked", "status", "ended_at", "says"])
    record(by=by, at=at, verb=_STOPPED[purpose], subject=("run", run.pk), month=str(month))
