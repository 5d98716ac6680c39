"""The pages that anybody can open: the first page, a direct order, an application, an invitation, signing in."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM, VendorRole
from ofrecord.clock.queries import now
from ofrecord.flows import found_installation, take_on_partner
from ofrecord.mail.models import Message
from ofrecord.partners.actions.people import invite, leave, withdraw_invitation
from ofrecord.partners.models import Invitation, Partner
from ofrecord.partners.queries import members
from ofrecord.subscriptions.models import PartnerOfRecord, Subscription
from support import story
from support.links import form_key_on, rows, turn_clock_to
from support.story import CHIEF

pytestmark = pytest.mark.django_db

PASSWORD = "a long password of the tests"


@pytest.fixture(autouse=True)
def _begun(settings: Settings) -> Iterator[None]:
    settings.EMAIL_BACKEND = (
        "ofrecord.mail.backend.QueueBackend"  # the product's own, which tests else replace
    )
    story.begin("2009-04-01")
    yield
    cache.clear()


def person(client: Client, role: VendorRole = VendorRole.CHANNEL_CHIEF) -> None:
    """Somebody of the vendor, signed in by the front door."""
    found_installation.add_colleague(
        at=now(), name="Morgan Reyes", email="morgan@northwind.example", password=PASSWORD, role=role
    )
    signed_in = client.post(
        reverse("account_login"), {"login": "morgan@northwind.example", "password": PASSWORD}
    )
    assert signed_in.status_code == 302


def sent_to(email: str) -> Message:
    with entered(OFFICE):
        return Message.objects.filter(to=email).latest("made_at")


# The first page


def test_a_visitor_finds_where_to_go(client: Client) -> None:
    page = client.get("/").content.decode()
    for name in ("confirm:direct", "confirm:apply", "account_login"):
        assert f'href="{reverse(name)}"' in page


def test_the_vendor_goes_to_its_desk(client: Client) -> None:
    person(client)
    assert client.get("/").url == reverse("desk:today")  # type: ignore[attr-defined]


def test_somebody_without_a_place_reads_so_and_is_not_sent_in_circles(client: Client) -> None:
    person(client)
    found_installation.add_colleague(
        at=now(),
        name="Nadia",
        email="nadia@northwind.example",
        password=PASSWORD,
        role=VendorRole.CHANNEL_CHIEF,
    )
    with entered(OFFICE):
        place = members(OFFICE, None).get(person__email="morgan@northwind.example")
        leave(by=SYSTEM, at=now(), partner_id=None, member_id=place.pk)
    page = client.get("/")
    assert page.status_code == 403
    assert "have no place here now" in page.content.decode()
    for guarded in (reverse("desk:today"), reverse("portal:today")):
        answer = client.get(guarded, follow=True)
        assert [path for path, _ in answer.redirect_chain] == ["/"]
    assert client.get(f"{reverse('account_login')}?next=/desk/", follow=True).status_code == 403


# A direct order


def direct_form(client: Client, **other: str) -> dict[str, str]:
    return {
        "form_key": form_key_on(client.get(reverse("confirm:direct"))),
        "offer": "US/business-suite",
        "seats": "40",
        "starts_on": "2009-05-01",
        "commitment_months": "12",
        "partner_number": "",
        "company": "Snap-on",
        "name": "Al Freyr",
        "email": "al@snap-on.example",
        "consent": "on",
    } | other


def test_a_customer_orders_without_a_partner(client: Client) -> None:
    answer = client.post(reverse("confirm:direct"), direct_form(client), follow=True)
    page = answer.content.decode().replace("\u00a0", " ")
    assert answer.status_code == 200
    assert "Confirmed: 40 seats of Business productivity suite" in page
    assert "600.00 USD a month" in page  # 40 × 15.00
    assert "a fee" not in page
    with entered(OFFICE):
        assert Subscription.objects.get().started_on == date(2009, 5, 1)
        assert not PartnerOfRecord.objects.exists()


def test_a_customer_names_its_partner(client: Client) -> None:
    house = story.partner("Harbor Lane Consulting")
    with entered(OFFICE):
        number = Partner.objects.get(pk=house.id).number
    form = direct_form(client, partner_number=f" {number.lower()} ")
    answer = client.post(reverse("confirm:direct"), form, follow=True)
    page = answer.content.decode()
    assert "is the partner you named" in page
    assert "a fee" not in page, "this program pays nothing for direct orders, so nothing is told of a fee"
    with entered(OFFICE):
        assert PartnerOfRecord.objects.get().partner_id == house.id


def test_the_same_form_sent_twice_orders_once_and_shows_the_record_both_times(client: Client) -> None:
    form = direct_form(client)
    first = client.post(reverse("confirm:direct"), form)
    before = rows()
    second = client.post(reverse("confirm:direct"), form)
    assert first["Location"] == second["Location"]
    assert rows() == before
    assert Client().get(first["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seats", "0"),
        ("seats", "100001"),
        ("starts_on", "2009-03-31"),
        ("starts_on", "soon"),
        ("offer", "US/free-suite"),
        ("commitment_months", "7"),
        ("partner_number", "P-999999"),
        ("company", " "),
        ("email", "al"),
        ("consent", ""),
        ("form_key", "00000000-0000-0000-0000-000000000000"),
    ],
)
def test_a_direct_order_that_cannot_be_is_put_right(client: Client, field: str, value: str) -> None:
    form = direct_form(client, **{field: value})
    before = rows()
    page = client.post(reverse("confirm:direct"), form)
    assert page.status_code == 422
    assert "to be put right" in page.content.decode()
    assert rows() == before


def test_the_public_page_shows_prices_and_orders_nothing(client: Client) -> None:
    before = rows()
    asked = {"offer": "US/business-suite", "seats": "50", "starts_on": "2009-05-01"}
    answer = client.get(reverse("confirm:direct-price"), asked)
    assert "750.00" in answer.content.decode()
    typed = client.post(reverse("confirm:direct"), direct_form(client, price="shown", seats="60"))
    assert typed.status_code == 200
    assert "900.00" in typed.content.decode()
    past = client.get(reverse("confirm:direct-price"), asked | {"starts_on": "2009-03-31"})
    assert "31 March 2009" in past.content.decode()
    assert rows() == before


def test_the_record_of_a_direct_order_needs_the_whole_key(client: Client) -> None:
    place = client.post(reverse("confirm:direct"), direct_form(client))["Location"]
    key, _, signature = place.rpartition("/")[2].partition(":")
    unsent = form_key_on(client.get(reverse("confirm:direct")))
    for wrong in (key, f"{key}:{signature[:-1]}", f"{key}:{signature}x", "x", unsent):
        assert client.get(reverse("confirm:ordered", args=[wrong])).status_code == 404
    assert client.get(place)["Cache-Control"] == "no-store"


# An application


def application(client: Client, **other: str) -> dict[str, str]:
    return {
        "form_key": form_key_on(client.get(reverse("confirm:apply"))),
        "organization": "Quill Marsh Consulting",
        "region": "US",
        "website": "quillmarsh.example",
        "about": "We bring mail to mills.",
        "name": "Olga Marsh",
        "email": "olga@quillmarsh.example",
    } | other


def test_a_firm_applies_once_however_often_its_form_is_sent(client: Client) -> None:
    form = application(client)
    for _ in range(2):
        answer = client.post(reverse("confirm:apply"), form, follow=True)
        assert "your application is in" in answer.content.decode()
    with entered(OFFICE):
        partner = Partner.objects.get()
        assert (partner.name, partner.status) == ("Quill Marsh Consulting", "applied")
        assert partner.website == "https://quillmarsh.example"
        assert Message.objects.filter(to="olga@quillmarsh.example").count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("organization", " "),
        ("organization", "x" * 201),
        ("region", "XX"),
        ("website", "javascript:alert(1)"),
        ("about", ""),
        ("about", "x" * 4001),
        ("name", ""),
        ("email", "olga"),
        ("form_key", ""),
    ],
)
def test_an_application_that_says_too_little_is_put_right(client: Client, field: str, value: str) -> None:
    form = application(client, **{field: value})
    before = rows()
    assert client.post(reverse("confirm:apply"), form).status_code == 422
    assert rows() == before


def test_a_flood_of_applications_is_slowed_down(client: Client) -> None:
    for _ in range(10):
        assert client.post(reverse("confirm:apply"), application(client)).status_code == 302
    before = rows()
    answer = client.post(reverse("confirm:apply"), application(client))
    assert answer.status_code == 429
    assert rows() == before


def test_behind_a_proxy_it_is_the_visitor_who_is_counted(client: Client, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for visitor in range(11):
        sent = client.post(
            reverse("confirm:apply"),
            application(client),
            headers={"X-Forwarded-For": f"8.8.8.8, 10.0.0.{visitor}"},
        )
        assert sent.status_code == 302


# An invitation


def invitation(email: str = "olga@quillmarsh.example") -> tuple[Invitation, str]:
    """An invitation to the vendor's desk, and the path of its link."""
    with entered(OFFICE):
        pk, secret = invite(
            by=SYSTEM,
            at=now(),
            partner_id=None,
            name="Olga Marsh",
            email=email,
            role=VendorRole.CHANNEL_CHIEF,
        )
        return Invitation.objects.get(pk=pk), reverse("join", args=[secret])


