"""What the queue starts."""

from procrastinate.contrib.django import app

from ofrecord.jobs.due import run_due


@app.periodic(cron="* * * * *")
@app.task(name="jobs.run_due", queue="calendar", queueing_lock="calendar")
def look_at_the_calendar(timestamp: int) -> None:
    """Each minute of real time: does what has fallen due by the clock."""
    run_due()


@app.task(name="jobs.clock_moved", queue="calendar", queueing_lock="calendar moved")
def clock_moved() -> None:
    """At once after the clock was set."""
    run_due()
