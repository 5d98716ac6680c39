"""The form that pages build on, drawn by `{% include "parts/form.html" %}`, as any Django form can be."""

import re
from typing import Any, Final

from django import forms

from ofrecord.kernel.refusal import Refusal
from ofrecord.web import words

_GROUPED: Final = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)? [A-Z]{3}")


def as_stated(typed: str) -> str:
    """An amount as `Money.parse` reads it, from one as pages print it: "17,400.00 USD". Commas stay where they do not
    stand between thousands, so that nobody's decimal comma is taken for one.
    """
    plain = typed.strip().replace(words.NO_BREAK_SPACE, " ").replace(words.MINUS, "-")
    return plain.replace(",", "") if _GROUPED.fullmatch(plain) else plain


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