def test_an_approved_partner_joins_by_the_mailed_link(client: Client) -> None:
    client.post(reverse("confirm:apply"), application(client))
    with entered(OFFICE):
        take_on_partner.approve(reader=CHIEF, at=now(), partner_id=Partner.objects.get().pk)
    found = re.search(r"/join/\S+", sent_to("olga@quillmarsh.example").text)
    assert found
    page = client.get(found[0])
    assert "Join Quill Marsh Consulting" in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    answer = client.post(found[0], {"password": PASSWORD})
    assert answer["Location"] == "/"
    assert client.get("/").url == reverse("portal:today")  # type: ignore[attr-defined]
    again = Client().post(found[0], {"password": "another long password"})
    assert again.status_code == 410
    assert "was used before" in again.content.decode()


@pytest.mark.parametrize("password", ["short", "password1234", "olga@quillmarsh.example", ""])
def test_a_weak_password_is_put_right(client: Client, password: str) -> None:
    _, path = invitation()
    before = rows()
    assert client.post(path, {"password": password}).status_code == 422
    assert rows() == before


def test_looking_at_an_invitation_accepts_nothing(client: Client) -> None:
    _, path = invitation()
    before = rows()
    assert client.get(path).status_code == client.head(path).status_code == 200
    assert rows() == before


