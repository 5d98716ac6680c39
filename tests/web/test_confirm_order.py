"""The page behind an order link, as a customer meets it."""

import re
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.mail.queries import messages
from ofrecord.orders.models import Confirmation, Decline, LinkView, Order, Question
from ofrecord.subscriptions.models import SeatChange, Subscription
from support import story
from support.links import DANA, ENDS, Link, declined, expired, filled, form_key_on, link, rows, turn_clock_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def given() -> Link:
    """40 seats, composed on 1 April 2009, to begin on 1 May."""
    story.begin("2009-04-01")
    return link(story.partner("Harbor Lane Consulting"))


def text(content: bytes) -> str:
    """What a page says, in one line."""
    return " ".join(
        unescape(re.sub(r"<[^>]*>", " ", content.decode())).replace("\u00a0", " ").split()
    ).replace(" ,", ",")


def test_the_page_states_the_whole_order(client: Client, given: Link) -> None:
    page = client.get(given.path)
    said = text(page.content)
    assert page.status_code == 200
    for part in (
        "prepared for Parker Hannifin by Harbor Lane Consulting, 1 April 2009",
        "Open until 1 May 2009",
        "Business productivity suite",
        "mail, portal, conferencing, messaging",
        "40 seats at 15.00 USD a month",
        "600.00 USD",  # 40 × 15.00
        "a year, before tax 7,200.00 USD",  # × 12
        "From 1 May 2009, agreed for 12 months",
        "Northwind Online bills you at the end of each month, for May 2009 first",
        "Migration and training once 4,800.00 USD",
        "bills you for it itself",
        "Northwind Online pays it a fee for that",
        "The vendor provides the services named in this order",  # the conditions, in full
        "Dana, this is the suite we discussed. <b>Ana</b>",  # the note, as text
    ):
        assert part in said, part


def test_a_program_that_does_not_tell_of_the_fee_is_obeyed(client: Client, tmp_path: Path) -> None:
    told = story.FIRST_READING.read_text()
    program = tmp_path / "silent.toml"
    program.write_text(told.replace('"that the partner earns a fee"', '"nothing about fees"'))
    story.begin("2009-04-01", program)
    said = text(client.get(link(story.partner("Harbor Lane Consulting")).path).content)
    assert "Harbor Lane Consulting prepared this order" in said
    assert "a fee" not in said


def test_looking_writes_the_view_and_nothing_else(client: Client, given: Link) -> None:
    before = rows()
    client.get(given.path)
    client.head(given.path)  # what a link scanner does
    client.get(f"{given.path}/decline")
    client.get(f"{given.path}/ask")
    client.get(f"{given.path}/price?seats=90", headers={"HX-Request": "true"})
    assert rows() == before
    with entered(OFFICE):
        assert list(LinkView.objects.values_list("outcome", flat=True)) == ["open"]


def test_the_page_is_kept_by_nobody_and_told_to_nobody(client: Client, given: Link) -> None:
    for path in (given.path, f"{given.path}/ask", f"{given.path}/decline", "/confirm/no-such-order"):
        page = client.get(path)
        assert page["Cache-Control"] == "no-store"
        assert page["Referrer-Policy"] == "same-origin"
        assert "noindex" in page["X-Robots-Tag"]
        assert "http:" not in page.content.decode().replace("http://www.w3.org", "")


def test_other_seats_have_another_price(client: Client, given: Link) -> None:
    page = client.get(f"{given.path}/price?seats=50", headers={"HX-Request": "true"})
    # 50 × 15.00, and × 12
    assert text(page.content) == "50 seats at 15.00 USD a month 750.00 USD a year, before tax 9,000.00 USD"


@pytest.mark.parametrize("seats", ["0", "-1", "100001", "ten", "1.5", ""])
def test_seats_that_nobody_can_order_have_no_price(client: Client, given: Link, seats: str) -> None:
    page = client.get(f"{given.path}/price", {"seats": seats}, headers={"HX-Request": "true"})
    assert page.status_code == 200
    assert "The price below is for 40 seats." in text(page.content)


def test_without_scripts_the_price_is_asked_by_the_form(client: Client, given: Link) -> None:
    form = filled(client, given, price="shown", consent="")
    before = rows()
    page = client.post(given.path, form)
    said = page.content.decode()
    assert page.status_code == 200
    assert "750.00" in said
    assert 'value="Dana Whitfield"' in said
    assert form_key_on(page) == form["form_key"]
    assert "have to be put right" not in said
    assert rows() == before


def test_the_price_of_an_order_that_was_answered_meanwhile_loads_the_page_anew(
    client: Client, given: Link
) -> None:
    declined(given)
    page = client.get(f"{given.path}/price?seats=50", headers={"HX-Request": "true"})
    assert page["HX-Refresh"] == "true"
    assert client.get(f"{given.path}/price?seats=50").url == given.path  # type: ignore[attr-defined]


