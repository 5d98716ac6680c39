"""A demonstration begins, or is found again; and whoever starts it is told how to sign in."""

from collections.abc import Iterator
from typing import Final

from ofrecord.access.scope import entered
from ofrecord.clock.queries import history, is_wound, now
from ofrecord.clock.types import History
from ofrecord.demonstration.acts import PASSWORD
from ofrecord.demonstration.bids import shown_bids
from ofrecord.demonstration.cast import ACCOUNT_MANAGER, CHIEF, FIELD_SELLER, FINANCE, Cast, cast
from ofrecord.demonstration.script import SEED, script
from ofrecord.demonstration.stage import Stage
from ofrecord.demonstration.tasks import go_on
from ofrecord.demonstration.telling import found
from ofrecord.demonstration.types import Bid, House, Person, Size
from ofrecord.flows import compose_order
from ofrecord.kernel.refusal import Refusal
from ofrecord.mail.addresses import absolute
from ofrecord.orders.queries import orders

_NAME_WIDTH: Final = 22


def begin_demonstration(size: Size | None = None) -> list[str]:
    """Begins it once; the rest of its history is told by the worker. The lines tell a person how to sign in.

    A history that is loaded has an order waiting for its customer: the last line is then a new link to it.
    """
    size, stage = size or Size(), Stage()
    players = cast(SEED, size)
    if not is_wound():
        found(script(SEED, size), stage)
    so_far = history()
    if so_far is None or so_far.is_loaded:
        return [*_how_to_sign_in(players), "", *_link(shown_bids(players, size)[0], stage)]
    go_on()
    return [*_how_to_sign_in(players), "", *_loading(so_far)]


def _how_to_sign_in(players: Cast) -> Iterator[str]:
    large, boutique = players.partners[:2]
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


def _loading(so_far: History) -> Iterator[str]:
    yield (
        f"The history up to {so_far.until} loads behind the pages, for some minutes. The pages show how far it is; "
        "the clock can be set when it is loaded."
    )


def _link(bid: Bid, stage: Stage) -> Iterator[str]:
    """A new link to the order that waits for its customer's answer, as its seller would send it; none when it was
    answered. It is told here and, like every link, stored as a hash."""
    assert bid.seller is not None, "a partner composed it"
    try:
        reader = stage.reader(bid.seller)
        with entered(reader.scope):
            if not orders(reader.scope).filter(pk=stage.order_id(bid), status="open").exists():
                return
            secret = compose_order.renew_link(reader=reader, at=now(), order_id=stage.order_id(bid))
    except Refusal:
        return  # People moved on since: the order was answered, or its seller has left. The start goes on.
    yield f"As a customer, {bid.company} can confirm an order here: {absolute('confirm:order', secret)}"
