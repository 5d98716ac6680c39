"""What billing testifies to settlement, as SQL over its own tables: for whoever reads all of it as columns.

The same that `facts` tells as objects, month by month of the invoices.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from ofrecord.billing.rules import shares_of
from ofrecord.billing.types import Credited, CreditKind, InvoiceBooks, LineBilled, Paid
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money

Row = Mapping[str, Any]


def lines_sql(month: Month) -> str:
    """The lines, each with what its invoice says."""
    return f"""
    select l.id::text as invoice_line, i.number as invoice, i.day as invoice_day,
           i.subscription_id::text as subscription, i.currency, l.seats, l.unit_price_minor,
           l.amount_minor as billed_minor, l.first as service_first, l.until as service_until
      from billing_invoice i join billing_invoiceline l on l.invoice_id = i.id
     where i.month = date '{month.first}'
    """


def credits_sql(month: Month, through: date) -> str:
    """What was taken back of the lines up to the day."""
    return f"""
    select c.id::text as id, c.line_id::text as invoice_line, c.kind, c.day, c.amount_minor
      from billing_credit c
      join billing_invoiceline l on l.id = c.line_id
      join billing_invoice i on i.id = l.invoice_id
     where i.month = date '{month.first}' and c.day <= date '{through}'
    """


def payments_sql(month: Month, through: date) -> str:
    """The payments up to the day, each beside every line of its invoice."""
    return f"""
    select p.id::text as payment, p.invoice_id::text as invoice, p.day, p.amount_minor as paid_minor,
           l.id::text as invoice_line, l.number, l.amount_minor as billed_minor, i.currency
      from billing_payment p
      join billing_invoice i on i.id = p.invoice_id
      join billing_invoiceline l on l.invoice_id = i.id
     where i.month = date '{month.first}' and p.day <= date '{through}' and p.amount_minor <> 0
    """


def shared_rows(paid: Iterable[Row], credits: Iterable[Row]) -> list[Row]:
    """What of each payment is for each line, one row each: from rows of `payments_sql`, all those of some invoices, and
    from what was taken back of their lines.
    """
    invoices: dict[str, list[Row]] = defaultdict(list)
    for row in paid:
        invoices[row["invoice"]].append(row)
    taken: dict[str, list[Row]] = defaultdict(list)
    for row in credits:
        taken[row["invoice_line"]].append(row)
    return [part for rows in invoices.values() for part in _shared(rows, taken)]


def _shared(rows: Sequence[Row], taken: Mapping[str, Sequence[Row]]) -> Iterator[Row]:
    """The parts of one invoice's payments."""
    currency = rows[0]["currency"]
    numbered = sorted({row["number"]: row for row in rows}.items())
    lines = [
        LineBilled(UUID(row["invoice_line"]), number, Money(row["billed_minor"], currency))
        for number, row in numbered
    ]
    payments = {
        row["payment"]: Paid(UUID(row["payment"]), row["day"], Money(row["paid_minor"], currency))
        for row in rows
    }
    credits = [
        Credited(
            UUID(row["id"]),
            line.id,
            CreditKind(row["kind"]),
            row["day"],
            Money(row["amount_minor"], currency),
        )
        for line in lines
        for row in taken.get(str(line.id), ())
    ]
    shares = shares_of(InvoiceBooks(tuple(lines), tuple(payments.values()), tuple(credits)))
    for payment in payments.values():
        for line, part in zip(lines, shares[payment.id], strict=True):
            if part:
                yield {
                    "id": f"{payment.id}/{line.number}",
                    "invoice_line": str(line.id),
                    "day": payment.day,
                    "amount_minor": part.minor,
                }


def marks_sql(through: date) -> dict[str, str]:
    """By what is told of: a row for each day, with how many rows there are of it and a hash of all.

    Invoices by the month, lines by their first day, payments and credits by theirs. Nothing of these is ever changed
    or removed, so their ids say all.
    """
    return {
        "invoices": _marks("billing_invoice", "month", through),
        "lines": _marks("billing_invoiceline", "first", through),
        "payments": _marks("billing_payment", "day", through),
        "credits": _marks("billing_credit", "day", through),
    }


def _marks(table: str, day: str, through: date) -> str:
    return f"""
    select {day}, count(*), bit_xor(uuid_hash_extended(id, 0)) from {table} where {day} <= date '{through}' group by 1
    """


_OF_INVOICE = {
    "payments": "select invoice_id from billing_payment where {days}",
    "credits": "select l.invoice_id from billing_credit c join billing_invoiceline l on l.id = c.line_id where {days}",
}


def touched_sql(kind: str, months: Iterable[Month], besides: Iterable[Month] = ()) -> str:
    """The months of the invoices that have payments or credits of days in the months, without those known `besides`."""
    days = " or ".join(
        f"(day >= date '{month.first}' and day < date '{month.plus(1).first}')" for month in sorted(months)
    )
    known = "".join(f" and month <> date '{month.first}'" for month in sorted(besides))
    return f"select distinct month from billing_invoice where id in ({_OF_INVOICE[kind].format(days=days)}){known}"
