"""Lists in pieces: keyset cursors over ids that are ordered in time."""

import base64
import binascii
from typing import Annotated, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from ninja import Query, Schema
from pydantic import Field

from ofrecord.orders.refusals import FieldFaulty

M = TypeVar("M", bound=Model)
PIECE, LARGEST = 50, 200

Cursor = Annotated[str, Query("", description="`next` of the piece before; empty for the first.")]
Limit = Annotated[int, Query(PIECE, ge=1, le=LARGEST, description="How many at most.")]


class Piece(Schema):
    """What every list has beside its items."""

    next: str | None = Field(
        None,
        description="The cursor of the next piece; null at the end.",
        examples=["AZoEaj0BelKJyqXOr6p1cQ"],
    )


def cursor_of(last: UUID) -> str:
    return base64.urlsafe_b64encode(last.bytes).decode().rstrip("=")


def _place(cursor: str) -> UUID:
    try:
        return UUID(bytes=base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        raise FieldFaulty("cursor", "is not one that this list gave") from None


def piece(queryset: "QuerySet[M]", cursor: str, limit: int) -> tuple[list[M], str | None]:
    """The rows after the cursor, latest first, and the cursor of what follows. One query, however deep."""
    ordered = queryset.order_by("-pk")
    if cursor:
        ordered = ordered.filter(pk__lt=_place(cursor))
    found = list(ordered[: limit + 1])
    more = len(found) > limit
    return found[:limit], cursor_of(found[limit - 1].pk) if more else None
