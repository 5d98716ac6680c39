"""Writes about customers."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Actor
from ofrecord.customers.models import Customer, Relationship
from ofrecord.journal.actions import record
from ofrecord.kernel.ids import new_code


@transaction.atomic
def add_customer(*, by: Actor, at: datetime, name: str, region: str, partner_id: UUID | None) -> UUID:
    """A customer that a partner brings, or that came by itself where `partner_id` is None."""
    customer = Customer.objects.create(
        number=new_code("C"),
        name=" ".join(name.split()),
        region=region,
        brought_by_id=partner_id,
        added_at=at,
    )
    if partner_id is not None:
        add_relationship(customer_id=customer.pk, partner_id=partner_id, since=at.date())
    record(by=by, at=at, verb="customer added", subject=("customer", customer.pk), partner_id=partner_id)
    return customer.pk


@transaction.atomic
def add_relationship(*, customer_id: UUID, partner_id: UUID, since: date) -> None:
    """From now on the partner deals with the customer; a second time changes nothing."""
    Relationship.objects.bulk_create(
        [Relationship(customer_id=customer_id, partner_id=partner_id, since=since)], ignore_conflicts=True
    )


@transaction.atomic
def set_segment(*, by: Actor, at: datetime, customer_id: UUID, segment: str) -> None:
    """The customer is in `segment`; empty is the first that the program names. To set what is set changes nothing."""
    customer = Customer.objects.select_for_update().filter(pk=customer_id).first()
    if customer is None:
        raise NotFound(what="customer")
    former = customer.segment
    if segment == former:
        return
    customer.segment = segment
    customer.save(update_fields=["segment"])
    record(
        by=by, at=at, verb="segment set", subject=("customer", customer_id), segment=segment, former=former
    )
