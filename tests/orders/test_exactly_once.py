"""An order is confirmed once, whoever races: real HTTP against the real web server, on real connections."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import httpx
import pytest

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.mail.models import Message
from ofrecord.orders.models import Confirmation, Order
from ofrecord.subscriptions.models import PartnerOfRecord, SeatChange, Subscription
from support import story
from support.links import DANA, Link, link

RACERS = 8
LONGEST_SECONDS = 60.0


class Browser:
    """Somebody who opened a page and filled in its form."""

    def __init__(self, site: str, path: str, **typed: str) -> None:
        self.client = httpx.Client(base_url=site, timeout=LONGEST_SECONDS)
        self.path = path
        self.form = self._hidden() | {"name": DANA.name, "email": DANA.email, "consent": "on"} | typed

    def _hidden(self) -> dict[str, str]:
        page = self.client.get(self.path).text
        names = ("csrfmiddlewaretoken", "form_key")
        found = {name: re.search(rf'name="{name}" value="([^"]+)"', page) for name in names}
        return {name: match[1] for name, match in found.items() if match}

    def send(self) -> httpx.Response:
        return self.client.post(self.path, data=self.form)


def raced(browsers: Sequence[Browser]) -> list[httpx.Response]:
    """All send their forms at the same moment."""
    start = Barrier(len(browsers))

    def run(browser: Browser) -> httpx.Response:
        start.wait(LONGEST_SECONDS)
        return browser.send()

    with ThreadPoolExecutor(len(browsers)) as threads:
        return list(threads.map(run, browsers))


def assert_one_order_with(seats: int) -> None:
    """One confirmation, one subscription, its seats, its partner, one letter to the customer; nothing twice."""
    with entered(OFFICE):
        assert Confirmation.objects.get().seats == seats
        assert Order.objects.get().status == "confirmed"
        subscription = Subscription.objects.get()
        assert SeatChange.objects.get(subscription=subscription).seats == seats
        assert PartnerOfRecord.objects.filter(subscription=subscription).count() <= 1
        assert Message.objects.filter(to=DANA.email).count() == 1


@pytest.fixture
def given(committed_db: str) -> Link:
    story.begin("2009-04-01")
    return link(story.partner("Harbor Lane Consulting"))


def test_of_many_forms_one_confirms(serve_site: Callable[[], str], given: Link, tmp_path: Path) -> None:
    site = serve_site()
    browsers = [Browser(site, given.path, seats=str(50 + number)) for number in range(RACERS)]
    answers = raced(browsers)
    assert Counter(answer.status_code for answer in answers) == {302: 1, 409: RACERS - 1}
    winner = next(
        browser for browser, answer in zip(browsers, answers, strict=True) if answer.status_code == 302
    )
    assert_one_order_with(int(winner.form["seats"]))
    for answer in answers:
        if answer.status_code == 409:
            assert "This order was confirmed before; nothing was ordered twice." in answer.text
            assert f"Confirmed: {winner.form['seats']} seats" in answer.text
    written = "".join(log.read_text() for log in tmp_path.rglob("*.log"))
    assert "/confirm/…" in written, "the web server logs what it refuses"
    assert given.secret not in written


def test_one_form_sent_many_times_at_once_gets_one_answer(serve_site: Callable[[], str], given: Link) -> None:
    site = serve_site()
    browser = Browser(site, given.path, seats="50")
    answers = raced([browser] * RACERS)
    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {(302, given.path)}
    assert_one_order_with(50)


def test_a_yes_and_a_no_at_once_are_one_of_the_two(serve_site: Callable[[], str], given: Link) -> None:
    site = serve_site()
    yes = Browser(site, given.path, seats="50")
    no = Browser(site, f"{given.path}/decline")
    answers = raced([yes, no])
    with entered(OFFICE):
        status = Order.objects.get().status
        assert Subscription.objects.count() == (1 if status == "confirmed" else 0)
    first, second = (302, 409) if status == "confirmed" else (410, 302)
    assert [answer.status_code for answer in answers] == [first, second]


def test_a_direct_order_sent_many_times_at_once_is_one_order(
    serve_site: Callable[[], str], committed_db: str
) -> None:
    story.begin("2009-04-01")
    typed = {"offer": "US/business-suite", "seats": "40", "starts_on": "2009-05-01", "company": "Snap-on"}
    browser = Browser(serve_site(), "/order", commitment_months="12", partner_number="", **typed)
    answers = raced([browser] * RACERS)
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert_one_order_with(40)
