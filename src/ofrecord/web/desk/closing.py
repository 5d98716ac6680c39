"""A month is closed: a button starts a run, a page follows it, and the month shows what it came to."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from ofrecord.access.queries import names_of
from ofrecord.access.types import Permission, Reader
from ofrecord.billing.queries import totals_by_month
from ofrecord.clock.queries import now
from ofrecord.flows.before_close import lacking
from ofrecord.flows.settle_period import start_run
from ofrecord.kernel.calendar import CalendarFault, Month
from ofrecord.kernel.refusal import Refusal
from ofrecord.settlement import queries
from ofrecord.settlement.actions.runs import ask_stop
from ofrecord.settlement.refusals import NobodyServed
from ofrecord.settlement.types import RunCard
from ofrecord.statements.queries import fees_by_month, statements, waiting_lines
from ofrecord.web import words
from ofrecord.web.desk.answers import found, progress_now
from ofrecord.web.desk.settlement import run_state, waited_words, was_asked_to_stop
from ofrecord.web.desk.statements import listing
from ofrecord.web.parts import Progress, Way
from ofrecord.web.readers import desk, reader_in


def month_of(text: str) -> Month:
    """The month that an address names; 404 where it names none."""
    try:
        return Month.parse(text)
    except CalendarFault as fault:
        raise Http404 from fault


@desk(Permission.SETTLEMENT_READ)
def month(request: HttpRequest, month: str) -> HttpResponseBase:
    """One month: what it came to, or what has to happen before it can be closed."""
    return _month_page(request, month_of(month))


@require_POST
@desk(Permission.SETTLEMENT_CLOSE)
def close(request: HttpRequest, month: str) -> HttpResponseBase:
    """Starts a run that closes the month, or leads to the one that goes on."""
    wanted, reader = month_of(month), reader_in(request)
    try:
        run_id = start_run(by=reader.actor, at=now(), month=wanted)
    except Refusal as refusal:
        response = _month_page(request, wanted, refusal)
        response.status_code = refusal.kind
        response.refused = True  # type: ignore[attr-defined]
        return response
    return redirect("desk:run", run_id)


def _month_page(request: HttpRequest, wanted: Month, refusal: Refusal | None = None) -> HttpResponseBase:
    reader, today = reader_in(request), now().date()
    can_close = queries.closable(today) == wanted and reader.may(Permission.SETTLEMENT_CLOSE)
    tried = [queries.run_card(run) for run in queries.runs().filter(month=wanted.first)[:20]]
    context = {
        "month": wanted,
        "unserved": _unserved(wanted, is_over=wanted.last < today),
        "can_close": can_close,
        "lacking": lacking(wanted) if can_close else [],
        "is_over": wanted.last < today,
        "next": queries.next_to_close(),
        "runs": [_told(run, names_of(r.started_by for r in tried if r.started_by)) for run in tried],
        "going_on": next((run for run in tried if run.status == "running"), None),
        "waited": waited_words(wanted, waiting_lines(reader.scope, wanted)),
        "refusal": refusal,
        **_came_to(wanted, reader),
    }
    own = statements(reader.scope).filter(month=wanted.first)
    return listing(of_one_month=True).respond(request, own, "desk/month.html", context)


def _came_to(wanted: Month, reader: Reader) -> dict[str, object]:
    """What was billed in the month and what partners earned in it, as far as is known."""
    return {
        "closed": queries.closed(wanted),
        "billed": totals_by_month(reader.scope).get(wanted, []),
        "fees": fees_by_month(reader.scope).get(wanted, []),
    }


def _unserved(wanted: Month, *, is_over: bool) -> NobodyServed | None:
    """Why a month that is over is never closed: nobody was served before the first month of service."""
    first = queries.first_served()
    is_before = first is None or wanted < first
    return NobodyServed(month=wanted, first=first) if is_over and is_before else None


def _told(run: RunCard, names: dict[UUID, str]) -> dict[str, Any]:
    who = names.get(run.started_by, "") if run.started_by else "the command line"
    return {"card": run, "state": run_state(run), "who": who}


@desk(Permission.SETTLEMENT_READ)
def run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """A run, followed until it ends."""
    card, reader = found(queries.run(run_id), "run"), reader_in(request)
    step = card.done + 1 if card.status == "stopped" and card.steps > 1 else None
    context = {
        "run": card,
        "stopped_in": step,
        "is_stopping": card.status == "running" and card.stop_asked,
        "progress": _progress(card),
        "can_stop": _can_stop(card, reader),
        **(_came_to(card.month, reader) if card.status == "closed" else {}),
    }
    return render(request, "desk/run.html", context)


@desk(Permission.SETTLEMENT_READ)
def run_progress(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """How far the run is; asked each second until it ends."""
    card = found(queries.run(run_id), "run")
    return progress_now(request, _progress(card))


@require_POST
@desk(Permission.SETTLEMENT_CLOSE)
def stop(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Asks the run to stop; it does so soon, wherever it is, but for its last step."""
    ask_stop(by=reader_in(request).actor, at=now(), run_id=run_id)
    messages.info(request, "The run was asked to stop. It does so at once, unless it has begun to post.")
    return redirect("desk:run", run_id)


def _can_stop(card: RunCard, reader: Reader) -> bool:
    is_posting = card.steps > 1 and card.done == card.steps - 1
    return (
        card.status == "running"
        and not (card.stop_asked or is_posting)
        and reader.may(Permission.SETTLEMENT_CLOSE)
    )


def _progress(card: RunCard) -> Progress:
    name = words.month_text(card.month)
    is_closed, was_stopped = card.status == "closed", was_asked_to_stop(card)
    return Progress(
        id="run",
        title=f"{name} is closed" if is_closed else f"Closing {name}",
        url=reverse("desk:run-progress", args=[card.id]),
        done=card.done,
        of=card.steps if card.steps > 1 else 0,
        words=card.says,
        is_finished=card.status != "running",
        was_stopped=was_stopped,
        fault=card.says if card.status == "stopped" and not was_stopped else "",
        next=Way(f"See {name}", reverse("desk:month", args=[str(card.month)])),
    )
