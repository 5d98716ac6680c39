"""The queue closes a month that somebody asked for, or works out what its close would come to."""

import os
from uuid import UUID

from procrastinate.contrib.django import app

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, Actor, ActorKind
from ofrecord.clock.queries import now
from ofrecord.engine.choice import stated
from ofrecord.flows.run_preview import PREVIEW_QUEUE, PREVIEW_TASK, run_preview
from ofrecord.flows.settle_period import SETTLE_QUEUE, SETTLE_TASK, settle_period
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.refusal import Refusal
from ofrecord.settlement.actions.runs import end_broken


@app.task(name=SETTLE_TASK, queue=SETTLE_QUEUE)
def settle(run_id: str, month: str, by_kind: str, by_id: str | None) -> None:
    """Does the run. A refusal is an answer, which the run's row tells whoever asked; the queue need not try again.

    What works out the fees is stated where the worker runs, and was found sound when it started.
    """
    by = Actor(ActorKind(by_kind), UUID(by_id) if by_id else None)
    try:
        settle_period(
            by=by, at=now(), month=Month.parse(month), run_id=UUID(run_id), choice=stated(os.environ)
        )
    except Refusal:
        return


@app.task(name=PREVIEW_TASK, queue=PREVIEW_QUEUE)
def preview(run_id: str, month: str) -> None:
    """Works out the preview of all partners. A refusal is an answer, as above."""
    try:
        run_preview(at=now(), run_id=UUID(run_id), month=Month.parse(month), choice=stated(os.environ))
    except Refusal:
        return


@app.periodic(cron="* * * * *")
@app.task(name="settlement.end_broken", queue=SETTLE_QUEUE, queueing_lock="broken runs")
def end_broken_runs(timestamp: int) -> None:
    """Each minute of real time: a run whose process was killed says so, instead of going on for ever."""
    with entered(OFFICE):
        end_broken(at=now())
