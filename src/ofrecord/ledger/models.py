"""Transfers and their postings."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from ofrecord.journal.models import append_only
from ofrecord.kernel.ids import new_id


class Transfer(models.Model):
    """Money that moved on `day`; `key` says what for, and makes it happen once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=200, unique=True)
    day = models.DateField()
    at = models.DateTimeField()
    memo = models.CharField(max_length=250)

    class Meta:
        triggers = [append_only()]


class PostingRow(models.Model):
    """One side of a transfer."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="+")
    account = models.CharField(max_length=40)
    partner_id = models.UUIDField(null=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        db_table = "ledger_posting"
        indexes = [models.Index(fields=["account", "partner_id", "currency"])]
        # Beside this one, the migration `0005_statements_balance` has every statement that writes postings balance.
        triggers = [append_only()]

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        return Q(partner_id=partner_id)
