"""A form that does something is sent once: a double click and a reload get the first answer."""

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, HttpResponse

from ofrecord.journal.actions import answer_once
from ofrecord.journal.types import Kept
from ofrecord.kernel.refusal import Refusal
from ofrecord.web.forms import RecordForm
from ofrecord.web.readers import reader_in

# What a browser adds to a form by itself: it does not make another request of it.
_BESIDES = ("csrfmiddlewaretoken", "form_key", "do")


class OnceForm(RecordForm):
    """A form with a key that is made with the page, so that the same page sent twice does one thing."""

    form_key = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "required": "This page is too old. Open it again.",
            "invalid": "Open this page again.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_key"].initial = uuid4

    @property
    def key(self) -> UUID:
        """The key of a form that is valid."""
        key: UUID = self.cleaned_data["form_key"]
        return key

    def begin_anew(self) -> None:
        """Keeps what was typed under a new key: sent again, it does something again."""
        typed = {name: self.data[name] for name in self.data}
        self.data = {**typed, "form_key": str(uuid4())}


def once(request: HttpRequest, verb: str, key: UUID, do: Callable[[], object]) -> Kept:
    """What `do` gave (a JSON value) when this form was first sent.

    A second sending waits for the first and gets its answer. Raises KeyReused when it says something else.
    """
    reader = reader_in(request)
    return answer_once(
        owner=f"partner:{reader.partner_id}/portal",
        key=f"{verb} {key}",
        request_hash=_hash(request),
        answer=lambda: Kept(status=200, body=do()),
    )


def _hash(request: HttpRequest) -> str:
    said = sorted((name, *values) for name, values in request.POST.lists() if name not in _BESIDES)
    return hashlib.sha256(repr(said).encode()).hexdigest()


def refused(response: HttpResponse, refusal: Refusal | None = None) -> HttpResponse:
    """The page that shows a refusal: it has its status, and nothing of the request stays done."""
    response.status_code = refusal.kind if refusal else 422
    response.refused = True  # type: ignore[attr-defined]
    return response


def told_once(response: HttpResponse) -> HttpResponse:
    """A page that shows a secret: no browser and no proxy keeps it."""
    response["Cache-Control"] = "no-store"
    return response
