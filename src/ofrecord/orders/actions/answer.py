"""The customer answers an order: looks, confirms, declines, asks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from ofrecord.access.actions import add_contact
from ofrecord.access.types import VISITOR
from ofrecord.journal.actions import record
from ofrecord.orders.models import (
    CONFIRMED,
    DECLINED,
    Confirmation,
    Decline,
    LinkView,
    Order,
    OrderLink,
    Question,
)
from ofrecord.orders.queries import confirmation_card, confirmation_of, link_card
from ofrecord.orders.refusals import FieldFaulty
from ofrecord.orders.rules import (
    link_state,
    refusal_of,
    require_answerer,
    require_consent,
    require_seats,
    shown_sha256,
)
from ofrecord.orders.types import Answerer, ConfirmationCard, LinkState

QUESTION_LIMIT = 4000


def note_view(*, at: datetime, link_id: UUID, order_id: UUID, outcome: LinkState) -> None:
    """Writes that somebody opened the link, and what they found."""
    LinkView.objects.create(link_id=link_id, order_id=order_id, at=at, outcome=outcome.value)


def _locked(link_id: UUID) -> tuple[Order, OrderLink]:
    """The order locked first, so that answers to one order come one after the other; then its link as it is by now."""
    order_id = OrderLink.objects.values_list("order_id", flat=True).get(pk=link_id)
    order = Order.objects.select_for_update().get(pk=order_id)
    return order, OrderLink.objects.get(pk=link_id)


def _require_open(order: Order, link: OrderLink, at: datetime) -> None:
    state = link_state(order.status, link_card(link), at.date())
    refusal = refusal_of(state, order.number, link_card(link))
    if refusal is not None:
        raise refusal


@transaction.atomic
def confirm(
    *,
    at: datetime,
    link_id: UUID,
    who: Answerer,
    seats: int,
    consent: bool,
    form_key: UUID,
    shown: dict[str, Any],
) -> ConfirmationCard:
    """The customer's yes, once. The same form sent again gets the first answer; another form is refused.

    `first` of the answer says whether this call did it. `shown` is what the page stated for these seats.
    """
    order, link = _locked(link_id)
    former = confirmation_of(order.pk)
    if former is not None and former.form_key == form_key:
        return former
    _require_open(order, link, at)
    require_consent(consent)
    require_seats(seats)
    require_answerer(who)
    person_id = add_contact(name=who.name, email=who.email, at=at)
    row = Confirmation.objects.create(
        order=order,
        person_id=person_id,
        form_key=form_key,
        seats=seats,
        shown=shown,
        shown_sha256=shown_sha256(shown),
        at=at,
    )
    order.status = CONFIRMED
    order.save(update_fields=["status"])
    _note(at, "order confirmed", order, person=str(person_id), seats=seats)
    return confirmation_card(row, first=True)


@transaction.atomic
def decline(*, at: datetime, link_id: UUID, reason: str) -> None:
    """The customer's no."""
    order, link = _locked(link_id)
    _require_open(order, link, at)
    Decline.objects.create(order=order, reason=reason.strip()[:QUESTION_LIMIT], at=at)
    order.status = DECLINED
    order.save(update_fields=["status"])
    _note(at, "order declined", order)


@transaction.atomic
def ask(*, at: datetime, link_id: UUID, who: Answerer, text: str) -> None:
    """The customer's question; the order stays open."""
    order, link = _locked(link_id)
    _require_open(order, link, at)
    require_answerer(who)
    if not text.strip() or len(text) > QUESTION_LIMIT:
        raise FieldFaulty("question", f"is empty or longer than {QUESTION_LIMIT} letters")
    person_id = add_contact(name=who.name, email=who.email, at=at)
    Question.objects.create(order=order, person_id=person_id, text=text.strip(), at=at)
    _note(at, "question asked", order, person=str(person_id))


def _note(at: datetime, verb: str, order: Order, **data: Any) -> None:
    record(
        by=VISITOR,
        at=at,
        verb=verb,
        subject=("order", order.pk),
        partner_id=order.partner_id,
        **data,
    )
