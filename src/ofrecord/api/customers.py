"""Customers of the client's house."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Permission
from ofrecord.api.answers import TAKES_KEY, once
from ofrecord.api.clients import client_of, needs
from ofrecord.api.paging import Cursor, Limit, Piece, piece
from ofrecord.api.parsing import Body
from ofrecord.api.problems import Problem
from ofrecord.api.shapes import Days
from ofrecord.clock.queries import now
from ofrecord.customers.queries import customers_on, segment_spans
from ofrecord.flows import set_segment as segment_flow
from ofrecord.kernel.calendar import Span

if TYPE_CHECKING:
    from ofrecord.customers.models import Customer

router = Router(tags=["customers"])


class CustomerOut(Schema):
    id: UUID
    number: str = Field(examples=["C-9B3NV6QH"])
    name: str = Field(examples=["Parker Hannifin"])
    region: str = Field(examples=["US"])
    segment: str = Field(
        description="Today; empty for the first that the program names.", examples=["midsize"]
    )
    added_at: datetime


class SegmentOut(Schema):
    segment: str = Field(description="Empty for the first that the program names.", examples=["midsize"])
    days: Days


class CustomerWhole(CustomerOut):
    segments: list[SegmentOut] = Field(description="On other days it is in the first that the program names.")


class CustomerPiece(Piece):
    items: list[CustomerOut]


class SegmentIn(Body):
    segment: str = Field(
        max_length=60, description="One that the program names, or empty for the first.", examples=["midsize"]
    )
    first: date | None = Field(
        default=None,
        description="From this day on, today if absent; it may be over.",
        examples=["2026-11-01"],
    )
    replaces_later: bool = Field(
        default=False, description="Whether segments that are recorded for later days go."
    )


def _fields(row: "Customer") -> dict[str, object]:
    return {
        "id": row.pk,
        "number": row.number,
        "name": row.name,
        "region": row.region,
        "segment": row.segment,  # type: ignore[attr-defined]  # annotated by the query
        "added_at": row.added_at,
    }


@router.get("", response={200: CustomerPiece}, **needs(Permission.CUSTOMERS_READ))
def list_customers(
    request: HttpRequest, cursor: Cursor, limit: Limit, name: str | None = None
) -> CustomerPiece:
    """Customers, latest first; by a part of the name if it is given."""
    found = customers_on(client_of(request).scope, now().date())
    if name:
        found = found.filter(name__icontains=name)
    rows, following = piece(found, cursor, limit)
    return CustomerPiece(items=[CustomerOut.model_validate(_fields(row)) for row in rows], next=following)


@router.get(
    "/{uuid:customer_id}", response={200: CustomerWhole, 404: Problem}, **needs(Permission.CUSTOMERS_READ)
)
def get_customer(request: HttpRequest, customer_id: UUID) -> CustomerWhole:
    """One customer."""
    return _found(request, customer_id)


def _found(request: HttpRequest, customer_id: UUID) -> CustomerWhole:
    scope = client_of(request).scope
    row = customers_on(scope, now().date()).filter(pk=customer_id).first()
    if row is None:
        raise NotFound(what="customer")
    segments = [
        SegmentOut(segment=span.segment, days=Days.of(Span(span.during.lower, span.during.upper)))
        for span in segment_spans(scope).filter(customer_id=customer_id)
    ]
    return CustomerWhole.model_validate(_fields(row) | {"segments": segments})


@router.post(
    "/{uuid:customer_id}/segment",
    response={200: CustomerWhole, 404: Problem, 422: Problem},
    **needs(Permission.RECORD_WRITE, **TAKES_KEY),
)
def set_segment(request: HttpRequest, customer_id: UUID, body: SegmentIn) -> HttpResponse:
    """Puts a customer into a segment from a day on; fees are worked out anew at the next close."""

    def make() -> CustomerWhole:
        segment_flow.set_segment(
            reader=client_of(request),
            at=now(),
            customer_id=customer_id,
            segment=body.segment,
            first=body.first,
            replaces_later=body.replaces_later,
        )
        return _found(request, customer_id)

    return once(request, 200, make)
