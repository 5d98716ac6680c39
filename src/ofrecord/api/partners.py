"""Partners: a partner sees itself; the vendor sees all of them, decides on applications, and records tiers."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Permission
from ofrecord.api.answers import TAKES_KEY, once
from ofrecord.api.clients import Token, client_of, needs
from ofrecord.api.paging import Cursor, Limit, Piece, piece
from ofrecord.api.parsing import Body
from ofrecord.api.problems import Problem
from ofrecord.api.shapes import Days
from ofrecord.clock.queries import now
from ofrecord.flows import set_statement_currency as currency_flow
from ofrecord.flows import set_tier as tier_flow
from ofrecord.flows import take_on_partner
from ofrecord.kernel.calendar import Span
from ofrecord.partners.queries import acceptances, partners, tier_spans

if TYPE_CHECKING:
    from ofrecord.partners.models import Partner

router = Router(tags=["partners"])


class PartnerOut(Schema):
    id: UUID
    number: str = Field(examples=["P-2HX8RD5M"])
    name: str = Field(examples=["Harbor Lane Consulting"])
    region: str = Field(examples=["US"])
    status: str = Field(description="applied, approved or refused", examples=["approved"])
    applied_at: datetime
    reason: str = Field(description="Of a refusal.", examples=[""])
    statement_currency: str = Field(description="Empty for the currency of each line.", examples=["USD"])


class AcceptanceOut(Schema):
    version_id: UUID
    sha256: str
    day: date


class TierOut(Schema):
    tier: str = Field(examples=["Gold"])
    days: Days


class PartnerWhole(PartnerOut):
    acceptances: list[AcceptanceOut]
    tiers: list[TierOut] = Field(description="On other days it holds the program's first tier.")


class PartnerPiece(Piece):
    items: list[PartnerOut]


class ReasonIn(Body):
    reason: str = Field(max_length=4000, examples=["We take on partners in the United States only."])


class TierIn(Body):
    tier: str = Field(max_length=60, description="One that the program names.", examples=["Gold"])
    first: date = Field(description="From this day on; it may be over.", examples=["2026-11-01"])
    until: date | None = Field(default=None, description="The first day without it.", examples=[None])
    replaces_later: bool = Field(
        default=False, description="Whether tiers that are recorded for later days go."
    )
    reason: str = Field(default="", max_length=2000, examples=["It was audited."])


class CurrencyIn(Body):
    currency: str = Field(
        max_length=3, description="By ISO 4217; empty for the currency of each line.", examples=["EUR"]
    )
    reason: str = Field(
        default="", max_length=2000, description="Needed after the first statement.", examples=["It moved."]
    )


class SelfOut(Schema):
    client: str = Field(examples=["billing bridge"])
    partner_id: UUID | None = Field(description="Null for the vendor's own clients.")
    permissions: list[str] = Field(examples=[["orders:read", "orders:write"]])
    today: date = Field(description="By the clock of the installation.", examples=["2026-11-02"])


def _fields(row: "Partner") -> dict[str, object]:
    return {
        "id": row.pk,
        "number": row.number,
        "name": row.name,
        "region": row.region,
        "status": row.status,
        "applied_at": row.applied_at,
        "reason": row.reason,
        "statement_currency": row.statement_currency,
    }


def _whole(request: HttpRequest, partner_id: UUID) -> PartnerWhole:
    scope = client_of(request).scope
    row = partners(scope).filter(pk=partner_id).first()
    if row is None:
        raise NotFound(what="partner")
    accepted = [
        AcceptanceOut(version_id=a.version_id, sha256=a.sha256, day=a.day)
        for a in acceptances(partner_id, scope)
    ]
    tiers = [
        TierOut(tier=span.tier, days=Days.of(Span(span.during.lower, span.during.upper)))
        for span in tier_spans(scope).filter(partner_id=partner_id)
    ]
    return PartnerWhole.model_validate(_fields(row) | {"acceptances": accepted, "tiers": tiers})


@router.get("/self", response={200: SelfOut}, auth=Token())
def who_am_i(request: HttpRequest) -> SelfOut:
    """Who the token speaks for, and what it may do."""
    client = client_of(request)
    return SelfOut(
        client=client.name,
        partner_id=client.partner_id,
        permissions=sorted(permission.value for permission in client.permissions),
        today=now().date(),
    )


@router.get("/partners", response={200: PartnerPiece}, **needs(Permission.PARTNERS_READ))
def list_partners(
    request: HttpRequest, cursor: Cursor, limit: Limit, status: str | None = None
) -> PartnerPiece:
    """Partners, latest first."""
    found = partners(client_of(request).scope)
    if status:
        found = found.filter(status=status)
    rows, following = piece(found, cursor, limit)
    return PartnerPiece(items=[PartnerOut.model_validate(_fields(row)) for row in rows], next=following)


@router.get(
    "/partners/{uuid:partner_id}",
    response={200: PartnerWhole, 404: Problem},
    **needs(Permission.PARTNERS_READ),
)
def get_partner(request: HttpRequest, partner_id: UUID) -> PartnerWhole:
    """One partner, and which program versions it accepted."""
    return _whole(request, partner_id)


@router.post(
    "/partners/{uuid:partner_id}/approval",
    response={200: PartnerWhole, 404: Problem, 409: Problem},
    **needs(Permission.PARTNERS_DECIDE, **TAKES_KEY),
)
def approve_partner(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Takes on a partner that applied; its first owner is invited by e-mail."""

    def make() -> PartnerWhole:
        take_on_partner.approve(reader=client_of(request), at=now(), partner_id=partner_id)
        return _whole(request, partner_id)

    return once(request, 200, make)


