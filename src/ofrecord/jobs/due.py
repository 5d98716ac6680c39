"""Runs what has fallen due, in order, each once."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.utils import timezone

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.clock.queries import now
from ofrecord.jobs.calendar import Due, due_between
from ofrecord.jobs.models import DoneJob

LOOK_BACK_DAYS = 62
Report = Callable[[Due], None]


def _silent(due: Due) -> None:
    """Nobody watches."""


def run_due(report: Report = _silent) -> int:
    """Does what fell due up to the clock's today and was not done; says how many.

    Each job is a transaction of its own under the day on which it fell due, so what was done stays done if the
    process ends, and the next run goes on from there.
    """
    with transaction.atomic():
        today = now()
    jobs = list(due_between(_since(today.date()), today.date()))
    return sum(_run(job, today, report) for job in jobs)


def _since(today: date) -> date:
    """From the last day that was looked at; at most two months back, and not before the first start."""
    last = DoneJob.objects.order_by("-due_on").values_list("due_on", flat=True).first()
    return max(last - timedelta(days=1), date.min) if last else today - timedelta(days=LOOK_BACK_DAYS)


def _run(due: Due, today: datetime, report: Report) -> int:
    with entered(OFFICE):
        _serialize()
        if DoneJob.objects.filter(name=due.name, due_on=due.on).exists():
            return 0
        report(due)
        due.run(datetime.combine(due.on, time(6), tzinfo=today.tzinfo))
        DoneJob.objects.create(name=due.name, due_on=due.on, done_at=timezone.now())
    return 1


def _serialize() -> None:
    """Two workers run the calendar one after the other; the second finds the job done."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('due jobs'))")
