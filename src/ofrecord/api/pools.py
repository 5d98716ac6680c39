"""What was pooled in a month, to be shared between partners."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field, model_validator

from ofrecord.access.types import Permission
from ofrecord.api.answers import TAKES_KEY, once
from ofrecord.api.clients import client_of, needs
from ofrecord.api.months import MONTH, MonthAsked, month_asked
from ofrecord.api.paging import Cursor, Limit, Piece, piece
from ofrecord.api.parsing import Body
from ofrecord.api.problems import Problem
from ofrecord.api.shapes import Amount
from ofrecord.clock.queries import now
from ofrecord.flows.record_pool import record_amount
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.ids import new_id
from ofrecord.kernel.money import Money
from ofrecord.pools.queries import pool_amounts

if TYPE_CHECKING:
    from ofrecord.pools.models import PoolAmount

router = Router(tags=["pools"])


class PoolAmountOut(Schema):
    id: UUID
    pool: str = Field(examples=["advertising"])
    month: str = Field(examples=["2026-10"])
    amount: Amount = Field(description="Negative where it takes out what was recorded before.")
    reason: str = Field(examples=["Advertising revenue of October"])
    learned_at: datetime


class PoolAmountPiece(Piece):
    items: list[PoolAmountOut]


class SignedAmountIn(Body):
    """An exact amount as text; with a minus it takes out."""

    amount: str = Field(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,4})?$", examples=["48000.00"])
    currency: str = Field(pattern=r"^[A-Z]{3}$", examples=["USD"])

    @model_validator(mode="after")
    def _is_an_amount(self) -> "SignedAmountIn":
        self.money()
        return self

    def money(self) -> Money:
        return Money.parse(f"{self.amount} {self.currency}")


class PoolAmountIn(Body):
    pool: str = Field(min_length=1, max_length=80, examples=["advertising"])
    month: str = Field(pattern=MONTH, examples=["2026-10"])
    amount: SignedAmountIn
    reason: str = Field(min_length=1, max_length=200, examples=["Advertising revenue of October"])


class PoolOut(Schema):
    pool: str = Field(examples=["advertising"])
    month: str = Field(examples=["2026-10"])
    holds: Amount = Field(description="What the pool holds of the month now, in this currency.")


def _out(row: "PoolAmount") -> PoolAmountOut:
    return PoolAmountOut(
        id=row.pk,
        pool=row.pool,
        month=str(Month.of(row.month)),
        amount=Amount.of(row.amount),
        reason=row.reason,
        learned_at=row.learned_at,
    )


@router.get("", response={200: PoolAmountPiece}, **needs(Permission.POOLS_READ))
def list_pool_amounts(
    request: HttpRequest, cursor: Cursor, limit: Limit, month: MonthAsked, pool: str | None = None
) -> PoolAmountPiece:
    """Amounts, those recorded last first; of a pool, of a month."""
    found = pool_amounts(client_of(request).scope)
    if pool is not None:
        found = found.filter(pool=pool)
    of = month_asked(month)
    if of is not None:
        found = found.filter(month=of.first)
    rows, following = piece(found, cursor, limit)
    return PoolAmountPiece(items=[_out(row) for row in rows], next=following)


@router.post(
    "",
    response={201: PoolOut, 409: Problem, 422: Problem},
    **needs(Permission.POOLS_WRITE, **TAKES_KEY),
)
def post_pool_amount(request: HttpRequest, body: PoolAmountIn) -> HttpResponse:
    """Adds an amount to a pool of a month, or takes out a negative one."""

    def make() -> PoolOut:
        holds = record_amount(
            reader=client_of(request),
            at=now(),
            amount_id=new_id(),
            pool=body.pool,
            month=Month.parse(body.month),
            amount=body.amount.money(),
            reason=body.reason,
        )
        return PoolOut(pool=body.pool, month=body.month, holds=Amount.of(holds))

    return once(request, 201, make)
