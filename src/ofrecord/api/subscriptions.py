"""Subscriptions: seats, who holds which role, changes."""

from datetime import date
from fractions import Fraction
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
from ofrecord.flows import change_partner, change_subscription, record_role
from ofrecord.kernel.rate import RateFault, parse_rate, rate_text
from ofrecord.orders.refusals import FieldFaulty
from ofrecord.subscriptions.queries import partners_of_record, roles_on, seats_of, subscriptions

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
    deal: str = Field(description="At its start: new, upsell or cross-sell.", examples=["new"])
    started_on: date
    cancelled_from: date | None = Field(description="The first day without service.", examples=[None])


class SeatsOut(Schema):
    day: date
    seats: int


class RecordOut(Schema):
    partner_id: UUID
    days: Days


class RoleOut(Schema):
    id: UUID
    partner_id: UUID
    role: str = Field(examples=["referrer"])
    days: Days
    share: str | None = Field(description="Null for who holds the role alone.", examples=["1/3"])


class SubscriptionWhole(SubscriptionOut):
    seat_changes: list[SeatsOut] = Field(
        description="A partner sees those before its last day as partner of record is over."
    )
    partners_of_record: list[RecordOut] = Field(description="A partner sees its own spans.")
    roles: list[RoleOut] = Field(description="Those that are recorded; a partner sees its own.")


class SubscriptionPiece(Piece):
    items: list[SubscriptionOut]


class SeatsIn(Body):
    day: date = Field(description="From this day on: today or later.", examples=["2026-12-14"])
    seats: WholeNumber = Field(examples=[62])


class PartnerIn(Body):
    partner_id: UUID | None = Field(description="Null for nobody.", examples=[None])
    first: date = Field(description="From this day on; it may be over.", examples=["2026-11-01"])
    reason: str = Field(max_length=2000, examples=["The customer asked for it."])
    replaces_later: bool = Field(
        default=False, description="Whether changes that are recorded for later days go."
    )


class RoleIn(Body):
    partner_id: UUID = Field(examples=["0199f2a4-7c1e-7d7a-9a53-1f0e5b7c2d11"])
    role: str = Field(
        description="referrer, host, reseller, distributor or services partner", examples=["referrer"]
    )
    first: date = Field(description="From this day on; it may be over.", examples=["2026-11-01"])
    until: date | None = Field(default=None, description="The first day without it.", examples=[None])
    share: str | None = Field(
        default=None,
        max_length=30,
        description="Such as 70% or 1/3, where several hold the role; without it one holds it alone.",
        examples=["70%"],
    )

    def part(self) -> Fraction | None:
        """The share, exactly."""
        try:
            return parse_rate(self.share) if self.share is not None else None
        except RateFault as fault:
            raise FieldFaulty("share", f"is not exact: {fault}") from fault


class RoleEndIn(Body):
    day: date = Field(
        description="The first day without the role; its first one undoes it.", examples=["2026-12-01"]
    )
    reason: str = Field(max_length=2000, examples=["It withdrew."])


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
        "deal": row.deal,
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
            "roles": [
                RoleOut(
                    id=card.id,
                    partner_id=card.partner_id,
                    role=card.role,
                    days=Days.of(card.span),
                    share=None if card.share is None else rate_text(card.share),
                )
                for card in roles_on(subscription_id, scope)
            ],
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


@router.post(
    "/{uuid:subscription_id}/partner-of-record",
    response={200: SubscriptionWhole, 404: Problem, 409: Problem, 422: Problem},
    **needs(Permission.RECORD_WRITE, **TAKES_KEY),
)
def set_partner_of_record(request: HttpRequest, subscription_id: UUID, body: PartnerIn) -> HttpResponse:
    """Another partner, or nobody, is partner of record from a day on; fees are worked out anew at the next close."""

    def make() -> SubscriptionWhole:
        change_partner.change_partner(
            reader=client_of(request),
            at=now(),
            subscription_id=subscription_id,
            partner_id=body.partner_id,
            first=body.first,
            reason=body.reason,
            replaces_later=body.replaces_later,
        )
        return _whole(request, subscription_id)

    return once(request, 200, make)


@router.post(
    "/{uuid:subscription_id}/roles",
    response={200: SubscriptionWhole, 404: Problem, 409: Problem, 422: Problem},
    **needs(Permission.RECORD_WRITE, **TAKES_KEY),
)
def add_role(request: HttpRequest, subscription_id: UUID, body: RoleIn) -> HttpResponse:
    """A partner holds a role beside the partner of record; fees are worked out anew at the next close."""

    def make() -> SubscriptionWhole:
        record_role.record_role(
            reader=client_of(request),
            at=now(),
            subscription_id=subscription_id,
            partner_id=body.partner_id,
            role=body.role,
            first=body.first,
            until=body.until,
            share=body.part(),
        )
        return _whole(request, subscription_id)

    return once(request, 200, make)


@router.post(
    "/{uuid:subscription_id}/roles/{uuid:heldrole_id}/end",
    response={200: SubscriptionWhole, 404: Problem, 409: Problem, 422: Problem},
    **needs(Permission.RECORD_WRITE, **TAKES_KEY),
)
def end_role(request: HttpRequest, subscription_id: UUID, heldrole_id: UUID, body: RoleEndIn) -> HttpResponse:
    """A role ends, also on a day that is over."""

    def make() -> SubscriptionWhole:
        record_role.end_role(
            reader=client_of(request),
            at=now(),
            subscription_id=subscription_id,
            heldrole_id=heldrole_id,
            day=body.day,
            reason=body.reason,
        )
        return _whole(request, subscription_id)

    return once(request, 200, make)
