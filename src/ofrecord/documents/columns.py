"""The columns of a statement's sheets: lines, corrections, and the facts that both rest on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from ofrecord.documents.rules import NO_CLAUSE, exchange_words, rate_words, why_words
from ofrecord.engine.types import FeeLine
from ofrecord.kernel.money import Money
from ofrecord.statements.types import NamedLine

Cell = str | int | date | Money | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, how wide it is, and what stands in it; `name` where a sum below it is asked for.

    What is summed is in the statement's currency.
    """

    title: str
    width: int
    cell: Callable[[NamedLine], Cell]
    name: str = ""


def _of(cell: Callable[[FeeLine], Cell]) -> Callable[[NamedLine], Cell]:
    return lambda named: cell(named.booked.line)


def _own(column: str) -> Callable[[NamedLine], Cell]:
    """A figure in the line's currency."""
    return _of(lambda line: Money(getattr(line, column), line.currency))


def _due(column: str) -> Callable[[NamedLine], Cell]:
    """A figure in the statement's currency."""
    return _of(lambda line: Money(getattr(line, column), line.due_currency))


_ID = Column("Line", 20, lambda named: named.id)
_CUSTOMER = Column("Customer", 30, lambda named: named.names.customer)
_SUBSCRIPTION = Column("Subscription", 14, lambda named: named.names.subscription)
_CLAUSE = Column("Clause", 24, lambda named: named.names.clause or NO_CLAUSE)
_VERSION = Column("Version", 10, _of(lambda line: line.version))
_RATE = Column("Rate", 18, _of(rate_words))
_CURRENCY = Column("Currency", 9, _of(lambda line: line.currency))
_DUE = Column("Fee in {currency}", 14, _due("due_minor"), "due")
_WAIVED = Column("Not taken back", 14, _due("waived_minor"), "waived")
_HELD = Column("Held back", 14, _due("held_minor"), "held")
_RELEASE = Column("Released on", 12, _of(lambda line: line.release_on if line.held_minor else None))
_EXCHANGE = Column("Exchange", 36, _of(exchange_words))

LINES = (
    _ID,
    _CUSTOMER,
    _SUBSCRIPTION,
    Column("Offer", 24, lambda named: named.names.offer),
    _CLAUSE,
    _VERSION,
    Column("Role", 18, _of(lambda line: line.role)),
    Column("First day", 12, _of(lambda line: line.service.first)),
    Column("Last day", 12, _of(lambda line: line.service.last)),
    Column("Days", 7, _of(lambda line: line.service.days)),
    Column("Month", 8, _of(lambda line: line.month_first)),
    Column("Basis", 10, _of(lambda line: line.basis)),
    _CURRENCY,
    Column("Basis amount", 14, _own("basis_minor")),
    _RATE,
    Column("Fee", 14, _own("fee_minor")),
    _EXCHANGE,
    _DUE,
    _HELD,
    _RELEASE,
    _WAIVED,
    Column("Reason", 50, _of(lambda line: "" if line.due_minor else why_words(line))),
)

CORRECTIONS = (
    _ID,
    Column("Corrects line", 20, _of(lambda line: line.corrects)),
    Column("Cause", 36, _of(lambda line: line.cause)),
    _CUSTOMER,
    _SUBSCRIPTION,
    _CLAUSE,
    _VERSION,
    _RATE,
    _CURRENCY,
    Column("Earned now", 14, _own("earned_minor")),
    Column("Booked before", 14, _own("booked_minor")),
    Column("Difference", 14, _own("fee_minor")),
    _EXCHANGE,
    _DUE,
    _WAIVED,
    _HELD,
    _RELEASE,
    Column("Reason", 50, _of(why_words)),
)

FACTS = (
    _ID,
    Column("Rests on", 10, _of(lambda line: line.source)),
    Column("Day", 12, _of(lambda line: line.event_day)),
    Column("Invoice", 18, _of(lambda line: line.invoice)),
    Column("Invoice day", 12, _of(lambda line: line.invoice_day)),
    _CUSTOMER,
    _SUBSCRIPTION,
    Column("Started on", 12, _of(lambda line: line.started_on)),
    Column("Way to sell", 18, lambda named: named.names.way),
    Column("Region", 8, _of(lambda line: line.region)),
    Column("Segment", 12, _of(lambda line: line.segment)),
    Column("Deal", 10, _of(lambda line: line.deal)),
    Column("Role", 18, _of(lambda line: line.role)),
    Column("Role since", 12, _of(lambda line: line.recognized_from)),
    Column("Tier", 12, _of(lambda line: line.tier)),
    Column("Seats", 8, _of(lambda line: line.seats)),
    _CURRENCY,
    Column("Price of a seat", 14, _own("unit_price_minor")),
    Column("Billed", 14, _own("billed_minor")),
    Column("Taken back", 14, _own("credited_minor")),
    Column("Taken back on", 12, _of(lambda line: line.credited_on)),
    Column("Id of the fact", 38, _of(lambda line: line.event)),
    Column("Id of the invoice line", 38, _of(lambda line: line.invoice_line)),
    Column("Ids of credits and payments", 38, _of(lambda line: ", ".join(line.facts))),
    Column("Program", 24, _of(lambda line: f"{line.program} {line.version}".strip())),
    Column("SHA-256 of the program", 66, _of(lambda line: line.terms_sha256)),
)
