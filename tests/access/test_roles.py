"""Who may open which page and call which operation: the table, and each role held against it."""

import logging
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.http import HttpResponse

from ofrecord.access.rules import CLIENT_PERMISSIONS, permissions_of
from ofrecord.access.scope import entered
from ofrecord.access.types import MAY, OFFICE, PartnerRole, Permission, Role, VendorRole
from ofrecord.billing.queries import invoices
from ofrecord.clock.queries import now
from ofrecord.flows import invite_colleague
from ofrecord.partners.actions.clients import make_client, revoke_client
from ofrecord.partners.models import ApiClient, Member, Partner
from support.intruder import Caller, Sent, filled, fillings, offered_to, text_of
from support.loot import loot_of
from support.routes import API, Route, operations, routes
from support.world import House, World

P = Permission
# What each page asks for; None is for everybody of that side. A new page has to be written in here.
PAGES: dict[str, Permission | None] = {
    "desk:today": None,
    "desk:partners": P.PARTNERS_READ,
    "desk:partner": P.PARTNERS_READ,
    "desk:partner-approve": P.PARTNERS_DECIDE,
    "desk:partner-refuse": P.PARTNERS_DECIDE,
    "desk:partner-standing": P.RECORD_WRITE,
    "desk:partner-tier": P.RECORD_WRITE,
    "desk:partner-currency": P.RECORD_WRITE,
    "desk:customer-segment": P.RECORD_WRITE,
    "desk:subscription-record": P.RECORD_WRITE,
    "desk:subscription-partner": P.RECORD_WRITE,
    "desk:subscription-role": P.RECORD_WRITE,
    "desk:subscription-role-end": P.RECORD_WRITE,
    "desk:orders": P.ORDERS_READ,
    "desk:order": P.ORDERS_READ,
    "desk:customers": P.CUSTOMERS_READ,
    "desk:customer": P.CUSTOMERS_READ,
    "desk:subscriptions": P.SUBSCRIPTIONS_READ,
    "desk:subscription": P.SUBSCRIPTIONS_READ,
    "desk:subscription-seats": P.SUBSCRIPTIONS_WRITE,
    "desk:subscription-cancel": P.SUBSCRIPTIONS_WRITE,
    "desk:why-not": P.STATEMENTS_READ,
    "desk:invoices": P.INVOICES_READ,
    "desk:invoice": P.INVOICES_READ,
    "desk:invoices-paid": P.INVOICES_WRITE,
    "desk:invoice-payment": P.INVOICES_WRITE,
    "desk:invoice-credit": P.INVOICES_WRITE,
    "desk:settlement": P.SETTLEMENT_READ,
    "desk:preview": P.STATEMENTS_READ,
    "desk:preview-partner": P.STATEMENTS_READ,
    "desk:preview-start": P.STATEMENTS_READ,
    "desk:preview-stop": P.STATEMENTS_READ,
    "desk:preview-progress": P.STATEMENTS_READ,
    "desk:month": P.SETTLEMENT_READ,
    "desk:tie-out": P.SETTLEMENT_READ,
    "desk:month-close": P.SETTLEMENT_CLOSE,
    "desk:run": P.SETTLEMENT_READ,
    "desk:run-progress": P.SETTLEMENT_READ,
    "desk:run-stop": P.SETTLEMENT_CLOSE,
    "desk:statements": P.STATEMENTS_READ,
    "desk:statement": P.STATEMENTS_READ,
    "desk:statement-pdf": P.STATEMENTS_READ,
    "desk:statement-xlsx": P.STATEMENTS_READ,
    "desk:rates": P.RATES_READ,
    "desk:rates-import": P.RATES_WRITE,
    "desk:rate-record": P.RATES_WRITE,
    "desk:pools": P.POOLS_READ,
    "desk:pool-record": P.POOLS_WRITE,
    "desk:disputes": P.STATEMENTS_READ,
    "desk:dispute": P.STATEMENTS_READ,
    "desk:dispute-answer": P.DISPUTES_ANSWER,
    "desk:line": P.STATEMENTS_READ,
    "desk:program": P.PROGRAM_READ,
    "desk:version": P.PROGRAM_READ,
    "desk:version-document": P.PROGRAM_READ,
    "desk:program-new": P.PROGRAM_PUBLISH,
    "desk:program-publish": P.PROGRAM_PUBLISH,
    "desk:mail": P.MAIL_READ,
    "desk:message": P.MAIL_READ,
    "desk:people": P.PEOPLE_READ,
    "desk:people-invite": P.PEOPLE_INVITE,
    "desk:invitation-withdraw": P.PEOPLE_INVITE,
    "desk:colleague": P.PEOPLE_INVITE,
    "desk:clients": P.CLIENTS_WRITE,
    "desk:client-new": P.CLIENTS_WRITE,
    "desk:client": P.CLIENTS_WRITE,
    "desk:client-revoke": P.CLIENTS_WRITE,
    "desk:clock": P.CLOCK_SET,
    "desk:clock-progress": P.CLOCK_SET,
    "portal:today": None,
    "portal:orders": P.ORDERS_READ,
    "portal:order": P.ORDERS_READ,
    "portal:compose": P.ORDERS_WRITE,
    "portal:earnings": P.ORDERS_WRITE,
    "portal:renew": P.ORDERS_WRITE,
    "portal:withdraw": P.ORDERS_WRITE,
    "portal:customers": P.CUSTOMERS_READ,
    "portal:customer": P.CUSTOMERS_READ,
    "portal:subscriptions": P.SUBSCRIPTIONS_READ,
    "portal:subscription": P.SUBSCRIPTIONS_READ,
    "portal:seats": P.SUBSCRIPTIONS_WRITE,
    "portal:cancel": P.SUBSCRIPTIONS_WRITE,
    "portal:next_invoice": P.SUBSCRIPTIONS_WRITE,
    "portal:why_not": P.STATEMENTS_READ,
    "portal:why_not_search": P.STATEMENTS_READ,
    "portal:statements": P.STATEMENTS_READ,
    "portal:preview": P.STATEMENTS_READ,
    "portal:statement": P.STATEMENTS_READ,
    "portal:statement-pdf": P.STATEMENTS_READ,
    "portal:statement-xlsx": P.STATEMENTS_READ,
    "portal:disputes": P.STATEMENTS_READ,
    "portal:open_dispute": P.DISPUTES_OPEN,
    "portal:withdraw_dispute": P.DISPUTES_OPEN,
    "portal:line": P.STATEMENTS_READ,
    "portal:program": P.PROGRAM_READ,
    "portal:version": P.PROGRAM_READ,
    "portal:document": P.PROGRAM_READ,
    "portal:accept": P.PROGRAM_ACCEPT,
    "portal:people": P.PEOPLE_READ,
    "portal:invite": P.PEOPLE_INVITE,
    "portal:withdraw_invitation": P.PEOPLE_INVITE,
    "portal:remove": P.PEOPLE_INVITE,
    "portal:api": P.CLIENTS_WRITE,
    "portal:make_client": P.CLIENTS_WRITE,
    "portal:revoke_client": P.CLIENTS_WRITE,
}
ROLES: list[Role] = [*VendorRole, *PartnerRole]
GUARDED = [route for route in routes() if route.side in ("desk", "portal")]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Hundreds of refusals need not be written down."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def _house(world: World, role: Role) -> House:
    return world.vendor if isinstance(role, VendorRole) else world.b


