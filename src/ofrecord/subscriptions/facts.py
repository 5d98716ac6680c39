"""The columns that subscriptions testify to settlement."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import OuterRef, Subquery

from ofrecord.kernel.calendar import Span
from ofrecord.program.clause_types import FORMER_PARTNER, PARTNER_OF_RECORD, RECORDED_ROLES, ROLES
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


# The customers of a partner in any role, by the indexes of its spans.
_CUSTOMERS = """
    select sold.customer_id
      from {records} spans join {subscriptions} sold on sold.id = spans.subscription_id
     where spans.partner_id = reached.partner_id and %(as_record)s
    union
    select sold.customer_id
      from {roles} held join {subscriptions} sold on sold.id = held.subscription_id
     where held.partner_id = reached.partner_id and held.role = any(%(held)s)
"""
# Who is recognized beside a partner at a customer to which it has one of the roles, and so on, partner by partner.
_REACHED = """
    select %(partner)s::uuid as partner_id
    union
    select beside.partner_id
      from reached
     cross join lateral ({customers}) theirs
      join {subscriptions} sold on sold.customer_id = theirs.customer_id
     cross join lateral (
        select partner_id from {records} where subscription_id = sold.id
        union all
        select partner_id from {roles} where subscription_id = sold.id
     ) beside
"""


def customers_bearing_on(
    partner_id: UUID, through: Collection[str] = ROLES, most: int | None = None
) -> set[UUID] | None:
    """The customers whose sales can bear on the partner's fees, in two queries. Needs the office's scope.

    Its own, and those of every partner that is or was recognized beside it at a customer to which it has one of the
    roles `through`, and so on. None where these are more than `most` partners.
    """
    reached = _partners_reached(partner_id, through, most) if through else [partner_id]
    if most is not None and len(reached) > most:
        return None
    sql = """
        select distinct theirs.customer_id
          from unnest(%(reached)s) reached (partner_id) cross join lateral ({}) theirs
    """
    asked: dict[str, Any] = {"reached": reached, "as_record": True, "held": list(RECORDED_ROLES)}
    with connection.cursor() as cursor:
        cursor.execute(_named(sql.format(_CUSTOMERS)), asked)
        return {customer_id for (customer_id,) in cursor.fetchall()}


def _partners_reached(partner_id: UUID, through: Collection[str], most: int | None) -> list[UUID]:
    """The partner and those that its fees can hang on; of too many, one more than `most`, found without the rest."""
    found = _REACHED.replace("{customers}", _CUSTOMERS)
    sql = f"with recursive reached as ({found}) select partner_id from reached limit %(limit)s"
    asked: dict[str, Any] = {
        "partner": partner_id,
        "as_record": bool({PARTNER_OF_RECORD, FORMER_PARTNER}.intersection(through)),
        "held": sorted(through),
        "limit": None if most is None else most + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_named(sql), asked)
        return [reached for (reached,) in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class SaleOf:
    """A subscription as one of the sales that a partner's fees can hang on.

    `partners` are all that were ever recognized on it; `is_shared` where any of them has a part of a role. `has_moved`
    where who is recognized on earlier days, or with how many seats it began, was learned since.
    """

    id: UUID
    customer_id: UUID
    currency: str
    partners: frozenset[UUID]
    is_shared: bool
    has_moved: bool


_SALES = """
    select sold.id, sold.customer_id, sold.currency, array_remove(array_agg(distinct spans.partner_id), null),
           coalesce(bool_or(spans.is_shared), false),
           coalesce(bool_or(spans.learned_at >= %(since)s and lower(spans.during) < %(first)s), false)
           or exists (
              select from {seats} changes
               where changes.subscription_id = sold.id and changes.day <= sold.started_on
                 and changes.learned_at >= %(since)s and sold.started_on < %(first)s)
      from {subscriptions} sold
      left join lateral (
        select partner_id, during, learned_at, false as is_shared from {records} where subscription_id = sold.id
        union all
        select partner_id, during, learned_at, share_numerator is not null from {roles}
         where subscription_id = sold.id
      ) spans on true
     where {which}
     group by sold.id
"""
_OWN = """
    sold.id in (
      select subscription_id from {records} where partner_id = %(partner)s
      union select subscription_id from {roles} where partner_id = %(partner)s)
"""


def sales_of(
    partner_id: UUID,
    *,
    first: date,
    since: datetime,
    customer_ids: Collection[UUID] | None = None,
    only: Collection[UUID] | None = None,
) -> list[SaleOf]:
    """The subscriptions on which the partner is or was recognized; all of these customers, or `only` those where given.

    What was learned `since` of days before the day `first` is told of each. One query; needs the office's scope.
    """
    which = _OWN
    if customer_ids is not None:
        which = "sold.customer_id = any(%(customers)s)"
    if only is not None:
        which = "sold.id = any(%(only)s)"
    sql = _SALES.replace("{which}", which).replace("{seats}", SeatChange._meta.db_table)
    asked: dict[str, Any] = {
        "partner": partner_id,
        "first": first,
        "since": since,
        "customers": list(customer_ids or ()),
        "only": list(only or ()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_named(sql), asked)
        return [
            SaleOf(pk, customer, currency, frozenset(partners), is_shared, has_moved)
            for pk, customer, currency, partners, is_shared, has_moved in cursor.fetchall()
        ]


_SHARED = """
    select distinct array_agg(distinct share_denominator / gcd(share_numerator, share_denominator))
      from {roles} where share_denominator is not null group by subscription_id
"""


def denominators_shared() -> list[list[int]]:
    """The denominators of the shares that were recorded of one subscription, of each that has others than the rest.

    One query; needs the office's scope.
    """
    with connection.cursor() as cursor:
        cursor.execute(_named(_SHARED))
        return [list(denominators) for (denominators,) in cursor.fetchall()]


def _named(sql: str) -> str:
    return sql.format(
        records=PartnerOfRecord._meta.db_table,
        roles=HeldRole._meta.db_table,
        subscriptions=Subscription._meta.db_table,
    )


def first_start() -> date | None:
    """The first day on which any subscription was served."""
    return Subscription.objects.order_by("started_on").values_list("started_on", flat=True).first()
