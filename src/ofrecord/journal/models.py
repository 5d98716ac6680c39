"""Journal entries and kept answers."""

from uuid import UUID

import pgtrigger
from django.db import models
from django.db.models import Q


def append_only() -> pgtrigger.Protect:
    """What is on the record stays as it was written."""
    return pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class Entry(models.Model):
    """One thing that happened. `at` is when it was true by the clock, `recorded_at` when we wrote it."""

    at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    by_kind = models.CharField(max_length=10)
    by_id = models.UUIDField(null=True)
    verb = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField(null=True)
    partner_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject_id"]), models.Index(fields=["partner_id", "-id"])]
        triggers = [append_only()]

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        return Q(partner_id=partner_id)


class Answer(models.Model):
    """The first answer that was given under an idempotency key; `status` is null while it is being made."""

    owner = models.CharField(max_length=120)
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="one_answer_per_key")]
