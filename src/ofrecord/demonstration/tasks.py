"""The worker tells the story behind the pages, while people look around already."""

from contextlib import suppress
from functools import cache
from typing import Final

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from ofrecord.clock.queries import history
from ofrecord.demonstration.script import Script, script
from ofrecord.demonstration.stage import Stage
from ofrecord.demonstration.telling import tell_on

# Short, so that a worker that is asked to end has ended soon after; the next one goes on.
_AT_A_TIME_SECONDS: Final = 2.0
_TASK: Final = "demonstration.tell"
_QUEUE: Final = "demonstration"


@cache
def _playing() -> tuple[Script, Stage]:
    """What this process knows of the story: the links that were told are in nobody else's hands."""
    return script(), Stage()


@app.periodic(cron="* * * * *")
@app.task(name=_TASK, queue=_QUEUE, queueing_lock=_QUEUE)
def tell(timestamp: int) -> None:
    """Tells some days of the story and asks to be called again, until it is told.

    Looked after each minute, so a story whose worker was killed goes on.
    """
    told = history()
    if told is None or told.is_loaded:
        return
    if tell_on(*_playing(), seconds=_AT_A_TIME_SECONDS):
        go_on()


def go_on() -> None:
    """Has a worker tell the story, unless one is about to."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(_TASK, queue=_QUEUE, queueing_lock=_QUEUE).defer(timestamp=0)
