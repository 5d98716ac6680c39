"""What the journal hands to others."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer kept under an idempotency key: HTTP status and JSON body; `replayed` when it was given before."""

    status: int
    body: Any
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of the journal, as pages show it."""

    at: datetime
    verb: str
    by_kind: str
    by_id: UUID | None
    data: dict[str, Any]
    subject_kind: str
    subject_id: UUID | None
    partner_id: UUID | None
