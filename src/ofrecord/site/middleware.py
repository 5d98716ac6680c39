"""What every request has: one transaction, and a policy that lets no foreign script in and no copy out."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from ofrecord.clock.queries import vendors_zone

Handler = Callable[[HttpRequest], HttpResponse]

_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class ContentPolicy:
    """Pages take scripts, styles and pictures from this server alone, and nobody keeps a copy of them: whoever presses
    "back" after somebody has signed out finds nothing. (Scripts and styles are answered before this, and are kept.)
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class VendorsTime:
    """Instants are shown in the vendor's time zone, as its program names it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(vendors_zone()):
            return self.get_response(request)


class OneTransaction:
    """A request is one transaction: it is all done or, when it is refused or fails, nothing is.

    The transaction also carries the reader's scope for row-level security, so there is no row outside it.
    A view that answered with a refusal marks its response `refused`.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            response = self.get_response(request)
            if hasattr(response, "render") and callable(response.render):
                response.render()
            if response.status_code >= 500 or getattr(response, "refused", False):
                transaction.set_rollback(True)
        return response
