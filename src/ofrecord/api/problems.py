"""A refusal as a problem document (RFC 9457): the one shape of every no."""

import dataclasses
import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import Field

from ofrecord.access.types import Reader
from ofrecord.kernel.refusal import Refusal

PROBLEM_TYPE = "application/problem+json"


class Problem(Schema):
    """Why a request was refused. `code` is stable; the sentences are for people."""

    type: str = Field(examples=["urn:ofrecord:problem:seats-out-of-range"])
    code: str = Field(examples=["seats-out-of-range"])
    title: str = Field(examples=["0 is not a number of seats that can be ordered."])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["Choose from 1 to 100000 seats."])
    data: dict[str, Any] = Field(default_factory=dict, examples=[{"seats": 0, "most": 100000}])


def problem(code: str, status: int, title: str, detail: str = "", data: Any = None) -> dict[str, Any]:
    """The body of a refusal."""
    return {
        "type": f"urn:ofrecord:problem:{code}",
        "code": code,
        "title": title,
        "status": status,
        "detail": detail,
        "data": data or {},
    }


def problem_of(refusal: Refusal, reader: Reader | None) -> dict[str, Any]:
    """A refusal of a room, with the data of the case, as far as the reader is told; None called without a token."""
    told = refusal.as_told(of_vendor=reader is not None and reader.of_vendor)
    fields: dict[str, Any] = dataclasses.asdict(told) if dataclasses.is_dataclass(told) else {}
    data = json.loads(json.dumps(fields, default=str))
    return problem(told.code, int(told.kind), told.sentence(), told.remedy(), data)


def answer(body: Any, status: int, *, replayed: bool = False) -> HttpResponse:
    """A JSON answer; a problem has its own media type."""
    content_type = PROBLEM_TYPE if status >= 400 else "application/json"
    response = HttpResponse(json.dumps(body), status=status, content_type=content_type)
    if replayed:
        response["Idempotent-Replayed"] = "true"
    return response


def refused(body: dict[str, Any]) -> HttpResponse:
    """The answer to a refused request, of which nothing stays."""
    response = answer(body, body["status"])
    response.refused = True  # type: ignore[attr-defined]  # read by site.middleware.OneTransaction
    return response


def _place(loc: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Where in the request a fault is; the router names the body twice."""
    return loc[1:] if loc[:2] == ("body", "body") else loc


def install(api: NinjaAPI) -> None:
    """Lets the API answer every no as a problem."""

    @api.exception_handler(Refusal)
    def _refusal(request: HttpRequest, fault: Refusal) -> HttpResponse:
        return refused(problem_of(fault, getattr(request, "auth", None)))

    @api.exception_handler(AuthenticationError)
    def _unknown(request: HttpRequest, fault: AuthenticationError) -> HttpResponse:
        body = problem(
            "token-unknown",
            401,
            "The request carries no token that opens anything.",
            "Send `Authorization: Bearer …` with the token of an API client that was not revoked.",
        )
        response = refused(body)
        response["WWW-Authenticate"] = "Bearer"
        return response

    @api.exception_handler(ValidationError)
    def _malformed(request: HttpRequest, fault: ValidationError) -> HttpResponse:
        places = [
            {"place": ".".join(map(str, _place(error["loc"]))), "says": error["msg"]}
            for error in fault.errors
        ]
        says = "The request is not of the form that this address takes."
        return refused(problem("request-malformed", 422, says, "Mend each place.", {"faults": places}))

    @api.exception_handler(HttpError)
    def _http(request: HttpRequest, fault: HttpError) -> HttpResponse:
        return refused(problem("request-malformed", fault.status_code, str(fault)))
