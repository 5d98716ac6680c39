"""An order is composed and gets its link."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Actor
from ofrecord.journal.actions import record
from ofrecord.kernel.ids import new_code, new_secret, secret_hash
from ofrecord.orders.models import OPEN, WITHDRAWN, Order, OrderLink, PartnerService
from ofrecord.orders.refusals import OrderNotOpen
from ofrecord.orders.rules import require_plausible, require_seats
from ofrecord.orders.types import Draft


def _add_link(order_id: UUID, at: datetime, link_days: int, secret: str | None) -> str:
    secret = secret or new_secret()
    OrderLink.objects.create(
        order_id=order_id,
        token_hash=secret_hash(secret),
        made_at=at,
        expires_on=at.date() + timedelta(days=link_days),
    )
    return secret


def _write_services(order: Order, draft: Draft) -> None:
    PartnerService.objects.bulk_create(
        PartnerService(
            order=order,
            text=line.text,
            price_minor=line.price.minor,
            currency=line.price.currency,
            billed=line.billed,
        )
        for line in draft.services
    )


@transaction.atomic
def compose(*, by: Actor, at: datetime, draft: Draft, secret: str | None = None) -> tuple[UUID, str]:
    """Writes the order; gives its id and the link's secret, which is told this once and stored only as a hash.

    A caller that must be able to tell it again gives a `secret` of its own, of at least 128 bits of entropy.
    """
    require_seats(draft.seats)
    require_plausible(
        commitment_months=draft.commitment_months, note=draft.note, services=len(draft.services)
    )
    order = Order.objects.create(
        number=new_code("O"),
        partner_id=draft.partner_id,
        customer_id=draft.customer_id,
        version_id=draft.version_id,
        way=draft.way,
        region=draft.region,
        offer=draft.offer,
        offer_title=draft.offer_title,
        seats=draft.seats,
        unit_price_minor=draft.unit_price.minor,
        currency=draft.unit_price.currency,
        commitment_months=draft.commitment_months,
        starts_on=draft.starts_on,
        note=draft.note.strip(),
        status=OPEN,
        composed_by=by.id,
        composed_at=at,
    )
    _write_services(order, draft)
    told = _add_link(order.pk, at, draft.link_days, secret)
    _note(by, at, "order composed", order)
    return order.pk, told


def _lock_open(order_id: UUID) -> Order:
    order = Order.objects.select_for_update().filter(pk=order_id).first()
    if order is None:
        raise NotFound(what="order")
    if order.status != OPEN:
        raise OrderNotOpen(number=order.number, status=order.status)
    return order


@transaction.atomic
def renew_link(*, by: Actor, at: datetime, order_id: UUID, link_days: int, secret: str | None = None) -> str:
    """Makes a new link for an open order and revokes the former ones; gives the new secret, once."""
    order = _lock_open(order_id)
    OrderLink.objects.filter(order=order, revoked_at__isnull=True).update(revoked_at=at)
    told = _add_link(order.pk, at, link_days, secret)
    _note(by, at, "order link renewed", order)
    return told


@transaction.atomic
def withdraw(*, by: Actor, at: datetime, order_id: UUID) -> None:
    """Takes an open order back: its links lead to a page that says so."""
    order = _lock_open(order_id)
    order.status = WITHDRAWN
    order.save(update_fields=["status"])
    _note(by, at, "order withdrawn", order)


def _note(by: Actor, at: datetime, verb: str, order: Order) -> None:
    record(by=by, at=at, verb=verb, subject=("order", order.pk), partner_id=order.partner_id)


def serialize_form(form_key: UUID) -> None:
    """The same form sent twice at once is worked on one after the other, until the running transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"form {form_key}"])
