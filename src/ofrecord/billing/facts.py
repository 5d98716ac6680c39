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


def has_more_invoices_of(subscription_ids: Collection[UUID], than: int) -> bool:
    """Whether more invoices than that were written for those subscriptions; counts no further. For previews."""
    found = Invoice.objects.order_by().filter(subscription_id__in=subscription_ids)
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
    """What of earlier months is another now: subscriptions, and beside them invoices of which more was paid."""

    subscriptions: set[UUID]
    paid: set[UUID]


# What was billed before the month, and by when it was known; only of these subscriptions.
_MOVED = """
    with billed as materialized (
        select id, subscription_id, day, month, learned_at from {invoices}
         where subscription_id = any(%(sales)s::uuid[]) and month < %(first)s),
    credited as materialized (
        select billed.id, billed.subscription_id, billed.day as billed_on, taken.day, taken.at
          from billed join {lines} line on line.invoice_id = billed.id
          join {credits} taken on taken.line_id = line.id)
    select 'moved', subscription_id from billed
     where learned_at > %(closed_at)s or (learned_at >= %(since)s and month < %(latest)s)
    union select 'moved', subscription_id from credited where day >= %(first)s or at >= %(since)s
    union select 'moved', subscription_id from credited where day - billed_on >= %(late)s
"""
_PAID = """
    union select case when payment.day < %(first)s or exists (select from credited where credited.id = billed.id)
                      then 'moved' else 'paid' end,
                 case when payment.day < %(first)s or exists (select from credited where credited.id = billed.id)
                      then billed.subscription_id else billed.id end
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
    if not subscription_ids:
        return Moved(set(), set())
    tables = {"invoices": Invoice, "lines": InvoiceLine, "credits": Credit, "payments": Payment}
    sql = _MOVED + (_PAID if with_payments else "")
    asked: Row = {
        "sales": list(subscription_ids),
        "first": open_month.first,
        "latest": open_month.plus(-1).first,
        "closed_at": closed_at,
        "since": since,
        "late": late_after,
    }
    found = Moved(set(), set())
    with connection.cursor() as cursor:
        cursor.execute(sql.format(**{name: model._meta.db_table for name, model in tables.items()}), asked)
        for what, pk in cursor.fetchall():
            (found.subscriptions if what == "moved" else found.paid).add(pk)
    return found


def facts_from(
    open_month: Month,
    subscription_ids: Collection[UUID],
    *,
    whole: Collection[UUID],
    paid: Collection[UUID],
    with_payments: bool,
) -> list[BilledFact]:
    """Of these subscriptions what was billed in the open month, or will be; beside that all lines of the subscriptions
    `whole`, and those of the invoices `paid`. For previews; needs the office's scope.
    """
    which = Q(invoice__subscription_id__in=subscription_ids, invoice__month=open_month.first)
    lines = _lines(which)
    earlier = Q(invoice__month__lt=open_month.first)
    if whole:
        lines += _lines(earlier & Q(invoice__subscription_id__in=whole))
    if paid:
        lines += _lines(earlier & Q(invoice_id__in=paid) & ~Q(invoice__subscription_id__in=whole))
    running = running_of(open_month.span, subscription_ids)
    versions = terms_of()
    written = {
        line["invoice__subscription_id"] for line in lines if line["invoice__month"] == open_month.first
    }
    expected = [
        row
        for each in running
        if each.id not in written
        for row in _expected_rows(each, open_month, versions[each.version_id].rounding)
    ]
    first = min((line["invoice__month"] for line in lines), default=open_month.first)
    during = Span(first, open_month.plus(1).first)
    known = _known(lines, expected, during, open_month.last, with_payments=with_payments)
    return [_fact(line, known) for line in (*lines, *expected)]


def _known(
    lines: Sequence[Row], expected: Sequence[Row], during: Span, through: date, *, with_payments: bool
) -> "_Known":
    """What the facts of few lines, and of expected ones, are put together from."""
    sold = {line["invoice__subscription_id"] for line in (*lines, *expected)}
    subscriptions, records = subscription_facts(sold), recognitions_in(during, sold)
    credits = _credits(Q(), through, lines) if lines else {}
    payments = _payments(Q(), through, lines) if lines and with_payments else {}
    return _Known(
        subscriptions=subscriptions,
        segments=segments_in(during, {each.customer_id for each in subscriptions.values()}),
        terms=terms_by_sha(),
        recognized=_recognizing(records, tiers_in(during, _partners(records))),
        receipts=_receipts(lines, payments, credits),
        credits=credits,
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


def _payments(which: Q, through: date | None, of: Sequence[Row] | None = None) -> dict[UUID, list[Paid]]:
    """The payments of the invoices that have such lines, by invoice; `of` are these lines where they are few."""
    invoices: Any = InvoiceLine.objects.filter(which).values("invoice_id")
    invoices = invoices if of is None else {line["invoice_id"] for line in of}
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
    credits = Credit.objects.filter(line__in=lines if of is None else [line["pk"] for line in of])
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

    def recognized(subscription_id: UUID, day: date) -> tuple[Recognition, ...]:
        month = Month.of(day).span
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
