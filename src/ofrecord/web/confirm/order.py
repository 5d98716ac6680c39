"""The page behind an order link: see, change the seats, confirm."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ofrecord.clock.queries import now
from ofrecord.flows import answer_order
from ofrecord.flows.answer_order import Sheet
from ofrecord.kernel.ids import secret_hash
from ofrecord.kernel.refusal import Kind, Refusal
from ofrecord.orders.refusals import LinkUnknown
from ofrecord.orders.types import LinkState
from ofrecord.web.confirm.form_keys import FIELD, form_key_in, new_form_key
from ofrecord.web.confirm.forms import ConfirmForm, SeatsForm
from ofrecord.web.confirm.pages import OK, answered_page, sheet_context, unknown_page
from ofrecord.web.unlisted import unlisted

STALE = "This form does not belong to this page or is out of date. Here it is anew; please send it again."


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Looking changes nothing but the log of views; only a form of this page confirms."""
    try:
        if request.method == "POST":
            return _price_asked(request, secret) if "price" in request.POST else _confirm(request, secret)
        sheet = _seen(request, secret)
    except LinkUnknown:
        return unknown_page(request)
    if sheet.state is not LinkState.OPEN:
        return answered_page(request, sheet, secret)
    form = ConfirmForm(initial={"seats": sheet.order.seats})
    return _open_page(request, sheet, secret, form, OK)


@unlisted
@require_safe
def price(request: HttpRequest, secret: str) -> HttpResponseBase:
    """What so many seats cost, as a part of the open page."""
    if not request.headers.get("HX-Request"):
        return redirect("confirm:order", secret)
    form = SeatsForm(request.GET)
    try:
        sheet = answer_order.look(at=now(), secret=secret, seats=_seats(form))
    except LinkUnknown:
        return unknown_page(request)
    if sheet.state is not LinkState.OPEN:
        # Answered meanwhile, or out of date: the whole page says so.
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "confirm/_price.html", {**sheet_context(sheet, secret), "seats_form": form})


@unlisted
def unknown(request: HttpRequest) -> HttpResponse:
    """A link that was damaged on its way."""
    return unknown_page(request)


def _seen(request: HttpRequest, secret: str) -> Sheet:
    """The sheet; a person's look at it is logged, a program's question whether it is there is not."""
    seen = answer_order.view if request.method == "GET" else answer_order.look
    return seen(at=now(), secret=secret)


def _seats(form: SeatsForm | ConfirmForm) -> int | None:
    """The seats of a form that is otherwise unfinished; None where they are none that can be ordered."""
    form.is_valid()
    seats: int | None = form.cleaned_data.get("seats")
    return seats


def _price_asked(request: HttpRequest, secret: str) -> HttpResponse:
    """The price for other seats, for browsers that run no script: nothing is confirmed, what was typed stays."""
    typed = ConfirmForm(request.POST)
    sheet = answer_order.look(at=now(), secret=secret, seats=_seats(typed))
    if sheet.state is not LinkState.OPEN:
        return answered_page(request, sheet, secret)
    if "seats" in typed.errors:
        for name in set(typed.errors) - {"seats"}:
            del typed.errors[name]
        return _open_page(request, sheet, secret, typed, Kind.INVALID)
    return _open_page(request, sheet, secret, ConfirmForm(initial=request.POST.dict()), OK)


def _confirm(request: HttpRequest, secret: str) -> HttpResponse:
    form = ConfirmForm(request.POST)
    key = form_key_in(request.POST.get(FIELD, ""), _purpose(secret))
    if form.is_valid() and key is not None:
        try:
            answer_order.confirm(
                at=now(),
                secret=secret,
                who=form.answerer(),
                seats=form.cleaned_data["seats"],
                consent=form.cleaned_data["consent"],
                form_key=key,
            )
        except Refusal as refusal:
            return _refused(request, secret, form, refusal)
        return redirect("confirm:order", secret)
    if key is None:
        form.add_error(None, STALE)
    return _refused(request, secret, form, None)


def _refused(request: HttpRequest, secret: str, form: ConfirmForm, refusal: Refusal | None) -> HttpResponse:
    """The form again with what has to be put right, or the page of an order that is answered or closed."""
    if isinstance(refusal, LinkUnknown):
        raise refusal
    sheet = answer_order.look(at=now(), secret=secret, seats=_seats(form))
    if sheet.state is not LinkState.OPEN:
        return answered_page(request, sheet, secret, refusal)
    if refusal is not None:
        form.refuse(refusal)
    return _open_page(request, sheet, secret, form, Kind.INVALID)


def _open_page(
    request: HttpRequest, sheet: Sheet, secret: str, form: ConfirmForm, status: int
) -> HttpResponse:
    """The page with its form; a key that was sent and is good stays, so that a retry is the same form."""
    sent = request.POST.get(FIELD, "")
    purpose = _purpose(secret)
    context = {
        **sheet_context(sheet, secret),
        "form": form,
        "form_key": sent if form_key_in(sent, purpose) else new_form_key(purpose),
    }
    response = render(request, "confirm/order.html", context, status=status)
    response.refused = status != OK  # type: ignore[attr-defined]
    return response


def _purpose(secret: str) -> str:
    """A form confirms the order of its own link only."""
    return f"order {secret_hash(secret)}"
