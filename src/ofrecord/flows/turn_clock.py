"""The clock of a demonstration is set forward, and the jobs catch up with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from ofrecord.access.rules import require
from ofrecord.access.types import ActorKind, Permission, Reader
from ofrecord.clock.actions import set_day
from ofrecord.journal.queries import since
from ofrecord.journal.types import Happening

CLOCK_MOVED_TASK: Final = "jobs.clock_moved"
CALENDAR_QUEUE: Final = "calendar"
WAITING, FAILED = ("todo", "doing"), "failed"


@dataclass(frozen=True, slots=True)
class CatchUp:
    """How far the jobs are behind the clock: `reached` is the latest day whose work they wrote down.

    `done` is what they did since the clock was set, in order. `is_over` when nothing of it waits or goes on.
    """

    former: date
    day: date
    reached: date
    done: tuple[Happening, ...]
    is_over: bool
    has_failed: bool


@transaction.atomic
def turn(*, reader: Reader, at: datetime, day: date) -> None:
    """It is `day` from now on; what falls due until then is done by the jobs, in order.

    The jobs hear of it when the transaction is committed, and would also find out within a minute.
    """
    require(reader, Permission.CLOCK_SET)
    set_day(by=reader.actor, at=at, day=day)
    app.configure_task(CLOCK_MOVED_TASK, queue=CALENDAR_QUEUE).defer()


def catch_up(*, reader: Reader) -> CatchUp | None:
    """What the server did since the clock was set last, by its jobs or by a command; None where it never was."""
    require(reader, Permission.CLOCK_SET)
    happened = since("clock set", reader.scope)
    if not happened:
        return None
    former, day = (date.fromisoformat(happened[0].data[name]) for name in ("former", "day"))
    done = tuple(each for each in happened[1:] if each.by_kind == ActorKind.SYSTEM)
    jobs = ProcrastinateJob.objects.filter(task_name=CLOCK_MOVED_TASK).order_by("-id")
    is_over = not jobs.filter(status__in=WAITING).exists()
    last = jobs.values_list("status", flat=True).first()
    has_failed = is_over and last == FAILED
    reached = day if is_over and not has_failed else _reached(former, day, done)
    return CatchUp(former, day, reached, done, is_over, has_failed)


def _reached(former: date, day: date, done: Sequence[Happening]) -> date:
    """A job writes under the day on which it fell due."""
    return min(day, max((each.at.date() for each in done), default=former))
