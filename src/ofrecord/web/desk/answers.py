"""How the desk finds what an address names, and how it says no."""

from collections.abc import Mapping
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ofrecord.access.refusals import NotFound
from ofrecord.kernel.refusal import Refusal
from ofrecord.web.forms import RecordForm
from ofrecord.web.parts import Progress

T = TypeVar("T")
INVALID = 422


def found(value: T | None, what: str) -> T:
    """The thing that an address names; raises NotFound where there is none or it may not be seen."""
    if value is None:
        raise NotFound(what=what)
    return value


def refused(
    request: HttpRequest,
    template: str,
    context: Mapping[str, object],
    form: RecordForm,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """The page again with the form that was refused; nothing that the request did stays done."""
    if refusal is not None:
        form.refuse(refusal)
    return undone(render(request, template, dict(context), status=refusal.kind if refusal else INVALID))


def undone(response: HttpResponse) -> HttpResponse:
    """The answer to a request of which nothing stays done."""
    response.refused = True  # type: ignore[attr-defined]
    return response


def progress_now(request: HttpRequest, progress: Progress) -> HttpResponse:
    """How far a job is; once it ends the page is loaded anew, as its heading and its buttons are no longer true."""
    response = render(request, "parts/progress_now.html", {"progress": progress})
    if progress.is_finished:
        response.headers["HX-Refresh"] = "true"
    return response
