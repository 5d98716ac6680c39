"""Partner A cannot see or guess anything of partner B.

Every address is tried with everything of B: with both halves of the scope, with the queries' half alone, with
PostgreSQL's half alone, and with neither, to show that the walk finds what is open.
"""

import logging
import re
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db import connection, transaction
from django.db.models import Q
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve

from ofrecord.access import scope as access_scope
from ofrecord.access.rules import permissions_of
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, PartnerRole, Permission, VendorRole
from ofrecord.orders.models import Order
from ofrecord.orders.queries import orders
from support.ground import Ground
from support.intruder import (
    Caller,
    Intruder,
    Leak,
    Sent,
    filled,
    fillings,
    offered_to,
    text_of,
    walk_api,
    walk_pages,
)
from support.loot import Loot, loot_of, state_of
from support.markup import Markup
from support.routes import API, operations, routes
from support.world import House, World

Open = Callable[[], None]
PARTNERS_PERMISSIONS = {"", *permissions_of(PartnerRole.OWNER)}
# What an address names that only the scope keeps others from; of people, invitations and clients the house is asked
# as well, and the lines of a book are read for one partner.
HELD_BY_SCOPE = {"order_id", "customer_id", "subscription_id", "statement_id", "invoice_id"}
UNOFFERED = {
    "desk:partner-tier": "the program of the world names no tiers",
    "portal:accept": "B has accepted the version already",
    "desk:pool-record": "the program of the world has no pools",
    "desk:run-stop": "a run can be stopped while it goes on; in the world all have ended",
    "desk:preview-start": "the world bills so little that its preview is worked out as the page is shown",
    "desk:preview-stop": "a run can be stopped while it goes on; in the world all have ended",
    "desk:program-publish": "offered for a document that was just checked",
}
WITHOUT_FIGURES = {
    "portal:next_invoice": "part of a page: a bill to come, which has no number and no known amount",
    f"{API}/self": "who asks",
}
SHOWING = HELD_BY_SCOPE | {"line_id", "number"}


@pytest.fixture
def without_row_level_security(ground: Ground, own_world: World) -> Open:
    """The owner takes PostgreSQL's half away, in this test's database."""

    def take_away() -> None:
        with psycopg.connect(ground.owner_url(connection.settings_dict["NAME"])) as line:
            tables = line.execute("select relname from pg_class where relrowsecurity").fetchall()
            for (table,) in tables:
                line.execute(f"alter table {table} disable row level security")

    return take_away


@pytest.fixture
def without_query_scope(monkeypatch: pytest.MonkeyPatch) -> Open:
    """The queries show whatever PostgreSQL shows."""
    return lambda: monkeypatch.setattr(access_scope, "condition", lambda model, scope: Q())


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of refusals need not be written down."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def _owner(house: House) -> Caller:
    return Caller(house.people[PartnerRole.OWNER])


def _walked(world: World, *taken_away: Open, of_all_kinds: bool = False) -> list[Leak]:
    """A's owner walks through all pages and A's client through the API; what gave something of B away."""
    loot, owner, client = loot_of(world.b), _owner(world.a), Caller(token=world.a.token)
    offered = offered_to(_owner(world.b), "/portal/")
    before = state_of(world.b)
    for take_away in taken_away:
        take_away()
    by_pages, by_api = Intruder(owner, loot), Intruder(client, loot)
    walk_pages(by_pages, offered, of_all_kinds=of_all_kinds)
    walk_api(by_api, of_all_kinds=of_all_kinds)
    assert owner.ask(Sent("GET", "/portal/")).status_code == 200, "the walk was signed in to its end"
    assert client.ask(Sent("GET", f"{API}/self")).status_code == 200
    leaks = [*by_pages.leaks, *by_api.leaks]
    assert (state_of(world.b) == before) or leaks, "something of B was changed"
    return leaks


def test_with_both_halves_of_the_scope_nothing_is_seen(own_world: World) -> None:
    assert _walked(own_world, of_all_kinds=True) == []


def test_with_the_queries_half_alone_nothing_is_seen(
    own_world: World, without_row_level_security: Open
) -> None:
    assert _walked(own_world, without_row_level_security) == []
    with transaction.atomic():
        assert Order.objects.filter(partner_id=own_world.b.id).exists(), "an unset scope sees everything"


def test_with_postgresqls_half_alone_nothing_is_seen(own_world: World, without_query_scope: Open) -> None:
    assert _walked(own_world, without_query_scope) == []
    with entered(OFFICE):
        theirs = orders(own_world.a.scope).filter(partner_id=own_world.b.id)
        assert theirs.exists(), "a partner's query finds everything"