def _asked(caller: Caller, route: Route, chosen: dict[str, str]) -> HttpResponse:
    """The page; or an empty form to an address that only takes forms."""
    answer = caller.ask(Sent("GET", route.url(**chosen)))
    return caller.ask(Sent("POST", route.url(**chosen))) if answer.status_code == 405 else answer


def test_the_table_has_every_page() -> None:
    assert {route.name for route in GUARDED} == set(PAGES)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: f"{type(role).__name__} {role}")
def test_a_role_opens_what_it_may_and_nothing_else(own_world: World, role: Role) -> None:
    caller = Caller(_house(own_world, role).people[role])
    values = {name: tried[:1] for name, tried in fillings(loot_of(own_world.b), of_all_kinds=False).items()}
    own_side = "desk" if isinstance(role, VendorRole) else "portal"
    for route in GUARDED:
        permission = PAGES[route.name]
        [chosen] = filled(route, values)
        answer = _asked(caller, route, chosen)
        if route.side != own_side:
            assert answer.status_code == 404, f"{role} at {route.name}"
        elif permission is None or permission in permissions_of(role):
            assert answer.status_code not in (401, 403), f"{role} at {route.name}: {answer.status_code}"
            assert answer.headers.get("Location", f"/{own_side}/").startswith(f"/{own_side}/"), route.name
        else:
            assert answer.status_code == 403, f"{role} at {route.name}: {answer.status_code}"
            assert MAY[permission] in answer.content.decode(), f"{route.name} does not say what is missing"


