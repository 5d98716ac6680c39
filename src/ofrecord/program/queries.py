"""Reads of published versions."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from ofrecord.program.document import check
from ofrecord.program.models import ProgramVersion
from ofrecord.program.refusals import NoProgram
from ofrecord.program.types import Terms


@dataclass(frozen=True, slots=True)
class Published:
    """A published version and its compiled meaning."""

    id: UUID
    terms: Terms
    published_at: datetime
    published_by: UUID | None


@lru_cache(maxsize=64)
def _compiled(sha256: str, document: bytes) -> Terms:
    """The meaning of a version's bytes; they never change, so it is kept.

    A version was whole when it was published; a check that has become stricter since must not take it away.
    """
    terms = check(document).compiled
    assert terms is not None, f"the published version {sha256} was whole"
    assert terms.sha256 == sha256, "a version is its bytes"
    return terms


def _published(row: ProgramVersion) -> Published:
    return Published(row.pk, _compiled(row.sha256, bytes(row.document)), row.published_at, row.published_by)


def versions() -> list[Published]:
    """All published versions, the latest effective first."""
    return [_published(row) for row in ProgramVersion.objects.order_by("-effective", "-published_at")]


def version(version_id: UUID) -> Published | None:
    row = ProgramVersion.objects.filter(pk=version_id).first()
    return _published(row) if row else None


def published_since(at: datetime) -> bool:
    """Whether any version was published at or after the instant."""
    return ProgramVersion.objects.filter(published_at__gte=at).exists()


def version_labels() -> dict[UUID, str]:
    """The names of all versions, without their documents."""
    return dict(ProgramVersion.objects.values_list("pk", "version"))


def in_force(day: date) -> Published:
    """The version that governs orders composed on the day: the latest that is effective. Raises NoProgram."""
    row = ProgramVersion.objects.filter(effective__lte=day).order_by("-effective", "-published_at").first()
    if row is None:
        raise NoProgram
    return _published(row)


def terms_by_sha() -> dict[str, Terms]:
    """Every published version's meaning under its hash, for the judge."""
    return {published.terms.sha256: published.terms for published in versions()}


def document_of(version_id: UUID) -> bytes | None:
    """The very bytes that were published."""
    row = ProgramVersion.objects.filter(pk=version_id).values_list("document", flat=True).first()
    return None if row is None else bytes(row)


def terms_of() -> dict[UUID, Terms]:
    """Every published version's meaning under its id."""
    return {published.id: published.terms for published in versions()}


def version_with(sha256: str) -> UUID | None:
    """The published version with that hash."""
    return ProgramVersion.objects.filter(sha256=sha256).values_list("pk", flat=True).first()


def effective_days() -> dict[tuple[str, str], date]:
    """All published versions by program and name, each with the day from which it is effective."""
    found = ProgramVersion.objects.values_list("program", "version", "effective")
    return {(program, version): day for program, version, day in found}


def began_on() -> date | None:
    """The day on which the first version took effect; None where none was published."""
    return ProgramVersion.objects.order_by("effective").values_list("effective", flat=True).first()
