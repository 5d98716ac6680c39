"""The queue closes a month that somebody asked for."""

from uuid import UUID

from procrastinate.contrib.django import app

from ofrecord.access.types import Actor, ActorKind
from ofrecord.clock.queries import now
from ofrecord.flows.settle_period import SETTLE_QUEUE, SETTLE_TASK, settle_period
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.refusal import Refusal


@app.task(name=SETTLE_TASK, queue=SETTLE_QUEUE)
def settle(run_id: str, month: str, by_kind: str, by_id: str | None) -> None:
    """Does the run. A refusal is an answer, which the run's row tells whoever asked; the queue need not try again."""
    by = Actor(ActorKind(by_kind), UUID(by_id) if by_id else None)
    try:
        settle_period(by=by, at=now(), month=Month.parse(month), run_id=UUID(run_id))
    except Refusal:
        return
