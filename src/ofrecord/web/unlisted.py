"""Pages behind a secret address: kept by no cache, found by no search, told to no other site."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest
from django.http.response import HttpResponseBase

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

_HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    # Not "no-referrer": under it browsers send the forms of this very page with "Origin: null", which the check
    # against forged requests refuses. "same-origin" tells other sites just as little.
    "Referrer-Policy": "same-origin",
}


def unlisted(view: View[P]) -> View[P]:
    """The view's answers carry the headers of a page whose address is a secret."""

    @wraps(view)
    def kept(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        for name, value in _HEADERS.items():
            response.headers[name] = value
        return response

    return kept
