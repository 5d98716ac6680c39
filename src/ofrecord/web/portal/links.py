"""The pages that show an order link, once."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Reader
from ofrecord.customers.queries import customers
from ofrecord.mail.addresses import absolute
from ofrecord.orders.queries import links_of, order
from ofrecord.orders.types import LinkCard, OrderCard
from ofrecord.web import words
from ofrecord.web.portal.once import OnceForm, told_once
from ofrecord.web.portal.states import seats_words
from ofrecord.web.readers import reader_in


def link_page(request: HttpRequest, order_id: UUID, secret: str) -> HttpResponse:
    """The link with a text to send; this answer is the only place where the secret stands."""
    context = _context(reader_in(request), order_id)
    url = absolute("confirm:order", secret)
    context |= {"url": url, "letter": _letter(reader_in(request), context, url)}
    return told_once(render(request, "portal/link.html", context))


def sent_before(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """What a second sending of the same form gets: its order, without the link."""
    context = _context(reader_in(request), order_id) | {"renewal": OnceForm()}
    return told_once(render(request, "portal/link_told.html", context))


def _context(reader: Reader, order_id: UUID) -> dict[str, object]:
    card = order(order_id, reader.scope)
    if card is None:
        raise NotFound(what="order")
    customer = customers(reader.scope).filter(pk=card.customer_id).values_list("name", flat=True).first()
    return {"order": card, "customer": customer or "", "link": links_of(order_id, reader.scope)[0]}


def _letter(reader: Reader, context: dict[str, object], url: str) -> str:
    card, link = context["order"], context["link"]
    assert isinstance(card, OrderCard), "the context has its order"
    assert isinstance(link, LinkCard), "the context has its link"
    price = (
        f"{card.offer_title}, {seats_words(card.seats)} at {words.money_text(card.unit_price)} a month each: "
        f"{words.money_text(card.monthly)} a month, before tax."
    )
    paragraphs = (
        "Hello,",
        f"we have prepared your order: {price}",
        "On this page you see all of it, can change the number of seats, and confirm:",
        url,
        f"The link is open until {words.day_text(link.expires_on)}. It is meant for you: who has it can confirm.",
        f"{reader.name}\n{reader.house}",
    )
    return "\n\n".join(paragraphs)
