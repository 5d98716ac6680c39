"""While a demonstration's history loads behind the pages, every page says how far it is."""

from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ofrecord.clock.queries import history
from ofrecord.clock.types import DEMONSTRATION, History


def loading(request: HttpRequest) -> dict[str, object]:
    """The context of every page: `loading` is how far the history is; None once it is there, or where there is none.

    Asked when a page draws it, and once.
    """
    return {"loading": cache(_still_loading)}


def _still_loading() -> History | None:
    found = history() if settings.MODE == DEMONSTRATION else None
    return None if found is None or found.is_loaded else found


@require_safe
def how_far(request: HttpRequest) -> HttpResponse:
    """The part alone, for a page that asks again: how far it is, or that it is loaded."""
    return render(request, "parts/loading_now.html", {"loading": _still_loading()})
