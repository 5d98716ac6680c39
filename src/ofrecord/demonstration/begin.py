"""A demonstration begins, or is found again; and whoever starts it is told how to sign in."""

from collections.abc import Iterator
from typing import Final

from ofrecord.access.refusals import NotFound
from ofrecord.access.scope import entered
from ofrecord.clock.queries import history, now
from ofrecord.demonstration.acts import PASSWORD
from ofrecord.demonstration.cast import ACCOUNT_MANAGER, CHIEF, FIELD_SELLER, FINANCE
from ofrecord.demonstration.script import Script, script
from ofrecord.demonstration.stage import Stage
from ofrecord.demonstration.tasks import go_on
from ofrecord.demonstration.telling import found
from ofrecord.demonstration.types import House, Person
from ofrecord.flows import compose_order
from ofrecord.mail.addresses import absolute
from ofrecord.orders.queries import orders

_NAME_WIDTH: Final = 22


def begin_demonstration() -> list[str]:
    """Begins it once; the rest of its history is told by the worker. The lines tell a person how to sign in."""
    told = script()
    stage = Stage()
    found(told, stage)
    so_far = history()
    is_loaded = so_far is None or so_far.is_loaded
    if not is_loaded:
        go_on()
    return [*_how_to_sign_in(told), "", *(_link(told, stage) if is_loaded else _loading(told))]


def _how_to_sign_in(told: Script) -> Iterator[str]:
    large, boutique = told.cast.partners[:2]
    yield f"Sign in at {absolute('account_login')} with any of these addresses and the password {PASSWORD}"
    yield "Northwind Online, the vendor"
    for person in (CHIEF, ACCOUNT_MANAGER, FINANCE, FIELD_SELLER):
        yield _person(person)
    for house, size in ((large, "a large partner"), (boutique, "a boutique")):
        yield f"{house.name}, {size}"
        for person in _shown(house):
            yield _person(person)
    yield f"Customers need no account; they may order directly at {absolute('confirm:direct')}"


def _shown(house: House) -> tuple[Person, ...]:
    """Owner, seller and finance of the house."""
    return house.people[:3]


def _person(person: Person) -> str:
    return f"  {person.role or '':<16} {person.name:<{_NAME_WIDTH}} {person.email}"


def _loading(told: Script) -> Iterator[str]:
    yield (
        f"The history up to {told.until} loads behind the pages, for some minutes. The pages show how far it is; "
        "the clock can be set when it is loaded."
    )


def _link(told: Script, stage: Stage) -> Iterator[str]:
    """A new link to the order that waits for its customer's answer, as its seller would send it; none when it was
    answered. It is told here and, like every link, stored as a hash."""
    bid = told.showpiece
    assert bid.seller is not None, "a partner composed it"
    try:
        reader = stage.reader(bid.seller)
        with entered(reader.scope):
            if not orders(reader.scope).filter(pk=stage.order_id(bid), status="open").exists():
                return
            secret = compose_order.renew_link(reader=reader, at=now(), order_id=stage.order_id(bid))
    except NotFound:
        return
    yield f"As a customer, {bid.company} can confirm an order here: {absolute('confirm:order', secret)}"
