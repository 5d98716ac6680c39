"""Writes of the journal; every room may call them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from ofrecord.access.types import Actor
from ofrecord.journal.models import Answer, Entry
from ofrecord.journal.refusals import KeyReused
from ofrecord.journal.types import Kept


def record(
    *,
    by: Actor,
    at: datetime,
    verb: str,
    subject: tuple[str, UUID | None],
    partner_id: UUID | None = None,
    **data: Any,
) -> None:
    """Writes that something happened. `data` holds JSON values and names people by id only."""
    Entry.objects.create(
        at=at,
        by_kind=by.kind,
        by_id=by.id,
        verb=verb,
        subject_kind=subject[0],
        subject_id=subject[1],
        partner_id=partner_id,
        data=data,
    )


@transaction.atomic
def answer_once(*, owner: str, key: str, request_hash: str, answer: Callable[[], Kept]) -> Kept:
    """The first answer under `key` of `owner`, made by `answer` if there is none yet.

    A second request under the same key waits for the first to end. Raises KeyReused when the request is another one.
    """
    Answer.objects.bulk_create(
        [Answer(owner=owner, key=key, request_hash=request_hash)], ignore_conflicts=True
    )
    row = Answer.objects.select_for_update().get(owner=owner, key=key)
    if row.request_hash != request_hash:
        raise KeyReused(key=key)
    if row.status is not None:
        return Kept(status=row.status, body=row.body, replayed=True)
    kept = answer()
    row.status, row.body = kept.status, kept.body
    row.save(update_fields=["status", "body"])
    return kept