def test_a_visitor_is_led_to_the_sign_in_page_whatever_is_there(world: World) -> None:
    values = {name: tried[:1] for name, tried in fillings(loot_of(world.b), of_all_kinds=False).items()}
    for route in GUARDED:
        [chosen] = filled(route, values)
        answer = _asked(Caller(), route, chosen)
        assert answer.status_code == 302, route.name
        assert answer.headers["Location"].startswith("/account/login/?next="), route.name


@pytest.mark.parametrize("role", ROLES, ids=lambda role: f"{type(role).__name__} {role}")
def test_a_role_is_offered_what_it_may_open_and_shown_no_figure_that_it_may_not_see(
    world: World, role: Role
) -> None:
    side = "/desk/" if isinstance(role, VendorRole) else "/portal/"
    with entered(OFFICE):
        bills = set(invoices(world.b.scope).values_list("number", flat=True))
    offered = offered_to(Caller(_house(world, role).people[role]), side)
    for permission, words in (
        (P.INVOICES_READ, bills),
        (P.STATEMENTS_READ, {f">{line}<" for line in loot_of(world.b).lines}),
    ):
        shown = [address for address, text in offered.texts.items() if any(word in text for word in words)]
        if permission is P.INVOICES_READ:
            # Whoever may see a fee may see which bill it was paid on.
            shown = [address for address in shown if "/statements/" not in address]
        assert bool(shown) == (permission in permissions_of(role)), f"{role} sees {permission} at {shown}"


def test_every_operation_names_its_permission_and_takes_no_other() -> None:
    asked = {str(each): each.permission for each in operations()}
    assert [name for name, permission in asked.items() if not permission] == [f"GET {API}/self"]
    assert {Permission(permission) for permission in asked.values() if permission} <= CLIENT_PERMISSIONS


def test_a_token_does_what_it_was_given_and_nothing_else(own_world: World) -> None:
    chief = own_world.vendor.head
    values = {name: tried[:1] for name, tried in fillings(loot_of(own_world.b), of_all_kinds=False).items()}
    for given in sorted(CLIENT_PERMISSIONS):
        # Nobody gives a token more than the own role has, and the vendor's people do not dispute.
        giver = chief if chief.may(given) else own_world.a.head
        with entered(giver.scope):
            _, token = make_client(by=giver, at=now(), name="one permission", permissions={given})
        for operation in operations():
            [chosen] = filled(operation, values)
            answer = Caller(token=token).ask(Sent(operation.method, operation.url(chosen), {}))
            is_open = operation.permission in ("", given)
            assert (answer.status_code != 403) == is_open, f"{given} at {operation}: {answer.status_code}"


