"""Statements."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from ofrecord.journal.models import append_only
from ofrecord.kernel.ids import new_id
from ofrecord.partners.models import Partner
from ofrecord.settlement.models import ClosedMonth


class Statement(models.Model):
    """A partner's fees of one closed month in one currency, and what of them is payable.

    `total` is what the lines come to. What came in, by the balance of the month before, by lines and from what
    was held back, is what goes out: held back, payable, or carried to the next month.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    closed = models.ForeignKey(ClosedMonth, models.PROTECT, related_name="+")
    month = models.DateField()
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    opening_minor = models.BigIntegerField()
    new_minor = models.BigIntegerField()
    corrected_minor = models.BigIntegerField()
    waived_minor = models.BigIntegerField()
    held_minor = models.BigIntegerField()
    released_minor = models.BigIntegerField()
    payable_minor = models.BigIntegerField()
    carried_minor = models.BigIntegerField()
    lines = models.PositiveIntegerField()
    zero_lines = models.PositiveIntegerField()
    corrections = models.PositiveIntegerField()
    waiting = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["partner", "-month"])]
        constraints = [
            models.UniqueConstraint(fields=["partner", "month", "currency"], name="one_statement_a_month"),
            models.CheckConstraint(
                condition=Q(total_minor=F("new_minor") + F("corrected_minor")),
                name="a_statement_sums_its_lines",
            ),
            models.CheckConstraint(
                condition=Q(
                    payable_minor=F("opening_minor")
                    + F("total_minor")
                    + F("waived_minor")
                    - F("held_minor")
                    + F("released_minor")
                    - F("carried_minor")
                ),
                name="a_statement_adds_up",
            ),
            models.CheckConstraint(condition=Q(payable_minor__gte=0), name="nothing_below_zero_is_payable"),
        ]
        triggers = [append_only()]

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        return Q(partner_id=partner_id)
