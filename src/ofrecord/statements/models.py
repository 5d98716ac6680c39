"""Statements."""

from uuid import UUID

from django.db import models

from ofrecord.journal.models import append_only
from ofrecord.kernel.ids import new_id
from ofrecord.partners.models import Partner
from ofrecord.settlement.models import ClosedMonth


class Statement(models.Model):
    """A partner's fees of one closed month in one currency."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    closed = models.ForeignKey(ClosedMonth, models.PROTECT, related_name="+")
    month = models.DateField()
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    lines = models.PositiveIntegerField()
    zero_lines = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["partner", "-month"])]
        constraints = [
            models.UniqueConstraint(fields=["partner", "month", "currency"], name="one_statement_a_month"),
        ]
        triggers = [append_only()]

    @classmethod
    def of_partner(cls, partner_id: UUID) -> models.Q:
        return models.Q(partner_id=partner_id)
