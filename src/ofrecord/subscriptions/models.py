"""Subscriptions, seat changes, partners of record and in other roles."""

from fractions import Fraction
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
from ofrecord.program.clause_types import CROSS_SELL, NEW, RECORDED_ROLES, UPSELL
from ofrecord.program.models import ProgramVersion

# What a sale was when it started; whether it has been renewed since follows from its commitment.
STARTING_DEALS = (NEW, UPSELL, CROSS_SELL)


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
    deal = models.CharField(max_length=10, choices=[(deal, deal) for deal in STARTING_DEALS])
    started_on = models.DateField()
    cancelled_from = models.DateField(null=True)
    added_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["started_on"]), models.Index(fields=["customer"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(cancelled_from__isnull=True) | Q(cancelled_from__gte=F("started_on")),
                name="cancelled_after_its_start",
            ),
            models.CheckConstraint(condition=Q(deal__in=STARTING_DEALS), name="a_deal_of_a_known_kind"),
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
        """Who was partner of record is not told what the customer has since."""
        theirs = PartnerOfRecord.objects.filter(
            Q(during__endswith__gt=OuterRef("day")) | Q(during__upper_inf=True),
            subscription_id=OuterRef("subscription_id"),
            partner_id=partner_id,
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


class HeldRole(models.Model):
    """A partner that holds a role other than that of record on the days of `during`, as somebody recorded it.

    Without a share it holds the role alone and is paid in full; several share it by stated parts of the whole.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=[(role, role) for role in RECORDED_ROLES])
    during = DateRangeField()
    share_numerator = models.PositiveBigIntegerField(null=True)
    share_denominator = models.PositiveBigIntegerField(null=True)
    learned_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["partner", "subscription"])]
        constraints = [
            # Held twice, a role would be paid twice. That shares make no more than the whole is held by a trigger.
            ExclusionConstraint(
                name="a_partner_holds_a_role_once_a_day",
                expressions=[
                    ("subscription", RangeOperators.EQUAL),
                    ("partner", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(role__in=RECORDED_ROLES), name="a_role_that_is_recorded"),
            models.CheckConstraint(
                condition=Q(share_numerator__isnull=True, share_denominator__isnull=True)
                | Q(share_numerator__gte=1, share_denominator__gte=F("share_numerator")),
                name="a_share_is_a_part_of_the_whole",
            ),
            # A range without days would be there and overlap nothing.
            models.CheckConstraint(condition=Q(during__isempty=False), name="a_role_is_held_on_some_day"),
        ]

    @property
    def share(self) -> Fraction | None:
        """Its part of the role; None for all of it."""
        if self.share_numerator is None or self.share_denominator is None:
            return None
        return Fraction(self.share_numerator, self.share_denominator)

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        return Q(partner_id=partner_id)