def test_no_token_does_more_than_its_house_whatever_its_row_says(own_world: World) -> None:
    with entered(OFFICE):
        everything = [permission.value for permission in Permission]
        ApiClient.objects.filter(partner_id=own_world.a.id).update(permissions=everything)
    client = Caller(token=own_world.a.token)
    may = set(client.ask(Sent("GET", f"{API}/self")).json()["permissions"])
    assert may == set(permissions_of(PartnerRole.OWNER))
    assert client.ask(Sent("POST", f"{API}/settlement/runs", {"month": "2026-09"})).status_code == 403


@pytest.mark.parametrize("token", ["", "words", "ofr_", "ofr_" + "A" * 43])
def test_a_token_that_nobody_has_opens_nothing(world: World, token: str) -> None:
    answer = Caller(token=token).ask(Sent("GET", f"{API}/self"))
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_revoked_token_opens_nothing_from_the_next_request_on(own_world: World) -> None:
    client = Caller(token=own_world.a.token)
    assert client.ask(Sent("GET", f"{API}/orders")).status_code == 200
    with entered(own_world.a.scope):
        [live] = ApiClient.objects.filter(revoked_at__isnull=True)
        revoke_client(by=own_world.a.head, at=now(), client_id=live.pk)
    unknown = Caller(token="ofr_" + "A" * 43)
    for caller in (client, Caller(token=own_world.a.revoked_token)):
        answer = caller.ask(Sent("GET", f"{API}/orders"))
        assert answer.status_code == 401
        assert answer.content == unknown.ask(Sent("GET", f"{API}/orders")).content


def test_a_colleague_who_was_removed_sees_nothing_from_the_next_request_on(own_world: World) -> None:
    seller = Caller(own_world.b.people[PartnerRole.SELLER])
    assert seller.ask(Sent("GET", "/portal/orders/")).status_code == 200
    with entered(own_world.b.scope):
        member = Member.objects.get(person_id=own_world.b.people[PartnerRole.SELLER].id)
        invite_colleague.remove(reader=own_world.b.head, at=now(), member_id=member.pk)
    own_pages = [route for route in GUARDED if not route.parameters]
    for route in own_pages:
        answer = _asked(seller, route, {})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/"), route.name
    home = seller.ask(Sent("GET", "/"))
    assert home.status_code == 403
    loot = loot_of(own_world.b)
    assert not loot.found_in(text_of(home)) & loot.figures


def test_who_left_before_cannot_come_back(world: World) -> None:
    assert world.b.former
    answer = Caller(world.b.former).ask(Sent("GET", "/portal/"))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


ORDER = {
    "customer_name": "Some Company",
    "offer": "business-suite",
    "region": "US",
    "seats": 5,
    "commitment_months": 12,
    "starts_on": "2026-11-01",
}


@pytest.mark.parametrize(
    ("status", "code"), [("approved", "program-not-accepted"), ("applied", "partner-not-approved")]
)
def test_who_has_not_accepted_or_was_not_approved_cannot_sell_in_any_way(
    own_world: World, status: str, code: str
) -> None:
    house = own_world.newcomer
    with entered(OFFICE):
        owner = house.head
        most = owner.permissions & CLIENT_PERMISSIONS
        _, token = make_client(by=owner, at=now(), name="bridge", permissions=most)
        Partner.objects.filter(pk=house.id).update(status=status)
    client, owner_of = Caller(token=token), Caller(house.people[PartnerRole.OWNER])
    for path in ("orders", "orders/foresee"):
        answer = client.ask(Sent("POST", f"{API}/{path}", ORDER))
        assert (answer.status_code, answer.json()["code"]) == (403, code), path
    page = owner_of.ask(Sent("GET", "/portal/orders/new"))
    assert '<form method="post" action="/portal/orders/new"' not in page.content.decode()
    fields = {name: [str(value)] for name, value in ORDER.items()} | {"form_key": [str(uuid4())]}
    assert owner_of.ask(Sent("POST", "/portal/orders/new", fields)).status_code == 403
    with entered(house.scope):
        assert client.ask(Sent("GET", f"{API}/orders")).json()["items"] == []
