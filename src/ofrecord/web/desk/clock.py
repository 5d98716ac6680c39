"""The clock of a demonstration: set forward here, and what the jobs do to catch up with it."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from ofrecord.access.types import Permission, Reader
from ofrecord.clock.queries import is_demonstration, now
from ofrecord.clock.refusals import ClockIsReal
from ofrecord.flows import turn_clock
from ofrecord.flows.turn_clock import CatchUp
from ofrecord.kernel.calendar import Month, add_months
from ofrecord.kernel.refusal import Refusal
from ofrecord.web import words
from ofrecord.web.desk.answers import found, progress_now, refused
from ofrecord.web.desk.happenings import tell
from ofrecord.web.forms import DayInput, RecordForm
from ofrecord.web.parts import Progress
from ofrecord.web.readers import desk, reader_in

TEMPLATE = "desk/clock.html"
LATEST = 24


class DayForm(RecordForm):
    """The day that it is from now on."""

    day = forms.DateField(label="Move the day to", widget=DayInput())


@desk(Permission.CLOCK_SET)
def clock(request: HttpRequest) -> HttpResponse:
    """The day, the ways to move it, and what was done since it was moved."""
    if not is_demonstration():
        raise ClockIsReal
    reader, at = reader_in(request), now()
    form = DayForm(request.POST) if request.method == "POST" else DayForm(initial={"day": at.date()})
    refusal = None
    if form.is_bound and form.is_valid():
        try:
            turn_clock.turn(reader=reader, at=at, day=form.cleaned_data["day"])
            return redirect("desk:clock")
        except Refusal as said:
            refusal = said
    page = {**_page(reader, at.date()), "form": form}
    return (
        refused(request, TEMPLATE, page, form, refusal) if form.is_bound else render(request, TEMPLATE, page)
    )


@desk(Permission.CLOCK_SET)
def clock_progress(request: HttpRequest) -> HttpResponse:
    """How far the jobs are; asked each second until they have caught up."""
    reader = reader_in(request)
    caught = found(turn_clock.catch_up(reader=reader), "day that was set")
    return progress_now(request, _progress(caught, reader))


def _page(reader: Reader, today: date) -> dict[str, Any]:
    caught = turn_clock.catch_up(reader=reader)
    done = caught.done[-LATEST:] if caught else ()
    return {
        "presets": _presets(today),
        "caught": caught,
        "progress": _progress(caught, reader) if caught else None,
        "done": tell(tuple(reversed(done)), reader.scope),
    }


def _presets(today: date) -> list[tuple[str, date]]:
    return [
        ("Next day", today + timedelta(days=1)),
        ("First of next month", Month.of(today).plus(1).first),
        ("A month on", add_months(today, 1)),
        ("A quarter on", add_months(today, 3)),
    ]


def _progress(caught: CatchUp, reader: Reader) -> Progress:
    """How many of the days that were passed are worked through."""
    last = tell(caught.done[-1:], reader.scope)
    doing = f"{last[0].words}." if last else "The worker takes it up in a moment."
    return Progress(
        id="caught-up",
        title=f"What falls due until {words.day_text(caught.day)}, day by day",
        url=reverse("desk:clock-progress"),
        done=max(0, (caught.reached - caught.former).days),
        of=max(1, (caught.day - caught.former).days),
        words="All that fell due is done." if caught.is_over else doing,
        is_finished=caught.is_over,
        fault="A job failed; the log of the worker says why. It is tried again each minute."
        if caught.has_failed
        else "",
    )
