"""Amounts that were pooled."""

from uuid import UUID

import pgtrigger
from django.db import models
from django.db.models import Q

from ofrecord.journal.models import append_only
from ofrecord.kernel.ids import new_id
from ofrecord.kernel.money import Money


class PoolAmount(models.Model):
    """An amount that came into a pool in a month, or, negative, that corrects what was recorded before."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=80)
    pool = models.CharField(max_length=80)
    month = models.DateField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=200)
    learned_at = models.DateTimeField()
    learned_by = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["month", "pool"])]
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="a_pool_amount_is_not_zero"),
            models.CheckConstraint(condition=Q(month__day=1), name="a_pool_month_is_its_first_day"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_pool_amount_has_a_reason"),
        ]
        triggers = [
            append_only(),
            # The lock makes two who take out at once come one after the other, so that each sees the other's row.
            pgtrigger.Trigger(
                name="sum_is_not_negative",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                declare=[("total", "numeric")],
                func=(
                    "perform pg_advisory_xact_lock(hashtext('pool ' || new.pool || ' ' || new.month)); "
                    "select sum(amount_minor) into total from pools_poolamount where program = new.program "
                    "and pool = new.pool and month = new.month and currency = new.currency; "
                    "if total < 0 then raise exception 'the pool % would hold % minor units of % in the month of %', "
                    "new.pool, total, new.currency, new.month using errcode = 'check_violation'; end if; "
                    "return null;"
                ),
            ),
        ]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        """Pools are the vendor's: a partner sees its share on its lines."""
        return Q(pk__in=())
