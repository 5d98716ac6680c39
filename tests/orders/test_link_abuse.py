"""What somebody might try with an order link. After each try everything is as it was before."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.clock.queries import now
from ofrecord.flows import answer_order
from ofrecord.journal.models import Entry
from ofrecord.kernel.ids import secret_hash
from ofrecord.orders.models import OrderLink
from support import story
from support.links import DANA, ENDS, Link, confirmed, filled, link, rows
from support.story import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    story.begin("2009-04-01")
    return story.partner("Harbor Lane Consulting")


@pytest.fixture
def given(house: House) -> Link:
    return link(house)


def flipped(letter: str) -> str:
    return "A" if letter != "A" else "B"


ALTERED: dict[str, Callable[[str], str]] = {
    "one letter changed": lambda secret: secret[:20] + flipped(secret[20]) + secret[21:],
    "last letter changed": lambda secret: secret[:-1] + flipped(secret[-1]),
    "truncated": lambda secret: secret[:-1],
    "upper-cased": str.upper,
    "junk behind it": lambda secret: f"{secret}%20",
    "another path behind it": lambda secret: f"{secret}/",
    "its hash": secret_hash,
    "percent-encoded nothing": lambda secret: f"%00{secret}",
}


@pytest.mark.parametrize("how", ALTERED)
def test_an_altered_link_leads_to_no_order(client: Client, given: Link, how: str) -> None:
    form = filled(client, given)
    before = rows()
    for path in ("", "/ask", "/decline", "/price?seats=50"):
        wrong = f"/confirm/{ALTERED[how](given.secret)}{path}"
        answer = client.get(wrong, headers={"HX-Request": "true"})
        assert answer.status_code == 404
        assert "This link leads to no order" in answer.content.decode()
        assert "Parker" not in answer.content.decode()
        if "price" not in path:
            assert client.post(wrong, form).status_code == 404
    assert rows() == before


@pytest.mark.parametrize(
    ("end", "status"),
    [("confirmed", 409), ("declined", 410), ("withdrawn", 410), ("revoked", 410), ("expired", 410)],
)
def test_a_link_that_is_over_confirms_nothing(client: Client, given: Link, end: str, status: int) -> None:
    form = filled(client, given)
    ENDS[end](given)
    before = rows()
    assert client.post(given.path, form).status_code == status
    assert client.post(f"{given.path}/decline", {"reason": ""}).status_code == status
    asked = {"text": "Still there?", "name": DANA.name, "email": DANA.email}
    assert client.post(f"{given.path}/ask", asked).status_code == status
    assert rows() == before


@pytest.mark.parametrize(
    "seats", ["0", "-1", "1000000000", "100001", "ten", "1.5", "1e3", "", " ", "0x10", "٠"]
)
def test_tampered_seats_confirm_nothing(client: Client, given: Link, seats: str) -> None:
    form = filled(client, given, seats=seats)
    before = rows()
    page = client.post(given.path, form)
    assert page.status_code == 422
    assert "Seats" in page.content.decode()
    assert rows() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("consent", ""),
        ("name", " "),
        ("name", "x" * 201),
        ("email", ""),
        ("email", "dana@"),
        ("email", "dana@parker.example\nBcc: all@parker.example"),
    ],
)
def test_a_yes_that_is_not_whole_confirms_nothing(
    client: Client, given: Link, field: str, value: str
) -> None:
    form = filled(client, given, **{field: value})
    before = rows()
    assert client.post(given.path, form).status_code == 422
    assert rows() == before


def test_a_consent_that_is_absent_confirms_nothing(client: Client, given: Link) -> None:
    form = filled(client, given)
    del form["consent"]
    before = rows()
    assert client.post(given.path, form).status_code == 422
    assert rows() == before


def test_the_form_key_of_another_page_is_refused(client: Client, house: House, given: Link) -> None:
    others = filled(client, link(house, customer="Ball Corp"))["form_key"]
    signed_for_nothing = f"{uuid4()}:{others.partition(':')[2]}"
    before = rows()
    for key in (others, signed_for_nothing, str(uuid4()), "", "x", given.secret):
        page = client.post(given.path, filled(client, given, form_key=key))
        assert page.status_code == 422
        assert "does not belong to this page" in page.content.decode()
    assert rows() == before


def test_the_key_of_somebody_else_s_confirmation_gives_nothing_away(
    client: Client, house: House, given: Link
) -> None:
    """The flow holds it too: under another order's key an order is its own."""
    key = uuid4()
    other = link(house, customer="Ball Corp")
    answer_order.confirm(at=now(), secret=other.secret, who=DANA, seats=7, consent=True, form_key=key)
    card = answer_order.confirm(at=now(), secret=given.secret, who=DANA, seats=50, consent=True, form_key=key)
    assert (card.order_id, card.seats, card.first) == (given.order_id, 50, True)


def test_the_same_form_again_gets_the_first_answer(client: Client, given: Link) -> None:
    form = filled(client, given)
    first = client.post(given.path, form)
    before = rows()
    again = client.post(given.path, form | {"seats": "90", "name": "Somebody Else"})
    assert (
        (again.status_code, again["Location"]) == (first.status_code, first["Location"]) == (302, given.path)
    )
    assert rows() == before
    assert "Confirmed: 50 seats" in client.get(given.path).content.decode()


def test_another_form_is_told_that_the_order_was_confirmed_before(client: Client, given: Link) -> None:
    form = filled(client, given, seats="90")
    confirmed(given)
    before = rows()
    page = client.post(given.path, form)
    assert page.status_code == 409
    assert "This order was confirmed before; nothing was ordered twice." in page.content.decode()
    assert "Confirmed: 50 seats" in page.content.decode()
    assert rows() == before


def test_a_link_confirms_its_own_order_only(client: Client, house: House, given: Link) -> None:
    other = link(house, customer="Ball Corp")
    form = filled(client, given)
    before = rows()
    assert client.post(other.path, form).status_code == 422
    assert "Ball Corp" not in client.get(given.path).content.decode()
    assert rows() == before


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_only_reading_and_sending_a_form_are_understood(client: Client, given: Link, method: str) -> None:
    before = rows()
    assert getattr(client, method)(given.path).status_code == 405
    assert rows() == before


def test_a_secret_is_stored_nowhere(client: Client, given: Link) -> None:
    """Not in a row, the journal and the queue included; only its hash is."""
    client.post(f"{given.path}/ask", {"text": "Sure?", "name": DANA.name, "email": DANA.email})
    client.post(given.path, filled(client, given))
    everything = rows(with_views=True)
    assert not [table for table, found in everything.items() if any(given.secret in row for row in found)]
    with entered(OFFICE):
        assert OrderLink.objects.get(order_id=given.order_id).token_hash == secret_hash(given.secret)
        assert Entry.objects.filter(verb="order confirmed").count() == 1


def test_a_secret_has_more_than_128_bits(house: House) -> None:
    secrets = {link(house).secret for _ in range(3)}
    assert len(secrets) == 3
    # 43 letters of 6 bits each
    assert {len(secret) for secret in secrets} == {43}
