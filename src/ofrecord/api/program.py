"""The program: its versions, and the price list of today."""

from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Permission
from ofrecord.api.answers import TAKES_KEY, once
from ofrecord.api.clients import client_of, needs
from ofrecord.api.parsing import Body
from ofrecord.api.problems import Problem
from ofrecord.api.shapes import Amount
from ofrecord.catalog.queries import offers_on
from ofrecord.clock.queries import now
from ofrecord.flows.publish_program import publish
from ofrecord.program.queries import Published, document_of, in_force, version, versions

router = Router(tags=["program"])


class VersionOut(Schema):
    id: UUID
    program: str = Field(examples=["online-services"])
    version: str = Field(examples=["2009.1"])
    title: str = Field(examples=["Online Services Partner Program"])
    vendor: str = Field(examples=["Northwind Online"])
    sha256: str = Field(description="Of the document's bytes; what partners accept and books cite.")
    effective: date
    published_at: datetime


class VersionsOut(Schema):
    items: list[VersionOut]
    in_force: UUID | None = Field(description="The version under which orders are composed today.")


class OfferOut(Schema):
    code: str = Field(examples=["business-suite"])
    title: str = Field(examples=["Business productivity suite"])
    parts: list[str] = Field(examples=[["mail", "portal", "conferencing", "messaging"]])
    region: str = Field(examples=["US"])
    price: Amount = Field(description="A seat a month.")


class OffersOut(Schema):
    day: date
    items: list[OfferOut]


class DocumentIn(Body):
    document: str = Field(max_length=1 << 20, description="The whole TOML text.", examples=["[program]\n…"])


def _out(published: Published) -> VersionOut:
    terms = published.terms
    return VersionOut(
        id=published.id,
        program=terms.program,
        version=terms.version,
        title=terms.title,
        vendor=terms.vendor,
        sha256=terms.sha256,
        effective=terms.effective,
        published_at=published.published_at,
    )


@router.get("/versions", response={200: VersionsOut}, **needs(Permission.PROGRAM_READ))
def list_versions(request: HttpRequest) -> VersionsOut:
    """All published versions, the latest effective first."""
    found = versions()
    today = now().date()
    governing = next((published.id for published in found if published.terms.effective <= today), None)
    return VersionsOut(items=[_out(published) for published in found], in_force=governing)


@router.post(
    "/versions",
    response={201: VersionOut, 409: Problem, 422: Problem},
    **needs(Permission.PROGRAM_PUBLISH, **TAKES_KEY),
)
def publish_version(request: HttpRequest, body: DocumentIn) -> HttpResponse:
    """Checks a document and publishes it; the same bytes again are the same version."""

    def make() -> VersionOut:
        version_id = publish(reader=client_of(request), at=now(), document=body.document.encode())
        published = version(version_id)
        assert published is not None, "it was just published"
        return _out(published)

    return once(request, 201, make)


@router.get(
    "/versions/{uuid:version_id}", response={200: VersionOut, 404: Problem}, **needs(Permission.PROGRAM_READ)
)
def get_version(request: HttpRequest, version_id: UUID) -> VersionOut:
    """One version."""
    found = version(version_id)
    if found is None:
        raise NotFound(what="program version")
    return _out(found)


@router.get("/versions/{uuid:version_id}/document", **needs(Permission.PROGRAM_READ))
def get_document(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """The very bytes that were published; their SHA-256 is the version's hash."""
    found = document_of(version_id)
    if found is None:
        raise NotFound(what="program version")
    return HttpResponse(found, content_type="application/toml")


@router.get("/offers", response={200: OffersOut, 409: Problem}, **needs(Permission.PROGRAM_READ))
def list_offers(request: HttpRequest, region: str | None = None, day: date | None = None) -> OffersOut:
    """What can be ordered under the version in force today, at the prices of a day (today if none is named)."""
    today = now().date()
    on = day or today
    items = [
        OfferOut(code=o.code, title=o.title, parts=list(o.parts), region=o.region, price=Amount.of(o.price))
        for o in offers_on(in_force(today).id, on, region)
    ]
    return OffersOut(day=on, items=items)
