"""Reads of the outbox."""

from django.db.models import QuerySet

from ofrecord.access.scope import rows
from ofrecord.access.types import Scope
from ofrecord.mail.models import Message


def messages(scope: Scope) -> "QuerySet[Message]":
    """The outbox, latest first."""
    return rows(Message.objects.order_by("-made_at"), scope)