def test_an_invitation_that_is_over_says_so(client: Client) -> None:
    given, path = invitation()
    _, late = invitation("late@quillmarsh.example")
    with entered(OFFICE):
        withdraw_invitation(by=SYSTEM, at=now(), partner_id=None, invitation_id=given.pk)
    turn_clock_to(date(2009, 4, 1) + timedelta(days=14))
    for closed, says in ((path, "was withdrawn"), (late, "was open until")):
        for answer in (client.get(closed), client.post(closed, {"password": PASSWORD})):
            assert answer.status_code == 410
            assert says in answer.content.decode()


def test_a_link_to_no_invitation_leads_to_one_page(client: Client) -> None:
    _, path = invitation()
    swapped = path.removeprefix("/join/").swapcase()
    answers = [
        client.get(wrong) for wrong in ("/join/never-made", path[:-1], f"/join/{swapped}", "/join/%00")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


# Signing in


def test_a_wrong_password_is_said_and_too_many_are_refused(client: Client) -> None:
    person(Client())
    wrong = {"login": "morgan@northwind.example", "password": "not this one at all"}
    login = reverse("account_login")
    first = client.post(login, wrong)
    assert first.status_code == 200
    assert "not correct" in first.content.decode()
    for _ in range(6):
        client.post(login, wrong)
    # Even the right password has to wait now.
    right = client.post(login, {"login": "morgan@northwind.example", "password": PASSWORD})
    assert right.status_code == 200
    assert "Too many failed login attempts" in right.content.decode()
    assert client.get("/desk/").status_code == 302


def test_a_forgotten_password_is_set_anew_by_mail(client: Client) -> None:
    person(Client())
    asked = client.post(reverse("account_reset_password"), {"email": "morgan@northwind.example"}, follow=True)
    assert "a link is on its way" in asked.content.decode()
    letter = sent_to("morgan@northwind.example")
    assert letter.subject == "Set a new password for Of Record"
    found = re.search(r"/account/password/reset/key/\S+", letter.text)
    assert found
    page = client.get(found[0], follow=True)
    new = "an even longer password"
    done = client.post(page.redirect_chain[-1][0], {"password1": new, "password2": new}, follow=True)
    assert "Your password is set" in done.content.decode()
    assert (
        client.post(
            reverse("account_login"), {"login": "morgan@northwind.example", "password": new}
        ).status_code
        == 302
    )
    assert "This link has served" in Client().get(found[0], follow=True).content.decode()


def test_an_unknown_address_is_answered_alike_and_gets_nothing(client: Client) -> None:
    person(Client())
    known, unknown = (
        client.post(reverse("account_reset_password"), {"email": email}, follow=True)
        for email in ("morgan@northwind.example", "nobody@northwind.example")
    )
    assert known.content == unknown.content
    with entered(OFFICE):
        assert list(Message.objects.values_list("to", flat=True)) == ["morgan@northwind.example"]


def test_signing_out_needs_a_press(client: Client) -> None:
    person(client)
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.get("/").status_code == 302
    client.post(reverse("account_logout"))
    assert client.get("/").status_code == 200
