"""What was billed, paid and taken back, as settlement needs it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, Sum
from django.db.models.expressions import RawSQL

from ofrecord.billing.models import Credit, Invoice, InvoiceLine, Payment
from ofrecord.billing.rules import bill_month, billable_of, list_amounts, shares_of
from ofrecord.billing.types import Credited, CreditKind, InvoiceBooks, LineBilled, Paid
from ofrecord.customers.facts import segments_in
from ofrecord.engine import types as engine
from ofrecord.engine.types import BilledFact, Recognition
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import Money, Rounding
from ofrecord.partners.facts import tiers_in
from ofrecord.program.queries import terms_by_sha, terms_of
from ofrecord.program.types import Terms
from ofrecord.subscriptions.facts import SubscriptionFact, recognitions_in, subscription_facts
from ofrecord.subscriptions.queries import running_during, running_of, subscriptions_of
from ofrecord.subscriptions.types import RoleSpan, Running

Row = dict[str, Any]
Tiers = Mapping[UUID, tuple[tuple[Span, str], ...]]
Segments = Mapping[UUID, tuple[tuple[Span, str], ...]]
Recognized = Callable[[UUID, date], tuple[Recognition, ...]]

# How the names of lines begin that are not written yet. Ids begin with a digit of hexadecimals, so these come last.
EXPECTED = "expected"
# What stands for the number of an invoice that is not written yet.
TO_COME = "to come"

_COLUMNS = (
    "pk",
    "number",
    "first",
    "until",
    "seats",
    "unit_price_minor",
    "amount_minor",
    "invoice_id",
    "invoice__number",
    "invoice__month",
    "invoice__day",
    "invoice__currency",
    "invoice__subscription_id",
)


def billed_facts(month: Month) -> list[BilledFact]:
    """Every invoice line of the month with all that is known of it today: its subscription, the customer's segment
    on the invoice's day, who is recognized on it in that month with their tiers on that day, what was paid and what
    was taken back.

    As many queries for a million lines as for one. For the system.
    """
    which = Q(invoice__month=month.first)
    return _facts(_lines(which), which, month.span, None)


def history_facts(through: Month) -> dict[Month, list[BilledFact]]:
    """The lines of all months billed up to and with `through`, as they stood at the end of it: payments and credits
    of later days are left out. As many queries for all months as for one. For the system.
    """
    return _by_month(Q(invoice__month__lte=through.first), through)


def facts_of_customers(customer_ids: Iterable[UUID], through: Month) -> dict[Month, list[BilledFact]]:
    """The same for those customers alone, for previews."""
    theirs = Q(invoice__subscription_id__in=subscriptions_of(customer_ids))
    return _by_month(theirs & Q(invoice__month__lte=through.first), through, all_subscriptions=False)


def has_more_invoices(customer_ids: Iterable[UUID] | None, than: int) -> bool:
    """Whether more invoices than that were written to those customers, or to all; counts no further. For previews."""
    found = Invoice.objects.order_by()
    if customer_ids is not None:
        found = found.filter(subscription_id__in=subscriptions_of(customer_ids))
    return found.values("subscription_id")[: than + 1].count() > than


def expected_facts(months: Sequence[Month], customer_ids: Collection[UUID] | None = None) -> list[BilledFact]:
    """What the invoice lines of these months will be that are not written yet, if nothing else changes before.

    Of all customers, or of these; months in a row. Each line has a name that begins with `EXPECTED` and sorts
    as billing will write it; its invoice is `TO_COME`. Nothing of it is paid yet. For previews; as many queries for
    many months as for one.
    """
    span = Span(months[0].first, months[-1].plus(1).first)
    running, versions = running_during(span, customer_ids), terms_of()
    ids = {each.id for each in running}
    invoices = Invoice.objects.filter(month__gte=span.first, month__lt=span.until)
    if customer_ids is not None:
        invoices = invoices.filter(subscription_id__in=ids)
    written = set(invoices.values_list("subscription_id", "month"))
    records = recognitions_in(span, ids)
    known = _Known(
        subscriptions=subscription_facts(ids),
        segments=segments_in(span, customer_ids),
        terms=terms_by_sha(),
        recognized=_recognizing(records, tiers_in(span, _partners(records))),
        receipts={},
        credits={},
    )
    return [
        _fact(row, known)
        for month in months
        for each in running
        if (each.id, month.first) not in written
        for row in _expected_rows(each, month, versions[each.version_id].rounding)
    ]


def _expected_rows(running: Running, month: Month, rounding: Rounding) -> Iterator[Row]:
    """The columns of the lines that the month's invoice of the subscription will have."""
    for number, line in enumerate(bill_month(billable_of(running), month, rounding), start=1):
        yield {
            "pk": f"{EXPECTED} {month} {running.id} {number:03}",
            "first": line.span.first,
            "until": line.span.until,
            "seats": line.seats,
            "unit_price_minor": line.unit_price.minor,
            "amount_minor": line.amount.minor,
            "invoice__number": TO_COME,
            "invoice__day": month.last,
            "invoice__currency": line.amount.currency,
            "invoice__subscription_id": running.id,
        }


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
        for row in _expected_rows(each, month, versions[each.version_id].rounding)
    ]
    first = min((line["invoice__month"] for line in (*lines, *before)), default=month.first)
    during = Span(first, month.plus(1).first)
    known = _known(reading, lines, [*expected, *before], during)
    return [_fact(line, known) for line in (*lines, *expected)], [_fact(line, known) for line in before]


