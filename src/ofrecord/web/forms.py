"""The form that pages build on, drawn by `{% include "parts/form.html" %}`, as any Django form can be."""

from typing import Any

from django import forms

from ofrecord.kernel.refusal import Refusal


class DayInput(forms.DateInput):
    """A day, picked or typed; always sent as 2026-11-03, whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class RecordForm(forms.Form):
    """A form whose errors can be refusals: what a room says no to is shown where it was asked."""

    def refuse(self, refusal: Refusal, field: str | None = None) -> None:
        """Shows the refusal above the form, or beside the field that it is about."""
        self.add_error(field, str(refusal))
