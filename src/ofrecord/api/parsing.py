"""How a request is read: strictly, so that nothing that was sent is ignored or bent."""

import json
from typing import Annotated, Any, ClassVar

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja import Schema
from ninja.parser import Parser
from pydantic import ConfigDict, Field

from ofrecord.orders.refusals import FieldFaulty

WholeNumber = Annotated[int, Field(strict=True)]


class Body(Schema):
    """A body that is sent: a field that it does not know is refused, not ignored."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")


class StrictParser(Parser):
    """Refuses the character NUL, which JSON can write and PostgreSQL cannot hold."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        body = json.loads(request.body)
        if _has_nul(body):
            raise FieldFaulty("text", "holds the character NUL")
        found: dict[str, Any] = body
        return found

    def parse_querydict(
        self, data: "MultiValueDict[str, Any]", list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        if any("\x00" in value for values in data.lists() for value in values[1] if isinstance(value, str)):
            raise FieldFaulty("text", "holds the character NUL")
        return super().parse_querydict(data, list_fields, request)


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(_has_nul(part) for pair in value.items() for part in pair)
    return isinstance(value, list) and any(map(_has_nul, value))
