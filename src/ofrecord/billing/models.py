"""Invoices, their lines, payments."""

from uuid import UUID

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from ofrecord.journal.models import append_only
from ofrecord.kernel.ids import new_id
from ofrecord.kernel.money import Money
from ofrecord.program.types import CREDITS, WON_BACK
from ofrecord.subscriptions.models import PartnerOfRecord, Subscription

KINDS = (*CREDITS, WON_BACK)


class Invoice(models.Model):
    """What the vendor bills for one subscription's calendar month; dated the last day of the month."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="+")
    month = models.DateField()
    during = DateRangeField()
    day = models.DateField()
    total_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    learned_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["month"]), models.Index(fields=["-day"])]
        constraints = [
            models.UniqueConstraint(fields=["subscription", "month"], name="a_month_is_billed_once"),
        ]
        triggers = [append_only()]

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        theirs = PartnerOfRecord.objects.filter(
            subscription_id=OuterRef("subscription_id"),
            partner_id=partner_id,
            during__overlap=OuterRef("during"),
        )
        return Q(Exists(theirs))


def _through_invoice(partner_id: UUID) -> Q:
    return Q(Exists(Invoice.objects.filter(pk=OuterRef("invoice_id")).filter(Invoice.of_partner(partner_id))))


class InvoiceLine(models.Model):
    """A stretch of days with the same seats."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    first = models.DateField()
    until = models.DateField()
    seats = models.PositiveIntegerField()
    unit_price_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["invoice", "number"], name="one_line_per_number")]
        triggers = [append_only()]

    of_partner = classmethod(lambda cls, partner_id: _through_invoice(partner_id))


class Payment(models.Model):
    """Something was paid of an invoice on `day`; never more than is owed, see the migration `0003_credits`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="+")
    day = models.DateField()
    amount_minor = models.BigIntegerField()
    reference = models.CharField(max_length=120, default="")
    marked_by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="a_payment_is_not_negative"),
            models.UniqueConstraint(
                fields=["invoice", "reference"], condition=~Q(reference=""), name="a_payment_is_received_once"
            ),
        ]
        triggers = [append_only()]

    of_partner = classmethod(lambda cls, partner_id: _through_invoice(partner_id))


class Credit(models.Model):
    """What was taken back of a line on `day`; within limits that the migration `0003_credits` lets triggers hold.

    Credits of one document share its `number`. They are negative; a chargeback that was won back is positive.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    line = models.ForeignKey(InvoiceLine, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)
    day = models.DateField()
    amount_minor = models.BigIntegerField()
    number = models.CharField(max_length=20, default="")
    reason = models.TextField()
    reference = models.CharField(max_length=120, default="")
    made_by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="a_credit_is_of_a_known_kind"),
            models.CheckConstraint(
                condition=Q(kind=WON_BACK, amount_minor__gt=0) | ~Q(kind=WON_BACK) & Q(amount_minor__lt=0),
                name="a_credit_takes_back",
            ),
            models.UniqueConstraint(
                fields=["line", "reference"], condition=~Q(reference=""), name="a_credit_is_made_once"
            ),
        ]
        triggers = [append_only()]

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        theirs = Invoice.objects.filter(Invoice.of_partner(partner_id), pk=OuterRef("line__invoice_id"))
        return Q(Exists(theirs))
