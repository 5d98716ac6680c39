"""Disputes as the vendor's finance people work through them: the open ones first, each with its line and an answer."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from ofrecord.access.queries import names_of
from ofrecord.access.types import Permission
from ofrecord.clock.queries import now
from ofrecord.flows.answer_dispute import answer_dispute
from ofrecord.kernel.refusal import Refusal
from ofrecord.partners.queries import partner_names
from ofrecord.statements import queries
from ofrecord.statements.actions import MOST_LETTERS
from ofrecord.statements.types import OPEN, Outcome
from ofrecord.web import disputes as shown
from ofrecord.web.columns import Column
from ofrecord.web.desk.answers import found, refused
from ofrecord.web.desk.statements import line_context
from ofrecord.web.forms import RecordForm
from ofrecord.web.lists import Empty, Listing
from ofrecord.web.parts import Linked
from ofrecord.web.readers import desk, reader_in


class AnswerForm(RecordForm):
    """Whether the partner is right, and what is written to it."""

    outcome = forms.ChoiceField(
        label="Outcome",
        choices=[
            (Outcome.UPHELD.value, "upheld: the line is wrong, and is corrected"),
            (Outcome.REJECTED.value, "rejected: the line stays as it is"),
        ],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label="Answer",
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="The partner reads it, and it stays on the line.",
    )


@desk(Permission.STATEMENTS_READ)
def disputes(request: HttpRequest) -> HttpResponseBase:
    """All disputes, the open ones first."""
    every = queries.disputes(reader_in(request).scope)
    listing: Listing[Any] = Listing(
        name="disputes",
        caption="Disputes",
        columns=(
            Column(title="Line", cell=_named, sort="line", is_whole=True),
            Column(title="Partner", cell=lambda row: row.partner.name, sort="partner__name"),
            *shown.columns(now().date()),
        ),
        sort="-state",
        search=("line", "partner__name", "reason", "answer"),
        choices=shown.CHOICES,
        days=shown.DAYS,
        empty=Empty("No disputes", "A partner disputes a line from the line's own page in the portal."),
    )
    context = {"open": every.filter(status=OPEN).count()}
    return listing.respond(request, every, "desk/disputes.html", context)


def _named(row: Any) -> Linked:
    return Linked(row.line, reverse("desk:dispute", args=[row.pk]))


@desk(Permission.STATEMENTS_READ)
def dispute(request: HttpRequest, dispute_id: UUID) -> HttpResponse:
    """One dispute with its line, and the form that answers it while it is open."""
    return render(request, "desk/dispute.html", _context(request, dispute_id, AnswerForm()))


@require_POST
@desk(Permission.DISPUTES_ANSWER)
def answer(request: HttpRequest, dispute_id: UUID) -> HttpResponse:
    """Answers a dispute; the answer is final."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return refused(request, "desk/dispute.html", _context(request, dispute_id, form), form)
    outcome = Outcome(form.cleaned_data["outcome"])
    try:
        answer_dispute(
            reader=reader_in(request),
            at=now(),
            dispute_id=dispute_id,
            outcome=outcome,
            answer=form.cleaned_data["answer"],
        )
    except Refusal as refusal:
        context = _context(request, dispute_id, form) | {"refusal": refusal}
        return refused(request, "desk/dispute.html", context, form, refusal)
    messages.success(request, f"The dispute was {outcome.value}, and its partner was told.")
    return redirect("desk:dispute", dispute_id)


def _context(request: HttpRequest, dispute_id: UUID, form: AnswerForm) -> dict[str, Any]:
    reader = reader_in(request)
    card = found(queries.dispute(dispute_id, reader.scope), "dispute")
    named = found(queries.line(card.line, reader.scope), "line")
    people = names_of(each for each in (card.opened_by, card.answered_by) if each)
    return line_context(named, reader) | {
        "dispute": card,
        "state": shown.state(card.outcome),
        "partner": partner_names([card.partner_id], reader.scope)[card.partner_id],
        "opened_by": people.get(card.opened_by) if card.opened_by else None,
        "answered_by": people.get(card.answered_by) if card.answered_by else None,
        "form": form if card.is_open and reader.may(Permission.DISPUTES_ANSWER) else None,
    }
