"""Pages as people meet them: signed in, read as one line of text, sent with the fields that they carry."""

import re
from html import unescape
from typing import Any
from uuid import UUID

from django.test import Client

from ofrecord.access.actions import add_person
from ofrecord.access.models import Person
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM, PartnerRole, VendorRole
from ofrecord.clock.queries import now
from ofrecord.partners.actions.people import add_member
from support.story import House

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def colleague(house: House, role: PartnerRole = PartnerRole.OWNER, name: str = "Ana Ruiz") -> Client:
    """A browser in which a person of the house is signed in."""
    with entered(OFFICE):
        email = f"{name.lower().replace(' ', '.')}@{house.name.lower().replace(' ', '-')}.example"
        person_id = add_person(name=name, email=email, password="a long password of the tests", at=now())
        add_member(by=SYSTEM, at=now(), person_id=person_id, partner_id=house.id, role=role.value)
    return signed_in(person_id)


def somebody_of_finance() -> Client:
    """A browser in which somebody of the vendor's finance is signed in."""
    with entered(OFFICE):
        person_id = add_person(
            name="Frank", email="frank@vendor.example", password="a long password", at=now()
        )
        add_member(by=SYSTEM, at=now(), person_id=person_id, partner_id=None, role=VendorRole.FINANCE.value)
    return signed_in(person_id)


def signed_in(person_id: UUID) -> Client:
    client = Client()
    client.force_login(Person.objects.get(pk=person_id), backend=_BACKEND)
    return client


def said(response: Any) -> str:
    """What the page says, in one line."""
    text = unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).replace("\u00a0", " ")
    return re.sub(r" ([.,;:])", r"\1", " ".join(text.split()))


def fields(response: Any, action: str) -> dict[str, str]:
    """What the inputs of the form with that action hold, as a browser would send them."""
    form = re.search(
        rf'<form[^>]*action="{re.escape(action)}".*?</form>', response.content.decode(), re.DOTALL
    )
    assert form, f"the page has a form for {action}"
    found = {}
    for tag in re.findall(r"<input[^>]*>", form[0]):
        attributes = dict(re.findall(r'(\w[\w-]*)="([^"]*)"', tag))
        if "name" in attributes and attributes.get("type") not in ("checkbox", "radio"):
            found[attributes["name"]] = unescape(attributes.get("value", ""))
    for name, content in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form[0], re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', content) or re.search(r'value="([^"]*)"', content)
        found[name] = unescape(chosen[1]) if chosen else ""
    for name, content in re.findall(r'<textarea name="([^"]+)"[^>]*>(.*?)</textarea>', form[0], re.DOTALL):
        found[name] = unescape(content).strip("\n")
    return found
