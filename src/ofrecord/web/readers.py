"""Who reads a page: found from the session, with the scope of rows set for the rest of the request."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from ofrecord.access.rules import require
from ofrecord.access.scope import enter
from ofrecord.access.types import Permission, Reader, Scope
from ofrecord.kernel.refusal import Kind, Refusal
from ofrecord.partners.queries import reader_of

Handler = Callable[[HttpRequest], HttpResponseBase]
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class ReaderMiddleware:
    """Sets `request.reader`, None for a visitor; a visitor's scope shows no row."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.reader = None  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            enter(Scope.person(request.user.pk))
            reader = reader_of(request.user.pk)
            request.reader = reader  # type: ignore[attr-defined]
            enter(reader.scope if reader else Scope(""))
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal that no page drew where it was asked is a page of its own, and nothing stays half done."""
        if not isinstance(exception, Refusal):
            return None
        if exception.kind is Kind.NOT_FOUND and request.method == "GET":
            return render(request, "404.html", status=exception.kind)
        reader: Reader | None = getattr(request, "reader", None)
        told = exception.as_told(of_vendor=reader is not None and reader.of_vendor)
        context = {"refusal": told, "back_url": _came_from(request)}
        response = render(request, "refused.html", context, status=told.kind)
        response.refused = True  # type: ignore[attr-defined]
        return response


def _came_from(request: HttpRequest) -> str:
    """The page of ours that the reader was on; empty when it is unknown, or is this very address."""
    came = urlsplit(request.headers.get("Referer", ""))
    is_ours = came.netloc == request.get_host() and came.path != request.path
    return f"{came.path}?{came.query}" if is_ours and came.query else came.path if is_ours else ""


def reader_in(request: HttpRequest) -> Reader:
    """The reader of a page that only a reader reaches."""
    reader: Reader | None = getattr(request, "reader", None)
    assert reader is not None, "the page is guarded"
    return reader


def _guarded(view: View[P], permission: Permission | None, of_vendor: bool) -> View[P]:
    @wraps(view)
    def guard(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        reader: Reader | None = getattr(request, "reader", None)
        if reader is None and request.user.is_authenticated:
            # Signed in without a place: the first page says so. The sign-in page would only lead back here.
            return redirect("home")
        if reader is None:
            return redirect_to_login(request.get_full_path())
        if reader.of_vendor != of_vendor:
            raise Http404
        if permission is not None:
            require(reader, permission)
        return view(request, *args, **kwargs)

    return guard


def desk(permission: Permission | None = None) -> Callable[[View[P]], View[P]]:
    """Guards a page of the desk: vendor staff whose role has the permission."""
    return lambda view: _guarded(view, permission, of_vendor=True)


def portal(permission: Permission | None = None) -> Callable[[View[P]], View[P]]:
    """Guards a page of the portal: people of a partner whose role has the permission."""
    return lambda view: _guarded(view, permission, of_vendor=False)
