"""What a euro was worth: a file of the European Central Bank is recorded here, and a single rate corrected."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from ofrecord.access.types import Permission, Reader
from ofrecord.clock.queries import now
from ofrecord.exchange.published_file import LARGEST_BYTES
from ofrecord.exchange.queries import currencies, exchange_rates, rates_of_latest_day
from ofrecord.exchange.refusals import RatesDiffer, RatesFaulty
from ofrecord.exchange.types import Change, Learned, exact_text
from ofrecord.flows import import_rates
from ofrecord.kernel.refusal import Refusal
from ofrecord.web import words
from ofrecord.web.columns import Choice, Column, Days
from ofrecord.web.desk.answers import INVALID
from ofrecord.web.forms import DayInput, RecordForm
from ofrecord.web.lists import Empty, Listing
from ofrecord.web.parts import State, Tone
from ofrecord.web.readers import desk, reader_in

TEMPLATE = "desk/rates.html"
# How many faults or differences a page lists; the command lists all.
LISTED = 200


class FileForm(RecordForm):
    """A publication as a file."""

    prefix = "file"
    publication = forms.FileField(
        label="Publication",
        help_text="eurofxref-hist.zip or .csv, eurofxref.csv or eurofxref-daily.xml, as the European Central "
        "Bank publishes them. All of its rates are recorded, or none.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xml,.zip"}),
    )
    through = forms.DateField(
        label="Leave out days after", required=False, widget=DayInput(), help_text="Empty takes every day."
    )
    correct = forms.BooleanField(
        label="Correct what is known otherwise",
        required=False,
        help_text="Without it a file that says something else than what is known is refused.",
    )

    def clean_publication(self) -> Any:
        file = self.cleaned_data["publication"]
        if file.size > LARGEST_BYTES:
            raise forms.ValidationError(f"The file is larger than {LARGEST_BYTES >> 20} MiB.")
        return file


class RateForm(RecordForm):
    """One rate, recorded or corrected."""

    prefix = "rate"
    currency = forms.RegexField(
        r"^[A-Za-z]{3}$",
        label="Currency",
        strip=True,
        help_text="Its code, such as USD.",
        error_messages={"invalid": "Write the three letters of its code, such as USD."},
    )
    day = forms.DateField(label="Day", widget=DayInput())
    per_euro = forms.CharField(
        label="One euro was worth", max_length=30, help_text="In units of that currency, such as 1.0853."
    )
    source = forms.CharField(
        label="Reason", max_length=200, help_text="Where the rate comes from, or why the former was wrong."
    )

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


def listing(known: list[str]) -> "Listing[Any]":
    return Listing(
        name="rates",
        caption="Exchange rates",
        columns=(
            Column(title="Day", cell=lambda row: row.day, sort="day"),
            Column(title="Currency", cell=lambda row: row.currency, sort="currency"),
            Column(title="One euro", cell=lambda row: row.per_euro, sort="per_euro", is_numeric=True),
            Column(title="State", cell=_state, sort="is_in_force"),
            Column(title="Source", cell=lambda row: row.source, sort="source"),
            Column(title="Recorded", cell=lambda row: row.learned_at, sort="learned_at"),
        ),
        sort="-day",
        search=("currency", "source"),
        choices=(
            Choice(
                name="currency", title="Currency", path="currency", values=[(code, code) for code in known]
            ),
            Choice(
                name="state",
                title="State",
                path="is_in_force",
                values=(("True", "in force"), ("False", "corrected since")),
            ),
        ),
        days=(Days(name="day", title="Day", path="day"),),
        is_quiet=lambda row: not row.is_in_force,
        empty=Empty(
            "No exchange rates yet",
            "Fees in a currency other than the partner's wait until a rate is known. Record a publication of the "
            "European Central Bank.",
        ),
    )


def _state(row: Any) -> State:
    return State("in force", Tone.GOOD) if row.is_in_force else State("corrected since", Tone.STOP)


@desk(Permission.RATES_READ)
def rates(request: HttpRequest) -> HttpResponseBase:
    """What is known, the latest day first."""
    return _answered(request, FileForm(), RateForm(initial={"day": now().date()}))


def _answered(
    request: HttpRequest, file_form: FileForm, rate_form: RateForm, refusal: Refusal | None = None
) -> HttpResponseBase:
    reader = reader_in(request)
    latest = rates_of_latest_day(reader.scope)
    can_write = reader.may(Permission.RATES_WRITE)
    context = {
        "newest": latest[0].day if latest else None,
        "latest": latest,
        "file_form": file_form if can_write else None,
        "rate_form": rate_form if can_write else None,
        "told": _told(refusal),
    }
    own = listing(currencies(reader.scope))
    return own.respond(request, exchange_rates(reader.scope), TEMPLATE, context)


def _told(refusal: Refusal | None) -> dict[str, object]:
    """What a refusal lists: every fault of a file, or every rate that is known otherwise."""
    if isinstance(refusal, RatesFaulty):
        title, told = "Every fault", [str(fault) for fault in refusal.faults]
    elif isinstance(refusal, RatesDiffer):
        title, told = "What is known otherwise", [_change_words(change) for change in refusal.changes]
    else:
        return {}
    return {"title": title, "lines": told[:LISTED], "more": max(0, len(told) - LISTED)}


def _change_words(change: Change) -> str:
    known, given = exact_text(change.known), exact_text(change.given)
    return f"{words.day_text(change.day, 'short')}, {change.currency}: {known} is known, {given} is given"


@require_POST
@desk(Permission.RATES_WRITE)
def import_file(request: HttpRequest) -> HttpResponseBase:
    """Records a publication."""
    form = FileForm(request.POST, request.FILES)
    refusal = None
    if form.is_valid():
        given, reader = form.cleaned_data, reader_in(request)
        file = given["publication"]
        try:
            learned = import_rates.import_file(
                reader=reader,
                at=now(),
                name=file.name,
                content=file.read(),
                correct=given["correct"],
                through=given["through"],
            )
            return _recorded(request, learned)
        except Refusal as said:
            refusal = said
            form.refuse(said)
    return _refused(request, form, RateForm(initial={"day": now().date()}), refusal)


@require_POST
@desk(Permission.RATES_WRITE)
def record(request: HttpRequest) -> HttpResponseBase:
    """Records one rate, over the one that was known where there is one."""
    form, refusal = RateForm(request.POST), None
    if form.is_valid():
        try:
            return _recorded(request, _one(reader_in(request), form))
        except Refusal as said:
            refusal = said
            form.refuse(said)
    return _refused(request, FileForm(), form, refusal)


def _one(reader: Reader, form: RateForm) -> Learned:
    given = form.cleaned_data
    stated = import_rates.StatedRate(given["currency"], given["day"], given["per_euro"])
    return import_rates.record_rates(
        reader=reader, at=now(), rates=[stated], source=given["source"], correct=True
    )


def _recorded(request: HttpRequest, learned: Learned) -> HttpResponse:
    corrected, left_out = len(learned.corrected), learned.left_out
    said = [f"{words.count_text(learned.added)} new, {words.count_text(corrected)} corrected"]
    said += [f"{words.count_text(learned.known)} known before"] if learned.known else []
    said += [f"{words.count_text(left_out)} of later days left out"] if left_out else []
    messages.success(request, f"Exchange rates: {', '.join(said)}.")
    return redirect("desk:rates")


def _refused(
    request: HttpRequest, file_form: FileForm, rate_form: RateForm, refusal: Refusal | None
) -> HttpResponseBase:
    response = _answered(request, file_form, rate_form, refusal)
    response.status_code = refusal.kind if refusal else INVALID
    response.refused = True  # type: ignore[attr-defined]
    return response
