"""Statements, their lines, and why a line pays what it pays."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Permission
from ofrecord.api.clients import client_of, needs
from ofrecord.api.months import MonthAsked, month_asked
from ofrecord.api.paging import Cursor, Limit, Piece, piece
from ofrecord.api.problems import Problem
from ofrecord.api.shapes import Amount, Days
from ofrecord.kernel.rate import rate_text
from ofrecord.statements import queries
from ofrecord.statements.types import Explanation, NamedLine, StatementCard

router = Router(tags=["statements"])


class StatementOut(Schema):
    id: UUID
    partner_id: UUID
    month: str = Field(examples=["2026-10"])
    total: Amount = Field(description="What the lines come to: new and corrected together.")
    opening: Amount = Field(
        description="The balance carried in; negative when something is still taken back."
    )
    new: Amount = Field(description="What lines add that correct nothing.")
    corrected: Amount = Field(description="What corrections of earlier lines add.")
    waived: Amount = Field(description="What of the corrections is not taken back.")
    held: Amount = Field(description="What is kept back for a later statement.")
    released: Amount = Field(description="What earlier statements kept back.")
    payable: Amount = Field(description="opening + new + corrected + waived - held + released - carried.")
    carried: Amount = Field(description="The balance of the next statement.")
    lines: int = Field(examples=[31])
    zero_lines: int = Field(examples=[1])
    corrections: int = Field(examples=[2])
    waiting: int = Field(description="Lines that wait for an exchange rate.", examples=[0])
    book_sha256: str = Field(description="Of the book that holds the lines.")
    closed_at: datetime


class StatementPiece(Piece):
    items: list[StatementOut]


class LineOut(Schema):
    id: str = Field(examples=["2026-10/4821193755"])
    customer: str = Field(examples=["Parker Hannifin"])
    subscription: str = Field(examples=["S-4F8TW2ZC"])
    offer: str = Field(examples=["Business productivity suite"])
    clause: str = Field(description="Empty where no clause covers the case.", examples=["first-year"])
    month: int = Field(description="Of the subscription, counted from 1.", examples=[7])
    days: Days
    basis: Amount
    rate: str = Field(examples=["12%"])
    fee: Amount = Field(description="In the currency of the sale.")
    due: Amount = Field(description="In the currency of the statement; the lines sum to its total.")
    reason: str = Field(description="Why the line pays nothing; empty when it pays.", examples=[""])
    waits: str = Field(
        description="Why nothing is due yet; empty when the line does not wait.", examples=[""]
    )
    corrects: str = Field(
        description="The line that it corrects; empty when it corrects none.", examples=[""]
    )
    cause: str = Field(description="What became known later, for a correction.", examples=[""])


class LinePiece(Piece):
    items: list[LineOut]


class StepOut(Schema):
    label: str = Field(examples=["Rate"])
    says: str = Field(examples=["12%, first year"])
    result: str = Field(examples=["× 12/100"])


class FactOut(Schema):
    label: str = Field(examples=["Invoice"])
    says: str = Field(examples=["N-2026-000123"])
    id: str


class ExplanationOut(Schema):
    line: str = Field(examples=["2026-10/4821193755"])
    words: str
    working: list[StepOut]
    facts: list[FactOut]
    fee: Amount
    due: Amount = Field(description="The same in the currency of the statement.")
    clause: str
    version: str = Field(examples=["2009.1"])
    reason: str
    corrects: str = Field(
        description="The line that this one corrects; empty for one that corrects nothing.",
        examples=["2026-09/1180359946"],
    )


def _statement(card: StatementCard) -> StatementOut:
    figures = card.figures
    return StatementOut(
        id=card.id,
        partner_id=card.partner_id,
        month=str(card.month),
        total=Amount.of(card.total),
        opening=Amount.of(figures.opening),
        new=Amount.of(figures.new),
        corrected=Amount.of(figures.corrected),
        waived=Amount.of(figures.waived),
        held=Amount.of(figures.held),
        released=Amount.of(figures.released),
        payable=Amount.of(figures.payable),
        carried=Amount.of(figures.carried),
        lines=card.lines,
        zero_lines=card.zero_lines,
        corrections=figures.corrections,
        waiting=figures.waiting,
        book_sha256=card.book_sha256,
        closed_at=card.closed_at,
    )


def _line(named: NamedLine) -> LineOut:
    line = named.booked.line
    return LineOut(
        id=named.id,
        customer=named.names.customer,
        subscription=named.names.subscription,
        offer=named.names.offer,
        clause=line.clause,
        month=line.month_first,
        days=Days.of(line.service),
        basis=Amount.of(named.billed),
        rate=rate_text(line.rate),
        fee=Amount.of(named.fee),
        due=Amount.of(named.due),
        reason=line.reason,
        waits=line.waits,
        corrects=line.corrects,
        cause=line.cause,
    )


def _explanation(found: Explanation) -> ExplanationOut:
    return ExplanationOut(
        line=found.line,
        words=found.words,
        working=[StepOut(label=r.label, says=r.says, result=str(r.result)) for r in found.working],
        facts=[FactOut(label=f.label, says=str(f.says), id=f.id) for f in found.facts],
        fee=Amount.of(found.fee),
        due=Amount.of(found.due),
        clause=found.clause,
        version=found.version,
        reason=found.reason,
        corrects=found.corrects,
    )


@router.get("", response={200: StatementPiece}, **needs(Permission.STATEMENTS_READ))
def list_statements(request: HttpRequest, cursor: Cursor, limit: Limit, month: MonthAsked) -> StatementPiece:
    """Statements, latest first; of a month."""
    found = queries.statements(client_of(request).scope)
    of = month_asked(month)
    if of is not None:
        found = found.filter(month=of.first)
    rows, following = piece(found, cursor, limit)
    return StatementPiece(items=[_statement(queries.card(row)) for row in rows], next=following)


def _found(request: HttpRequest, statement_id: UUID) -> StatementCard:
    card = queries.statement(statement_id, client_of(request).scope)
    if card is None:
        raise NotFound(what="statement")
    return card


@router.get(
    "/{uuid:statement_id}", response={200: StatementOut, 404: Problem}, **needs(Permission.STATEMENTS_READ)
)
def get_statement(request: HttpRequest, statement_id: UUID) -> StatementOut:
    """One statement."""
    return _statement(_found(request, statement_id))


@router.get(
    "/{uuid:statement_id}/lines",
    response={200: LinePiece, 404: Problem},
    **needs(Permission.STATEMENTS_READ),
)
def list_lines(request: HttpRequest, statement_id: UUID, cursor: Cursor, limit: Limit) -> LinePiece:
    """The lines of a statement by id; they sum to its total. The cursor is the id of the last line seen."""
    lines = queries.lines_of(_found(request, statement_id), client_of(request).scope)
    rest = sorted((line for line in lines if line.id > cursor), key=lambda line: line.id)
    following = rest[limit - 1].id if len(rest) > limit else None
    return LinePiece(items=[_line(line) for line in rest[:limit]], next=following)


@router.get(
    "/lines/{int:year}-{str:number}",
    response={200: ExplanationOut, 404: Problem, 409: Problem},
    **needs(Permission.STATEMENTS_READ),
)
def explain_line(request: HttpRequest, year: int, number: str) -> ExplanationOut:
    """Why a line pays what it pays: in words, then the working, then the facts.

    A line's id `2026-10/4821193755` is written `2026-10-4821193755` here.
    """
    month, _, ordinal = number.partition("-")
    named = queries.line(f"{year:04}-{month}/{ordinal}", client_of(request).scope)
    if named is None:
        raise NotFound(what="line")
    return _explanation(queries.explanation(named))
