"""What was pooled, month by month; what comes in, or has to be taken out again, is recorded here."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from ofrecord.access.types import Permission, Reader
from ofrecord.clock.queries import now
from ofrecord.flows.record_pool import pools_known, record_amount
from ofrecord.kernel.calendar import CalendarFault, Month
from ofrecord.kernel.ids import new_id
from ofrecord.kernel.money import Money, MoneyFault
from ofrecord.kernel.refusal import Refusal
from ofrecord.pools.queries import pool_amounts, sums
from ofrecord.web import words
from ofrecord.web.columns import Choice, Column
from ofrecord.web.desk.answers import INVALID
from ofrecord.web.forms import RecordForm, as_stated
from ofrecord.web.lists import Empty, Listing
from ofrecord.web.readers import desk, reader_in

TEMPLATE = "desk/pools.html"
# How many sums stand above the list, the latest month first; the list has all that they are made of.
SUMS = 24


class AmountForm(RecordForm):
    """An amount of a month. The key makes a form that is sent twice one amount."""

    form_key = forms.UUIDField(widget=forms.HiddenInput())
    pool = forms.ChoiceField(label="Pool")
    month = forms.CharField(label="Month", max_length=30, help_text="Such as 2026-10.")
    amount = forms.CharField(
        label="Amount",
        max_length=30,
        help_text="With its currency, such as 48000.00 USD. With a minus it takes out what was recorded before.",
    )
    reason = forms.CharField(
        label="Reason", max_length=200, help_text="Where it comes from, or what it corrects."
    )

    def __init__(self, *args: Any, pools: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_key"].initial = new_id
        self.fields["pool"].choices = [(pool, pool) for pool in pools]  # type: ignore[attr-defined]

    def clean_month(self) -> Month:
        typed = self.cleaned_data["month"].strip()
        try:
            return Month.parse(typed)
        except CalendarFault as fault:
            raise forms.ValidationError(f"{typed!r} is no month; write it like 2026-10.") from fault

    def clean_amount(self) -> Money:
        try:
            return Money.parse(as_stated(self.cleaned_data["amount"]))
        except MoneyFault as fault:
            raise forms.ValidationError(f"{fault}.") from fault


def listing(known: tuple[str, ...]) -> "Listing[Any]":
    return Listing(
        name="pools",
        caption="Amounts that were pooled",
        columns=(
            Column(
                title="Month",
                cell=lambda row: Month.of(row.month),
                sort="month",
                export=lambda row: str(Month.of(row.month)),
            ),
            Column(title="Pool", cell=lambda row: row.pool, sort="pool"),
            Column(title="Amount", cell=lambda row: row.amount, sort="amount_minor", is_money=True),
            Column(title="Reason", cell=lambda row: row.reason, sort="reason"),
            Column(title="Recorded", cell=lambda row: row.learned_at, sort="learned_at"),
        ),
        sort="-recorded",
        search=("pool", "reason"),
        choices=(Choice(name="pool", title="Pool", path="pool", values=[(name, name) for name in known]),),
        empty=Empty(
            "Nothing was pooled yet",
            "When the program shares a pool between partners, record here what came into it each month.",
        ),
    )


@desk(Permission.POOLS_READ)
def pools(request: HttpRequest) -> HttpResponseBase:
    """What each pool holds, and the amounts that it is made of."""
    known = pools_known(at=now())
    return _answered(request, AmountForm(pools=known, initial=_last_month()), known)


def _last_month() -> dict[str, str]:
    return {"month": str(Month.of(now().date()).plus(-1))}


def _answered(request: HttpRequest, form: RecordForm, known: tuple[str, ...]) -> HttpResponseBase:
    reader = reader_in(request)
    context = {
        "sums": sums(reader.scope)[:SUMS],
        "known": known,
        "form": form if known and reader.may(Permission.POOLS_WRITE) else None,
    }
    return listing(known).respond(request, pool_amounts(reader.scope), TEMPLATE, context)


@require_POST
@desk(Permission.POOLS_WRITE)
def record(request: HttpRequest) -> HttpResponseBase:
    """Records an amount; the same form again records nothing."""
    known = pools_known(at=now())
    form, refusal = AmountForm(request.POST, pools=known), None
    if form.is_valid():
        try:
            return _recorded(request, reader_in(request), form)
        except Refusal as said:
            refusal = said
            form.refuse(said)
    response = _answered(request, form, known)
    response.status_code = refusal.kind if refusal else INVALID
    response.refused = True  # type: ignore[attr-defined]
    return response


def _recorded(request: HttpRequest, reader: Reader, form: AmountForm) -> HttpResponse:
    given = form.cleaned_data
    holds = record_amount(
        reader=reader,
        at=now(),
        amount_id=given["form_key"],
        pool=given["pool"],
        month=given["month"],
        amount=given["amount"],
        reason=given["reason"],
    )
    month = words.month_text(given["month"])
    messages.success(request, f"The pool {given['pool']} holds {words.money_text(holds)} of {month}.")
    return redirect("desk:pools")
