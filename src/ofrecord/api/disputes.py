"""Disputes of lines: a partner opens and withdraws them, the vendor answers."""

from datetime import datetime
from typing import Literal
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
from ofrecord.flows import open_dispute as opening
from ofrecord.flows.answer_dispute import answer_dispute
from ofrecord.statements import queries
from ofrecord.statements.types import DisputeCard, Outcome

router = Router(tags=["disputes"])


class DisputeOut(Schema):
    id: UUID
    partner_id: UUID
    line: str = Field(examples=["2026-10/4821193755"])
    reason: str
    opened_at: datetime
    outcome: str = Field(
        description="upheld, rejected or withdrawn; empty while it is open.", examples=["upheld"]
    )
    answer: str
    answered_at: datetime | None


class DisputePiece(Piece):
    items: list[DisputeOut]


class DisputeIn(Body):
    line: str = Field(examples=["2026-10/4821193755"])
    reason: str = Field(examples=["Seven of the seats were billed by us, not by the vendor."])


class AnswerIn(Body):
    outcome: Literal["upheld", "rejected"] = Field(examples=["upheld"])
    answer: str = Field(examples=["You are right. The credit note follows."])


class WithdrawalIn(Body):
    words: str = Field("", description="Why, for the vendor; may be empty.", examples=[""])


def _out(card: DisputeCard) -> DisputeOut:
    return DisputeOut(
        id=card.id,
        partner_id=card.partner_id,
        line=card.line,
        reason=card.reason,
        opened_at=card.opened_at,
        outcome=card.outcome.value if card.outcome else "",
        answer=card.answer,
        answered_at=card.answered_at,
    )


def _found(request: HttpRequest, dispute_id: UUID) -> DisputeOut:
    card = queries.dispute(dispute_id, client_of(request).scope)
    if card is None:
        raise NotFound(what="dispute")
    return _out(card)


@router.get("", response={200: DisputePiece}, **needs(Permission.STATEMENTS_READ))
def list_disputes(
    request: HttpRequest, cursor: Cursor, limit: Limit, status: Literal["open", "answered"] | None = None
) -> DisputePiece:
    """Disputes, latest first; the open or the answered ones."""
    found = queries.disputes(client_of(request).scope)
    if status is not None:
        found = found.filter(status=status)
    rows, following = piece(found, cursor, limit)
    return DisputePiece(items=[_out(queries.dispute_card(row)) for row in rows], next=following)


@router.get(
    "/{uuid:dispute_id}", response={200: DisputeOut, 404: Problem}, **needs(Permission.STATEMENTS_READ)
)
def get_dispute(request: HttpRequest, dispute_id: UUID) -> DisputeOut:
    """One dispute."""
    return _found(request, dispute_id)


@router.post(
    "",
    response={201: DisputeOut, 404: Problem, 409: Problem, 422: Problem},
    **needs(Permission.DISPUTES_OPEN, **TAKES_KEY),
)
def dispute_line(request: HttpRequest, body: DisputeIn) -> HttpResponse:
    """Disputes a line of the partner's own statements. A line has one open dispute at a time."""

    def make() -> DisputeOut:
        dispute_id = opening.open_dispute(
            reader=client_of(request), at=now(), line_id=body.line, reason=body.reason
        )
        return _found(request, dispute_id)

    return once(request, 201, make)


@router.post(
    "/{uuid:dispute_id}/withdrawal",
    response={200: DisputeOut, 404: Problem, 409: Problem},
    **needs(Permission.DISPUTES_OPEN, **TAKES_KEY),
)
def withdraw_dispute(request: HttpRequest, dispute_id: UUID, body: WithdrawalIn) -> HttpResponse:
    """Takes an open dispute back."""

    def make() -> DisputeOut:
        opening.withdraw(reader=client_of(request), at=now(), dispute_id=dispute_id, said=body.words)
        return _found(request, dispute_id)

    return once(request, 200, make)


@router.post(
    "/{uuid:dispute_id}/answer",
    response={200: DisputeOut, 404: Problem, 409: Problem, 422: Problem},
    **needs(Permission.DISPUTES_ANSWER, **TAKES_KEY),
)
def answer(request: HttpRequest, dispute_id: UUID, body: AnswerIn) -> HttpResponse:
    """The vendor upholds or rejects a dispute; the answer is final, and moves no money."""

    def make() -> DisputeOut:
        outcome = Outcome(body.outcome)
        answer_dispute(
            reader=client_of(request), at=now(), dispute_id=dispute_id, outcome=outcome, answer=body.answer
        )
        return _found(request, dispute_id)

    return once(request, 200, make)
