"""Runs what has fallen due, in order, each once."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.utils import timezone

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.clock.queries import began_on, now
from ofrecord.jobs.calendar import Due, due_between
from ofrecord.jobs.models import DoneJob

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
        jobs = _left(today.date())
    return sum(_run(job, today, report) for job in jobs)


def _left(today: date) -> list[Due]:
    """What fell due and was not done, the earliest first.

    Looks from the day of the latest job that was done, as others may fall due on that day too; before any was done,
    from the first day of the installation, and a day more, as the vendor's time zone was not known then. What concerns
    days on which nobody was served finds nothing to do.
    """
    last = DoneJob.objects.order_by("-due_on").values_list("due_on", flat=True).first()
    since = last - timedelta(days=1) if last else began_on() - timedelta(days=2)
    done = set(DoneJob.objects.filter(due_on__gt=since).values_list("name", "due_on"))
    return [due for due in due_between(since, today) if (due.name, due.on) not in done]


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
