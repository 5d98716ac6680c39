"""Who may call: tokens, their permissions, and what is said to others."""

from django.test import Client

from ofrecord.access.scope import entered
from ofrecord.clock.queries import now
from ofrecord.partners.actions.clients import revoke_client
from ofrecord.partners.queries import clients

from .conftest import Api
from .test_orders_api import AN_ORDER, count_orders


def test_without_a_token_nothing_opens(vendor: Api) -> None:
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer ofr_nothing"}):
        answer = Client().get("/api/v1/orders", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "token-unknown"


def test_a_token_says_for_whom_it_speaks(vendor: Api, harbor: Api) -> None:
    assert vendor.get("/self")["partner_id"] is None
    assert harbor.get("/self")["partner_id"] == str(harbor.reader.partner_id)
    assert harbor.get("/self")["today"] == "2026-09-01"


def test_a_token_does_what_it_was_given_and_no_more(reading_only: Api) -> None:
    assert reading_only.get("/orders")["items"] == []
    answer = reading_only.call("POST", "/orders", AN_ORDER)
    assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted")
    assert answer.json()["data"]["permission"] == "orders:write"
    assert count_orders() == 0


def test_a_revoked_token_opens_nothing(harbor: Api) -> None:
    harbor.get("/orders")
    with entered(harbor.reader.scope):
        client = clients(harbor.reader.scope, harbor.reader.partner_id).get()
        revoke_client(by=harbor.reader, at=now(), client_id=client.pk)
    assert harbor.call("GET", "/orders").status_code == 401


def test_a_session_does_not_open_the_api(vendor: Api) -> None:
    browser = Client()
    assert browser.login(email="morgan@northwind.example", password="a long password of the tests")
    assert browser.get("/api/v1/orders").status_code == 401
