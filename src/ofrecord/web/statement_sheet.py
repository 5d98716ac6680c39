"""What ties a fee line to its invoice in a spreadsheet; on a page it stands behind "why?"."""

from collections.abc import Callable
from typing import TypeVar

from ofrecord.kernel.rate import rate_text
from ofrecord.statements.types import NamedLine
from ofrecord.web.columns import Column

Row = TypeVar("Row")

_FACTS: dict[str, Callable[[NamedLine], object]] = {
    "Invoice": lambda named: named.booked.line.invoice,
    "Subscription": lambda named: named.names.subscription,
    "First day": lambda named: named.booked.line.service.first,
    "Last day": lambda named: named.booked.line.service.last,
    "Seats": lambda named: named.booked.line.seats,
    "Rate": lambda named: rate_text(named.booked.line.rate),
    "Reason": lambda named: named.booked.line.reason,
    "Fee of the line": lambda named: named.fee,
    "Currency of the line": lambda named: named.fee.currency,
    "Corrects": lambda named: named.booked.line.corrects,
    "Cause": lambda named: named.booked.line.cause,
    "Waits": lambda named: named.waits,
}


def sheet_columns(line: Callable[[Row], NamedLine]) -> tuple[Column[Row], ...]:
    """The columns that a list of fee lines has in its spreadsheet only; `line` finds the line of a row."""
    return tuple(_column(title, fact, line) for title, fact in _FACTS.items())


def _column(title: str, fact: Callable[[NamedLine], object], line: Callable[[Row], NamedLine]) -> Column[Row]:
    return Column(title=title, cell=lambda row: fact(line(row)), is_sheet_only=True)
