"""Disputes as desk and portal show them: in lists, and on the page of a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from ofrecord.access.types import Permission, Reader
from ofrecord.statements.queries import disputes_of
from ofrecord.statements.types import ANSWERED, OPEN, DisputeCard, Outcome
from ofrecord.web import words
from ofrecord.web.columns import Choice, Column, Days
from ofrecord.web.parts import State, Tone

_TONES = {Outcome.UPHELD: Tone.GOOD, Outcome.REJECTED: Tone.STOP, Outcome.WITHDRAWN: Tone.PLAIN}

CHOICES = (
    Choice(name="state", title="State", path="status", values=((OPEN, "open"), (ANSWERED, "answered"))),
    Choice(
        name="outcome",
        title="Outcome",
        path="outcome",
        values=tuple((each.value, each.value) for each in Outcome),
    ),
)
DAYS = (Days(name="month", title="Month of the line", path="month"),)


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """A dispute on the page of its line:
    its reader may take it back, or answer it, or neither."""

    card: DisputeCard
    state: State
    can_withdraw: bool
    can_answer: bool


def on_line(line_id: str, reader: Reader) -> list[DisputeRow]:
    """The disputes of a line that the reader may see, the latest first."""
    return [_row(card, reader) for card in disputes_of(line_id, reader.scope)]


def _row(card: DisputeCard, reader: Reader) -> DisputeRow:
    return DisputeRow(
        card,
        state(card.outcome),
        can_withdraw=card.is_open and not reader.of_vendor and reader.may(Permission.DISPUTES_OPEN),
        can_answer=card.is_open and reader.of_vendor and reader.may(Permission.DISPUTES_ANSWER),
    )


def has_open(rows: Sequence[DisputeRow]) -> bool:
    return any(row.card.is_open for row in rows)


def state(outcome: Outcome | None) -> State:
    return State(outcome.value, _TONES[outcome]) if outcome else State("open", Tone.WAIT)


def columns(today: date) -> tuple[Column[Any], ...]:
    """What both sides see of a dispute in a list, beside the line."""
    return (
        Column(title="Month", cell=lambda row: words.month_text(row.month), sort="month", export=_month),
        Column(title="Opened", cell=lambda row: _day(row.opened_at), sort="opened_at"),
        Column(title="Days open", cell=lambda row: _age(row, today), is_numeric=True),
        Column(title="State", cell=_state, sort="status"),
        Column(title="Answered", cell=lambda row: _day(row.answered_at), sort="answered_at"),
        Column(title="Reason", cell=lambda row: row.reason, is_sheet_only=True),
        Column(title="Answer", cell=lambda row: row.answer, is_sheet_only=True),
    )


def _month(row: Any) -> str:
    return f"{row.month:%Y-%m}"


def _state(row: Any) -> State:
    return state(Outcome(row.outcome) if row.outcome else None)


def _day(at: datetime | None) -> date | None:
    return localdate(at) if at else None


def _age(row: Any, today: date) -> int:
    """How long it waited for its answer, or has waited until now."""
    days: int = ((_day(row.answered_at) or today) - localdate(row.opened_at)).days
    return days
