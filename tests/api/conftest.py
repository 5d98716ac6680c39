"""A vendor and two partners with API clients, made through the flows."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client

from ofrecord.access.rules import CLIENT_PERMISSIONS
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, Permission, Reader, Scope, VendorRole
from ofrecord.clock.queries import now
from ofrecord.flows import (
    accept_program,
    found_installation,
    invite_colleague,
    publish_program,
    take_on_partner,
)
from ofrecord.mail.queries import messages
from ofrecord.orders.types import Answerer
from ofrecord.partners.actions.clients import make_client
from ofrecord.partners.queries import reader_of
from ofrecord.program.queries import in_force

PROGRAMS = Path(__file__).parents[2] / "programs"
PASSWORD = "a long password of the tests"
FIRST_DAY = date(2026, 9, 1)


@dataclass(frozen=True)
class Api:
    """A client that speaks JSON under one token."""

    token: str
    reader: Reader

    def call(self, method: str, path: str, body: Any = None, key: str = "", **headers: str) -> HttpResponse:
        sent = {"Authorization": f"Bearer {self.token}", **headers}
        if key:
            sent["Idempotency-Key"] = key
        text = json.dumps(body) if body is not None else ""
        return Client().generic(method, f"/api/v1{path}", text, "application/json", headers=sent)  # type: ignore[no-any-return]

    def get(self, path: str) -> Any:
        answer = self.call("GET", path)
        assert answer.status_code == 200, answer.content
        return answer.json()


def _reader(person_id: UUID) -> Reader:
    with entered(Scope.person(person_id)):
        reader = reader_of(person_id)
    assert reader is not None
    return reader


def _api(reader: Reader, permissions: frozenset[Permission] | None = None) -> Api:
    granted = reader.permissions & CLIENT_PERMISSIONS if permissions is None else permissions
    with entered(reader.scope):
        _, token = make_client(by=reader, at=now(), name="bridge", permissions=granted)
    return Api(token, reader)


@pytest.fixture
def vendor(db: None) -> Api:
    """The channel chief's client, with the program published."""
    found_installation.found(mode="demonstration", day=FIRST_DAY)
    chief = _reader(
        found_installation.add_colleague(
            at=now(),
            name="Morgan Reyes",
            email="morgan@northwind.example",
            password=PASSWORD,
            role=VendorRole.CHANNEL_CHIEF,
        )
    )
    with entered(OFFICE):
        document = (PROGRAMS / "online-services-2009.toml").read_bytes()
        publish_program.publish(reader=chief, at=now(), document=document)
    return _api(chief)


def take_on(vendor: Api, name: str, email: str) -> Reader:
    """A partner that applied, was approved, joined and accepted: its owner."""
    partner_id = take_on_partner.apply(
        at=now(), name=name, region="US", website="", about="", who=Answerer("Owner", email)
    )
    with entered(OFFICE):
        take_on_partner.approve(reader=vendor.reader, at=now(), partner_id=partner_id)
        letter = messages(OFFICE).filter(to=email, subject__startswith="Welcome").get().text
    secret = letter.split("/join/")[1].split()[0]
    owner = _reader(invite_colleague.join(at=now(), secret=secret, password=PASSWORD))
    with entered(owner.scope):
        published = in_force(now().date())
        accept_program.accept(
            reader=owner, at=now(), version_id=published.id, read_sha256=published.terms.sha256
        )
    return owner


@pytest.fixture
def harbor(vendor: Api) -> Api:
    """Harbor Lane's client, with all that an owner may give it."""
    return _api(take_on(vendor, "Harbor Lane Consulting", "ana@harbor.example"))


@pytest.fixture
def reading_only(harbor: Api) -> Api:
    """Harbor Lane's second client, which may only read orders."""
    return _api(harbor.reader, frozenset({Permission.ORDERS_READ}))
