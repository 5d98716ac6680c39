"""Customers of the client's house."""

from datetime import datetime
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
from ofrecord.clock.queries import now
from ofrecord.customers.queries import customers
from ofrecord.flows import set_segment as segment_flow

if TYPE_CHECKING:
    from ofrecord.customers.models import Customer

router = Router(tags=["customers"])


class CustomerOut(Schema):
    id: UUID
    number: str = Field(examples=["C-9B3NV6QH"])
    name: str = Field(examples=["Parker Hannifin"])
    region: str = Field(examples=["US"])
    segment: str = Field(description="Empty for the first that the program names.", examples=["midsize"])
    added_at: datetime


class CustomerPiece(Piece):
    items: list[CustomerOut]


class SegmentIn(Body):
    segment: str = Field(
        max_length=60, description="One that the program names, or empty for the first.", examples=["midsize"]
    )


def _out(row: "Customer") -> CustomerOut:
    return CustomerOut(
        id=row.pk,
        number=row.number,
        name=row.name,
        region=row.region,
        segment=row.segment,
        added_at=row.added_at,
    )


@router.get("", response={200: CustomerPiece}, **needs(Permission.CUSTOMERS_READ))
def list_customers(
    request: HttpRequest, cursor: Cursor, limit: Limit, name: str | None = None
) -> CustomerPiece:
    """Customers, latest first; by a part of the name if it is given."""
    found = customers(client_of(request).scope)
    if name:
        found = found.filter(name__icontains=name)
    rows, following = piece(found, cursor, limit)
    return CustomerPiece(items=[_out(row) for row in rows], next=following)


@router.get(
    "/{uuid:customer_id}", response={200: CustomerOut, 404: Problem}, **needs(Permission.CUSTOMERS_READ)
)
def get_customer(request: HttpRequest, customer_id: UUID) -> CustomerOut:
    """One customer."""
    return _found(request, customer_id)


def _found(request: HttpRequest, customer_id: UUID) -> CustomerOut:
    row = customers(client_of(request).scope).filter(pk=customer_id).first()
    if row is None:
        raise NotFound(what="customer")
    return _out(row)


@router.post(
    "/{uuid:customer_id}/segment",
    response={200: CustomerOut, 404: Problem, 422: Problem},
    **needs(Permission.RECORD_WRITE, **TAKES_KEY),
)
def set_segment(request: HttpRequest, customer_id: UUID, body: SegmentIn) -> HttpResponse:
    """Puts a customer into a segment; fees are worked out anew at the next close."""

    def make() -> CustomerOut:
        segment_flow.set_segment(
            reader=client_of(request), at=now(), customer_id=customer_id, segment=body.segment
        )
        return _found(request, customer_id)

    return once(request, 200, make)
