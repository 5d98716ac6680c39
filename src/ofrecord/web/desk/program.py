"""The program's versions: which is in force, which comes, what each says, and who accepted it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from ofrecord.access.queries import names_of
from ofrecord.access.types import Permission, Reader
from ofrecord.clock.queries import now
from ofrecord.flows.check_program import check_program
from ofrecord.partners.queries import acceptance_counts, accepted, partners
from ofrecord.program import queries
from ofrecord.program.guide import guide
from ofrecord.program.guide_html import guide_html
from ofrecord.program.queries import Published
from ofrecord.program.story_types import WorkedExample
from ofrecord.program.types import Terms
from ofrecord.web.columns import Column
from ofrecord.web.desk.answers import found
from ofrecord.web.lists import Empty, Listing
from ofrecord.web.parts import Linked, State, Tone, Way
from ofrecord.web.readers import desk, reader_in


@dataclass(frozen=True, slots=True)
class Version:
    """A published version as the list shows it."""

    id: UUID
    version: str
    title: str
    state: State
    effective: date
    published_at: datetime
    accepted: int


def _listing(reader: Reader) -> "Listing[Version]":
    publish = Way("Publish a version", reverse("desk:program-new"))
    return Listing(
        name="versions",
        caption="Program versions",
        columns=(
            Column(title="Version", cell=_named, sort="version"),
            Column(title="State", cell=lambda row: row.state),
            Column(title="In effect from", cell=lambda row: row.effective, sort="effective"),
            Column(title="Published", cell=lambda row: row.published_at, sort="published_at"),
            Column(title="Accepted by", cell=lambda row: row.accepted, sort="accepted", is_numeric=True),
        ),
        sort="-in-effect-from",
        search=("version", "title"),
        empty=Empty(
            "No program is published",
            "Nothing can be sold before: the program states offers, prices and what partners are paid.",
            publish if reader.may(Permission.PROGRAM_PUBLISH) else None,
        ),
    )


def _named(row: Version) -> Linked:
    return Linked(row.version, reverse("desk:version", args=[row.id]), row.title)


def in_force_of(published: list[Published], today: date) -> UUID | None:
    """Which of the versions governs today; they come with the latest effective first."""
    return next((each.id for each in published if each.terms.effective <= today), None)


def _state(version: Published, current: UUID | None, today: date) -> State:
    if version.id == current:
        return State("in force", Tone.GOOD)
    return State("comes", Tone.WAIT) if version.terms.effective > today else State("former")


@desk(Permission.PROGRAM_READ)
def program(request: HttpRequest) -> HttpResponseBase:
    """The versions that were published."""
    reader, today = reader_in(request), now().date()
    published, counts = queries.versions(), acceptance_counts(reader.scope)
    current = in_force_of(published, today)
    rows = [_version(each, _state(each, current, today), counts.get(each.id, 0)) for each in published]
    context = {
        "current": next((each for each in published if each.id == current), None),
        "coming": [each for each in published if each.terms.effective > today],
        "accepted": counts.get(current, 0) if current else 0,
        "approved": partners(reader.scope).filter(status="approved").count(),
    }
    return _listing(reader).respond(request, rows, "desk/program.html", context)


def _version(each: Published, state: State, count: int) -> Version:
    terms = each.terms
    return Version(each.id, terms.version, terms.title, state, terms.effective, each.published_at, count)


@desk(Permission.PROGRAM_READ)
def version(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """One version: the guide that partners read, made of the rules that pay them."""
    reader, today = reader_in(request), now().date()
    published = queries.versions()
    this = found(next((each for each in published if each.id == version_id), None), "program version")
    checked = check_program(found(queries.document_of(version_id), "program version"))
    context: dict[str, Any] = {
        "version": this,
        "terms": this.terms,
        "state": _state(this, in_force_of(published, today), today),
        "published_by": names_of([this.published_by]).get(this.published_by, "")
        if this.published_by
        else "the system",
        "guide": guide_of(this.terms, checked.examples),
        "acceptances": _acceptances(reader, version_id),
    }
    return render(request, "desk/version.html", context)


def guide_of(terms: Terms, examples: tuple[WorkedExample, ...]) -> SafeString:
    """The guide as a part of a page; every text in it is escaped where it is written."""
    return mark_safe(guide_html(guide(terms, examples), level=2))


def _acceptances(reader: Reader, version_id: UUID) -> list[dict[str, Any]]:
    """Which partners accepted the version, when, and by whom."""
    rows = list(accepted(version_id, reader.scope))
    people = names_of(row.person_id for row in rows if row.person_id)
    return [{"row": row, "person": people.get(row.person_id, "") if row.person_id else ""} for row in rows]


@desk(Permission.PROGRAM_READ)
def document(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """The very bytes that were published."""
    published = found(queries.version(version_id), "program version")
    body = found(queries.document_of(version_id), "program version")
    name = f"{published.terms.program}-{published.terms.version}.toml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, content_type="application/toml; charset=utf-8", headers=headers)
