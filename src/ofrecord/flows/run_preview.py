"""The preview of all partners as a run: asked for at the desk, worked out by a worker, and kept until the next one."""

from datetime import datetime
from typing import Final
from uuid import UUID

from procrastinate.contrib.django import app

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, Actor
from ofrecord.engine.choice import USUAL, Choice
from ofrecord.flows.at_work import AtWork
from ofrecord.flows.preview_all import STEPS, preview_of_all
from ofrecord.flows.preview_month import open_month
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.collecting import collected_seldom
from ofrecord.kernel.refusal import Refusal
from ofrecord.settlement.actions.keep_preview import keep_preview
from ofrecord.settlement.actions.one_run import one_run
from ofrecord.settlement.actions.runs import begin_run, end_abandoned, end_run, underway
from ofrecord.settlement.refusals import MonthCannotBePreviewed
from ofrecord.settlement.types import STOPPED, Purpose

PREVIEW_TASK: Final = "settlement.preview"
PREVIEW_QUEUE: Final = "preview"
FAULT: Final = "Ended by a fault, of which the log of the process that ran it tells."


def start_preview(*, by: Actor, at: datetime) -> UUID:
    """Has a worker work out the preview of all partners; the run that is under way, if there is one.

    Raises MonthCannotBePreviewed before anybody is served.
    """
    with entered(OFFICE):
        month = open_month()
        if month is None:
            raise MonthCannotBePreviewed(month=Month.of(at.date()), is_closed=False, following=None)
        running = underway(at=at, purpose=Purpose.PREVIEW, month=month)
        if running is not None:
            return running
        run_id = begin_run(by=by, at=at, purpose=Purpose.PREVIEW, month=month)
        app.configure_task(PREVIEW_TASK, queue=PREVIEW_QUEUE).defer(run_id=str(run_id), month=str(month))
        return run_id


@collected_seldom()
def run_preview(*, at: datetime, run_id: UUID, month: Month, choice: Choice = USUAL) -> None:
    """Works the preview out and keeps it; the run says how far it is, and why where it fails.

    Raises RunStopped, BookMissing, BookAltered; whatever it raises, the preview before it stays.
    """
    with one_run(Purpose.PREVIEW, month, waiting=lambda: None):
        end_abandoned(at=at, purpose=Purpose.PREVIEW, month=month, besides=run_id)
        work = AtWork(purpose=Purpose.PREVIEW, month=month, steps=STEPS, run_id=run_id)
        try:
            found = preview_of_all(work, at.date(), choice)
            with entered(OFFICE):
                keep_preview(at=at, run_id=run_id, found=found, says=f"{len(found.figures):,} statements.")
        except BaseException as fault:
            says = str(fault) if isinstance(fault, Refusal) else FAULT
            end_run(at=at, run_id=run_id, status=STOPPED, says=says)
            raise