@router.post(
    "/partners/{uuid:partner_id}/refusal",
    response={200: PartnerWhole, 404: Problem, 409: Problem, 422: Problem},
    **needs(Permission.PARTNERS_DECIDE, **TAKES_KEY),
)
def refuse_partner(request: HttpRequest, partner_id: UUID, body: ReasonIn) -> HttpResponse:
    """Declines an application; the applicant reads the reason."""

    def make() -> PartnerWhole:
        take_on_partner.refuse(reader=client_of(request), at=now(), partner_id=partner_id, reason=body.reason)
        return _whole(request, partner_id)

    return once(request, 200, make)


@router.post(
    "/partners/{uuid:partner_id}/tiers",
    response={200: PartnerWhole, 404: Problem, 409: Problem, 422: Problem},
    **needs(Permission.RECORD_WRITE, **TAKES_KEY),
)
def set_tier(request: HttpRequest, partner_id: UUID, body: TierIn) -> HttpResponse:
    """Records a tier, or corrects a wrong one; fees are worked out anew at the next close."""

    def make() -> PartnerWhole:
        tier_flow.set_tier(
            reader=client_of(request),
            at=now(),
            partner_id=partner_id,
            tier=body.tier,
            first=body.first,
            until=body.until,
            replaces_later=body.replaces_later,
            reason=body.reason,
        )
        return _whole(request, partner_id)

    return once(request, 200, make)


@router.post(
    "/partners/{uuid:partner_id}/statement-currency",
    response={200: PartnerWhole, 404: Problem, 422: Problem},
    **needs(Permission.RECORD_WRITE, **TAKES_KEY),
)
def set_statement_currency(request: HttpRequest, partner_id: UUID, body: CurrencyIn) -> HttpResponse:
    """States what is booked from now on in a currency of the partner's own."""

    def make() -> PartnerWhole:
        currency_flow.set_statement_currency(
            reader=client_of(request),
            at=now(),
            partner_id=partner_id,
            currency=body.currency,
            reason=body.reason,
        )
        return _whole(request, partner_id)

    return once(request, 200, make)
