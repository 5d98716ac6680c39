"""How people sign in, and what a page says about itself to a browser."""

import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from ofrecord.access.actions import add_contact
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, PartnerRole, VendorRole
from ofrecord.clock.queries import now
from ofrecord.mail.queries import messages
from support.intruder import Caller, Sent, filled, fillings, text_of
from support.loot import loot_of, state_of
from support.routes import API, operations, routes
from support.world import PASSWORD, Someone, World

LOGIN = "/account/login/"
NEW_PASSWORD = "another long password of this world"


@pytest.fixture(autouse=True)
def _alone(settings: object) -> Iterator[None]:
    """Messages take the product's own way; how often somebody tried is counted in the cache; and refusals need not be
    written down."""
    settings.EMAIL_BACKEND = "ofrecord.mail.backend.QueueBackend"  # type: ignore[attr-defined]
    cache.clear()
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)
    cache.clear()


def _sign_in(client: Client, email: str, password: str, **more: str) -> HttpResponse:
    return client.post(LOGIN, {"login": email, "password": password, **more})  # type: ignore[return-value]


def _is_in(client: Client) -> bool:
    return client.get("/portal/").status_code == 200


def _heads(world: World) -> list[Someone]:
    return [world.b.people[PartnerRole.OWNER], world.vendor.people[VendorRole.CHANNEL_CHIEF]]


def _letters_to(email: str) -> list[str]:
    with entered(OFFICE):
        return list(messages(OFFICE).filter(to=email).values_list("text", flat=True))


