"""Addresses of the gallery: every name that the frame speaks, leading nowhere."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from ofrecord.web.navigation import DESK, PORTAL


def nowhere(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def _side(side: str, names: list[str]) -> URLResolver:
    patterns = [path("" if name == "today" else f"{name}/", nowhere, name=name) for name in names]
    return path(f"{side}/", include((patterns, side)))


urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", include("allauth.urls")),
    _side("desk", [*(entry.name.removeprefix("desk:") for entry in DESK), "clock"]),
    _side("portal", [entry.name.removeprefix("portal:") for entry in PORTAL]),
]
