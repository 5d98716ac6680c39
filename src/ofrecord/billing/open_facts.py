"""What an open month needs of earlier ones: what moved since the last close, and what still counts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q

from ofrecord.billing.fact_parts import (
    COLUMNS,
    Known,
    Row,
    credits_of,
    expected_rows,
    fact_of,
    partners_in,
    payments_of,
    receipts_of,
    recognizing,
)
from ofrecord.billing.models import Credit, Invoice, InvoiceLine, Payment
from ofrecord.customers.facts import segments_in
from ofrecord.engine.types import BilledFact
from ofrecord.kernel.calendar import Month, Span
from ofrecord.partners.facts import tiers_in
from ofrecord.program.queries import terms_by_sha, terms_of
from ofrecord.subscriptions.facts import recognitions_in, subscription_facts
from ofrecord.subscriptions.queries import running_of


@dataclass(frozen=True, slots=True)
class Moved:
    """What of earlier months is another now: by subscription the first month of such a bill; and beside that bills of
    which more was paid, and nothing else.
    """

    first: dict[UUID, date]
    paid: set[UUID]


# What was billed before the month, and by when it was known; only of these subscriptions.
_MOVED = """
    with billed as materialized (
        select id, subscription_id, day, month, learned_at from {invoices}
         where subscription_id = any(%(sales)s::uuid[]) and month < %(first)s),
    credited as materialized (
        select billed.id, billed.subscription_id, billed.month, billed.day as billed_on, taken.day, taken.at
          from billed join {lines} line on line.invoice_id = billed.id
          join {credits} taken on taken.line_id = line.id)
    select true, id, subscription_id, month from billed
     where learned_at > %(closed_at)s or (learned_at >= %(since)s and month < %(latest)s)
    union select true, id, subscription_id, month from credited
     where day >= %(first)s or at >= %(since)s or day - billed_on >= %(late)s
"""
_PAID = """
    union select payment.day < %(first)s or exists (select from credited where credited.id = billed.id),
                 billed.id, subscription_id, month
      from billed join {payments} payment on payment.invoice_id = billed.id
     where payment.day >= %(first)s or payment.at >= %(since)s
"""


def moved_since(
    subscription_ids: Collection[UUID],
    open_month: Month,
    *,
    closed_at: datetime,
    since: datetime,
    late_after: int | None,
    with_payments: bool,
) -> Moved:
    """What of the months before the open one was written, taken back or paid after the last of them was closed.

    That was at `closed_at`; what was written from `since` on may not have been counted, and what has a day of the open
    month was not. With `late_after` also what was taken back so many days after the bill, whenever that was. One query;
    needs the office's scope.
    """
    found = Moved({}, set())
    if not subscription_ids:
        return found
    asked: Row = {
        "sales": list(subscription_ids),
        "first": open_month.first,
        "latest": open_month.plus(-1).first,
        "closed_at": closed_at,
        "since": since,
        "late": late_after,
    }
    with connection.cursor() as cursor:
        cursor.execute(_tables(_MOVED + (_PAID if with_payments else "")), asked)
        for is_other, invoice_id, subscription_id, month in cursor.fetchall():
            if is_other:
                found.first[subscription_id] = min(found.first.get(subscription_id, month), month)
            else:
                found.paid.add(invoice_id)
    return found


def _tables(sql: str) -> str:
    tables = {"invoices": Invoice, "lines": InvoiceLine, "credits": Credit, "payments": Payment}
    return sql.format(**{name: model._meta.db_table for name, model in tables.items()})


# Months before the open one, of which anybody's bill is another now. A payment moves the last day on which what was
# taken back before still counts in time.
_MONTHS_MOVED = """
    select month from {invoices}
     where month < %(first)s
       and (learned_at > %(closed_at)s or (learned_at >= %(since)s and month < %(latest)s))
    union
    select bill.month from {credits} taken
      join {lines} line on line.id = taken.line_id
      join {invoices} bill on bill.id = line.invoice_id
     where bill.month < %(first)s
       and (taken.day >= %(first)s or taken.at >= %(since)s or exists (
            select from {payments} payment where payment.invoice_id = bill.id
               and (payment.day >= %(first)s or payment.at >= %(since)s)))
"""


def months_moved_since(open_month: Month, *, closed_at: datetime, since: datetime) -> set[Month]:
    """The months before the open one of which anybody's bill is another now; the rest as for `moved_since`."""
    asked: Row = {
        "first": open_month.first,
        "latest": open_month.plus(-1).first,
        "closed_at": closed_at,
        "since": since,
    }
    with connection.cursor() as cursor:
        cursor.execute(_tables(_MONTHS_MOVED), asked)
        return {Month.of(month) for (month,) in cursor.fetchall()}


# The lines of the bills of each subscription from a month of its own on, and of other bills.
_FROM = """
    select line.id, line.number, line.first, line.until, line.seats, line.unit_price_minor, line.amount_minor,
           bill.id, bill.number, bill.month, bill.day, bill.currency, bill.subscription_id
      from unnest(%(sales)s::uuid[], %(months)s::date[]) wanted (subscription_id, month)
      join {invoices} bill on bill.subscription_id = wanted.subscription_id
      join {lines} line on line.invoice_id = bill.id
     where bill.month <= %(last)s and (bill.month >= wanted.month or bill.id = any(%(paid)s::uuid[]))
     order by bill.month, bill.id, line.number
     limit %(limit)s
"""
_PAID_FROM = """
    select distinct bill.id
      from unnest(%(sales)s::uuid[], %(days)s::date[]) wanted (subscription_id, day)
      join {invoices} bill
        on bill.subscription_id = wanted.subscription_id and bill.month < date_trunc('month', wanted.day)
      join {payments} payment on payment.invoice_id = bill.id and payment.day >= wanted.day
"""
_BILLED_BEFORE = """
    select bill.subscription_id, min(bill.month), {day} as day, min(bill.currency),
           sum(line.amount_minor + coalesce(taken.minor, 0))
      from unnest(%(sales)s::uuid[], %(months)s::date[]) wanted (subscription_id, month)
      join {invoices} bill on bill.subscription_id = wanted.subscription_id
      join {lines} line on line.invoice_id = bill.id
      left join lateral (
        select sum(amount_minor) as minor from {credits}
         where line_id = line.id and day <= %(through)s and kind = any(%(kinds)s)) taken on true
     where bill.month < wanted.month and bill.id <> all(%(paid)s::uuid[])
     group by {by}
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of a subscription its bills from the month that begins on `first` on, and what was paid from the day `paid_from`
    on for others.
    """

    first: date
    paid_from: date


