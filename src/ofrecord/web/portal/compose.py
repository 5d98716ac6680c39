"""An order is composed: typed, looked through with what it would earn, sent. Its link is shown once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from ofrecord.access.types import Permission, Reader
from ofrecord.catalog.queries import offers_on
from ofrecord.clock.queries import now
from ofrecord.customers.queries import customers
from ofrecord.flows import compose_order
from ofrecord.flows.compose_order import Wanted
from ofrecord.journal.refusals import KeyReused
from ofrecord.kernel.refusal import Refusal
from ofrecord.program.queries import in_force
from ofrecord.web.portal.compose_form import Composition
from ofrecord.web.portal.foresight import foresight
from ofrecord.web.portal.links import link_page, sent_before
from ofrecord.web.portal.once import once, refused
from ofrecord.web.portal.states import commitment_words
from ofrecord.web.readers import portal, reader_in

SENT_BEFORE = (
    "This form was sent before, and made an order. Nothing was done now: press the button again to compose "
    "another order."
)


@portal(Permission.ORDERS_WRITE)
def compose(request: HttpRequest) -> HttpResponse:
    """The form; with `do` also its next row, the review, and the order itself."""
    reader, at = reader_in(request), now()
    hindrance = compose_order.hindrance(reader=reader, at=at)
    if hindrance is not None:
        page = render(request, "portal/cannot_compose.html", {"refusal": hindrance})
        return refused(page, hindrance) if request.method == "POST" else page
    if request.method != "POST":
        return _form(request, _composition(reader, at, customer=request.GET.get("customer", "")))
    step = {"add": _with_row, "change": _again, "send": _send}.get(request.POST.get("do", ""), _review)
    return step(request, reader, at)


@portal(Permission.ORDERS_WRITE)
def earnings(request: HttpRequest) -> HttpResponse:
    """The part that says what the order would earn as it is typed now. Nothing is written."""
    reader, at = reader_in(request), now()
    wanted = _composition(reader, at, request.POST).wanted() if request.method == "POST" else None
    context: dict[str, object] = {}
    if wanted is not None:
        try:
            context = {"foresight": foresight(reader, at, wanted), "begins_with_sentence": True}
        except Refusal as refusal:
            context["refusal"] = refusal
    return render(request, "portal/_earnings.html", context)


def _composition(reader: Reader, at: datetime, data: QueryDict | None = None, **begun: Any) -> Composition:
    today = at.date()
    known = customers(reader.scope).order_by("name", "pk").values_list("pk", "name")
    offers = offers_on(in_force(today).id, today)
    return Composition(data, offers=offers, customers=list(known), today=today, **begun)


def _form(request: HttpRequest, composition: Composition) -> HttpResponse:
    return render(request, "portal/compose.html", {"composition": composition, "form": composition.form})


def _again(request: HttpRequest, reader: Reader, at: datetime) -> HttpResponse:
    """The form with what was typed, to go on; nothing is checked yet."""
    return _form(request, _composition(reader, at, typed=request.POST))


def _with_row(request: HttpRequest, reader: Reader, at: datetime) -> HttpResponse:
    """The same with one more row for a service."""
    return _form(request, _composition(reader, at, typed=request.POST, more_rows=1))


def _review(request: HttpRequest, reader: Reader, at: datetime) -> HttpResponse:
    composition = _composition(reader, at, request.POST)
    wanted = composition.wanted()
    if wanted is None:
        return refused(_form(request, composition))
    try:
        foreseen = foresight(reader, at, wanted)
    except Refusal as refusal:
        return _refuse(request, composition, refusal)
    context = {
        "composition": composition,
        "form": composition.form,
        "foresight": foreseen,
        "wanted": wanted,
        "commitment": commitment_words(wanted.commitment_months),
    }
    return render(request, "portal/review.html", context)


def _send(request: HttpRequest, reader: Reader, at: datetime) -> HttpResponse:
    composition = _composition(reader, at, request.POST)
    wanted = composition.wanted()
    if wanted is None:
        return refused(_form(request, composition))
    try:
        return _composed(request, reader, at, composition.form.key, wanted)
    except KeyReused as refusal:
        composition.form.add_error(None, SENT_BEFORE)
        composition.form.begin_anew()
        return refused(_form(request, composition), refusal)
    except Refusal as refusal:
        return _refuse(request, composition, refusal)


def _composed(request: HttpRequest, reader: Reader, at: datetime, key: UUID, wanted: Wanted) -> HttpResponse:
    """Writes the order once; the secret is in this answer alone, because only its hash is kept."""
    secrets: list[str] = []

    def write() -> str:
        order_id, secret = compose_order.compose(reader=reader, at=at, wanted=wanted)
        secrets.append(secret)
        return str(order_id)

    kept = once(request, "compose", key, write)
    order_id = UUID(kept.body)
    return sent_before(request, order_id) if kept.replayed else link_page(request, order_id, secrets[0])


def _refuse(request: HttpRequest, composition: Composition, refusal: Refusal) -> HttpResponse:
    composition.form.refuse_order(refusal)
    return refused(_form(request, composition), refusal)
