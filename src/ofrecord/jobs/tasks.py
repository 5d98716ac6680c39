"""What the queue starts."""

from procrastinate.contrib.django import app

from ofrecord.flows.turn_clock import CALENDAR_QUEUE, CLOCK_MOVED_TASK
from ofrecord.jobs import settlement  # noqa: F401  the queue finds its tasks by way of this file
from ofrecord.jobs.due import run_due


@app.periodic(cron="* * * * *")
@app.task(name="jobs.run_due", queue=CALENDAR_QUEUE, queueing_lock="calendar")
def look_at_the_calendar(timestamp: int) -> None:
    """Each minute of real time: does what has fallen due by the clock."""
    run_due()


@app.task(name=CLOCK_MOVED_TASK, queue=CALENDAR_QUEUE)
def clock_moved() -> None:
    """At once after the clock was set."""
    run_due()