def test_with_neither_half_the_walk_finds_what_is_open(
    own_world: World, without_row_level_security: Open, without_query_scope: Open
) -> None:
    leaks = _walked(own_world, without_row_level_security, without_query_scope)
    open_routes = {leak.route for leak in leaks}
    pages = {
        route.name for route in routes() if route.side == "portal" and HELD_BY_SCOPE & {*route.parameters}
    }
    assert pages <= open_routes
    stated = {
        str(each) for each in operations() if each.method == "GET" and HELD_BY_SCOPE & {*each.parameters}
    }
    assert stated <= {route.replace(" ", " /") for route in map(_as_stated, open_routes)}


def _own(values: dict[str, list[str]], loot: Loot) -> dict[str, list[str]]:
    """Only what is there to be found."""
    lines = loot.lines
    numbers = [line.removeprefix("2026-").replace("/", "-") for line in lines]
    return values | {"line_id": lines, "number": numbers, "month": ["2026-08"]}


def _as_stated(pattern: str) -> str:
    """A pattern of the resolver as the document of the API writes it."""
    return re.sub(r"<\w+:(\w+)>", r"{\1}", pattern)


@pytest.mark.parametrize("side", ["portal", "desk"])
def test_the_same_addresses_show_their_own_readers_what_is_there(world: World, side: str) -> None:
    loot = loot_of(world.b)
    reader = _owner(world.b) if side == "portal" else Caller(world.vendor.people[VendorRole.CHANNEL_CHIEF])
    values = _own(fillings(loot, of_all_kinds=False), loot)
    posted = {resolve(form.url).view_name for form in offered_to(reader, f"/{side}/").forms}
    for route in routes():
        for chosen in filled(route, values) if route.side == side else ():
            url = route.url(**chosen)
            answer = reader.ask(Sent("GET", url))
            if answer.status_code == 405:
                assert route.name in posted | UNOFFERED.keys(), f"no page offers to post to {route.name}"
            elif set(chosen) & SHOWING and route.name not in WITHOUT_FIGURES:
                assert answer.status_code == 200, f"{url} answers {answer.status_code}"
                found = loot.found_in(text_of(answer), besides=url) & loot.figures
                assert found, f"{url} shows nothing of its own"


def test_the_same_operations_show_their_own_client_what_is_there(world: World) -> None:
    loot, client = loot_of(world.b), Caller(token=world.b.token)
    values = _own(fillings(loot, of_all_kinds=False), loot)
    for operation in operations():
        if operation.method == "GET" and operation.permission in PARTNERS_PERMISSIONS:
            for chosen in filled(operation, values):
                answer = client.ask(Sent("GET", operation.url(chosen)))
                assert answer.status_code == 200, f"{operation} {chosen}"
                if operation.permission != Permission.PROGRAM_READ and operation.path not in WITHOUT_FIGURES:
                    assert loot.found_in(text_of(answer)) & loot.figures, f"{operation} shows nothing"


def test_every_address_of_the_api_is_in_its_document(world: World) -> None:
    stated = {operation.path.removeprefix(API) for operation in operations()}
    known = {_as_stated(route.pattern).removeprefix("api/v1") for route in routes() if route.side == "api"}
    assert known - stated == {"/docs", "/openapi.json", "/"}


def test_a_key_under_which_b_was_answered_gives_a_an_answer_of_its_own(own_world: World) -> None:
    body = {"day": "2026-11-01", "seats": 1}
    path = f"{API}/subscriptions/{own_world.b.subscriptions['confirmed']}/seats"
    headers = {"Idempotency-Key": "the same key"}
    for house, status in ((own_world.b, 200), (own_world.a, 404)):
        answer = Client().post(
            path, body, "application/json", headers={"Authorization": f"Bearer {house.token}"} | headers
        )
        assert answer.status_code == status, answer.content
        assert "Idempotent-Replayed" not in answer.headers


def test_inviting_tells_nothing_of_people_elsewhere(own_world: World) -> None:
    owner = _owner(own_world.a)

    def invited(email: str) -> HttpResponse:
        page = owner.ask(Sent("GET", "/portal/people/")).content.decode()
        [form] = [each for each in Markup("/portal/people/", page).posts() if each.url.endswith("/invite")]
        return owner.ask(Sent("POST", form.url, form.fields | {"name": ["Somebody"], "email": [email]}))

    elsewhere, nowhere, own = (
        invited(email)
        for email in (
            own_world.b.people[PartnerRole.SELLER].email,
            "nobody@nowhere.example",
            own_world.a.people[PartnerRole.SELLER].email,
        )
    )
    assert (elsewhere.status_code, own.status_code) == (302, 409)
    assert text_of(elsewhere) == text_of(nowhere)
    assert "already signs in" in own.content.decode()
