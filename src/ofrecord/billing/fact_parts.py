"""What one billed line is put together from, and the lines that a bill will have that is not written yet."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.expressions import RawSQL

from ofrecord.billing.models import Credit, InvoiceLine, Payment
from ofrecord.billing.rules import bill_month, billable_of, list_amounts, shares_of
from ofrecord.billing.types import Credited, CreditKind, InvoiceBooks, LineBilled, Paid
from ofrecord.engine import types as engine
from ofrecord.engine.types import BilledFact, Recognition
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import Money, Rounding
from ofrecord.program.types import Terms
from ofrecord.subscriptions.facts import SubscriptionFact
from ofrecord.subscriptions.types import RoleSpan, Running

Row = dict[str, Any]
Tiers = Mapping[UUID, tuple[tuple[Span, str], ...]]
Segments = Mapping[UUID, tuple[tuple[Span, str], ...]]
Recognized = Callable[[UUID, date], tuple[Recognition, ...]]

# How the names of lines begin that are not written yet. Ids begin with a digit of hexadecimals, so these come last.
EXPECTED = "expected"
# What stands for the number of an invoice that is not written yet.
TO_COME = "to come"

COLUMNS = (
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


@dataclass(frozen=True, slots=True)
class Known:
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


def partners_in(records: Mapping[UUID, tuple[RoleSpan, ...]]) -> set[UUID]:
    return {record.partner_id for spans in records.values() for record in spans}


def _few(ids: Iterable[UUID]) -> RawSQL:
    """Ids as one array: what is asked for one by one takes longer to write down than to find."""
    return RawSQL("select unnest(%s::uuid[])", [list(set(ids))])


def payments_of(which: Q, through: date | None, of: Sequence[Row] | None = None) -> dict[UUID, list[Paid]]:
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


def credits_of(which: Q, through: date | None, of: Sequence[Row] | None = None) -> dict[UUID, list[Credited]]:
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


def receipts_of(
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


def recognizing(records: Mapping[UUID, tuple[RoleSpan, ...]], tiers: Tiers) -> Recognized:
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


def fact_of(line: Row, known: Known) -> BilledFact:
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


def expected_rows(running: Running, month: Month, rounding: Rounding) -> Iterator[Row]:
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


def told_row(line: Row) -> Row:
    """Such a line as `columns.lines_sql` tells lines."""
    return {
        "invoice_line": line["pk"],
        "invoice": line["invoice__number"],
        "invoice_day": line["invoice__day"],
        "subscription": str(line["invoice__subscription_id"]),
        "currency": line["invoice__currency"],
        "seats": line["seats"],
        "unit_price_minor": line["unit_price_minor"],
        "billed_minor": line["amount_minor"],
        "service_first": line["first"],
        "service_until": line["until"],
    }