def paid_from(wanted: Mapping[UUID, Wanted]) -> set[UUID]:
    """The bills of earlier months for which something was paid on those days. One query; needs the office's scope."""
    asked: Row = {"sales": list(wanted), "days": [each.paid_from for each in wanted.values()]}
    with connection.cursor() as cursor:
        cursor.execute(_tables(_PAID_FROM), asked)
        return {invoice_id for (invoice_id,) in cursor.fetchall()}


def _wanted(wanted: Mapping[UUID, Wanted]) -> Row:
    return {"sales": list(wanted), "months": [each.first for each in wanted.values()]}


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read of an open month and of those before it: `paid` are bills beside those that are wanted.

    Payments are looked up of bills from the month of `paid_from` on, or of all of them. `sold_by_day` says whether what
    was sold before is told day by day; None where it is not told. Of it is taken what is `reduced_by` credits.
    """

    month: Month
    wanted: Mapping[UUID, Wanted]
    paid: Collection[UUID]
    most_lines: int | None
    with_payments: bool
    all_payments: bool
    sold_by_day: bool | None
    reduced_by: Collection[str] = ()


def facts_from(reading: Reading) -> tuple[list[BilledFact], list[BilledFact]] | None:
    """Of the subscriptions what was billed, or will be, up to the open month; and one fact, or one a day, for all that
    each was billed before, less what was taken back. None of more lines than asked for.

    For previews; needs the office's scope.
    """
    lines = _lines_from(reading)
    if reading.most_lines is not None and len(lines) > reading.most_lines:
        return None
    month, before = reading.month, _billed_before(reading)
    running, versions = running_of(month.span, reading.wanted), terms_of()
    written = {line["invoice__subscription_id"] for line in lines if line["invoice__month"] == month.first}
    expected = [
        row
        for each in running
        if each.id not in written
        for row in expected_rows(each, month, versions[each.version_id].rounding)
    ]
    first = min((line["invoice__month"] for line in (*lines, *before)), default=month.first)
    during = Span(first, month.plus(1).first)
    known = _known(reading, lines, [*expected, *before], during)
    return [fact_of(line, known) for line in (*lines, *expected)], [fact_of(line, known) for line in before]


def _lines_from(reading: Reading) -> list[Row]:
    asked = {
        **_wanted(reading.wanted),
        "last": reading.month.first,
        "paid": list(reading.paid),
        "limit": None if reading.most_lines is None else reading.most_lines + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_tables(_FROM), asked)
        return [dict(zip(COLUMNS, row, strict=True)) for row in cursor.fetchall()]


def _billed_before(reading: Reading) -> list[Row]:
    if reading.sold_by_day is None:
        return []
    by, day = ("1, bill.day", "bill.day") if reading.sold_by_day else ("1", "min(bill.day)")
    asked = {
        **_wanted(reading.wanted),
        "paid": list(reading.paid),
        "through": reading.month.last,
        "kinds": list(reading.reduced_by),
    }
    with connection.cursor() as cursor:
        cursor.execute(_tables(_BILLED_BEFORE.replace("{by}", by).replace("{day}", day)), asked)
        return [_sold_row(*row) for row in cursor.fetchall()]


def _sold_row(subscription_id: UUID, month: date, day: date, currency: str, minor: int) -> Row:
    """The columns of a line that stands for all that was billed."""
    return {
        "pk": "",
        "first": month,
        "until": Month.of(month).plus(1).first,
        "seats": 0,
        "unit_price_minor": 0,
        "amount_minor": int(minor),
        "invoice__number": "",
        "invoice__month": month,
        "invoice__day": day,
        "invoice__currency": currency,
        "invoice__subscription_id": subscription_id,
    }


def _known(reading: Reading, lines: Sequence[Row], others: Sequence[Row], during: Span) -> Known:
    """What the facts of few lines are put together from; `others` are not written, or stand for many."""
    sold = {line["invoice__subscription_id"] for line in (*lines, *others)}
    subscriptions, records = subscription_facts(sold), recognitions_in(during, sold)
    through = reading.month.last
    paid = [line for line in lines if _is_paid_for(reading, line)]
    credits = credits_of(Q(), through, lines) if lines else {}
    return Known(
        subscriptions=subscriptions,
        segments=segments_in(during, {each.customer_id for each in subscriptions.values()}),
        terms=terms_by_sha(),
        recognized=recognizing(records, tiers_in(during, partners_in(records))),
        receipts=receipts_of(paid, payments_of(Q(), through, paid), credits) if paid else {},
        credits=credits,
    )


def _is_paid_for(reading: Reading, line: Row) -> bool:
    """Whether it matters what was paid of the line."""
    if not reading.with_payments:
        return False
    wanted = reading.wanted[line["invoice__subscription_id"]]
    return (
        reading.all_payments
        or line["invoice__month"] >= wanted.paid_from.replace(day=1)
        or line["invoice_id"] in reading.paid
    )
