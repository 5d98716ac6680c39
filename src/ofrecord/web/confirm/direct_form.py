"""What a customer fills in on the vendor's public page."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms

from ofrecord.catalog.queries import offers_on
from ofrecord.flows.order_direct import Ordered
from ofrecord.orders.types import COMMITMENTS
from ofrecord.program.queries import Published
from ofrecord.program.types import DIRECT
from ofrecord.web.confirm.forms import AnswererForm, SeatsForm
from ofrecord.web.forms import DayInput
from ofrecord.web.words import money_text

_BETWEEN = "/"


def _commitment(months: int) -> tuple[int, str]:
    return months, "from month to month" if months == 1 else f"{months} months"


def _offers(published: Published, day: date) -> list[tuple[str, str]]:
    """What can be ordered directly on the day; the region is named where there are several."""
    way = published.terms.way(DIRECT)
    found = [
        offer for offer in offers_on(published.id, day) if way is not None and way.is_open(offer.region, day)
    ]
    many = len({offer.region for offer in found}) > 1
    return [
        (
            f"{offer.region}{_BETWEEN}{offer.code}",
            f"{offer.title}{f', {offer.region}' if many else ''}: {money_text(offer.price)} a seat and month",
        )
        for offer in found
    ]


class PriceForm(SeatsForm):
    """What a price depends on."""

    offer = forms.ChoiceField(label="What")
    starts_on = forms.DateField(label="First day", widget=DayInput)
    field_order = ("offer", "seats", "starts_on")

    def __init__(self, *args: Any, published: Published, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = published.terms.effective
        # A day before the price list is refused with its own words, not for want of an offer.
        offers = _offers(published, self._day(first)) or _offers(published, first)
        self.fields["offer"].choices = offers  # type: ignore[attr-defined]
        self.fields["offer"].initial = offers[0][0] if offers else None

    def _day(self, otherwise: date) -> date:
        """The day whose price list is offered: the first day of the service, where one is typed."""
        try:
            typed = self["starts_on"].value()
            return typed if isinstance(typed, date) else date.fromisoformat(str(typed))
        except ValueError:
            return otherwise

    def asked(self) -> dict[str, Any]:
        """What the price is asked for."""
        region, _, offer = self.cleaned_data["offer"].partition(_BETWEEN)
        return {
            "offer": offer,
            "region": region,
            "seats": self.cleaned_data["seats"],
            "starts_on": self.cleaned_data["starts_on"],
        }


class DirectForm(AnswererForm, PriceForm):
    """A whole direct order."""

    company = forms.CharField(
        label="Company", max_length=200, widget=forms.TextInput({"autocomplete": "organization"})
    )
    commitment_months = forms.TypedChoiceField(
        label="Agreed for", coerce=int, choices=[_commitment(months) for months in COMMITMENTS], initial=12
    )
    partner_number = forms.CharField(
        label="Partner number",
        required=False,
        max_length=12,
        help_text="If a partner advises you, its number looks like P-2HX8RD5M. Leave it empty to name none.",
        widget=forms.TextInput({"autocomplete": "off", "class": "short"}),
    )
    consent = forms.BooleanField(
        label="I may order for this company and accept the conditions of service.",
        error_messages={"required": "Tick the box that says that you may order and accept the conditions."},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"starts_on": today, "seats": 10} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].widget.attrs["min"] = today.isoformat()

    def ordered(self, form_key: UUID) -> Ordered:
        """The order as the flow takes it."""
        typed = self.cleaned_data
        return Ordered(
            company=typed["company"],
            **self.asked(),
            commitment_months=typed["commitment_months"],
            partner_number=typed["partner_number"],
            who=self.answerer(),
            consent=typed["consent"],
            form_key=form_key,
        )
