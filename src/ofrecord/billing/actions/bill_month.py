"""A month's invoices are written."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from ofrecord.access.types import Actor
from ofrecord.billing.models import Invoice, InvoiceLine
from ofrecord.billing.queries import not_billed
from ofrecord.billing.refusals import MonthRuns
from ofrecord.billing.rules import bill_month, billable_of
from ofrecord.billing.types import LineValue
from ofrecord.journal.actions import record
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money, Rounding, sum_money
from ofrecord.ledger.actions import Move, post
from ofrecord.ledger.types import RECEIVABLE, REVENUE, Posting
from ofrecord.program.queries import terms_of
from ofrecord.subscriptions.queries import running_of
from ofrecord.subscriptions.types import Running

BATCH = 1000
Progress = Callable[[int, int], None]
Billed = tuple[Running, tuple[LineValue, ...]]


def _silent(done: int, of: int) -> None:
    """Nobody watches."""


@transaction.atomic
def bill_month_of_all(*, by: Actor, at: datetime, month: Month, progress: Progress = _silent) -> int:
    """Writes the month's invoices of all subscriptions that have none yet; says how many. Again it adds nothing.

    The subscriptions are billed one after the other in batches: one batch is a fixed number of statements, and no more
    than one is in memory.

    A month that settlement has closed may be billed again: billing does not know, and it does no harm. What is
    billed late is a fact like any other; its fees are new lines in the book of the month that is closed next, and
    no closed book, statement or posting changes.
    """
    if at.date() <= month.last:
        raise MonthRuns(month)
    _serialize(month)
    open_ones = not_billed(month)
    roundings = {version_id: terms.rounding for version_id, terms in terms_of().items()}
    written = 0
    for first in range(0, len(open_ones), BATCH):
        batch = running_of(month.span, open_ones[first : first + BATCH])
        written += _write(at, month, _lines_of(batch, month, roundings))
        progress(first + len(batch), len(open_ones))
    if written:
        record(by=by, at=at, verb="month billed", subject=("month", None), month=str(month), invoices=written)
    return written


def _serialize(month: Month) -> None:
    """Two runs for one month come one after the other; the second finds all billed."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"bill {month}"])


def _lines_of(batch: Sequence[Running], month: Month, roundings: dict[UUID, Rounding]) -> list[Billed]:
    """What each subscription is billed for; one without a day of service is left out."""
    billed = [
        (running, bill_month(billable_of(running), month, roundings[running.version_id])) for running in batch
    ]
    return [(running, lines) for running, lines in billed if lines]


def _next_numbers(month: Month, count: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select nextval('invoice_number') from generate_series(1, %s)", [count])
        return [f"N-{month.year}-{number:06}" for (number,) in cursor.fetchall()]


def _write(at: datetime, month: Month, billed: list[Billed]) -> int:
    numbers = _next_numbers(month, len(billed))
    invoices = Invoice.objects.bulk_create(
        _invoice(number, running, lines, month, at)
        for number, (running, lines) in zip(numbers, billed, strict=True)
    )
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=invoice,
            number=number,
            first=line.span.first,
            until=line.span.first + timedelta(days=line.days),
            seats=line.seats,
            unit_price_minor=line.unit_price.minor,
            amount_minor=line.amount.minor,
        )
        for invoice, (_, lines) in zip(invoices, billed, strict=True)
        for number, line in enumerate(lines, start=1)
    )
    post(moves=[_owed(invoice) for invoice in invoices], day=month.last, at=at)
    return len(invoices)


def _invoice(
    number: str, running: Running, lines: tuple[LineValue, ...], month: Month, at: datetime
) -> Invoice:
    total = sum_money((line.amount for line in lines), running.unit_price.currency)
    return Invoice(
        number=number,
        subscription_id=running.id,
        month=month.first,
        during=DateRange(month.first, month.plus(1).first),
        day=month.last,
        total_minor=total.minor,
        currency=total.currency,
        learned_at=at,
    )


def _owed(invoice: Invoice) -> Move:
    amount = Money(invoice.total_minor, invoice.currency)
    postings = (Posting(RECEIVABLE, amount), Posting(REVENUE, -amount))
    return Move(f"invoice:{invoice.pk}", f"Invoice {invoice.number}", postings)
