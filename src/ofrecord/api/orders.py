"""Orders: composed by a partner, answered by the customer on the page behind the link."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Permission
from ofrecord.api.answers import SECRET, TAKES_KEY, once, secret_for
from ofrecord.api.clients import client_of, needs
from ofrecord.api.paging import Cursor, Limit, Piece, piece
from ofrecord.api.parsing import Body, WholeNumber
from ofrecord.api.problems import Problem
from ofrecord.api.shapes import Amount, AmountIn, Days
from ofrecord.clock.queries import now
from ofrecord.flows import compose_order
from ofrecord.flows.foresee_clauses import ForeseenClause
from ofrecord.flows.foresee_fees import Foreseen, foresee
from ofrecord.mail.addresses import absolute
from ofrecord.orders.queries import linked_orders, links_of, services_of
from ofrecord.orders.types import ServiceLine

if TYPE_CHECKING:
    from ofrecord.orders.models import Order

router = Router(tags=["orders"])


class ServiceIn(Body):
    text: str = Field(min_length=1, max_length=250, examples=["Migration and training"])
    price: AmountIn
    billed: str = Field("once", pattern="^(once|monthly)$", examples=["once"])


class OrderIn(Body):
    """An order for a customer: one of yours by id, or a new one by name."""

    customer_id: UUID | None = Field(None, examples=[None])
    customer_name: str = Field("", max_length=200, examples=["Parker Hannifin"])
    offer: str = Field(max_length=80, examples=["business-suite"])
    region: str = Field(max_length=20, examples=["US"])
    currency: str | None = Field(None, examples=["USD"])
    seats: WholeNumber = Field(examples=[50])
    commitment_months: WholeNumber = Field(12, examples=[12])
    starts_on: date = Field(examples=["2026-12-01"])
    note: str = Field("", max_length=2000, examples=["The suite we discussed."])
    services: list[ServiceIn] = Field(default_factory=list, max_length=20)

    def wanted(self) -> compose_order.Wanted:
        return compose_order.Wanted(
            offer=self.offer,
            region=self.region,
            currency=self.currency,
            seats=self.seats,
            commitment_months=self.commitment_months,
            starts_on=self.starts_on,
            note=self.note,
            customer_id=self.customer_id,
            customer_name=self.customer_name,
            services=tuple(ServiceLine(s.text, s.price.money(), s.billed) for s in self.services),
        )


class ServiceOut(Schema):
    text: str
    price: Amount
    billed: str


class OrderOut(Schema):
    id: UUID
    number: str = Field(examples=["O-7KQ2M9XD"])
    status: str = Field(description="open, confirmed, declined or withdrawn", examples=["open"])
    customer_id: UUID
    customer: str = Field(examples=["Parker Hannifin"])
    partner_id: UUID | None
    way: str = Field(examples=["partner-of-record"])
    offer: str = Field(examples=["business-suite"])
    region: str = Field(examples=["US"])
    seats: int = Field(examples=[50])
    unit_price: Amount
    monthly: Amount
    commitment_months: int = Field(examples=[12])
    starts_on: date = Field(examples=["2026-12-01"])
    note: str
    services: list[ServiceOut]
    composed_at: datetime
    link_expires_on: date | None = Field(None, description="Of the newest link.", examples=["2026-12-06"])


class OrderPiece(Piece):
    items: list[OrderOut]


class LinkOut(Schema):
    url: str = Field(
        description="The customer's secret address. It is told in this answer only; we keep its hash.",
        examples=["https://record.example/confirm/Jb1m…"],
    )
    expires_on: date = Field(examples=["2026-12-06"])


class ComposedOut(Schema):
    order: OrderOut
    link: LinkOut


class YearOut(Schema):
    year: int = Field(examples=[1])
    billed: Amount
    fee: Amount
    clauses: list[str] = Field(examples=[["first-year"]])
    elsewhere: Amount = Field(description="What it changes on the partner's other sales.")


class ForeseenMonthOut(Schema):
    month: str = Field(examples=["2026-12"])
    billed: Amount
    fee: Amount
    elsewhere: Amount


class CapOut(Schema):
    days: Days = Field(description="During which the cap is added up.")
    cap: Amount
    used_by_others: Amount = Field(description="By other sales, those of the past among them.")
    used_by_order: Amount
    left: Amount


class ForeseenClauseOut(Schema):
    name: str = Field(examples=["first-year"])
    title: str = Field(examples=["First year"])
    program_version: str = Field(examples=["2009.1"])
    fee: Amount = Field(description="In both years; nothing while its condition is not met.")
    says: str = Field(examples=["12% of what is billed"])
    sentences: list[str] = Field(
        description="Its condition, its cap, its bands, what is held back, when it is earned."
    )
    caps: list[CapOut]


class ForeseenOut(Schema):
    years: list[YearOut]
    months: list[ForeseenMonthOut]
    clauses: list[ForeseenClauseOut]
    takes_back: list[str] = Field(description="What could take back, end or change it.")
    tier: str = Field(description="The partner's today; empty where it has none.", examples=[""])
    is_whole: bool = Field(
        description="False where the other sales are too many and the order was judged as if there were none."
    )
    program_version: str = Field(examples=["2009.1"])


def _shown(rows: "list[Order]") -> list[OrderOut]:
    services = services_of(row.pk for row in rows)
    return [_out(row, services.get(row.pk, ())) for row in rows]


def _out(row: "Order", services: tuple[ServiceLine, ...]) -> OrderOut:
    return OrderOut(
        id=row.pk,
        number=row.number,
        status=row.status,
        customer_id=row.customer_id,
        customer=row.customer.name,
        partner_id=row.partner_id,
        way=row.way,
        offer=row.offer,
        region=row.region,
        seats=row.seats,
        unit_price=Amount.of(row.unit_price),
        monthly=Amount.of(row.unit_price * row.seats),
        commitment_months=row.commitment_months,
        starts_on=row.starts_on,
        note=row.note,
        services=[ServiceOut(text=s.text, price=Amount.of(s.price), billed=s.billed) for s in services],
        composed_at=row.composed_at,
        link_expires_on=row.link_expires_on,  # type: ignore[attr-defined]  # annotated by the query
    )


def _one(request: HttpRequest, order_id: UUID) -> OrderOut:
    scope = client_of(request).scope
    row = linked_orders(scope).filter(pk=order_id).first()
    if row is None:
        raise NotFound(what="order")
    return _shown([row])[0]


@router.get("", response={200: OrderPiece}, **needs(Permission.ORDERS_READ))
def list_orders(request: HttpRequest, cursor: Cursor, limit: Limit, status: str | None = None) -> OrderPiece:
    """Orders, latest first."""
    found = linked_orders(client_of(request).scope)
    if status:
        found = found.filter(status=status)
    rows, following = piece(found, cursor, limit)
    return OrderPiece(items=_shown(rows), next=following)


@router.post(
    "/foresee", response={200: ForeseenOut, 404: Problem, 422: Problem}, **needs(Permission.ORDERS_WRITE)
)
def foresee_fees(request: HttpRequest, body: OrderIn) -> ForeseenOut:
    """What the order would bill and earn in its first two years, before it is sent. Changes nothing."""
    client = client_of(request)
    draft = compose_order.draft(reader=client, at=now(), wanted=body.wanted())
    return _foreseen(foresee(reader=client, at=now(), draft=draft))


def _foreseen(found: Foreseen) -> ForeseenOut:
    years = [
        YearOut(
            year=each.year,
            billed=Amount.of(each.billed),
            fee=Amount.of(each.fee),
            clauses=list(each.clauses),
            elsewhere=Amount.of(each.elsewhere),
        )
        for each in found.years
    ]
    months = [
        ForeseenMonthOut(
            month=str(each.month),
            billed=Amount.of(each.billed),
            fee=Amount.of(each.fee),
            elsewhere=Amount.of(each.elsewhere),
        )
        for each in found.months
    ]
    return ForeseenOut(
        years=years,
        months=months,
        clauses=[_clause(each) for each in found.clauses],
        takes_back=list(found.takes_back),
        tier=found.tier,
        is_whole=found.is_whole,
        program_version=found.terms.version,
    )


def _clause(found: ForeseenClause) -> ForeseenClauseOut:
    return ForeseenClauseOut(
        name=found.clause.name,
        title=found.clause.title,
        program_version=found.terms.version,
        fee=Amount.of(found.fee),
        says=found.says,
        sentences=list(found.sentences),
        caps=[
            CapOut(
                days=Days.of(use.span),
                cap=Amount.of(use.cap),
                used_by_others=Amount.of(use.others),
                used_by_order=Amount.of(use.own),
                left=Amount.of(use.left),
            )
            for use in found.caps
        ],
    )


_COMPOSE = needs(Permission.ORDERS_WRITE, **TAKES_KEY)


@router.post("", response={201: ComposedOut, 403: Problem, 409: Problem, 422: Problem}, **_COMPOSE)
def compose_order_and_link(request: HttpRequest, body: OrderIn) -> HttpResponse:
    """Composes an order and makes the customer's link. Send an Idempotency-Key, so that a retry composes once."""

    def make() -> ComposedOut:
        order_id, _ = compose_order.compose(
            reader=client_of(request), at=now(), wanted=body.wanted(), secret=secret_for(request)
        )
        order = _one(request, order_id)
        assert order.link_expires_on is not None, "the link was just made"
        return ComposedOut(order=order, link=LinkOut(url=_address(), expires_on=order.link_expires_on))

    return once(request, 201, make)


