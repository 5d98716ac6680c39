"""The columns that subscriptions testify to settlement."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import OuterRef, Subquery

from ofrecord.kernel.calendar import Span
from ofrecord.program.clause_types import PARTNER_OF_RECORD
from ofrecord.subscriptions.models import HeldRole, PartnerOfRecord, SeatChange, Subscription
from ofrecord.subscriptions.rules import former_partners
from ofrecord.subscriptions.types import RecordSpan, RoleSpan


@dataclass(frozen=True, slots=True)
class SubscriptionFact:
    """What was sold, to whom, how, under which version, and since when.

    `first_seats` are those of its first day; `deal` is new, upsell or cross-sell, as it was when it started.
    """

    started_on: date
    customer_id: UUID
    offer: str
    way: str
    region: str
    terms_sha256: str
    deal: str
    commitment_months: int
    first_seats: int


_COLUMNS = (
    "pk",
    "started_on",
    "customer_id",
    "offer",
    "way",
    "region",
    "version__sha256",
    "deal",
    "commitment_months",
    "first_seats",
)


def subscription_facts(subscription_ids: Iterable[UUID]) -> dict[UUID, SubscriptionFact]:
    """The facts of the subscriptions, in one query."""
    begun = SeatChange.objects.filter(subscription_id=OuterRef("pk"), day__lte=OuterRef("started_on"))
    first_seats = Subquery(begun.order_by("-day", "-pk").values("seats")[:1])
    found = Subscription.objects.filter(pk__in=set(subscription_ids)).annotate(first_seats=first_seats)
    return {pk: SubscriptionFact(*values) for pk, *values in found.values_list(*_COLUMNS)}


def records_in(during: Span) -> dict[UUID, tuple[RecordSpan, ...]]:
    """The partners of record that any subscription has on a day of the span, in the order of the days; one query."""
    known = _records_until(during.until)
    overlapping = {
        subscription_id: tuple(record for record in records if record.span.common(during))
        for subscription_id, records in known.items()
    }
    return {subscription_id: records for subscription_id, records in overlapping.items() if records}


def recognitions_in(during: Span, only: Collection[UUID] | None = None) -> dict[UUID, tuple[RoleSpan, ...]]:
    """Who is recognized in which role on a day of the span, on any subscription, or on those alone; whole spans, in
    two queries.

    First the partners of record in the order of their days, then the former ones, then the roles that were
    recorded. A former partner of record is nobody's entry: it follows from the spans (`former_partners`).
    """
    found: dict[UUID, list[RoleSpan]] = defaultdict(list)
    for subscription_id, records in _records_until(during.until, only).items():
        found[subscription_id] += [RoleSpan(r.partner_id, PARTNER_OF_RECORD, r.span) for r in records]
        found[subscription_id] += former_partners(records)
    for subscription_id, held in _held_until(during.until, only).items():
        found[subscription_id] += held
    overlapping = {
        subscription_id: tuple(each for each in recognized if each.span.common(during))
        for subscription_id, recognized in found.items()
    }
    return {subscription_id: recognized for subscription_id, recognized in overlapping.items() if recognized}


def _records_until(
    until: date | None, only: Collection[UUID] | None = None
) -> Mapping[UUID, list[RecordSpan]]:
    """The partners of record that each subscription has had before the day, in the order of the days."""
    found: dict[UUID, list[RecordSpan]] = defaultdict(list)
    spans = PartnerOfRecord.objects.filter(during__overlap=DateRange(None, until))
    spans = spans if only is None else spans.filter(subscription_id__in=only)
    columns = ("subscription_id", "partner_id", "during")
    for subscription_id, partner_id, days in spans.order_by("during").values_list(*columns):
        found[subscription_id].append(RecordSpan(partner_id, Span(days.lower, days.upper)))
    return found


def _held_until(until: date | None, only: Collection[UUID] | None = None) -> Mapping[UUID, list[RoleSpan]]:
    """The recorded roles that any partner has held before the day."""
    found: dict[UUID, list[RoleSpan]] = defaultdict(list)
    held = HeldRole.objects.filter(during__overlap=DateRange(None, until))
    held = held if only is None else held.filter(subscription_id__in=only)
    for row in held.order_by("role", "during", "partner"):
        span = Span(row.during.lower, row.during.upper)
        found[row.subscription_id].append(RoleSpan(row.partner_id, row.role, span, row.share))
    return found


# A fee can depend on another partner's: a cap per customer is used up by all who are paid for the customer, a share
# follows from what the first of its partners has sold, an override from the fee below it.
_BEARING = """
with recursive recognized as materialized (
    select sold.customer_id, spans.partner_id
      from {records} spans join {subscriptions} sold on sold.id = spans.subscription_id
    union
    select sold.customer_id, held.partner_id
      from {roles} held join {subscriptions} sold on sold.id = held.subscription_id
), reached (partner_id) as (
    select %s::uuid
    union
    select beside.partner_id
      from reached
      join recognized on recognized.partner_id = reached.partner_id
      join recognized beside on beside.customer_id = recognized.customer_id
)
select distinct recognized.customer_id from recognized join reached on reached.partner_id = recognized.partner_id
"""


def customers_bearing_on(partner_id: UUID) -> set[UUID]:
    """The customers whose sales can bear on the partner's fees, in one query. Needs the office's scope.

    Its own, those of every partner that is or was recognized beside it at one of these, and so on.
    """
    sql = _BEARING.format(
        records=PartnerOfRecord._meta.db_table,
        roles=HeldRole._meta.db_table,
        subscriptions=Subscription._meta.db_table,
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [partner_id])
        return {customer_id for (customer_id,) in cursor.fetchall()}


def first_start() -> date | None:
    """The first day on which any subscription was served."""
    return Subscription.objects.order_by("started_on").values_list("started_on", flat=True).first()
