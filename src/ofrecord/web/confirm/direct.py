"""A customer orders on the vendor's public page, naming a partner or none."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ofrecord.clock.queries import now
from ofrecord.flows import order_direct
from ofrecord.kernel.refusal import Kind, Refusal
from ofrecord.program.queries import Published, in_force
from ofrecord.program.types import DIRECT
from ofrecord.web.confirm.direct_form import DirectForm, PriceForm
from ofrecord.web.confirm.form_keys import FIELD, form_key_in, new_form_key
from ofrecord.web.confirm.order import STALE
from ofrecord.web.confirm.pages import OK, record_page, unknown_page
from ofrecord.web.confirm.rate import too_often
from ofrecord.web.unlisted import unlisted

_PURPOSE = "direct order"
_ORDERS_AN_HOUR = 20


@require_http_methods(["GET", "HEAD", "POST"])
def direct(request: HttpRequest) -> HttpResponseBase:
    """The public order page. Raises NoProgram while there is nothing to order."""
    at = now()
    published = in_force(at.date())
    if request.method != "POST":
        return _page(request, published, DirectForm(None, published=published, today=at.date()), OK)
    if "price" in request.POST:
        return _page(request, published, _unfinished(request, published), OK)
    form = DirectForm(request.POST, published=published, today=at.date())
    key = form_key_in(request.POST.get(FIELD, ""), _PURPOSE)
    if key is None:
        form.add_error(None, STALE)
    if key is not None and form.is_valid():
        if order_direct.recorded(form_key=key) is None and too_often(request, "order", _ORDERS_AN_HOUR):
            return render(request, "429.html", status=429)
        try:
            order_direct.order(at=at, ordered=form.ordered(key))
        except Refusal as refusal:
            form.refuse(refusal)
            return _page(request, published, form, refusal.kind)
        return redirect("confirm:ordered", request.POST[FIELD])
    return _page(request, published, form, Kind.INVALID)


@unlisted
@require_safe
def ordered(request: HttpRequest, form_key: str) -> HttpResponse:
    """The record of what a form of the public page ordered; its key is known to whoever sent it."""
    key = form_key_in(form_key, _PURPOSE)
    found = order_direct.recorded(form_key=key) if key else None
    return record_page(request, *found, DIRECT) if found else unknown_page(request)


@require_safe
def price(request: HttpRequest) -> HttpResponse:
    """What the order would cost, as a part of the public page."""
    at = now()
    return render(request, "confirm/_quote.html", _quoted(request.GET.dict(), in_force(at.date())))


def _unfinished(request: HttpRequest, published: Published) -> DirectForm:
    """The form as it was typed so far, without complaints, for browsers that run no script."""
    return DirectForm(None, published=published, today=now().date(), initial=request.POST.dict())


def _page(request: HttpRequest, published: Published, form: DirectForm, status: int) -> HttpResponse:
    sent = request.POST.get(FIELD, "")
    typed = {name: form[name].value() for name in PriceForm.base_fields}
    context = {
        "vendor_name": published.terms.vendor,
        "service": published.terms.service,
        "version": published.terms.version,
        "form": form,
        "form_key": sent if form_key_in(sent, _PURPOSE) else new_form_key(_PURPOSE),
        **_quoted(typed, published),
    }
    response = render(request, "confirm/direct.html", context, status=status)
    response.refused = status != OK  # type: ignore[attr-defined]
    return response


def _quoted(typed: Mapping[str, object], published: Published) -> dict[str, object]:
    """The price of what was typed so far, or why there is none."""
    form = PriceForm(typed, published=published)
    if not form.is_valid():
        return {"why": "The price appears here as soon as offer, seats and first day are chosen."}
    try:
        return {"quote": order_direct.quote(at=now(), **form.asked())}
    except Refusal as refusal:
        return {"why": str(refusal)}