def _lines_from(reading: Reading) -> list[Row]:
    asked = {
        **_wanted(reading.wanted),
        "last": reading.month.first,
        "paid": list(reading.paid),
        "limit": None if reading.most_lines is None else reading.most_lines + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_tables(_FROM), asked)
        return [dict(zip(_COLUMNS, row, strict=True)) for row in cursor.fetchall()]


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


def _known(reading: Reading, lines: Sequence[Row], others: Sequence[Row], during: Span) -> "_Known":
    """What the facts of few lines are put together from; `others` are not written, or stand for many."""
    sold = {line["invoice__subscription_id"] for line in (*lines, *others)}
    subscriptions, records = subscription_facts(sold), recognitions_in(during, sold)
    through = reading.month.last
    paid = [line for line in lines if _is_paid_for(reading, line)]
    credits = _credits(Q(), through, lines) if lines else {}
    return _Known(
        subscriptions=subscriptions,
        segments=segments_in(during, {each.customer_id for each in subscriptions.values()}),
        terms=terms_by_sha(),
        recognized=_recognizing(records, tiers_in(during, _partners(records))),
        receipts=_receipts(paid, _payments(Q(), through, paid), credits) if paid else {},
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


def billed_in(month: Month) -> tuple[int, dict[str, Money]]:
    """How many invoice lines the month has, and what they come to by currency. For the system."""
    found = (
        InvoiceLine.objects.filter(invoice__month=month.first)
        .values_list("invoice__currency")
        .annotate(lines=Count("pk"), minor=Sum("amount_minor"))
        .order_by("invoice__currency")
    )
    totals = [(currency, lines, int(minor)) for currency, lines, minor in found]
    return sum(lines for _, lines, _ in totals), {code: Money(minor, code) for code, _, minor in totals}


def _by_month(which: Q, through: Month, *, all_subscriptions: bool = True) -> dict[Month, list[BilledFact]]:
    months: dict[Month, list[BilledFact]] = defaultdict(list)
    # The first row is asked for with all others: the first month alone would be looked for through all invoices.
    lines = _lines(which)
    if lines:
        during = Span(lines[0]["invoice__month"], through.plus(1).first)
        for fact in _facts(lines, which, during, through.last, all_subscriptions=all_subscriptions):
            months[Month.of(fact.invoice_day)].append(fact)
    return dict(months)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the facts are put together from, beside the lines themselves."""

    subscriptions: Mapping[UUID, SubscriptionFact]
    segments: Segments
    terms: Mapping[str, Terms]
    recognized: Recognized
    receipts: Mapping[UUID, Sequence[engine.Receipt]]
    credits: Mapping[UUID, Sequence[Credited]]

    def segment(self, customer_id: UUID, day: date) -> str:
        """The segment in which the customer is on the day; empty where none was stated."""
        return _on(day, self.segments.get(customer_id, ()))


def _on(day: date, spans: Iterable[tuple[Span, str]]) -> str:
    """What holds on the day; empty where nothing does."""
    return next((held for span, held in spans if span.has(day)), "")


def _lines(which: Q) -> list[Row]:
    """The lines in the order of months, invoices and their numbers."""
    found = InvoiceLine.objects.filter(which).order_by("invoice__month", "invoice_id", "number")
    return list(found.values(*_COLUMNS))


def _partners(records: Mapping[UUID, tuple[RoleSpan, ...]]) -> set[UUID]:
    return {record.partner_id for spans in records.values() for record in spans}


def _facts(
    lines: Sequence[Row], which: Q, during: Span, through: date | None, *, all_subscriptions: bool = True
) -> list[BilledFact]:
    """The facts of the lines, which are those of `which`; `during` holds all their months."""
    # Of few lines payments and credits are found by their ids: nothing is left to plan.
    of = None if all_subscriptions else lines
    credits = _credits(which, through, of)
    # A long list of ids costs more than it saves where nearly all are meant.
    only = None if all_subscriptions else {line["invoice__subscription_id"] for line in lines}
    subscriptions = subscription_facts(line["invoice__subscription_id"] for line in lines)
    customers = None if all_subscriptions else {each.customer_id for each in subscriptions.values()}
    records = recognitions_in(during, only)
    known = _Known(
        subscriptions=subscriptions,
        segments=segments_in(during, customers),
        terms=terms_by_sha(),
        recognized=_recognizing(records, tiers_in(during, None if only is None else _partners(records))),
        receipts=_receipts(lines, _payments(which, through, of), credits),
        credits=credits,
    )
    return [_fact(line, known) for line in lines]


def _few(ids: Iterable[UUID]) -> RawSQL:
    """Ids as one array: what is asked for one by one takes longer to write down than to find."""
    return RawSQL("select unnest(%s::uuid[])", [list(set(ids))])


def _payments(which: Q, through: date | None, of: Sequence[Row] | None = None) -> dict[UUID, list[Paid]]:
    """The payments of the invoices that have such lines, by invoice; `of` are these lines where they are few."""
    invoices: Any = InvoiceLine.objects.filter(which).values("invoice_id")
    invoices = invoices if of is None else _few(line["invoice_id"] for line in of)
    payments = Payment.objects.filter(invoice__in=invoices)
    if through is not None:
        payments = payments.filter(day__lte=through)
    found: dict[UUID, list[Paid]] = defaultdict(list)
    columns = ("invoice_id", "pk", "day", "amount_minor", "invoice__currency")
    for invoice_id, pk, day, minor, currency in payments.order_by("day", "pk").values_list(*columns):
        found[invoice_id].append(Paid(pk, day, Money(minor, currency)))
    return found


def _credits(which: Q, through: date | None, of: Sequence[Row] | None = None) -> dict[UUID, list[Credited]]:
    """What was taken back of the lines, by line; `of` are these lines where they are few."""
    lines: Any = InvoiceLine.objects.filter(which).values("pk")
    credits = Credit.objects.filter(line__in=lines if of is None else _few(line["pk"] for line in of))
    if through is not None:
        credits = credits.filter(day__lte=through)
    found: dict[UUID, list[Credited]] = defaultdict(list)
    columns = ("pk", "line_id", "kind", "day", "amount_minor", "line__invoice__currency")
    for pk, line_id, kind, day, minor, currency in credits.order_by("day", "pk").values_list(*columns):
        found[line_id].append(Credited(pk, line_id, CreditKind(kind), day, Money(minor, currency)))
    return found


def _receipts(
    lines: Iterable[Row], payments: Mapping[UUID, list[Paid]], credits: Mapping[UUID, list[Credited]]
) -> dict[UUID, list[engine.Receipt]]:
    """The part of each payment that is for each line. Its id names both: the payment and the line's number."""
    bills: dict[UUID, list[LineBilled]] = defaultdict(list)
    for line in lines:
        if line["invoice_id"] in payments:
            amount = Money(line["amount_minor"], line["invoice__currency"])
            bills[line["invoice_id"]].append(LineBilled(line["pk"], line["number"], amount))
    found: dict[UUID, list[engine.Receipt]] = defaultdict(list)
    for invoice_id, bill in bills.items():
        taken = tuple(credit for line in bill for credit in credits.get(line.id, ()))
        # A payment for a single line is for that line.
        shares = (
            {payment.id: (payment.amount,) for payment in payments[invoice_id]}
            if len(bill) == 1
            else shares_of(InvoiceBooks(tuple(bill), tuple(payments[invoice_id]), taken))
        )
        for payment in payments[invoice_id]:
            for of, part in zip(bill, shares[payment.id], strict=True):
                if part:
                    name = f"{payment.id}/{of.number}"
                    found[of.id].append(engine.Receipt(name, payment.day, part.minor))
    return found


def _recognizing(records: Mapping[UUID, tuple[RoleSpan, ...]], tiers: Tiers) -> Recognized:
    """Who is recognized on a subscription in the month of an invoice, each with the tier it holds on its day."""

    @lru_cache(maxsize=4096)
    def tier_of(partner_id: UUID, day: date) -> str:
        return _on(day, tiers.get(partner_id, ()))

    @lru_cache(maxsize=512)
    def month_of(day: date) -> Span:
        return Month.of(day).span

    def recognized(subscription_id: UUID, day: date) -> tuple[Recognition, ...]:
        month = month_of(day)
        return tuple(
            Recognition(
                partner=str(record.partner_id),
                role=record.role,
                span=record.span,
                tier=tier_of(record.partner_id, day),
                share=record.share,
            )
            for record in records.get(subscription_id, ())
            if record.span.common(month)
        )

    return recognized


def _fact(line: Row, known: _Known) -> BilledFact:
    subscription_id, day = line["invoice__subscription_id"], line["invoice__day"]
    subscription = known.subscriptions[subscription_id]
    list_minor, wholesale_minor = _listed(line, subscription, known.terms[subscription.terms_sha256])
    return BilledFact(
        invoice_line=str(line["pk"]),
        invoice=line["invoice__number"],
        invoice_day=day,
        subscription=str(subscription_id),
        started_on=subscription.started_on,
        customer=str(subscription.customer_id),
        offer=subscription.offer,
        way=subscription.way,
        region=subscription.region,
        currency=line["invoice__currency"],
        seats=line["seats"],
        unit_price_minor=line["unit_price_minor"],
        billed_minor=line["amount_minor"],
        service=Span(line["first"], line["until"]),
        terms_sha256=subscription.terms_sha256,
        partners=known.recognized(subscription_id, day),
        list_minor=list_minor,
        wholesale_minor=wholesale_minor,
        first_seats=subscription.first_seats,
        deal=subscription.deal,
        commitment_months=subscription.commitment_months,
        segment=known.segment(subscription.customer_id, day),
        credits=tuple(
            engine.Credit(str(each.id), each.kind.value, each.day, each.amount.minor)
            for each in known.credits.get(line["pk"], ())
        ),
        receipts=tuple(known.receipts.get(line["pk"], ())),
    )


def _listed(line: Row, subscription: SubscriptionFact, terms: Terms) -> tuple[int | None, int | None]:
    """What the line would be at the list price and at the wholesale price of its first day, prorated as the bill."""
    served = Span(line["first"], line["until"])
    offer = terms.offer(subscription.offer)
    price = offer.price(subscription.region, served.first) if offer else None
    return list_amounts(price, served, line["seats"], line["invoice__currency"], terms.rounding)
