"""What customers fill in."""

from django import forms

from ofrecord.orders.types import SEATS_LIMIT, Answerer
from ofrecord.web.forms import RecordForm


class AnswererForm(RecordForm):
    """Who speaks for the customer."""

    name = forms.CharField(
        label="Your name", max_length=200, widget=forms.TextInput({"autocomplete": "name"})
    )
    email = forms.EmailField(
        label="Work e-mail",
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "inputmode": "email"}),
    )

    def answerer(self) -> Answerer:
        return Answerer(self.cleaned_data["name"], self.cleaned_data["email"])


class SeatsForm(RecordForm):
    """How many seats; asked alone for a price."""

    seats = forms.IntegerField(
        label="Seats",
        min_value=1,
        max_value=SEATS_LIMIT,
        widget=forms.NumberInput({"inputmode": "numeric", "autocomplete": "off"}),
    )


class ConfirmForm(AnswererForm, SeatsForm):
    """The customer's yes."""

    consent = forms.BooleanField(
        label="I may order for this company and accept the conditions of service.",
        error_messages={"required": "Tick the box that says that you may order and accept the conditions."},
    )
    field_order = ("seats", "name", "email", "consent")


class DeclineForm(RecordForm):
    """The customer's no."""

    reason = forms.CharField(
        label="Reason", required=False, max_length=2000, widget=forms.Textarea({"rows": 4})
    )


class QuestionForm(AnswererForm):
    """What the customer wants to know first."""

    text = forms.CharField(label="Your question", max_length=4000, widget=forms.Textarea({"rows": 5}))
    field_order = ("text", "name", "email")
