"""Outgoing messages."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from ofrecord.kernel.ids import new_id

QUEUED, SENT, KEPT, FAILED = "queued", "sent", "kept", "failed"


class Message(models.Model):
    """One message to one address."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    made_at = models.DateTimeField()
    to = models.CharField(max_length=320)
    subject = models.CharField(max_length=250)
    text = models.TextField()
    status = models.CharField(max_length=6, choices=[(s, s) for s in (QUEUED, SENT, KEPT, FAILED)])
    sent_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=500, default="")

    class Meta:
        indexes = [models.Index(fields=["-made_at"])]

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        """The outbox is the vendor's alone."""
        return Q(pk__isnull=True)
