"""Subscriptions: seats, partner of record, changes."""

from datetime import date
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
from ofrecord.api.parsing import Body, WholeNumber
from ofrecord.api.problems import Problem
from ofrecord.api.shapes import Amount, Days
from ofrecord.clock.queries import now
from ofrecord.flows import change_subscription
from ofrecord.subscriptions.queries import partners_of_record, seats_of, subscriptions

if TYPE_CHECKING:
    from ofrecord.subscriptions.models import Subscription

router = Router(tags=["subscriptions"])


class SubscriptionOut(Schema):
    id: UUID
    number: str = Field(examples=["S-4F8TW2ZC"])
    order_id: UUID
    customer_id: UUID
    customer: str = Field(examples=["Parker Hannifin"])
    way: str = Field(examples=["partner-of-record"])
    offer: str = Field(examples=["business-suite"])
    region: str = Field(examples=["US"])
    seats: int = Field(description="Today; before the start, the first.", examples=[50])
    unit_price: Amount
    commitment_months: int = Field(examples=[12])
    started_on: date
    cancelled_from: date | None = Field(description="The first day without service.", examples=[None])


class SeatsOut(Schema):
    day: date
    seats: int


class RecordOut(Schema):
    partner_id: UUID
    days: Days


class SubscriptionWhole(SubscriptionOut):
    seat_changes: list[SeatsOut]
    partners_of_record: list[RecordOut] = Field(description="A partner sees its own spans.")


class SubscriptionPiece(Piece):
    items: list[SubscriptionOut]


class SeatsIn(Body):
    day: date = Field(description="From this day on: today or later.", examples=["2026-12-14"])
    seats: WholeNumber = Field(examples=[62])


class CancelIn(Body):
    day: date = Field(description="The first day without service.", examples=["2027-12-01"])


def _fields(row: "Subscription") -> dict[str, object]:
    return {
        "id": row.pk,
        "number": row.number,
        "order_id": row.order_id,
        "customer_id": row.customer_id,
        "customer": row.customer.name,
        "way": row.way,
        "offer": row.offer,
        "region": row.region,
        "seats": row.seats_now,  # type: ignore[attr-defined]  # annotated by the query
        "unit_price": Amount.of(row.unit_price),
        "commitment_months": row.commitment_months,
        "started_on": row.started_on,
        "cancelled_from": row.cancelled_from,
    }


def _whole(request: HttpRequest, subscription_id: UUID) -> SubscriptionWhole:
    scope = client_of(request).scope
    row = subscriptions(scope, now().date()).filter(pk=subscription_id).first()
    if row is None:
        raise NotFound(what="subscription")
    changes = seats_of([subscription_id], scope).get(subscription_id, ())
    spans = partners_of_record(subscription_id, scope)
    return SubscriptionWhole.model_validate(
        _fields(row)
        | {
            "seat_changes": [SeatsOut(day=c.day, seats=c.seats) for c in changes],
            "partners_of_record": [RecordOut(partner_id=s.partner_id, days=Days.of(s.span)) for s in spans],
        }
    )


@router.get("", response={200: SubscriptionPiece}, **needs(Permission.SUBSCRIPTIONS_READ))
def list_subscriptions(request: HttpRequest, cursor: Cursor, limit: Limit) -> SubscriptionPiece:
    """Subscriptions, latest first."""
    rows, following = piece(subscriptions(client_of(request).scope, now().date()), cursor, limit)
    return SubscriptionPiece(
        items=[SubscriptionOut.model_validate(_fields(row)) for row in rows], next=following
    )


@router.get(
    "/{uuid:subscription_id}",
    response={200: SubscriptionWhole, 404: Problem},
    **needs(Permission.SUBSCRIPTIONS_READ),
)
def get_subscription(request: HttpRequest, subscription_id: UUID) -> SubscriptionWhole:
    """One subscription, with its seats and partners of record."""
    return _whole(request, subscription_id)


@router.post(
    "/{uuid:subscription_id}/seats",
    response={200: SubscriptionWhole, 404: Problem, 409: Problem, 422: Problem},
    **needs(Permission.SUBSCRIPTIONS_WRITE, **TAKES_KEY),
)
def change_seats(request: HttpRequest, subscription_id: UUID, body: SeatsIn) -> HttpResponse:
    """Changes the seats from a day on; billed to the day."""

    def make() -> SubscriptionWhole:
        change_subscription.change_seats(
            reader=client_of(request),
            at=now(),
            subscription_id=subscription_id,
            day=body.day,
            seats=body.seats,
        )
        return _whole(request, subscription_id)

    return once(request, 200, make)


@router.post(
    "/{uuid:subscription_id}/cancellation",
    response={200: SubscriptionWhole, 404: Problem, 409: Problem, 422: Problem},
    **needs(Permission.SUBSCRIPTIONS_WRITE, **TAKES_KEY),
)
def cancel_subscription(request: HttpRequest, subscription_id: UUID, body: CancelIn) -> HttpResponse:
    """Ends the service; not before the commitment is over."""

    def make() -> SubscriptionWhole:
        change_subscription.cancel(
            reader=client_of(request), at=now(), subscription_id=subscription_id, day=body.day
        )
        return _whole(request, subscription_id)

    return once(request, 200, make)
