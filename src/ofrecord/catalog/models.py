"""Offers and their prices."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from ofrecord.journal.models import append_only
from ofrecord.kernel.ids import new_id
from ofrecord.program.models import ProgramVersion


class OfferRow(models.Model):
    """An offer as one program version states it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.ForeignKey(ProgramVersion, models.PROTECT, related_name="+")
    code = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    parts = ArrayField(models.CharField(max_length=80))

    class Meta:
        db_table = "catalog_offer"
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="one_offer_per_code")]
        triggers = [append_only()]


class PriceRow(models.Model):
    """What a seat costs a month, in a region, on the days of `during`."""

    offer = models.ForeignKey(OfferRow, models.PROTECT, related_name="+")
    region = models.CharField(max_length=20)
    during = DateRangeField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        db_table = "catalog_price"
        constraints = [
            # On one day an offer has one price in a region and currency.
            ExclusionConstraint(
                name="one_price_a_day",
                expressions=[
                    ("offer", RangeOperators.EQUAL),
                    ("region", RangeOperators.EQUAL),
                    ("currency", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="a_price_is_not_negative"),
        ]
        triggers = [append_only()]
