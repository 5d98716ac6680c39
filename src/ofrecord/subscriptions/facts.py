"""The columns that subscriptions testify to settlement."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange

from ofrecord.kernel.calendar import Span
from ofrecord.subscriptions.models import PartnerOfRecord, Subscription
from ofrecord.subscriptions.types import RecordSpan


@dataclass(frozen=True, slots=True)
class SubscriptionFact:
    """What was sold, to whom, how, under which version, and since when."""

    started_on: date
    customer_id: UUID
    offer: str
    way: str
    region: str
    terms_sha256: str


def subscription_facts(subscription_ids: Iterable[UUID]) -> dict[UUID, SubscriptionFact]:
    """The facts of the subscriptions, in one query."""
    columns = ("pk", "started_on", "customer_id", "offer", "way", "region", "version__sha256")
    found = Subscription.objects.filter(pk__in=set(subscription_ids)).values_list(*columns)
    return {pk: SubscriptionFact(*values) for pk, *values in found}


def records_in(during: Span) -> dict[UUID, tuple[RecordSpan, ...]]:
    """The partners of record that any subscription has on a day of the span, in the order of the days; one query."""
    spans = PartnerOfRecord.objects.filter(during__overlap=DateRange(during.first, during.until))
    found: dict[UUID, list[RecordSpan]] = defaultdict(list)
    for subscription_id, partner_id, days in spans.order_by("during").values_list(
        "subscription_id", "partner_id", "during"
    ):
        found[subscription_id].append(RecordSpan(partner_id, Span(days.lower, days.upper)))
    return {subscription_id: tuple(records) for subscription_id, records in found.items()}


def first_start() -> date | None:
    """The first day on which any subscription was served."""
    return Subscription.objects.order_by("started_on").values_list("started_on", flat=True).first()
