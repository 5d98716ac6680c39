"""A partner's disputes: opened on the page of a line, listed, and taken back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Permission
from ofrecord.clock.queries import now
from ofrecord.flows import open_dispute as flow
from ofrecord.kernel.refusal import Refusal
from ofrecord.statements import queries
from ofrecord.statements.types import OPEN
from ofrecord.web import disputes as shown
from ofrecord.web.columns import Column
from ofrecord.web.lists import Empty, Listing
from ofrecord.web.parts import Linked, Way
from ofrecord.web.portal.once import once, refused
from ofrecord.web.portal.statements import DisputeForm, line_page
from ofrecord.web.portal.ways import page
from ofrecord.web.readers import portal, reader_in


@portal(Permission.STATEMENTS_READ)
def disputes(request: HttpRequest) -> HttpResponseBase:
    """All disputes of the reader's house, the open ones first."""
    every = queries.disputes(reader_in(request).scope)
    listing: Listing[Any] = Listing(
        name="disputes",
        caption="Your disputes",
        columns=(
            Column(
                title="Line",
                cell=lambda row: Linked(row.line, page("line", row.line)),
                sort="line",
                is_whole=True,
            ),
            *shown.columns(now().date()),
        ),
        sort="-state",
        search=("line", "reason", "answer"),
        choices=shown.CHOICES,
        days=shown.DAYS,
        empty=Empty(
            "No disputes",
            "Open a line of a statement to dispute it: its page takes your reason.",
            Way("See the statements", page("statements")),
        ),
    )
    context = {"open": every.filter(status=OPEN).count()}
    return listing.respond(request, every, "portal/disputes.html", context)


@require_POST
@portal(Permission.DISPUTES_OPEN)
def open_dispute(request: HttpRequest, line_id: str) -> HttpResponse:
    """Disputes a line; its page shows the dispute from then on."""
    reader, at, form = reader_in(request), now(), DisputeForm(request.POST)
    if not form.is_valid():
        return refused(line_page(request, line_id, form))

    def write() -> str:
        reason = form.cleaned_data["reason"]
        return str(flow.open_dispute(reader=reader, at=at, line_id=line_id, reason=reason))

    try:
        once(request, f"dispute {line_id}", form.key, write)
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return refused(line_page(request, line_id, form), refusal)
    messages.success(request, "The line is disputed. You get the answer by e-mail, and it stays on the line.")
    return redirect("portal:line", line_id)


@require_POST
@portal(Permission.DISPUTES_OPEN)
def withdraw(request: HttpRequest, dispute_id: UUID) -> HttpResponse:
    """Takes a dispute back."""
    reader = reader_in(request)
    card = queries.dispute(dispute_id, reader.scope)
    if card is None:
        raise NotFound(what="dispute")
    flow.withdraw(reader=reader, at=now(), dispute_id=dispute_id)
    messages.success(request, "The dispute is withdrawn.")
    return redirect("portal:line", card.line)