def test_confirming_starts_the_subscription_and_leads_to_the_record(client: Client, given: Link) -> None:
    answer = client.post(given.path, filled(client, given))
    assert (answer.status_code, answer["Location"]) == (302, given.path)
    with entered(OFFICE):
        confirmation = Confirmation.objects.select_related("person").get(order_id=given.order_id)
        assert (confirmation.seats, confirmation.person.email) == (50, DANA.email)
        assert Order.objects.get(pk=given.order_id).status == "confirmed"
        subscription = Subscription.objects.get(order_id=given.order_id)
        assert subscription.started_on == date(2009, 5, 1)
        assert SeatChange.objects.get(subscription=subscription).seats == 50
        letter = messages(OFFICE).get(to=DANA.email)
    assert "750.00 USD a month, 9000.00 USD a year" in letter.text

    record = client.get(given.path)
    said = text(record.content)
    assert record.status_code == 200
    for part in (
        "Confirmed: 50 seats of Business productivity suite",
        "1 April 2009",
        "by Dana Whitfield",
        "750.00 USD a month, 9,000.00 USD a year",
        "This record goes to d…@parker.example",
        confirmation.shown_sha256,
    ):
        assert part in said, part
    assert DANA.email not in said, "whoever holds the link reads this page"


def test_the_form_again_with_what_has_to_be_put_right(client: Client, given: Link) -> None:
    form = filled(client, given, email="dana", consent="", seats="60")
    page = client.post(given.path, form)
    said = text(page.content)
    assert page.status_code == 422
    assert "Tick the box" in said
    assert "Enter a valid email address" in said
    assert "900.00 USD" in said  # 60 × 15.00: what was typed stays
    assert form_key_on(page) == form["form_key"]


def test_a_no_is_told_to_the_partner_and_closes_the_link(client: Client, given: Link) -> None:
    answer = client.post(f"{given.path}/decline", {"reason": "Too early for us."}, follow=True)
    assert answer.status_code == 410
    assert "Thank you. Harbor Lane Consulting was told." in text(answer.content)
    with entered(OFFICE):
        assert Decline.objects.get(order_id=given.order_id).reason == "Too early for us."


def test_a_no_needs_no_reason(client: Client, given: Link) -> None:
    assert client.post(f"{given.path}/decline", {}).status_code == 302
    with entered(OFFICE):
        assert Decline.objects.filter(order_id=given.order_id).exists()


def test_a_question_leaves_the_order_open(client: Client, given: Link) -> None:
    asked = {"text": "Is migration in January sure?", "name": DANA.name, "email": DANA.email}
    answer = client.post(f"{given.path}/ask", asked, follow=True)
    assert answer.status_code == 200
    assert "The order stays open until you answer it." in text(answer.content)
    with entered(OFFICE):
        assert Question.objects.get(order_id=given.order_id).text == asked["text"]


def test_a_question_without_words_is_put_right(client: Client, given: Link) -> None:
    before = rows()
    assert client.post(f"{given.path}/ask", {"text": "", "name": "", "email": ""}).status_code == 422
    assert rows() == before


@pytest.mark.parametrize(
    ("end", "status", "says"),
    [
        ("confirmed", 200, "Confirmed: 50 seats"),
        ("declined", 410, "This order was declined"),
        ("withdrawn", 410, "This order was withdrawn"),
        ("revoked", 410, "A newer link has taken the place of this one"),
        ("expired", 410, "The link was open until 1 May 2009"),
    ],
)
def test_every_end_has_its_own_page(client: Client, given: Link, end: str, status: int, says: str) -> None:
    ENDS[end](given)
    page = client.get(given.path)
    assert page.status_code == status
    assert says in text(page.content)
    assert "form_key" not in page.content.decode()
    with entered(OFFICE):
        assert LinkView.objects.get(order_id=given.order_id).outcome == end


def test_a_link_is_open_on_its_last_day(client: Client, given: Link) -> None:
    turn_clock_to(date(2009, 5, 1))
    assert client.get(given.path).status_code == 200
    expired(given)
    assert client.get(given.path).status_code == 410


def test_all_links_that_lead_nowhere_lead_to_one_page(client: Client, given: Link) -> None:
    paths = (
        "/confirm/never-made",
        f"{given.path[:-1]}",
        f"{given.path}.",
        f"{given.path}/",
        f"{given.path}/x/y",
        "/confirm/%00",
        "/confirm/" + "a" * 3000,
        "/confirm/",
        "/confirm/never-made/ask",
        "/confirm/never-made/decline",
    )
    answers = [client.get(path) for path in paths]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert "This link leads to no order" in text(answers[0].content)
