"""What billing testifies to settlement, as SQL over its own tables: for whoever reads all of it as columns.

The same that `facts` tells as objects, month by month of the invoices.
"""

from collections.abc import Iterable
from datetime import date

from ofrecord.kernel.calendar import Month


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


def receipts_sql(month: Month, through: date) -> str:
    """The payments up to the day of invoices that have one line: it takes them whole.

    Those of invoices with several lines are shared by a rule, see `facts.shared_receipts`.
    """
    return f"""
    select p.id || '/' || l.number as id, l.id::text as invoice_line, p.day, p.amount_minor
      from billing_payment p
      join billing_invoice i on i.id = p.invoice_id
      join billing_invoiceline l on l.invoice_id = i.id
     where i.month = date '{month.first}' and p.day <= date '{through}' and p.amount_minor <> 0
       and not exists (select from billing_invoiceline o where o.invoice_id = l.invoice_id and o.id <> l.id)
    """


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
    "lines": "select invoice_id from billing_invoiceline where {days}",
    "payments": "select invoice_id from billing_payment where {days}",
    "credits": "select l.invoice_id from billing_credit c join billing_invoiceline l on l.id = c.line_id where {days}",
}
_DAY = {"lines": "first", "payments": "day", "credits": "c.day"}


def touched_sql(kind: str, months: Iterable[Month], besides: Iterable[Month] = ()) -> str:
    """The months of the invoices that have such rows of days in the months, without those known `besides`."""
    days = " or ".join(
        f"({_DAY[kind]} >= date '{month.first}' and {_DAY[kind]} < date '{month.plus(1).first}')"
        for month in sorted(months)
    )
    known = "".join(f" and month <> date '{month.first}'" for month in sorted(besides))
    return f"select distinct month from billing_invoice where id in ({_OF_INVOICE[kind].format(days=days)}){known}"
