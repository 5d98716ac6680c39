"""Colleagues and API clients of a partner."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, PartnerRole
from ofrecord.kernel.ids import secret_hash
from ofrecord.mail.models import Message
from ofrecord.partners.models import ApiClient, Invitation, Member
from support import story
from support.links import rows
from support.pages import colleague, fields, said
from support.story import House

pytestmark = pytest.mark.django_db
PEOPLE, API = "/portal/people/", "/portal/api/"


@pytest.fixture
def house() -> House:
    story.begin("2009-04-01")
    return story.partner("Harbor Lane Consulting")


@pytest.fixture
def ana(house: House) -> Client:
    return colleague(house)


def invited(client: Client) -> Client:
    """Ben is invited as a seller."""
    form = fields(client.get(PEOPLE), f"{PEOPLE}invite")
    wanted = {"name": "Ben Ode", "email": "Ben@harbor.example", "role": "seller"}
    for _ in range(2):  # a double click is one invitation
        page = client.post(f"{PEOPLE}invite", form | wanted, follow=True)
    assert "Ben@harbor.example gets a link to choose a password." in said(page)
    return client


def test_a_colleague_is_invited_by_a_letter(ana: Client) -> None:
    text = said(invited(ana).get(PEOPLE))
    assert "Ben Ode ben@harbor.example seller 15 April 2009" in text
    with entered(OFFICE):
        letter = Message.objects.get(to__iexact="ben@harbor.example")
        assert "Ana Ruiz invites you to Harbor Lane Consulting" in letter.subject
        assert Invitation.objects.count() == 1
    assert "/join/" not in text


def test_an_invitation_is_withdrawn(ana: Client) -> None:
    invited(ana)
    with entered(OFFICE):
        invitation = Invitation.objects.get()
    text = said(ana.post(f"{PEOPLE}invitations/{invitation.pk}/withdraw", follow=True))
    assert "The invitation is withdrawn." in text
    assert "No invitation is open." in text


def test_who_signs_in_already_is_not_invited(ana: Client, house: House) -> None:
    colleague(house, PartnerRole.SELLER, "Ben Ode")
    form = fields(ana.get(PEOPLE), f"{PEOPLE}invite")
    wanted = {"name": "Ben", "email": "ben.ode@harbor-lane-consulting.example", "role": "owner"}
    page = ana.post(f"{PEOPLE}invite", form | wanted)
    assert page.status_code == 409
    assert "already signs in here" in said(page)
    with entered(OFFICE):
        assert Invitation.objects.count() == 0


def test_a_colleague_leaves_and_the_last_owner_stays(ana: Client, house: House) -> None:
    ben = colleague(house, PartnerRole.SELLER, "Ben Ode")
    assert ben.get("/portal/").status_code == 200
    with entered(OFFICE):
        members = {member.person.name: member.pk for member in Member.objects.select_related("person")}
    page = ana.post(f"{PEOPLE}{members['Ben Ode']}/remove", follow=True)
    assert "One person signs in for Harbor Lane Consulting" in said(page)
    assert "Ana Ruiz ended the place of Ben Ode." in said(ana.get("/portal/"))
    assert ben.get("/portal/").status_code != 200
    before = rows()
    refused = ana.post(f"{PEOPLE}{members['Ana Ruiz']}/remove")
    assert refused.status_code == 409
    assert "The last owner of a house cannot leave it." in said(refused)
    assert rows() == before


def test_only_an_owner_invites_and_removes(ana: Client, house: House) -> None:
    seller = colleague(house, PartnerRole.SELLER, "Ben Ode")
    text = said(seller.get(PEOPLE))
    assert "2 people sign in" in text
    assert "Invite a colleague" not in text
    assert "Remove" not in text
    form = {"form_key": str(uuid4()), "name": "Eve", "email": "eve@x.example", "role": "owner"}
    assert seller.post(f"{PEOPLE}invite", form).status_code == 403
    assert seller.post(f"{PEOPLE}{uuid4()}/remove").status_code == 403
    assert seller.get(API).status_code == 403
    assert "API" not in re.findall(r">(\w+)</a>", seller.get(PEOPLE).content.decode())


def test_a_token_is_shown_once_and_may_what_was_chosen(ana: Client) -> None:
    form = fields(ana.get(API), f"{API}clients") | {"name": "Ledger bridge"}
    chosen: dict[str, object] = {**form, "permissions": ["orders:read", "statements:read"]}
    page = ana.post(f"{API}clients", chosen)
    assert page["Cache-Control"] == "no-store"
    found = re.search(r'value="(ofr_[^"]+)"', page.content.decode())
    assert found, "the token is shown"
    token = found[1]
    with entered(OFFICE):
        client = ApiClient.objects.get()
    assert (client.token_hash, client.permissions) == (
        secret_hash(token),
        ["orders:read", "statements:read"],
    )
    again = ana.post(f"{API}clients", chosen, follow=True)
    assert "This was sent twice and done once." in said(again)
    listed = ana.get(API)
    assert token not in again.content.decode() + listed.content.decode()
    assert "Ledger bridge token begins with ofr_" in said(listed)
    assert "read orders, read statements" in said(listed)
    with entered(OFFICE):
        assert ApiClient.objects.count() == 1


def test_a_token_is_not_given_more_than_a_token_may(ana: Client) -> None:
    form = fields(ana.get(API), f"{API}clients") | {"name": "Bridge"}
    for beyond in ("people:invite", "partners:decide", "anything"):
        assert ana.post(f"{API}clients", {**form, "permissions": [beyond]}).status_code == 422
    assert ana.post(f"{API}clients", form).status_code == 422
    with entered(OFFICE):
        assert ApiClient.objects.count() == 0


def test_a_client_is_revoked_by_its_own_house_alone(ana: Client) -> None:
    form = fields(ana.get(API), f"{API}clients") | {"name": "Bridge"}
    ana.post(f"{API}clients", {**form, "permissions": ["orders:read"]})
    with entered(OFFICE):
        client_id = ApiClient.objects.get().pk
    other = colleague(story.partner("Lakeside Systems"), name="Dan Oh")
    theirs, nothing = (other.post(f"{API}clients/{each}/revoke") for each in (client_id, uuid4()))
    assert theirs.status_code == nothing.status_code == 404
    assert said(theirs) == said(nothing)
    with entered(OFFICE):
        assert ApiClient.objects.get().revoked_at is None
    text = said(ana.post(f"{API}clients/{client_id}/revoke", follow=True))
    assert "Its token opens nothing from now on." in text
    assert "No program speaks for you" in text
