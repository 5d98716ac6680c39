"""Exchange rates."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from ofrecord.exchange.types import DECIMALS, DIGITS, EURO
from ofrecord.journal.models import append_only
from ofrecord.kernel.ids import new_id


class ExchangeRate(models.Model):
    """So many units of the currency was one euro worth on the day.

    `revision` counts what was written for the currency and the day, from 1; the highest counts. The order of
    writing decides and not `learned_at`: the clock of a demonstration has one day for a long time.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    currency = models.CharField(max_length=3)
    day = models.DateField()
    revision = models.PositiveSmallIntegerField()
    per_euro = models.DecimalField(max_digits=DIGITS, decimal_places=DECIMALS)
    source = models.CharField(max_length=200)
    learned_at = models.DateTimeField()
    learned_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            # Of two who correct a day at once, one is refused; and in force is the end of this index.
            models.UniqueConstraint(
                fields=["currency", "day", "revision"], name="a_rate_is_revised_in_order"
            ),
            models.CheckConstraint(condition=Q(per_euro__gt=0), name="a_rate_is_more_than_nothing"),
            models.CheckConstraint(condition=Q(revision__gte=1), name="revisions_count_from_one"),
            models.CheckConstraint(
                condition=Q(currency__regex="^[A-Z]{3}$") & ~Q(currency=EURO), name="a_rate_is_of_a_currency"
            ),
        ]
        indexes = [models.Index(fields=["-day"])]
        triggers = [append_only()]

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        """Rates are the vendor's: a partner finds those that concern it on its lines."""
        return Q(pk__in=())
