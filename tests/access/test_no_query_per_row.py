"""A page and a list of the API ask the database as often for many rows as for a few."""

import logging
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ofrecord.access.scope import entered
from ofrecord.access.types import PartnerRole, VendorRole
from ofrecord.statements.queries import statements
from support.intruder import Caller, Sent, filled, fillings
from support.loot import Loot, loot_of
from support.routes import operations, routes
from support.world import World, grow

MORE = 9


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def _pages(loot: Loot) -> Iterator[tuple[str, str]]:
    """Every page and every answer of the API that was there when the story was told: whose it is, and its address."""
    values = {name: tried[:1] for name, tried in fillings(loot, of_all_kinds=False).items()}
    for route in routes():
        if route.side in ("desk", "portal"):
            [chosen] = filled(route, values)
            yield route.side, route.url(**chosen)
            if not chosen:
                yield route.side, f"{route.url()}?export=csv"
    for operation in operations():
        if operation.method == "GET":
            [chosen] = filled(operation, values)
            yield "api", operation.url(chosen)


def _queries(caller: Caller, address: str) -> int | None:
    """How often a page that was asked for before asks the database; None where there is no such page."""
    caller.ask(Sent("GET", address))
    with CaptureQueriesContext(connection) as captured:
        answer = caller.ask(Sent("GET", address))
    return len(captured) if answer.status_code == 200 else None


def _callers(world: World) -> dict[str, Caller]:
    return {
        "portal": Caller(world.b.people[PartnerRole.OWNER]),
        "desk": Caller(world.vendor.people[VendorRole.CHANNEL_CHIEF]),
        "api": Caller(token=world.vendor.token),
    }


def test_no_page_asks_once_a_row(own_world: World) -> None:
    callers, pages = _callers(own_world), list(_pages(loot_of(own_world.b)))
    few = {address: _queries(callers[side], address) for side, address in pages}
    grow(own_world, MORE)
    many = {address: _queries(callers[side], address) for side, address in pages}
    there = {address: count for address, count in few.items() if count is not None}
    assert len(there) > 60
    # Less is fine: what a page has nothing to show of, it does not ask for.
    assert {address for address, count in there.items() if (many[address] or 999) > count} == set()


def test_a_long_statement_asks_no_more_than_a_short_one(own_world: World) -> None:
    grow(own_world, MORE)
    with entered(own_world.b.scope):
        found = statements(own_world.b.scope).order_by("lines")
        short, *_, long = [(statement.pk, statement.lines) for statement in found]
    assert long[1] > 2 * short[1]
    callers = _callers(own_world)
    for side, pattern in (
        ("portal", "/portal/statements/{}"),
        ("desk", reverse("desk:statement", args=[short[0]]).replace(str(short[0]), "{}")),
        ("api", "/api/v1/statements/{}/lines"),
    ):
        counts = {_queries(callers[side], pattern.format(key)) for key, _ in (short, long)}
        assert len(counts) == 1, (pattern, counts)
        assert None not in counts, pattern
