"""Customers, their segments, and relationships."""

from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Exists, OuterRef, Q

from ofrecord.kernel.ids import new_id
from ofrecord.partners.models import Partner


class Customer(models.Model):
    """Who uses the service and, depending on the way to sell, pays."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=200)
    region = models.CharField(max_length=20)
    brought_by = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["name"]), models.Index(fields=["brought_by"])]

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        dealt = Relationship.objects.filter(customer_id=OuterRef("pk"), partner_id=partner_id)
        return Q(brought_by_id=partner_id) | Q(Exists(dealt))


class SegmentSpan(models.Model):
    """The segment in which a customer is on the days of `during`.

    On other days, and where it is empty, the customer is in the first that the program names.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    segment = models.CharField(max_length=60, blank=True)
    during = DateRangeField()
    learned_at = models.DateTimeField()

    class Meta:
        constraints = [
            # A customer is in one segment on one day.
            ExclusionConstraint(
                name="one_segment_a_day",
                expressions=[("customer", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            )
        ]

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        return Q(customer__in=Customer.objects.filter(Customer.of_partner(partner_id)))


class Relationship(models.Model):
    """A partner deals with a customer: it brought it, or is or was its partner of record."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    since = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "partner"], name="one_relationship")]
        indexes = [models.Index(fields=["partner", "customer"])]

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        return Q(partner_id=partner_id)
