"""Reads about subscriptions."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Case, Count, DateField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Greatest

from ofrecord.access.scope import rows
from ofrecord.access.types import OFFICE, Scope
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import Money
from ofrecord.program.clause_types import RECORDED_ROLES
from ofrecord.subscriptions.models import HeldRole, PartnerOfRecord, SeatChange, Subscription
from ofrecord.subscriptions.types import PaidIn, RecordSpan, RoleCard, Running, SeatsFrom, Worth


def subscriptions(scope: Scope, day: date) -> "QuerySet[Subscription]":
    """The subscriptions that the scope may see, each with `seats_now`: its seats on the day, or its first ones.

    To a partner that is no longer partner of record they are the last ones that it had to do with.
    """
    told = rows(SeatChange.objects.all(), scope)
    changes = told.filter(subscription_id=OuterRef("pk")).order_by("-day", "-pk")
    now = changes.filter(Q(day__lte=day) | Q(day=OuterRef("started_on"))).values("seats")[:1]
    found = Subscription.objects.select_related("customer").annotate(seats_now=Subquery(now))
    return rows(found, scope)


def valued_subscriptions(scope: Scope, day: date) -> "QuerySet[Any]":
    """The subscriptions with what each is worth on the day: `monthly_minor`, `state` (to come, running, ending,
    ended), and the partner of record in `partner_id_now` and `partner_now`; of one to come, on its first day."""
    served = Greatest(Value(day, output_field=DateField()), OuterRef("started_on"))
    records = rows(PartnerOfRecord.objects.all(), scope).filter(
        subscription_id=OuterRef("pk"), during__contains=served
    )
    state = Case(
        When(cancelled_from__lte=day, then=Value("ended")),
        When(started_on__gt=day, then=Value("to come")),
        When(cancelled_from__isnull=False, then=Value("ending")),
        default=Value("running"),
    )
    return subscriptions(scope, day).annotate(
        monthly_minor=F("seats_now") * F("unit_price_minor"),
        state=state,
        partner_id_now=Subquery(records.values("partner_id")[:1]),
        partner_now=Subquery(records.values("partner__name")[:1]),
    )


def currencies(scope: Scope) -> list[str]:
    """The currencies in which anything was subscribed."""
    found = rows(Subscription.objects.all(), scope).order_by("currency")
    return list(found.values_list("currency", flat=True).distinct())


def currencies_paid_in(month: Month, wanted: Collection[str], *, with_former: bool) -> set[PaidIn]:
    """In which currencies the sales with a day of service in the month are, and the statements of those recognized on
    them; of the currencies `wanted` on statements. With those who were partner of record before, where they are paid
    on. For the system.
    """
    span = month.span
    spans: tuple[tuple[Any, date | None], ...] = (
        (PartnerOfRecord, None if with_former else span.first),
        (HeldRole, span.first),
    )
    return {
        PaidIn(*row)
        for model, first in spans
        for row in model.objects.filter(
            subscription__in=_during(span),
            partner__statement_currency__in=wanted,
            during__overlap=DateRange(first, span.until),
        )
        .values_list("subscription__currency", "partner__statement_currency", "subscription__version__sha256")
        .distinct()
    }


def worth_by_partner(partner_ids: Iterable[UUID], scope: Scope, day: date) -> dict[UUID, Worth]:
    """What those partners of record have running on the day, in one query."""
    return _worth("partner_id_now", partner_ids, scope, day)


def worth_by_customer(customer_ids: Iterable[UUID], scope: Scope, day: date) -> dict[UUID, Worth]:
    """What those customers have running on the day, in one query."""
    return _worth("customer_id", customer_ids, scope, day)


def _worth(by: str, keys: Iterable[UUID], scope: Scope, day: date) -> dict[UUID, Worth]:
    running = valued_subscriptions(scope, day).filter(
        Q(state="running") | Q(state="ending"), **{f"{by}__in": list(keys)}
    )
    sums = (
        running.order_by()
        .values_list(by, "currency")
        .annotate(count=Count("pk"), minor=Sum("monthly_minor"))
        .order_by("currency")
    )
    found: dict[UUID, Worth] = {}
    for key, currency, count, minor in sums:
        former = found.get(key, Worth(0, ()))
        found[key] = Worth(former.subscriptions + count, (*former.monthly, Money(int(minor), currency)))
    return found


def seats_of(subscription_ids: Iterable[UUID], scope: Scope) -> dict[UUID, tuple[SeatsFrom, ...]]:
    """The seat changes that the scope may see, in the order in which they count: to a partner, those that take
    effect before its last day as partner of record is over."""
    found: dict[UUID, list[SeatsFrom]] = {}
    changes = rows(SeatChange.objects.all(), scope).filter(subscription_id__in=list(subscription_ids))
    for change in changes.order_by("day", "pk"):
        found.setdefault(change.subscription_id, []).append(SeatsFrom(change.day, change.seats))
    return {key: tuple(value) for key, value in found.items()}


def running_in(month: Month) -> "QuerySet[Subscription]":
    """The subscriptions with a day of service in the month, in their order. For the system."""
    return _during(month.span).order_by("pk")


def running_during(span: Span, customer_ids: Collection[UUID] | None = None) -> list[Running]:
    """Those with a day of service in a span that has an end, of all customers or of these, in two queries."""
    found = _during(span)
    if customer_ids is not None:
        found = found.filter(customer_id__in=customer_ids)
    return _with_seats(found)


def running_of(span: Span, subscription_ids: Collection[UUID]) -> list[Running]:
    """The same of these subscriptions."""
    return _with_seats(_during(span).filter(pk__in=subscription_ids))


def _during(span: Span) -> "QuerySet[Subscription]":
    return Subscription.objects.filter(started_on__lt=span.until).exclude(cancelled_from__lte=span.first)


def _with_seats(found: "QuerySet[Subscription]") -> list[Running]:
    subscriptions_found = list(found.order_by("pk"))
    seats = seats_of((subscription.pk for subscription in subscriptions_found), OFFICE)
    return [_running(subscription, seats[subscription.pk]) for subscription in subscriptions_found]


def _running(subscription: Subscription, seats: tuple[SeatsFrom, ...]) -> Running:
    return Running(
        id=subscription.pk,
        number=subscription.number,
        customer_id=subscription.customer_id,
        version_id=subscription.version_id,
        way=subscription.way,
        region=subscription.region,
        offer=subscription.offer,
        unit_price=Money(subscription.unit_price_minor, subscription.currency),
        started_on=subscription.started_on,
        cancelled_from=subscription.cancelled_from,
        seats=seats,
    )


def subscriptions_of(customer_ids: Iterable[UUID]) -> list[UUID]:
    """The subscriptions that those customers have or had. For the system."""
    return list(Subscription.objects.filter(customer_id__in=set(customer_ids)).values_list("pk", flat=True))


def count_running(span: Span, customer_ids: Collection[UUID]) -> int:
    """How many subscriptions of these customers have a day of service in the span. For the system."""
    found = Subscription.objects.filter(started_on__lt=span.until, customer_id__in=customer_ids)
    return found.exclude(cancelled_from__lte=span.first).count()


def running_offers(customer_id: UUID, day: date) -> list[str]:
    """The offers that the customer has running on the day, or that start on it, one for each subscription. For the
    system."""
    started = Subscription.objects.filter(customer_id=customer_id, started_on__lte=day)
    return list(started.exclude(cancelled_from__lte=day).values_list("offer", flat=True))


def partners_of_record(subscription_id: UUID, scope: Scope) -> list[RecordSpan]:
    """Who is and was partner of record, in the order of the days; a partner sees its own spans."""
    spans = rows(PartnerOfRecord.objects.all(), scope).filter(subscription_id=subscription_id)
    return [
        RecordSpan(row.partner_id, Span(row.during.lower, row.during.upper))
        for row in spans.order_by("during")
    ]


def roles_on(subscription_id: UUID, scope: Scope) -> list[RoleCard]:
    """The recorded roles, in the order of the program's roles and of the days; a partner sees its own."""
    held = rows(HeldRole.objects.all(), scope).filter(subscription_id=subscription_id)
    cards = [
        RoleCard(row.pk, row.partner_id, row.role, Span(row.during.lower, row.during.upper), row.share)
        for row in held.order_by("during", "pk")
    ]
    return sorted(cards, key=lambda card: RECORDED_ROLES.index(card.role))


def partner_on(subscription_ids: Iterable[UUID], day: date, scope: Scope) -> dict[UUID, UUID]:
    """The partner of record of each subscription on the day, in one query."""
    spans = rows(PartnerOfRecord.objects.all(), scope).filter(
        subscription_id__in=list(subscription_ids), during__contains=day
    )
    return dict(spans.values_list("subscription_id", "partner_id"))


def of_order(order_id: UUID, scope: Scope) -> UUID | None:
    """The subscription that the order started."""
    return (
        rows(Subscription.objects.all(), scope).filter(order_id=order_id).values_list("pk", flat=True).first()
    )
