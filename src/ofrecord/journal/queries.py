"""Reads of the journal."""

from uuid import UUID

from ofrecord.access.scope import rows
from ofrecord.access.types import Scope
from ofrecord.journal.models import Entry
from ofrecord.journal.types import Happening


def history_of(subject_id: UUID, scope: Scope, limit: int = 100) -> list[Happening]:
    """What happened to a thing, latest first."""
    entries = rows(Entry.objects.all(), scope).filter(subject_id=subject_id).order_by("-id")[:limit]
    return [Happening(e.at, e.verb, e.by_kind, e.by_id, e.data) for e in entries]


def latest(scope: Scope, limit: int = 20) -> list[Happening]:
    """What happened last in all that the scope may see."""
    entries = rows(Entry.objects.all(), scope).order_by("-id")[:limit]
    return [Happening(e.at, e.verb, e.by_kind, e.by_id, e.data) for e in entries]