def _address() -> str:
    """The link's address with a place for its secret, which a kept answer must not hold."""
    return absolute("confirm:order", "secret").replace("/secret", f"/{SECRET}")


@router.get("/{uuid:order_id}", response={200: OrderOut, 404: Problem}, **needs(Permission.ORDERS_READ))
def get_order(request: HttpRequest, order_id: UUID) -> OrderOut:
    """One order."""
    return _one(request, order_id)


@router.post("/{uuid:order_id}/link", response={201: LinkOut, 404: Problem, 409: Problem}, **_COMPOSE)
def renew_link(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """A new link; the former ones lead to a page that says that they were replaced."""

    def make() -> LinkOut:
        compose_order.renew_link(
            reader=client_of(request), at=now(), order_id=order_id, secret=secret_for(request)
        )
        expires_on = links_of(order_id, client_of(request).scope)[0].expires_on
        return LinkOut(url=_address(), expires_on=expires_on)

    return once(request, 201, make)


@router.post("/{uuid:order_id}/withdraw", response={200: OrderOut, 404: Problem, 409: Problem}, **_COMPOSE)
def withdraw_order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Takes an open order back."""

    def make() -> OrderOut:
        compose_order.withdraw(reader=client_of(request), at=now(), order_id=order_id)
        return _one(request, order_id)

    return once(request, 200, make)
