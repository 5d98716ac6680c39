"""Invoices, their lines, payments."""

from uuid import UUID

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from ofrecord.journal.models import append_only
from ofrecord.kernel.ids import new_id
from ofrecord.kernel.money import Money
from ofrecord.subscriptions.models import PartnerOfRecord, Subscription


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
    """An invoice was paid in full."""

    invoice = models.OneToOneField(Invoice, models.PROTECT, related_name="+")
    day = models.DateField()
    marked_by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        triggers = [append_only()]

    of_partner = classmethod(lambda cls, partner_id: _through_invoice(partner_id))
