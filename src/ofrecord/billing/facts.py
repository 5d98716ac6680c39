"""What was billed in a month, as settlement needs it."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Sum

from ofrecord.billing.models import InvoiceLine
from ofrecord.engine.types import BilledFact, Recognition
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import Money
from ofrecord.partners.facts import tiers_in
from ofrecord.program.types import PARTNER_OF_RECORD
from ofrecord.subscriptions.facts import SubscriptionFact, records_in, subscription_facts
from ofrecord.subscriptions.types import RecordSpan

Tiers = Mapping[UUID, tuple[tuple[Span, str], ...]]

_COLUMNS = (
    "pk",
    "first",
    "until",
    "seats",
    "unit_price_minor",
    "amount_minor",
    "invoice__number",
    "invoice__day",
    "invoice__currency",
    "invoice__subscription_id",
)


def billed_facts(month: Month) -> list[BilledFact]:
    """Every invoice line of the month with its subscription, its partners of record, and their tiers on the
    invoice's day: four queries, however many lines there are. For the system."""
    lines = list(InvoiceLine.objects.filter(invoice__month=month.first).values(*_COLUMNS))
    subscriptions = subscription_facts(line["invoice__subscription_id"] for line in lines)
    records, tiers = records_in(month.span), tiers_in(month.span)
    return [
        _fact(
            line,
            subscriptions[line["invoice__subscription_id"]],
            _recognized(records.get(line["invoice__subscription_id"], ()), tiers, line["invoice__day"]),
        )
        for line in lines
    ]


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


def _recognized(records: tuple[RecordSpan, ...], tiers: Tiers, day: date) -> tuple[Recognition, ...]:
    """The partners of record, each with the tier it holds on the day; empty where none was recorded."""
    return tuple(
        Recognition(
            partner=str(record.partner_id),
            role=PARTNER_OF_RECORD,
            span=record.span,
            tier=next((tier for span, tier in tiers.get(record.partner_id, ()) if span.has(day)), ""),
        )
        for record in records
    )


def _fact(
    line: dict[str, Any], subscription: SubscriptionFact, partners: tuple[Recognition, ...]
) -> BilledFact:
    return BilledFact(
        invoice_line=str(line["pk"]),
        invoice=line["invoice__number"],
        invoice_day=line["invoice__day"],
        subscription=str(line["invoice__subscription_id"]),
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
        partners=partners,
    )
