"""What a page answers when the answer is no: each no is its own page, and nothing stays half done."""

import logging

import pytest
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from pytest_django import Settings

from ofrecord.access.refusals import AddressTaken
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, VendorRole
from ofrecord.clock.queries import now
from ofrecord.flows import found_installation
from ofrecord.mail.actions import send
from ofrecord.mail.models import Message
from ofrecord.site.logs import LineWithoutSecrets
from support import story
from support.links import filled, link, rows

pytestmark = pytest.mark.django_db

PASSWORD = "a long password of the tests"


def _write() -> None:
    with entered(OFFICE):
        send(to="somebody@example.org", subject="Half done", text="", at=now())


def refusing(request: HttpRequest) -> HttpResponse:
    _write()
    raise AddressTaken(email="somebody@example.org")


def breaking(request: HttpRequest) -> HttpResponse:
    _write()
    raise RuntimeError("a fault of ours")


def suspecting(request: HttpRequest) -> HttpResponse:
    _write()
    raise SuspiciousOperation


urlpatterns = [
    path("refusing", refusing),
    path("breaking", breaking),
    path("suspecting", suspecting),
    path("", include("ofrecord.site.urls")),
]


@pytest.fixture(autouse=True)
def _begun(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__
    story.begin("2009-04-01")


def test_a_refusal_that_no_page_caught_is_a_page_in_its_own_words(client: Client) -> None:
    page = client.get("/refusing")
    assert page.status_code == 409
    assert "somebody@example.org already signs in here." in page.content.decode()
    assert "A person has one place here: another address is needed" in page.content.decode()


@pytest.mark.parametrize(("address", "status"), [("/refusing", 409), ("/breaking", 500)])
def test_nothing_stays_half_done(address: str, status: int) -> None:
    assert Client(raise_request_exception=False).get(address).status_code == status
    with entered(OFFICE):
        assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("/breaking", 500, "Something broke on our side"),
        ("/suspecting", 400, "We could not read that request"),
        ("/nothing-here", 404, "There is nothing here"),
    ],
)
def test_every_error_has_its_page(address: str, status: int, says: str) -> None:
    page = Client(raise_request_exception=False).get(address)
    assert page.status_code == status
    assert says in page.content.decode()


def test_a_page_beyond_the_reader_s_role_says_whose_it_is(client: Client) -> None:
    found_installation.add_colleague(
        at=now(),
        name="Stella",
        email="stella@northwind.example",
        password=PASSWORD,
        role=VendorRole.SELLER,
    )
    client.post("/account/login/", {"login": "stella@northwind.example", "password": PASSWORD})
    page = client.get("/desk/mail/")
    assert page.status_code == 403
    assert "The role seller may not read the outgoing mail." in page.content.decode()


def test_a_form_of_another_site_changes_nothing() -> None:
    given = link(story.partner("Harbor Lane Consulting"))
    strict = Client(enforce_csrf_checks=True)
    form = filled(strict, given)
    before = rows()
    for answer in (strict.post(given.path, form), strict.post(f"{given.path}/decline", {})):
        assert answer.status_code == 403
        assert "Please send it again" in answer.content.decode()
    assert rows() == before


def test_no_log_line_holds_a_secret(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    given = link(story.partner("Harbor Lane Consulting"))
    secrets = [given.secret[:-1], f"{given.secret}x"]
    with caplog.at_level(logging.DEBUG):
        for secret in secrets:
            client.get(f"/confirm/{secret}")
            client.get(f"/join/{secret}")
            client.get(f"/order/{secret}:{secret}")
            client.get(f"/account/password/reset/key/{secret}/")
        Client(enforce_csrf_checks=True).post(given.path)
    lines = [LineWithoutSecrets().format(record) for record in caplog.records]
    assert any("/confirm/…" in line for line in lines)
    assert not [line for line in lines if given.secret[:-1] in line]
