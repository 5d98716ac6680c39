"""What a partner types to compose an order, read into what the flow asks for."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict

from ofrecord.catalog.types import PricedOffer
from ofrecord.flows.compose_order import Wanted
from ofrecord.kernel.money import Money, MoneyFault
from ofrecord.kernel.refusal import Refusal
from ofrecord.orders.types import COMMITMENTS, ServiceLine
from ofrecord.web import words
from ofrecord.web.forms import DayInput, RecordForm
from ofrecord.web.portal.once import OnceForm
from ofrecord.web.portal.states import commitment_words

SERVICES_SHOWN, SERVICES_MOST = 1, 20
# The choice of a customer that is not in the list yet.
NEW = "new"
SERVICE_FAULTY = "One of your services has to be put right."
_FIELD_OF = {
    "seats-out-of-range": "seats",
    "start-out-of-range": "starts_on",
    "not-offered": "what",
    "way-closed": "what",
    "not-found": "customer",
}
_FIELD_NAMED = {"commitment": "commitment_months", "note": "note", "name of the customer": "customer_name"}


class ServiceForm(RecordForm):
    """One service that the partner does and bills itself; a row that is left empty is none."""

    text = forms.CharField(label="Service", required=False, max_length=250)
    price = forms.CharField(
        label="Price", required=False, max_length=20, widget=forms.TextInput({"inputmode": "decimal"})
    )
    billed = forms.ChoiceField(label="Billed", choices=[("once", "once"), ("monthly", "monthly")])

    def clean_price(self) -> str:
        """Plain digits, as money is read: "1,200.50" is 1200.50; "2,50" might mean anything and is refused."""
        price = str(self.cleaned_data["price"]).strip()
        if price and not re.fullmatch(r"(\d{1,12}|\d{1,3}(,\d{3}){1,3})(\.\d{1,3})?", price, re.ASCII):
            raise forms.ValidationError("Write the price like “1200” or “1,200.50”.")
        return price.replace(",", "")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if bool(cleaned.get("text")) != bool(cleaned.get("price")) and not self.errors:
            raise forms.ValidationError("A service has a text and a price. Leave both empty to offer none.")
        return cleaned


ServiceForms = forms.formset_factory(ServiceForm, extra=0, max_num=SERVICES_MOST, absolute_max=SERVICES_MOST)


class ComposeForm(OnceForm):
    """The order itself. `what` is an offer, a region and a currency of the price list."""

    customer = forms.ChoiceField(label="Customer", help_text="Choose one of yours, or name a new one.")
    customer_name = forms.CharField(
        label="Name of a new customer",
        required=False,
        max_length=200,
        help_text="Where it is not in your list yet.",
    )
    what = forms.ChoiceField(label="Offer")
    seats = forms.IntegerField(
        label="Seats", widget=forms.NumberInput({"min": 1}), help_text="The customer can change the number."
    )
    commitment_months = forms.TypedChoiceField(
        label="Agreed for",
        coerce=int,
        choices=[(months, commitment_words(months)) for months in COMMITMENTS],
        help_text="The customer can cancel when it is over.",
    )
    starts_on = forms.DateField(
        label="Starts on",
        widget=DayInput,
        help_text="A customer who confirms later starts on the day it confirms.",
    )
    note = forms.CharField(
        label="Your note to the customer",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text="It stands on the page that the customer confirms.",
    )

    def __init__(
        self,
        *args: Any,
        offers: Sequence[PricedOffer],
        customers: Sequence[tuple[UUID, str]],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        chosen: dict[str, Any] = {"what": self.fields["what"], "customer": self.fields["customer"]}
        chosen["what"].choices = [(_code(offer), _title(offer)) for offer in offers]
        known = [(str(customer_id), name) for customer_id, name in customers]
        chosen["customer"].choices = [(NEW, "a new customer"), *known]
        self.fields["starts_on"].widget.attrs["min"] = today.isoformat()
        self.fields["commitment_months"].initial = 12

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_new, name = cleaned.get("customer") == NEW, str(cleaned.get("customer_name", "")).strip()
        if is_new and not name and "customer_name" not in self.errors:
            self.add_error("customer_name", "Name the customer, or choose one of yours.")
        elif name and cleaned.get("customer", NEW) != NEW:
            self.add_error("customer_name", "Choose a customer or name a new one, not both.")
        return cleaned

    def refuse_order(self, refusal: Refusal) -> None:
        """Shows the refusal beside the field that it is about."""
        named = _FIELD_NAMED.get(getattr(refusal, "field", ""))
        self.refuse(refusal, _FIELD_OF.get(refusal.code, named))


class Composition:
    """The form of the order with the rows of its services."""

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        offers: Sequence[PricedOffer],
        customers: Sequence[tuple[UUID, str]],
        today: date,
        customer: str = "",
        typed: QueryDict | None = None,
        more_rows: int = 0,
    ) -> None:
        """`data` is checked; what was `typed` is only shown again, with more rows for services."""
        begun = typed.dict() if typed else {"starts_on": today, "customer": customer or NEW}
        self.form = ComposeForm(data, offers=offers, customers=customers, today=today, initial=begun)
        self.services = ServiceForms(data, prefix="services", initial=_rows(typed, more_rows))
        self.customers = {str(customer_id): name for customer_id, name in customers}

    @property
    def customer_name(self) -> str:
        """The customer's name, chosen or new."""
        cleaned = self.form.cleaned_data
        return self.customers.get(cleaned["customer"], str(cleaned["customer_name"]))

    def wanted(self) -> Wanted | None:
        """What is asked for; None when something has to be put right, which the forms then say."""
        if not self.services.is_valid():
            self.form.add_error(None, SERVICE_FAULTY)
        if self.form.errors:
            return None
        cleaned = self.form.cleaned_data
        offer, region, currency = cleaned["what"].split("|")
        services = self._services(currency)
        if services is None:
            return None
        return Wanted(
            offer=offer,
            region=region,
            currency=currency,
            seats=cleaned["seats"],
            commitment_months=cleaned["commitment_months"],
            starts_on=cleaned["starts_on"],
            note=cleaned["note"],
            customer_id=None if cleaned["customer"] == NEW else UUID(cleaned["customer"]),
            customer_name=cleaned["customer_name"],
            services=services,
        )

    def _services(self, currency: str) -> tuple[ServiceLine, ...] | None:
        """The services in the order's currency."""
        lines = []
        for service in self.services:
            cleaned = service.cleaned_data
            if not cleaned.get("text"):
                continue
            try:
                price = Money.parse(f"{cleaned['price']} {currency}")
            except MoneyFault as fault:
                service.add_error("price", str(fault))
                self.form.add_error(None, SERVICE_FAULTY)
                return None
            lines.append(ServiceLine(cleaned["text"], price, cleaned["billed"]))
        return tuple(lines)


def _rows(typed: QueryDict | None, more: int) -> list[dict[str, str]]:
    """The rows for services as they were typed, and more that are empty."""
    if typed is None:
        return [{"billed": "once"}] * SERVICES_SHOWN
    count = typed.get("services-TOTAL_FORMS", "")
    rows = min(
        SERVICES_MOST, more + (int(count) if count.isascii() and count.isdigit() and len(count) < 4 else 0)
    )
    names = ("text", "price", "billed")
    return [{name: typed.get(f"services-{row}-{name}", "") for name in names} for row in range(rows)]


def _code(offer: PricedOffer) -> str:
    return f"{offer.code}|{offer.region}|{offer.price.currency}"


def _title(offer: PricedOffer) -> str:
    return f"{offer.title} · {offer.region} · {words.money_text(offer.price)} a seat and month"
