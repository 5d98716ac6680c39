"""The segment of a customer, as the vendor records it."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from ofrecord.access.types import Permission
from ofrecord.clock.queries import now
from ofrecord.customers.queries import customers
from ofrecord.flows import set_segment
from ofrecord.kernel.refusal import Refusal
from ofrecord.program.queries import in_force
from ofrecord.web.desk.answers import found, refused
from ofrecord.web.forms import RecordForm
from ofrecord.web.readers import desk, reader_in

TEMPLATE = "desk/segment.html"


class SegmentForm(RecordForm):
    """One of the segments that the version in force names."""

    segment = forms.ChoiceField(label="Segment", required=False)

    def offer(self, named: tuple[str, ...]) -> "SegmentForm":
        """The form with the segments to choose from."""
        choice = self.fields["segment"]
        assert isinstance(choice, forms.ChoiceField), "as the form states it"
        first = f"not stated: {named[0]}" if named else "not stated"
        choice.choices = [("", first), *((segment, segment) for segment in named)]
        return self


@desk(Permission.RECORD_WRITE)
def segment(request: HttpRequest, customer_id: UUID) -> HttpResponse:
    """The segment, and the form by which it is changed."""
    reader = reader_in(request)
    row = found(customers(reader.scope).filter(pk=customer_id).first(), "customer")
    named = in_force(now().date()).terms.segments
    form = SegmentForm(request.POST or None, initial={"segment": row.segment}).offer(named)
    if request.method != "POST":
        return render(request, TEMPLATE, {"customer": row, "named": named, "form": form})
    refusal = None
    if form.is_valid():
        try:
            set_segment.set_segment(reader=reader, at=now(), customer_id=customer_id, **form.cleaned_data)
            messages.success(request, "The segment is recorded. The next close works the fees out anew.")
            return redirect("desk:customer", customer_id)
        except Refusal as said:
            refusal = said
    return refused(request, TEMPLATE, {"customer": row, "named": named, "form": form}, form, refusal)
