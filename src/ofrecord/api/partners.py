"""Partners: a partner sees itself, the vendor all of them and decides on applications."""

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
from ofrecord.clock.queries import now
from ofrecord.flows import take_on_partner
from ofrecord.partners.queries import acceptances, partners

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


class AcceptanceOut(Schema):
    version_id: UUID
    sha256: str
    day: date


class PartnerWhole(PartnerOut):
    acceptances: list[AcceptanceOut]


class PartnerPiece(Piece):
    items: list[PartnerOut]


class ReasonIn(Body):
    reason: str = Field(max_length=4000, examples=["We take on partners in the United States only."])


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
    return PartnerWhole.model_validate(_fields(row) | {"acceptances": accepted})


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
