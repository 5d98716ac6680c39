"""Answers to writes: made once under an idempotency key, and given again."""

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Schema
from ninja.responses import NinjaJSONEncoder

from ofrecord.access.types import Reader
from ofrecord.api.clients import client_of
from ofrecord.api.problems import answer, problem, problem_of, refused
from ofrecord.journal.actions import answer_once
from ofrecord.journal.types import Kept
from ofrecord.kernel.ids import new_secret
from ofrecord.kernel.refusal import Refusal

HEADER = "Idempotency-Key"
KEY_LIMIT = 255
KEY_PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": KEY_LIMIT},
    "description": "The same key gives the first answer again; with another body it is refused.",
    "example": "order-7f1c2b",
}
# What an operation's documentation adds for the header; `needs` gives the rest.
TAKES_KEY = {"parameters": [KEY_PARAMETER]}
# Stands in a kept answer for the secret that must not be kept; see `secret_for`.
SECRET = "{secret}"
# The one field in which it stands; nobody writes it but we.
LINK = "url"


def once(request: HttpRequest, status: int, make: Callable[[], Schema]) -> HttpResponse:
    """The answer of `make`, or the first answer that was given under the request's idempotency key.

    A refusal undoes what was done, and is kept as an answer too when the request has a key.
    """
    key = request.headers.get(HEADER, "")
    if not key:
        return answer(_body(request, _plain(make())), status)
    if len(key) > KEY_LIMIT:
        return refused(problem("idempotency-key-faulty", 422, f"A key has at most {KEY_LIMIT} letters."))
    client = client_of(request)
    kept = answer_once(
        owner=f"{client.scope.text}/{client.actor.id}",
        key=key,
        request_hash=_request_hash(request),
        answer=lambda: _kept(client, status, make),
    )
    return answer(_body(request, kept.body), kept.status, replayed=kept.replayed)


def _plain(shape: Schema) -> Any:
    """The shape as JSON values, written as the router writes those that are not kept."""
    return json.loads(json.dumps(shape.model_dump(), cls=NinjaJSONEncoder))


def _kept(client: Reader, status: int, make: Callable[[], Schema]) -> Kept:
    try:
        with transaction.atomic():
            return Kept(status, _plain(make()))
    except Refusal as refusal:
        return Kept(int(refusal.kind), problem_of(refusal, client))


def _request_hash(request: HttpRequest) -> str:
    said = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    return hashlib.sha256(said).hexdigest()


def secret_for(request: HttpRequest) -> str:
    """The secret of a link made by this request: by chance, or under an idempotency key drawn from token and key.

    A kept answer must not hold the secret, since only its hash is stored; whoever repeats the request presents the
    token again, and with it the secret is drawn again. HMAC-SHA-256 under a token of 256 bits keeps its full strength.
    """
    key = request.headers.get(HEADER, "")
    if not key:
        secret: str = getattr(request, "link_secret", "") or new_secret()
        request.link_secret = secret  # type: ignore[attr-defined]
        return secret
    token: str = request.token  # type: ignore[attr-defined]
    said = b"order link\n" + _request_hash(request).encode() + key.encode()
    return hmac.new(token.encode(), said, hashlib.sha256).hexdigest()


def _body(request: HttpRequest, body: object) -> object:
    """The answer with the secret put into its link, where it has one; what people wrote is left as it is."""
    if not isinstance(body, dict):
        return body
    return {name: _filled(request, name, value) for name, value in body.items()}


def _filled(request: HttpRequest, name: str, value: object) -> object:
    if name == LINK and isinstance(value, str):
        return value.replace(SECRET, secret_for(request))
    return _body(request, value)
