"""Reads about customers."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from ofrecord.access.scope import rows
from ofrecord.access.types import Scope
from ofrecord.customers.models import Customer, SegmentSpan


def customers(scope: Scope) -> "QuerySet[Customer]":
    """The customers that the scope may see."""
    return rows(Customer.objects.all(), scope)


def customers_on(scope: Scope, day: date) -> "QuerySet[Customer]":
    """The same, each with the `segment` in which it is on the day; empty where none was stated."""
    spans = SegmentSpan.objects.filter(customer_id=OuterRef("pk"), during__contains=day)
    return customers(scope).annotate(segment=Coalesce(Subquery(spans.values("segment")[:1]), Value("")))


def segment_spans(scope: Scope) -> "QuerySet[SegmentSpan]":
    """The segments that were recorded of customers, in the order of the days."""
    return rows(SegmentSpan.objects.order_by("customer", "during"), scope)


def customer_named(name: str, partner_id: UUID, scope: Scope) -> UUID | None:
    """A customer of the partner by that name, whatever the case; the oldest where there are several."""
    found = customers(scope).filter(brought_by_id=partner_id, name__iexact=" ".join(name.split()))
    return found.order_by("added_at").values_list("pk", flat=True).first()


def customer_names(customer_ids: Iterable[UUID], scope: Scope) -> dict[UUID, str]:
    """Names of those of the customers that the scope may see, in one query."""
    return dict(customers(scope).filter(pk__in=set(customer_ids)).values_list("pk", "name"))


def segment_of(customer_id: UUID) -> str:
    """The segment in which the customer is in the end, by all that is recorded; empty where none was stated, or
    there is no such customer. For the system.
    """
    spans = SegmentSpan.objects.filter(customer_id=customer_id).order_by("-during")
    return spans.values_list("segment", flat=True).first() or ""


def lock_customer(customer_id: UUID) -> None:
    """Until the transaction ends, nobody else comes past this line for the same customer."""
    Customer.objects.select_for_update(no_key=True).values_list("pk").get(pk=customer_id)
