"""Reads of the journal."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from ofrecord.access.scope import rows
from ofrecord.access.types import Scope
from ofrecord.journal.models import Entry
from ofrecord.journal.types import Happening


def history_of(subject_id: UUID, scope: Scope, limit: int = 100) -> list[Happening]:
    """What happened to a thing, latest first."""
    entries = rows(Entry.objects.all(), scope).filter(subject_id=subject_id).order_by("-id")[:limit]
    return [_happening(entry) for entry in entries]


def latest(scope: Scope, limit: int = 20) -> list[Happening]:
    """What happened last in all that the scope may see."""
    entries = rows(Entry.objects.all(), scope).order_by("-id")[:limit]
    return [_happening(entry) for entry in entries]


def since(entry_verb: str, scope: Scope, limit: int = 1000) -> list[Happening]:
    """What happened since the verb was last written, that entry first; empty where it never was."""
    entries = rows(Entry.objects.all(), scope)
    last = entries.filter(verb=entry_verb).order_by("-id").values_list("pk", flat=True).first()
    if last is None:
        return []
    return [_happening(entry) for entry in entries.filter(pk__gte=last).order_by("id")[:limit]]


def written_since(
    at: datetime, subject_ids: Collection[UUID], kinds: Collection[str], partner_id: UUID
) -> list[tuple[str, UUID, str]]:
    """What was written at or after the instant of these subjects, or for the partner of any subject of these kinds.

    Kind, subject and verb. For the system.
    """
    entries = Entry.objects.filter(Q(subject_id__in=subject_ids) | Q(partner_id=partner_id))
    found = entries.filter(at__gte=at, subject_kind__in=kinds, subject_id__isnull=False).order_by()
    return [
        (kind, subject_id, verb)
        for kind, subject_id, verb in found.values_list("subject_kind", "subject_id", "verb")
        if subject_id is not None
    ]


def all_since(at: datetime, kinds: Collection[str]) -> list[Happening]:
    """What was written at or after the instant of any subject of these kinds. For the system."""
    entries = Entry.objects.filter(at__gte=at, subject_kind__in=kinds, subject_id__isnull=False)
    return [_happening(entry) for entry in entries.order_by("id")]


def _happening(entry: Entry) -> Happening:
    return Happening(
        at=entry.at,
        verb=entry.verb,
        by_kind=entry.by_kind,
        by_id=entry.by_id,
        data=entry.data,
        subject_kind=entry.subject_kind,
        subject_id=entry.subject_id,
        partner_id=entry.partner_id,
    )
