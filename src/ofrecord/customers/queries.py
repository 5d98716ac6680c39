"""Reads about customers."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from ofrecord.access.scope import rows
from ofrecord.access.types import Scope
from ofrecord.customers.models import Customer


def customers(scope: Scope) -> "QuerySet[Customer]":
    """The customers that the scope may see."""
    return rows(Customer.objects.all(), scope)


def customer_named(name: str, partner_id: UUID, scope: Scope) -> UUID | None:
    """A customer of the partner by that name, whatever the case; the oldest where there are several."""
    found = customers(scope).filter(brought_by_id=partner_id, name__iexact=" ".join(name.split()))
    return found.order_by("added_at").values_list("pk", flat=True).first()


def customer_names(customer_ids: Iterable[UUID], scope: Scope) -> dict[UUID, str]:
    """Names of those of the customers that the scope may see, in one query."""
    return dict(customers(scope).filter(pk__in=set(customer_ids)).values_list("pk", "name"))


def segment_of(customer_id: UUID) -> str:
    """The segment that was stated of the customer; empty where none was, or nobody is called so. For the system."""
    return Customer.objects.filter(pk=customer_id).values_list("segment", flat=True).first() or ""


def lock_customer(customer_id: UUID) -> None:
    """Until the transaction ends, nobody else comes past this line for the same customer."""
    Customer.objects.select_for_update(no_key=True).values_list("pk").get(pk=customer_id)
