"""Who may call: tokens, their permissions, and what is said to others."""

import pytest
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


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not-found"),
        ("GET", "/orders/not-an-id", 404, "not-found"),
        ("DELETE", "/orders", 405, "method-not-allowed"),
        ("GET", "/customers?name=%00", 422, "field-faulty"),
    ],
)
def test_every_no_is_a_problem(harbor: Api, method: str, path: str, status: int, code: str) -> None:
    answer = harbor.call(method, path)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("change", "place"),
    [({"seats": "50"}, "body.seats"), ({"seats": 5.0}, "body.seats"), ({"seat": 5}, "body.seat")],
)
def test_what_was_sent_is_neither_bent_nor_ignored(
    harbor: Api, change: dict[str, object], place: str
) -> None:
    answer = harbor.call("POST", "/orders", AN_ORDER | change)
    assert (answer.status_code, answer.json()["code"]) == (422, "request-malformed")
    assert [fault["place"] for fault in answer.json()["data"]["faults"]] == [place]
    assert count_orders() == 0


def test_a_character_that_cannot_be_kept_is_refused(harbor: Api) -> None:
    answer = harbor.call("POST", "/orders", AN_ORDER | {"customer_name": "A\x00B"})
    assert (answer.status_code, answer.json()["code"]) == (400, "request-malformed")
    assert count_orders() == 0


def test_a_list_says_until_when_each_link_is_open(harbor: Api) -> None:
    told = harbor.call("POST", "/orders", AN_ORDER).json()
    (listed,) = harbor.get("/orders")["items"]
    assert listed["link_expires_on"] == told["link"]["expires_on"]
    assert listed == told["order"]
