"""The months: billed, closed, open; and the month that can be closed now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.timezone import localdate

from ofrecord.access.types import Permission, Scope
from ofrecord.billing.queries import totals_by_month
from ofrecord.billing.types import InvoiceTotal
from ofrecord.clock.queries import now
from ofrecord.flows.before_close import lacking
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.settlement.queries import closable, closed_months, first_served, next_to_close, run_card, runs
from ofrecord.settlement.types import RunCard
from ofrecord.statements.queries import fees_by_month, waiting_lines
from ofrecord.web import words
from ofrecord.web.columns import Choice, Column
from ofrecord.web.desk.states import state_of
from ofrecord.web.lists import Empty, Listing
from ofrecord.web.parts import Linked, State, Tone
from ofrecord.web.readers import desk, reader_in


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month as the list shows it."""

    month: Month
    state: str
    invoices: int
    lines: int | None
    closed_at: datetime | None
    billed: tuple[Money, ...]
    fees: tuple[Money, ...]


_STATES = {
    "closed": State("closed", Tone.GOOD),
    "being closed": State("being closed", Tone.WAIT),
    "to be closed": State("to be closed", Tone.WAIT),
    "open": State("open"),
}


def _listing(billed: list[str], fees: list[str]) -> "Listing[MonthRow]":
    return Listing(
        name="months",
        caption="Months",
        columns=(
            Column(title="Month", cell=_named, sort="month", export=lambda row: str(row.month)),
            Column(title="State", cell=lambda row: _STATES[row.state], sort="state"),
            Column(title="Closed", cell=_closed_on, sort="closed_at", export=lambda row: row.closed_at),
            Column(title="Invoices", cell=lambda row: row.invoices, sort="invoices", is_numeric=True),
            *_money_columns("Billed", "billed", billed),
            Column(title="Fee lines", cell=lambda row: row.lines, sort="lines", is_numeric=True),
            *_money_columns("Fees", "fees", fees),
        ),
        sort="-month",
        choices=(
            Choice(name="state", title="State", path="state", values=[(word, word) for word in _STATES]),
        ),
        empty=Empty("No month to close yet", "The first month comes with the first subscription."),
    )


def _money_columns(title: str, name: str, currencies: list[str]) -> "list[Column[MonthRow]]":
    """One column for each currency, so that no sum mixes two."""

    def column(currency: str) -> "Column[MonthRow]":
        def cell(row: MonthRow) -> Money | None:
            amounts: tuple[Money, ...] = getattr(row, name)
            return next((amount for amount in amounts if amount.currency == currency), None)

        own = title if len(currencies) == 1 else f"{title} in {currency}"
        return Column(title=own, cell=cell, currency=currency)

    return [column(currency) for currency in currencies]


def _closed_on(row: MonthRow) -> date | None:
    """The day by the vendor's clock; the page of the month says the time."""
    return localdate(row.closed_at) if row.closed_at else None


def _named(row: MonthRow) -> Linked:
    return Linked(words.month_text(row.month), reverse("desk:month", args=[str(row.month)]))


@desk(Permission.SETTLEMENT_READ)
def settlement(request: HttpRequest) -> HttpResponseBase:
    """Which months are closed, and which can be closed now."""
    reader, today = reader_in(request), now().date()
    scope, can_be_closed = reader.scope, closable(today)
    going_on = runs().filter(status="running").first()
    rows = _months(scope, today)
    billed = sorted({money.currency for row in rows for money in row.billed})
    fees = sorted({money.currency for row in rows for money in row.fees})
    context: dict[str, Any] = {
        "closable": can_be_closed,
        "closing": run_card(going_on) if going_on else None,
        "lacking": lacking(can_be_closed)
        if can_be_closed and reader.may(Permission.SETTLEMENT_CLOSE)
        else [],
        "next": next_to_close(),
        "waiting": waiting(today),
        "waited": _waited(scope),
    }
    return _listing(billed, fees).respond(request, rows, "desk/settlement.html", context)


_UNTIL_THEN: Final = "What they earned is not due before the rate is recorded: the close after that books it."


def _waited(scope: Scope) -> str:
    """What of the last closed month waited for a rate; empty where nothing did."""
    last = next(iter(closed_months()), None)
    return waited_words(last.month, waiting_lines(scope, last.month)) if last is not None else ""


def waited_words(month: Month, lines: Mapping[str, int]) -> str:
    """When May 2009 was closed, 11 lines waited for an exchange rate into GBP; empty where none did."""
    if not lines:
        return ""
    return f"When {words.month_text(month)} was closed, {_counted(lines, 'waited', 'waited')} {_UNTIL_THEN}"


def waiting_words(lines: Mapping[str, int]) -> str:
    """11 lines wait for an exchange rate into GBP, as the month is seen before it is closed; empty where none does."""
    return f"{_counted(lines, 'waits', 'wait')} {_UNTIL_THEN}" if lines else ""


def _counted(lines: Mapping[str, int], of_one: str, of_many: str) -> str:
    count, codes = sum(lines.values()), words.joined(sorted(lines))
    said = f"line {of_one}" if count == 1 else f"lines {of_many}"
    return f"{words.count_text(count)} {said} for an exchange rate into {codes}."


def waiting(today: date) -> int:
    """How many months are over and not closed."""
    first, current = next_to_close(), Month.of(today)
    if first is None or first >= current:
        return 0
    return (current.year - first.year) * 12 + current.number - first.number


def _months(scope: Scope, today: date) -> list[MonthRow]:
    """From the first month of service to the current one."""
    first = first_served()
    if first is None:
        return []
    billed, fees = totals_by_month(scope), fees_by_month(scope)
    closed = {card.month: card for card in closed_months()}
    going_on = {Month.of(run.month) for run in runs().filter(status="running")}
    rows, month = [], first
    while month <= Month.of(today):
        totals, card = billed.get(month, []), closed.get(month)
        rows.append(
            MonthRow(
                month=month,
                state=_state(month, today, month in closed, month in going_on),
                invoices=sum(total.invoices for total in totals),
                lines=card.lines if card else None,
                closed_at=card.closed_at if card else None,
                billed=_amounts(totals),
                fees=tuple(fees.get(month, ())),
            )
        )
        month = month.plus(1)
    return rows


def _amounts(totals: list[InvoiceTotal]) -> tuple[Money, ...]:
    return tuple(total.billed for total in totals)


def _state(month: Month, today: date, is_closed: bool, goes_on: bool) -> str:
    if is_closed:
        return "closed"
    if goes_on:
        return "being closed"
    return "to be closed" if month.last < today else "open"


def was_asked_to_stop(run: RunCard) -> bool:
    """Whether the run ended because somebody stopped it: that is no failure."""
    return run.status == "stopped" and run.stop_asked


def run_state(run: RunCard) -> State:
    if run.status == "running":
        return State("goes on", Tone.WAIT)
    return State("stopped") if was_asked_to_stop(run) else state_of(run.status)
