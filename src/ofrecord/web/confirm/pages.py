"""The pages that a link leads to, by what became of the order."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ofrecord.access.queries import address_of
from ofrecord.flows.answer_order import Sheet
from ofrecord.kernel.refusal import Kind, Refusal
from ofrecord.orders.types import ConfirmationCard, LinkState
from ofrecord.program.types import DIRECT, Terms
from ofrecord.web.confirm.stated import Stated
from ofrecord.web.public_home import terms_today

OK, GONE = 200, 410


def sheet_context(sheet: Sheet, secret: str) -> dict[str, object]:
    """What every page of an order states."""
    offer = sheet.terms.offer(sheet.order.offer)
    return {
        "vendor_name": sheet.terms.vendor,
        "stated": Stated.of(sheet.shown),
        "parts": offer.parts if offer else (),
        "conditions": sheet.terms.service.conditions,
        "composed_on": sheet.order.composed_at.astimezone(ZoneInfo(sheet.terms.time_zone)).date(),
        "time_zone": sheet.terms.time_zone,
        "link": sheet.link,
        "state": sheet.state.value,
        "secret": secret,
    }


def answered_page(
    request: HttpRequest, sheet: Sheet, secret: str, refusal: Refusal | None = None
) -> HttpResponse:
    """The page of an order that cannot be answered through this link: its record, or what became of it.

    With a refusal it is also the answer to somebody who tried, and carries the refusal's status.
    """
    if sheet.state is LinkState.CONFIRMED and sheet.confirmation is not None:
        return record_page(request, sheet.confirmation, sheet.terms, sheet.order.way, refusal)
    response = render(
        request,
        "confirm/over.html",
        sheet_context(sheet, secret),
        status=refusal.kind if refusal else GONE,
    )
    response.refused = refusal is not None  # type: ignore[attr-defined]
    return response


def record_page(
    request: HttpRequest,
    confirmation: ConfirmationCard,
    terms: Terms,
    way: str,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """What was confirmed, by whom and when, and what happens next."""
    stated = Stated.of(confirmation.shown)
    name, email = address_of(confirmation.person_id) or ("", "")
    context: Mapping[str, object] = {
        "vendor_name": stated.vendor,
        "stated": stated,
        "conditions": terms.service.conditions,
        "time_zone": terms.time_zone,
        "confirmation": confirmation,
        "is_direct": way == DIRECT,
        "by_name": name,
        "by_email": hinted(email),
        "refusal": refusal,
    }
    response = render(request, "confirm/record.html", context, status=refusal.kind if refusal else OK)
    response.refused = refusal is not None  # type: ignore[attr-defined]
    return response


def unknown_page(request: HttpRequest) -> HttpResponse:
    """One page for every link that leads to no order, whatever is wrong with it."""
    terms = terms_today()
    context = {"vendor_name": terms.vendor if terms else ""}
    return render(request, "confirm/unknown.html", context, status=Kind.NOT_FOUND)


def hinted(email: str) -> str:
    """Enough of an address for its owner to know it: whoever was handed the link reads this page."""
    name, at, host = email.partition("@")
    return f"{name[:1]}…@{host}" if at else ""
