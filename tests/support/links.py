"""Order links as their holders meet them, and the proof that an attempt changed nothing."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from django.apps import apps
from django.http.response import HttpResponseBase
from django.test import Client

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM
from ofrecord.clock.actions import set_day
from ofrecord.clock.queries import now
from ofrecord.flows import answer_order, compose_order
from ofrecord.kernel.money import Money
from ofrecord.orders.types import Answerer, ServiceLine
from support import story
from support.story import House

DANA = Answerer("Dana Whitfield", "dana.whitfield@parker.example")
NOTE = "Dana, this is the suite we discussed. <b>Ana</b>"
LINK_DAYS = 30
# What looking at a page may write.
_LOOKED = {"orders.LinkView"}

Rows = dict[str, list[str]]


@dataclass(frozen=True)
class Link:
    """An order of a partner and the secret of its link."""

    house: House
    order_id: UUID
    secret: str

    @property
    def path(self) -> str:
        return f"/confirm/{self.secret}"


def link(house: House, *, seats: int = 40, customer: str = "Parker Hannifin") -> Link:
    """An order that the partner composed today, to begin on the first day of the next month."""
    wanted = compose_order.Wanted(
        offer=story.OFFER,
        region="US",
        seats=seats,
        commitment_months=12,
        starts_on=(now().date().replace(day=1) + timedelta(days=32)).replace(day=1),
        note=NOTE,
        customer_name=customer,
        services=(ServiceLine("Migration and training", Money.parse("4800.00 USD"), "once"),),
    )
    with entered(house.reader.scope):
        order_id, secret = compose_order.compose(reader=house.reader, at=now(), wanted=wanted)
    return Link(house, order_id, secret)


def confirmed(given: Link) -> None:
    answer_order.confirm(at=now(), secret=given.secret, who=DANA, seats=50, consent=True, form_key=uuid4())


def declined(given: Link) -> None:
    answer_order.decline(at=now(), secret=given.secret, reason="Too early for us.")


def withdrawn(given: Link) -> None:
    with entered(given.house.reader.scope):
        compose_order.withdraw(reader=given.house.reader, at=now(), order_id=given.order_id)


def revoked(given: Link) -> None:
    with entered(given.house.reader.scope):
        compose_order.renew_link(reader=given.house.reader, at=now(), order_id=given.order_id)


def expired(given: Link) -> None:
    """The day after the last one on which the link is open."""
    turn_clock_to(now().date() + timedelta(days=LINK_DAYS + 1))


def turn_clock_to(day: date) -> None:
    with entered(OFFICE):
        set_day(by=SYSTEM, at=now(), day=day)


ENDS = {each.__name__: each for each in (confirmed, declined, withdrawn, revoked, expired)}


def form_key_on(page: HttpResponseBase) -> str:
    """The hidden key of the form on a page."""
    found = re.search(r'name="form_key" value="([^"]+)"', page.content.decode())  # type: ignore[attr-defined]
    assert found, "the page has a form with a key"
    return found[1]


def filled(client: Client, given: Link, **other: str) -> dict[str, str]:
    """The form of the link's page as Dana fills it in, with other values where they are given."""
    key = form_key_on(client.get(given.path))
    return {
        "form_key": key,
        "seats": "50",
        "name": DANA.name,
        "email": DANA.email,
        "consent": "on",
        "answer": "confirm",
    } | other


def rows(*, with_views: bool = False) -> Rows:
    """Every row of every table of ours and of the queue; what looking at a page writes only when it is asked for."""
    found: Rows = {}
    with entered(OFFICE):
        for model in apps.get_models():
            own = model.__module__.startswith("ofrecord.") or model._meta.app_label == "procrastinate"
            if own and (with_views or model._meta.label not in _LOOKED):
                found[model._meta.label] = sorted(map(repr, model._default_manager.values_list()))
    return found