def test_an_owner_signs_in_and_out(own_world: World) -> None:
    client, owner = Client(), own_world.b.people[PartnerRole.OWNER]
    answer = _sign_in(client, owner.email.upper(), PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert _is_in(client)
    assert client.get("/account/logout/").status_code == 200
    assert _is_in(client), "only a form signs out"
    client.post("/account/logout/")
    assert not _is_in(client)


def test_whoever_may_not_sign_in_is_told_the_same(own_world: World) -> None:
    """A wrong password, an address of nobody, and that of a customer's contact."""
    owner = own_world.b.people[PartnerRole.OWNER]
    tried = {
        owner.email: "words",
        "nobody@nowhere.example": PASSWORD,
        f"dana@{own_world.b.mark}-mills.example": PASSWORD,
    }
    answers = set()
    for email, password in tried.items():
        client = Client()
        answers.add(text_of(_sign_in(client, email, password)).replace(email, "…"))
        assert not _is_in(client), email
    assert len(answers) == 1


def test_a_contact_with_the_address_of_a_login_changes_nothing(own_world: World) -> None:
    """Anybody can confirm an order under any address."""
    owner = own_world.b.people[PartnerRole.OWNER]
    with entered(OFFICE):
        contact = add_contact(name="Somebody else", email=owner.email, at=now())
    client = Client()
    _sign_in(client, owner.email, PASSWORD)
    assert _is_in(client)
    assert client.session["_auth_user_id"] != str(contact)
    Client().post("/account/password/reset/", {"email": owner.email})
    reset = [letter for letter in _letters_to(owner.email) if "/password/reset/key/" in letter]
    assert len(reset) == 1, "one letter, for the one who signs in"


def test_only_who_signs_in_can_ask_for_a_new_password_and_nobody_learns_who_that_is(own_world: World) -> None:
    contact = f"dana@{own_world.b.mark}-mills.example"
    before = len(_letters_to(contact))
    answers = {
        text_of(Client().post("/account/password/reset/", {"email": email})).replace(email, "…")
        for email in (own_world.b.people[PartnerRole.OWNER].email, contact, "nobody@nowhere.example")
    }
    assert len(answers) == 1
    assert len(_letters_to(contact)) == before
    assert _letters_to("nobody@nowhere.example") == []


def test_a_new_password_ends_the_sessions_under_the_old_one(own_world: World) -> None:
    owner, former = own_world.b.people[PartnerRole.OWNER], Client()
    _sign_in(former, owner.email, PASSWORD)
    client = Client()
    client.post("/account/password/reset/", {"email": owner.email})
    [letter] = [each for each in _letters_to(owner.email) if "/password/reset/key/" in each]
    found = re.search(r"/account/password/reset/key/\S+", letter)
    assert found
    page = client.get(found[0], follow=True)
    answer = client.post(page.request["PATH_INFO"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert answer.status_code == 302
    assert not _is_in(former)
    assert "Location" not in _sign_in(Client(), owner.email, PASSWORD).headers, "the old one is over"
    cache.clear()
    _sign_in(former, owner.email, NEW_PASSWORD)
    assert _is_in(former)
    again = Client().get(found[0], follow=True)
    assert 'type="password"' not in again.content.decode(), "the link works once"


def test_guessing_a_password_is_slowed_down(own_world: World) -> None:
    owner = own_world.b.people[PartnerRole.OWNER]
    for _ in range(5):
        _sign_in(Client(), owner.email, "words")
    client = Client()
    answer = _sign_in(client, owner.email, PASSWORD)
    assert not _is_in(client)
    assert "Too many" in answer.content.decode() or answer.status_code == 429


def test_a_session_that_was_planted_is_not_the_one_that_signs_in(own_world: World) -> None:
    planted = SessionStore()
    planted["words"] = "words"
    planted.save()
    victim, attacker = Client(), Client()
    for client in (victim, attacker):
        client.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key
    _sign_in(victim, own_world.b.people[PartnerRole.OWNER].email, PASSWORD)
    assert _is_in(victim)
    assert victim.cookies[settings.SESSION_COOKIE_NAME].value != planted.session_key
    assert not _is_in(attacker)


@pytest.mark.parametrize(
    "place", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
)
def test_signing_in_leads_to_no_other_site(own_world: World, place: str) -> None:
    answer = _sign_in(Client(), own_world.b.people[PartnerRole.OWNER].email, PASSWORD, next=place)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_nobody_signs_up(own_world: World) -> None:
    assert not [route.name for route in routes() if "signup" in route.name]


def test_the_cookies_of_a_session(own_world: World) -> None:
    client = Client()
    client.get(LOGIN)
    _sign_in(client, own_world.b.people[PartnerRole.OWNER].email, PASSWORD)
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (session["httponly"], session["samesite"], session["domain"]) == (True, "Lax", "")
    assert client.cookies[settings.CSRF_COOKIE_NAME]["samesite"] == "Lax"


def test_cookies_are_for_https_alone_where_people_use_it() -> None:
    asked = "from ofrecord.site import settings as s; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE)"
    for base_url, says in (("https://record.example", "True True"), ("http://localhost:8420", "False False")):
        environment = os.environ | {"OFRECORD_BASE_URL": base_url}
        answer = subprocess.run(
            [sys.executable, "-c", asked], env=environment, capture_output=True, check=True, text=True
        )
        assert answer.stdout.strip() == says


def test_every_form_needs_the_token_of_its_page(own_world: World) -> None:
    """Every address, for whoever might be signed in; nothing of anybody changes."""
    loot = loot_of(own_world.b)
    values = {name: tried[:1] for name, tried in fillings(loot, of_all_kinds=False).items()}
    values["secret"] = [own_world.b.links["open"]]
    callers = [Caller(person, browser=Client(enforce_csrf_checks=True)) for person in _heads(own_world)]
    before = state_of(own_world.b)
    for caller in callers:
        for route in routes():
            if route.side != "api":
                [chosen] = filled(route, values)
                answer = caller.ask(Sent("POST", route.url(**chosen), {"words": "words"}))
                assert answer.status_code == 403, f"{route.name} takes a form from anywhere"
    assert state_of(own_world.b) == before


def test_a_session_opens_nothing_of_the_api(world: World) -> None:
    """So the API needs no such token: a browser does not send by itself what it asks for."""
    loot = loot_of(world.b)
    values = {name: tried[:1] for name, tried in fillings(loot, of_all_kinds=False).items()}
    caller = Caller(world.b.people[PartnerRole.OWNER])
    for operation in operations():
        [chosen] = filled(operation, values)
        answer = caller.ask(Sent(operation.method, operation.url(chosen), operation.body))
        assert answer.status_code == 401, f"{operation}"


POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
# What the policy would refuse, and a browser would say nothing of.
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
# Written by django-ninja; it works under the policy.
FOREIGN_PAGES = {"api:openapi-view"}


def test_every_answer_says_what_a_browser_may_do_with_it(world: World) -> None:
    values = {name: tried[:1] for name, tried in fillings(loot_of(world.b), of_all_kinds=False).items()}
    values["secret"] = [world.b.links["open"]]
    callers = [Caller(), *map(Caller, _heads(world))]
    for route in routes():
        for caller in callers:
            [chosen] = filled(route, values)
            answer = caller.ask(Sent("GET", route.url(**chosen)))
            _holds_its_headers(answer, route.name)
            if (
                answer.headers.get("Content-Type", "").startswith("text/html")
                and route.name not in FOREIGN_PAGES
            ):
                assert not INLINE.search(answer.content.decode()), route.name
    for address in ("/no/such/page", f"{API}/no/such/page"):
        _holds_its_headers(Caller().ask(Sent("GET", address)), address)


def _holds_its_headers(answer: HttpResponse, name: str) -> None:
    stated = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert {directive: stated.get(directive) for directive in POLICY} == POLICY, name
    assert not re.search(r"unsafe|\*|https?:", answer.headers["Content-Security-Policy"]), name
    assert answer.headers["X-Content-Type-Options"] == "nosniff", name
    assert answer.headers["Referrer-Policy"] in ("same-origin", "no-referrer"), name
    assert answer.headers["X-Frame-Options"] == "DENY", name
    assert "no-store" in answer.headers["Cache-Control"], name
