"""The forms of an invoice's page: what was paid, and what is taken back."""

from datetime import date
from typing import Any

from django import forms

from ofrecord.billing.types import CreditKind, LineBilled, WantedCredit
from ofrecord.kernel.ids import new_id
from ofrecord.kernel.money import Money, MoneyFault
from ofrecord.web.forms import DayInput, RecordForm

WHOLE = "whole"


class _AmountForm(RecordForm):
    """A form with a day and an amount in the currency of the invoice."""

    amount = forms.CharField(label="Amount", required=False, max_length=20)
    day = forms.DateField(label="On", widget=DayInput())

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.fields["amount"].label = f"Amount, {currency}"

    def clean_amount(self) -> Money | None:
        """The exact amount; None for nothing typed, which means all of it."""
        text = self.cleaned_data["amount"].strip()
        try:
            return Money.parse(f"{text} {self.currency}") if text else None
        except MoneyFault as fault:
            is_number = text.replace(".", "", 1).isdecimal()
            why = "So many digits are refused. " if is_number else ""
            raise forms.ValidationError(f"{why}Write an amount such as 15.00.") from fault


class PaymentForm(_AmountForm):
    """So much was paid on a day."""

    prefix = "payment"
    reference = forms.CharField(
        label="Reference", required=False, max_length=120, help_text="What the bank calls the payment."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].help_text = "Empty for all that is owed."


class CreditForm(_AmountForm):
    """So much is taken back, in one of the ways, of a line or of the whole invoice."""

    prefix = "credit"
    field_order = ("kind", "line", "amount", "day", "reason")
    kind = forms.ChoiceField(
        label="What", choices=[(kind.value, kind.value.capitalize()) for kind in CreditKind]
    )
    line = forms.ChoiceField(label="Of")
    reason = forms.CharField(
        label="Reason", max_length=500, help_text="The partner reads it beside the amount."
    )
    # The same form sent twice takes back once.
    sent_as = forms.CharField(widget=forms.HiddenInput, required=False, max_length=36)

    def __init__(self, *args: Any, lines: tuple[LineBilled, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].help_text = "Empty for all that can be taken back."
        self.fields["day"].help_text = "Fees follow in the close of this day's month."
        self.fields["sent_as"].initial = str(new_id())
        choices = [(str(line.number), f"line {line.number}") for line in lines]
        self.fields["line"].choices = [(WHOLE, "the whole invoice"), *choices]  # type: ignore[attr-defined]

    def wanted(self) -> WantedCredit:
        """What the form asks for; only of a form that is valid."""
        asked = self.cleaned_data
        day: date = asked["day"]
        line = None if asked["line"] == WHOLE else int(asked["line"])
        return WantedCredit(
            CreditKind(asked["kind"]), day, asked["reason"], asked["amount"], line, asked["sent_as"]
        )
