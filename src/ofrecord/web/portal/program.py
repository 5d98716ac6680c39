"""The program: the guide in force, every version, and the partner's acceptance of one."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST

from ofrecord.access.queries import names_of
from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Permission, Reader
from ofrecord.clock.queries import now
from ofrecord.flows.accept_program import accept as accept_program
from ofrecord.flows.check_program import check_program
from ofrecord.kernel.refusal import Refusal
from ofrecord.partners.queries import acceptances
from ofrecord.partners.types import AcceptanceCard
from ofrecord.program.guide import guide
from ofrecord.program.guide_html import guide_html
from ofrecord.program.queries import Published, document_of, in_force, version, versions
from ofrecord.program.refusals import NoProgram
from ofrecord.web.forms import RecordForm
from ofrecord.web.parts import State, Tone
from ofrecord.web.portal.once import refused
from ofrecord.web.readers import portal, reader_in


class AcceptForm(RecordForm):
    """Consent to a version by the hash that the page showed."""

    read_sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    consent = forms.BooleanField(label="I have read this version and accept it for our organization.")


@dataclass(frozen=True, slots=True)
class Accepted:
    """The acceptance of a version, with the name of who gave it."""

    day: date
    person: str


@dataclass(frozen=True, slots=True)
class Edition:
    """A version as the list of versions shows it."""

    published: Published
    state: State
    accepted: Accepted | None


@portal(Permission.PROGRAM_READ)
def program(request: HttpRequest) -> HttpResponse:
    """The version in force; where there is none yet, the one that comes first."""
    try:
        current = in_force(now().date())
    except NoProgram as refusal:
        coming = versions()
        if not coming:
            return render(request, "portal/no_program.html", {"refusal": refusal})
        current = coming[-1]
    return _page(request, current)


@portal(Permission.PROGRAM_READ)
def program_version(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """One version, whether in force or not."""
    return _page(request, _version(version_id))


@portal(Permission.PROGRAM_READ)
def document(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """The very bytes that were published."""
    published, content = _version(version_id), document_of(version_id)
    name = f"{published.terms.program}-{published.terms.version}.toml"
    response = HttpResponse(content, content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@portal(Permission.PROGRAM_ACCEPT)
def accept(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """The owner accepts the version for the partner."""
    published, form = _version(version_id), AcceptForm(request.POST)
    if not form.is_valid():
        return refused(_page(request, published, form))
    try:
        read = form.cleaned_data["read_sha256"]
        accept_program(reader=reader_in(request), at=now(), version_id=version_id, read_sha256=read)
    except Refusal as refusal:
        form.refuse(refusal)
        return refused(_page(request, published, form), refusal)
    messages.success(request, f"Version {published.terms.version} is accepted. You can sell under it.")
    return redirect("portal:version", version_id)


def _version(version_id: UUID) -> Published:
    published = version(version_id)
    if published is None:
        raise NotFound(what="program version")
    return published


def _page(request: HttpRequest, published: Published, form: AcceptForm | None = None) -> HttpResponse:
    reader, today = reader_in(request), now().date()
    editions = _editions(reader, today)
    this = next(edition for edition in editions if edition.published.id == published.id)
    may_accept = reader.may(Permission.PROGRAM_ACCEPT) and this.accepted is None
    begun = AcceptForm(initial={"read_sha256": published.terms.sha256})
    context = {
        "this": this,
        "terms": published.terms,
        "editions": editions,
        "guide": guide_of(published),
        "form": (form or begun) if may_accept else None,
    }
    return render(request, "portal/program.html", context)


def _editions(reader: Reader, today: date) -> list[Edition]:
    """All versions, the latest effective first, with what the partner accepted."""
    assert reader.partner_id is not None, "the portal's readers belong to a partner"
    given = {card.version_id: card for card in acceptances(reader.partner_id, reader.scope)}
    names = names_of(card.person_id for card in given.values() if card.person_id)
    found = versions()
    effective = [each for each in found if each.terms.effective <= today]
    current = effective[0].id if effective else None
    return [
        Edition(each, _state(each, current, today), _accepted(given.get(each.id), names)) for each in found
    ]


def _accepted(card: AcceptanceCard | None, names: dict[UUID, str]) -> Accepted | None:
    if card is None:
        return None
    return Accepted(card.day, names.get(card.person_id, "") if card.person_id else "")


def _state(published: Published, current: UUID | None, today: date) -> State:
    if published.id == current:
        return State("in force", Tone.GOOD)
    return State("comes", Tone.WAIT) if published.terms.effective > today else State("replaced")


def guide_of(published: Published) -> SafeString:
    """The guide of a version with its examples worked, as a part of a page."""
    return _guide(published.id, published.terms.sha256)


@lru_cache(maxsize=32)
def _guide(version_id: UUID, sha256: str) -> SafeString:
    """Made once: a version never changes. Its examples are executed for it."""
    content = document_of(version_id)
    assert content is not None, f"version {sha256} was published"
    checked = check_program(content)
    assert checked.terms is not None, "a published version has no fault"
    # The writer of the guide escapes every text of the document.
    return mark_safe(guide_html(guide(checked.terms, checked.examples), level=2))
