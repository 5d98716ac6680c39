"""The preview of all partners as a run: started and stopped by a button, and followed."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from ofrecord.access.types import Permission
from ofrecord.clock.queries import now
from ofrecord.flows.run_preview import start_preview
from ofrecord.settlement.actions.runs import ask_stop
from ofrecord.settlement.queries import run
from ofrecord.settlement.types import Purpose, RunCard
from ofrecord.web import words
from ofrecord.web.desk.answers import found, progress_now
from ofrecord.web.desk.settlement import was_asked_to_stop
from ofrecord.web.parts import Progress
from ofrecord.web.readers import desk, reader_in


@require_POST
@desk(Permission.STATEMENTS_READ)
def start(request: HttpRequest) -> HttpResponse:
    """Has the preview of all partners worked out, unless that goes on already."""
    start_preview(by=reader_in(request).actor, at=now())
    return redirect("desk:preview")


@require_POST
@desk(Permission.STATEMENTS_READ)
def stop(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Asks the run to stop; what an earlier one found stays."""
    found(_run(run_id), "run")
    ask_stop(by=reader_in(request).actor, at=now(), run_id=run_id)
    return redirect("desk:preview")


@desk(Permission.STATEMENTS_READ)
def progress(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """How far the run is; asked each second until it ends."""
    return progress_now(request, progress_of(found(_run(run_id), "run")))


def _run(run_id: UUID) -> RunCard | None:
    card = run(run_id)
    return card if card is not None and card.purpose is Purpose.PREVIEW else None


def progress_of(card: RunCard) -> Progress:
    """The run as pages follow it."""
    was_stopped = was_asked_to_stop(card)
    return Progress(
        id="run",
        title=f"Preview of {words.month_text(card.month)}",
        url=reverse("desk:preview-progress", args=[card.id]),
        done=card.done,
        of=card.steps if card.steps > 1 else 0,
        words=card.says,
        is_finished=card.status != "running",
        was_stopped=was_stopped,
        fault=card.says if card.status == "stopped" and not was_stopped else "",
    )
