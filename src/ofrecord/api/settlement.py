"""Months: closed, or to be closed."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Permission
from ofrecord.api.answers import TAKES_KEY, once
from ofrecord.api.clients import client_of, needs
from ofrecord.api.months import MONTH
from ofrecord.api.parsing import Body
from ofrecord.api.problems import Problem
from ofrecord.clock.queries import now
from ofrecord.flows.settle_period import start_run
from ofrecord.kernel.calendar import Month
from ofrecord.settlement.queries import closed_months, next_to_close, run
from ofrecord.settlement.types import ClosedCard, RunCard

router = Router(tags=["settlement"])


class ClosedOut(Schema):
    month: str = Field(examples=["2026-10"])
    snapshot_sha256: str
    book_sha256: str
    facts: int
    lines: int
    closed_at: datetime


class MonthsOut(Schema):
    items: list[ClosedOut]
    next_to_close: str | None = Field(examples=["2026-11"])


class CloseIn(Body):
    month: str = Field(pattern=MONTH, examples=["2026-10"])


class RunOut(Schema):
    id: UUID
    month: str = Field(examples=["2026-10"])
    status: str = Field(description="running, closed or stopped", examples=["running"])
    done: int
    steps: int
    says: str = Field(description="What it does now, or why it stopped.")


def _closed(card: ClosedCard) -> ClosedOut:
    return ClosedOut(
        month=str(card.month),
        snapshot_sha256=card.snapshot_sha256,
        book_sha256=card.book_sha256,
        facts=card.facts,
        lines=card.lines,
        closed_at=card.closed_at,
    )


def _run(card: RunCard) -> RunOut:
    return RunOut(
        id=card.id,
        month=str(card.month),
        status=card.status,
        done=card.done,
        steps=card.steps,
        says=card.says,
    )


def _found(run_id: UUID) -> RunOut:
    card = run(run_id)
    if card is None:
        raise NotFound(what="settlement run")
    return _run(card)


@router.get("/months", response={200: MonthsOut}, **needs(Permission.SETTLEMENT_READ))
def list_months(request: HttpRequest) -> MonthsOut:
    """The closed months, latest first, and the one that is next."""
    following = next_to_close()
    return MonthsOut(
        items=[_closed(card) for card in closed_months()], next_to_close=str(following) if following else None
    )


@router.post(
    "/runs",
    response={202: RunOut, 409: Problem, 422: Problem},
    **needs(Permission.SETTLEMENT_CLOSE, **TAKES_KEY),
)
def close_month(request: HttpRequest, body: CloseIn) -> HttpResponse:
    """Starts to close a month; ask the run how far it is. A month that is closed is refused."""

    def make() -> RunOut:
        run_id = start_run(by=client_of(request).actor, at=now(), month=Month.parse(body.month))
        return _found(run_id)

    return once(request, 202, make)


@router.get("/runs/{uuid:run_id}", response={200: RunOut, 404: Problem}, **needs(Permission.SETTLEMENT_READ))
def get_run(request: HttpRequest, run_id: UUID) -> RunOut:
    """One run and how far it is."""
    return _found(run_id)
