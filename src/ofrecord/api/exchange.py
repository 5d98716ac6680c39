"""What a euro was worth, on which day."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from ofrecord.access.types import Permission
from ofrecord.api.answers import TAKES_KEY, once
from ofrecord.api.clients import client_of, needs
from ofrecord.api.paging import Cursor, Limit, Piece, piece
from ofrecord.api.parsing import Body
from ofrecord.api.problems import Problem
from ofrecord.clock.queries import now
from ofrecord.exchange.queries import exchange_rates
from ofrecord.exchange.types import Learned, exact_text
from ofrecord.flows.import_rates import StatedRate, record_rates

if TYPE_CHECKING:
    from ofrecord.exchange.models import ExchangeRate

router = Router(tags=["exchange rates"])
AT_ONCE = 5000


class RateOut(Schema):
    id: UUID
    currency: str = Field(examples=["USD"])
    day: date = Field(examples=["2026-10-09"])
    per_euro: str = Field(description="Units of the currency for one euro, exactly.", examples=["1.0853"])
    revision: int = Field(description="How often the day was written, up to this rate.", examples=[1])
    is_in_force: bool = Field(description="Whether no later revision counts in its place.")
    source: str = Field(examples=["file eurofxref-hist.csv"])
    learned_at: datetime


class RatePiece(Piece):
    items: list[RateOut]


class RateIn(Body):
    currency: str = Field(pattern=r"^[A-Z]{3}$", examples=["USD"])
    day: date = Field(examples=["2026-10-09"])
    per_euro: str = Field(max_length=30, examples=["1.0853"])


class RatesIn(Body):
    rates: list[RateIn] = Field(
        min_length=1,
        max_length=AT_ONCE,
        examples=[[{"currency": "USD", "day": "2026-10-09", "per_euro": "1.0853"}]],
    )
    source: str = Field(min_length=1, max_length=200, examples=["European Central Bank"])
    correct: bool = Field(
        False,
        description="Whether a rate that is known otherwise is corrected; if not, it is refused.",
        examples=[False],
    )


class CorrectedOut(Schema):
    currency: str = Field(examples=["USD"])
    day: date = Field(examples=["2026-10-09"])
    former: str = Field(examples=["1.0835"])
    per_euro: str = Field(examples=["1.0853"])


class LearnedOut(Schema):
    added: int = Field(description="Rates that were not known.", examples=[30])
    corrected: list[CorrectedOut]
    known: int = Field(description="Rates that were known as they were sent.", examples=[0])


def _out(row: "ExchangeRate") -> RateOut:
    return RateOut(
        id=row.pk,
        currency=row.currency,
        day=row.day,
        per_euro=exact_text(row.per_euro),
        revision=row.revision,
        is_in_force=row.is_in_force,  # type: ignore[attr-defined]  # annotated by the query
        source=row.source,
        learned_at=row.learned_at,
    )


def _learned(learned: Learned) -> LearnedOut:
    corrected = [
        CorrectedOut(
            currency=change.currency,
            day=change.day,
            former=exact_text(change.known),
            per_euro=exact_text(change.given),
        )
        for change in learned.corrected
    ]
    return LearnedOut(added=learned.added, corrected=corrected, known=learned.known)


@router.get("", response={200: RatePiece}, **needs(Permission.RATES_READ))
def list_rates(
    request: HttpRequest,
    cursor: Cursor,
    limit: Limit,
    *,
    currency: str | None = None,
    day: date | None = None,
    in_force: bool | None = None,
) -> RatePiece:
    """Rates, those recorded last first; of a currency, of a day, in force or corrected since."""
    found = exchange_rates(client_of(request).scope)
    if currency is not None:
        found = found.filter(currency=currency)
    if day is not None:
        found = found.filter(day=day)
    if in_force is not None:
        found = found.filter(is_in_force=in_force)  # type: ignore[misc]  # annotated by the query
    rows, following = piece(found, cursor, limit)
    return RatePiece(items=[_out(row) for row in rows], next=following)


@router.post(
    "",
    response={200: LearnedOut, 409: Problem, 422: Problem},
    **needs(Permission.RATES_WRITE, **TAKES_KEY),
)
def post_rates(request: HttpRequest, body: RatesIn) -> HttpResponse:
    """Records rates, all or none; those that are known as they are sent add nothing."""

    def make() -> LearnedOut:
        stated = [StatedRate(each.currency, each.day, each.per_euro) for each in body.rates]
        return _learned(
            record_rates(
                reader=client_of(request), at=now(), rates=stated, source=body.source, correct=body.correct
            )
        )

    return once(request, 200, make)
