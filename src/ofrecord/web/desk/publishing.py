"""A program document is uploaded, checked in full, and published: two steps, and never what was not checked."""

import binascii
import hashlib
from base64 import b64decode, b64encode
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from ofrecord.access.types import Permission
from ofrecord.clock.queries import now
from ofrecord.flows.check_program import CheckedProgram, check_program
from ofrecord.flows.publish_program import hindrance
from ofrecord.flows.publish_program import publish as publish_program
from ofrecord.kernel.refusal import Refusal
from ofrecord.program.document import LARGEST_BYTES
from ofrecord.program.queries import version_with
from ofrecord.web.desk.answers import refused
from ofrecord.web.desk.program import guide_of
from ofrecord.web.forms import RecordForm
from ofrecord.web.readers import desk, reader_in

SOURCE_LIMIT = 300
UPLOAD, REPORT = "desk/program_new.html", "desk/program_report.html"


class UploadForm(RecordForm):
    """A document as a file."""

    document = forms.FileField(
        label="Program document",
        help_text="A TOML file of at most 1 MiB. It is checked first; nothing is published by this step.",
        widget=forms.ClearableFileInput(attrs={"accept": ".toml,application/toml,text/plain"}),
    )

    def clean_document(self) -> bytes:
        file = self.cleaned_data["document"]
        if file.size > LARGEST_BYTES:
            raise forms.ValidationError(f"The file is larger than {LARGEST_BYTES} bytes.")
        content: bytes = file.read()
        return content


class PublishForm(RecordForm):
    """The very bytes that were checked, and the hash under which the report was shown."""

    document = forms.CharField(widget=forms.HiddenInput(), max_length=2 * LARGEST_BYTES)
    sha256 = forms.CharField(widget=forms.HiddenInput(), max_length=64)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        try:
            document = b64decode(given.get("document", ""), validate=True)
        except binascii.Error:
            document = b""
        if not document or hashlib.sha256(document).hexdigest() != given.get("sha256"):
            raise forms.ValidationError(
                "These are not the bytes that were checked. Check the document again."
            )
        return {**given, "document": document}


@desk(Permission.PROGRAM_PUBLISH)
def new(request: HttpRequest) -> HttpResponse:
    """The first step: a document in, every fault or the whole guide out."""
    if request.method != "POST":
        return render(request, UPLOAD, {"form": UploadForm()})
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return refused(request, UPLOAD, {"form": form}, form)
    document: bytes = form.cleaned_data["document"]
    checked = check_program(document)
    return render(request, REPORT, _report(document, checked), status=422 if checked.faults else 200)


@require_POST
@desk(Permission.PROGRAM_PUBLISH)
def publish(request: HttpRequest) -> HttpResponse:
    """The second step: publishes what was checked, after it was checked once more."""
    form = PublishForm(request.POST)
    if not form.is_valid():
        upload = UploadForm()
        return refused(request, UPLOAD, {"form": upload, "refused": form}, form)
    document: bytes = form.cleaned_data["document"]
    try:
        version_id = publish_program(reader=reader_in(request), at=now(), document=document)
    except Refusal as refusal:
        return refused(
            request, REPORT, {**_report(document, check_program(document)), "form": form}, form, refusal
        )
    messages.success(
        request, "The version is published. Partners read and accept it before they sell under it."
    )
    return redirect("desk:version", version_id)


def _report(document: bytes, checked: CheckedProgram) -> dict[str, Any]:
    sha256 = hashlib.sha256(document).hexdigest()
    terms = checked.terms
    return {
        "sha256": sha256,
        "size": len(document),
        "checked": checked,
        "terms": terms,
        "sources": _sources(document, checked),
        "published": version_with(sha256),
        "hindrance": hindrance(at=now(), terms=terms) if terms else None,
        "guide": guide_of(terms, checked.examples) if terms else None,
        "form": PublishForm(initial={"document": b64encode(document).decode(), "sha256": sha256}),
    }


def _sources(document: bytes, checked: CheckedProgram) -> list[dict[str, Any]]:
    """Each fault with the line of the document that it is about."""
    lines = document.decode("utf-8", errors="replace").split("\n")
    return [
        {"fault": fault, "source": _printable(lines[fault.line - 1]) if fault.line <= len(lines) else ""}
        for fault in checked.faults
    ]


def _printable(line: str) -> str:
    """The line as far as it is text: of a file that is none, nothing is shown."""
    shown = line.rstrip()[:SOURCE_LIMIT]
    return shown if shown.isprintable() or "\t" in shown else ""
