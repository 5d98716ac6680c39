"""The segments of a customer, as the vendor records them."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from ofrecord.access.types import Permission, Reader
from ofrecord.clock.queries import now
from ofrecord.customers.queries import customers_on, segment_spans
from ofrecord.flows import set_segment
from ofrecord.kernel.refusal import Refusal
from ofrecord.program.queries import versions
from ofrecord.web.desk.answers import found, refused
from ofrecord.web.forms import DayInput, RecordForm
from ofrecord.web.readers import desk, reader_in

TEMPLATE = "desk/segment.html"


class SegmentForm(RecordForm):
    """A segment from a day on."""

    segment = forms.ChoiceField(label="Segment", required=False)
    first = forms.DateField(label="From", widget=DayInput(), help_text="Also a day that is over.")
    replaces_later = forms.BooleanField(
        label="Replace what is recorded for later days",
        required=False,
        help_text="Otherwise the segment lasts until the next one that is recorded already.",
    )

    def offer(self, named: list[str]) -> "SegmentForm":
        """The form with the segments to choose from."""
        choice = self.fields["segment"]
        assert isinstance(choice, forms.ChoiceField), "as the form states it"
        choice.choices = [("", "not stated: the program’s first"), *((each, each) for each in named)]
        return self


@desk(Permission.RECORD_WRITE)
def segment(request: HttpRequest, customer_id: UUID) -> HttpResponse:
    """The segments, and the form by which one is recorded."""
    reader = reader_in(request)
    page = _page(reader, customer_id)
    begun = {"segment": page["customer"].segment, "first": now().date()}
    form = SegmentForm(request.POST or None, initial=begun).offer(page["named"])
    if request.method != "POST":
        return render(request, TEMPLATE, page | {"form": form})
    refusal = None
    if form.is_valid():
        try:
            set_segment.set_segment(reader=reader, at=now(), customer_id=customer_id, **form.cleaned_data)
            messages.success(request, "The segment is recorded. The next close works the fees out anew.")
            return redirect("desk:customer", customer_id)
        except Refusal as said:
            refusal = said
    return refused(request, TEMPLATE, page | {"form": form}, form, refusal)


def _page(reader: Reader, customer_id: UUID) -> dict[str, Any]:
    every = customers_on(reader.scope, now().date())
    return {
        "customer": found(every.filter(pk=customer_id).first(), "customer"),
        "segments": segment_spans(reader.scope).filter(customer_id=customer_id),
        "named": _named_segments(),
    }


def _named_segments() -> list[str]:
    """Those of all versions, the latest first: which holds depends on the day, and the flow asks that."""
    return list(dict.fromkeys(segment for version in versions() for segment in version.terms.segments))
