"""Subscriptions, seat changes, partners of record."""

from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from ofrecord.customers.models import Customer
from ofrecord.journal.models import append_only
from ofrecord.kernel.ids import new_id
from ofrecord.kernel.money import Money
from ofrecord.orders.models import Order
from ofrecord.partners.models import Partner
from ofrecord.program.models import ProgramVersion


class Subscription(models.Model):
    """What a confirmed order started, at the price that was confirmed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=12, unique=True)
    order = models.OneToOneField(Order, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    version = models.ForeignKey(ProgramVersion, models.PROTECT, related_name="+")
    way = models.CharField(max_length=40)
    region = models.CharField(max_length=20)
    offer = models.CharField(max_length=80)
    offer_title = models.CharField(max_length=200)
    unit_price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    commitment_months = models.PositiveSmallIntegerField()
    started_on = models.DateField()
    cancelled_from = models.DateField(null=True)
    added_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["started_on"]), models.Index(fields=["customer"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(cancelled_from__isnull=True) | Q(cancelled_from__gte=F("started_on")),
                name="cancelled_after_its_start",
            )
        ]

    @property
    def unit_price(self) -> Money:
        """What a seat costs a month."""
        return Money(self.unit_price_minor, self.currency)

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        return Q(
            Exists(PartnerOfRecord.objects.filter(subscription_id=OuterRef("pk"), partner_id=partner_id))
        )


class SeatChange(models.Model):
    """From `day` on the subscription has `seats`; of two for one day the later learned counts."""

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="+")
    day = models.DateField()
    seats = models.PositiveIntegerField()
    learned_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subscription", "day"])]
        constraints = [models.CheckConstraint(condition=Q(seats__gte=1), name="a_subscription_has_seats")]
        triggers = [append_only()]

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        theirs = Subscription.objects.filter(
            Subscription.of_partner(partner_id), pk=OuterRef("subscription_id")
        )
        return Q(Exists(theirs))


class PartnerOfRecord(models.Model):
    """The partner recognized and paid for a subscription on the days of `during`."""

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    during = DateRangeField()
    learned_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["partner", "subscription"])]
        constraints = [
            # Two partners paid for one day is the fault that a channel does not forgive.
            ExclusionConstraint(
                name="one_partner_of_record_a_day",
                expressions=[("subscription", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            )
        ]

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        return Q(partner_id=partner_id)
