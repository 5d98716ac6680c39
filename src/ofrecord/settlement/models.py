"""Settlement runs and closed months."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from ofrecord.journal.models import append_only
from ofrecord.kernel.ids import new_id
from ofrecord.partners.models import Partner
from ofrecord.settlement.types import CLOSED, DONE, RUNNING, STOPPED, Purpose


class Run(models.Model):
    """One attempt to close a month, or to say what its close would come to; `done` of `steps` is its progress, `says`
    what it does or why it stopped. A close ends `closed`, a preview `done`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    month = models.DateField()
    purpose = models.CharField(
        max_length=7, choices=[(each.value, each.value) for each in Purpose], default=Purpose.CLOSE.value
    )
    status = models.CharField(max_length=7, choices=[(s, s) for s in (RUNNING, CLOSED, STOPPED, DONE)])
    started_by = models.UUIDField(null=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    steps = models.PositiveIntegerField(default=1)
    says = models.CharField(max_length=500, default="")
    stop_asked = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["-started_at"])]


class MonthPreview(models.Model):
    """What a run found that the close of its month would come to: the figures of all partners, and what of them is
    expected, as rows of numbers (`rules.figures_row`). No evidence: the next preview takes its place.
    """

    run = models.OneToOneField(Run, models.CASCADE, primary_key=True, related_name="+")
    as_of = models.DateField()
    rate_day = models.DateField(null=True)
    figures = models.JSONField()

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        """Of all partners together: a partner has a preview of its own."""
        return Q(pk__in=())


class ClosedMonth(models.Model):
    """A month that is closed, with the hashes of what was counted and of what came out.

    `carried_sha256` is that of what later closes start from, empty where nothing was kept for them.
    """

    month = models.DateField(primary_key=True)
    run = models.OneToOneField(Run, models.PROTECT, related_name="+")
    snapshot_sha256 = models.CharField(max_length=64)
    book_sha256 = models.CharField(max_length=64)
    carried_sha256 = models.CharField(max_length=64, default="")
    facts = models.PositiveIntegerField()
    lines = models.PositiveIntegerField()
    closed_at = models.DateTimeField()

    class Meta:
        triggers = [append_only()]


class HeldFee(models.Model):
    """What closing a month held back of a partner's fees, until the month `release` is closed.

    A correction of a fee that is held back is a row with a negative amount.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    closed = models.ForeignKey(ClosedMonth, models.PROTECT, related_name="+")
    release = models.DateField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        indexes = [models.Index(fields=["release"])]
        constraints = [
            # A close held back what it held back: once for each month of release.
            models.UniqueConstraint(
                fields=["partner", "currency", "closed", "release"], name="held_back_once_a_close"
            ),
            models.CheckConstraint(condition=Q(release__gt=F("closed")), name="released_by_a_later_close"),
        ]
        triggers = [append_only()]

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        return Q(partner_id=partner_id)
