"""A partner composes an order, sees what it would earn, and gets the link once."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM, PartnerRole
from ofrecord.customers.models import Customer
from ofrecord.orders.models import Order, OrderLink, PartnerService
from ofrecord.partners.actions import decide_application
from support import story
from support.pages import colleague, fields, said

COMPOSE = "/portal/orders/new"


@pytest.fixture
def ana(db: None) -> Client:
    """The owner of a partner that may sell, on 1 April 2009."""
    story.begin("2009-04-01")
    return colleague(story.partner("Harbor Lane Consulting"))


def typed(client: Client, **other: str) -> dict[str, str]:
    """The form as it is opened, filled in for fifty seats; with other values where they are given."""
    filled = {"customer_name": "Parker Hannifin", "seats": "50", "starts_on": "2009-04-01"}
    return fields(client.get(COMPOSE), COMPOSE) | filled | other


def orders() -> int:
    with entered(OFFICE):
        return Order.objects.count()


def link_on(page: Any) -> str:
    found = re.search(r'value="(http[^"]*/confirm/[^"]+)"', page.content.decode())
    assert found, "the page shows the link"
    return found[1]


def test_the_review_says_what_would_be_earned_by_which_clauses(ana: Client) -> None:
    page = ana.post(COMPOSE, typed(ana, do="review"))
    text = said(page)
    # 50 × 15.00 × 12 = 9,000.00 a year; 12% of it, then 6%.
    assert "You would earn 1,080.00 USD in the first year and 540.00 USD in the second year" in text
    assert "First year: 12% of what is billed 9,000.00 USD 1,080.00 USD" in text
    assert "Ongoing: 6% of what is billed 9,000.00 USD 540.00 USD" in text
    assert "version 2009.1" in text
    assert "#clause-first-year" in page.content.decode()
    assert orders() == 0, "nothing is sent yet"


def test_a_start_inside_a_month_changes_no_year(ana: Client) -> None:
    """Month 25 begins on 16 April 2011, inside a calendar month: its days are no part of the second year."""
    text = said(ana.post(COMPOSE, typed(ana, do="review", starts_on="2009-04-16")))
    assert "1,080.00 USD in the first year and 540.00 USD in the second year" in text


def test_two_clauses_that_pay_together_are_both_named(db: None) -> None:
    """The second reading: 12% and 6% in the first year, on a sum that is billed once."""
    story.begin("2009-04-01", story.PROGRAMS / "online-services-2009-18.toml")
    ana = colleague(story.partner("Harbor Lane Consulting"))
    text = said(ana.post(COMPOSE, typed(ana, do="review", starts_on="2009-04-16")))
    assert "You would earn 1,620.00 USD in the first year and 540.00 USD in the second year" in text
    assert text.count("9,000.00 USD") == 3  # a year's price, and what each year is billed


def test_what_would_be_earned_is_shown_while_the_form_is_typed(ana: Client) -> None:
    text = said(ana.post(f"{COMPOSE}/earnings", typed(ana, seats="60")))
    assert "10,800.00 USD 1,296.00 USD" in text  # 60 × 15.00 × 12; 12%
    assert "10,800.00 USD 648.00 USD" in text
    assert "An order cannot start on 1 January 2001" in said(
        ana.post(f"{COMPOSE}/earnings", typed(ana, starts_on="2001-01-01"))
    )
    assert "Choose customer, offer and seats" in said(ana.post(f"{COMPOSE}/earnings", typed(ana, seats="")))
    assert orders() == 0


def test_the_link_is_shown_once_with_a_text_to_send(ana: Client) -> None:
    page = ana.post(COMPOSE, typed(ana, do="send"))
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    text = said(page)
    assert "Send this link to Parker Hannifin" in text
    assert "It is open until 1 May 2009" in text
    assert "Business productivity suite, 50 seats at 15.00 USD a month each: 750.00 USD a month" in text
    link = link_on(page)
    assert link in text, "the text to send has it too"
    secret = link.rsplit("/", 1)[1]
    with entered(OFFICE):
        assert not OrderLink.objects.filter(token_hash=secret).exists()
    assert secret not in repr(dict(ana.session.items()))
    assert Client().get(f"/confirm/{secret}").status_code == 200


def test_the_same_form_sent_again_makes_nothing_and_says_so(ana: Client) -> None:
    form = typed(ana, do="send")
    first = ana.post(COMPOSE, form)
    again = ana.post(COMPOSE, form)
    assert orders() == 1
    text = said(again)
    assert "This was sent twice and done once" in text
    assert "cannot be shown again" in text
    assert link_on(first).rsplit("/", 1)[1] not in again.content.decode()
    assert "Make a new link" in text


def test_the_same_form_with_another_order_asks_before_it_makes_a_second(ana: Client) -> None:
    form = typed(ana, do="send")
    ana.post(COMPOSE, form)
    changed = ana.post(COMPOSE, form | {"seats": "80"})
    assert changed.status_code == 409
    assert "This form was sent before, and made an order" in said(changed)
    assert orders() == 1
    ana.post(COMPOSE, fields(changed, COMPOSE) | {"do": "send"})
    assert orders() == 2


def test_services_are_added_row_by_row_without_a_script(ana: Client) -> None:
    first = typed(ana, **{"services-0-text": "Training", "services-0-price": "2,400", "do": "add"})
    more = fields(ana.post(COMPOSE, first), COMPOSE)
    assert more["services-TOTAL_FORMS"] == "2"
    assert more["services-0-text"] == "Training"
    second = {"services-1-text": "Support", "services-1-price": "180.50", "services-1-billed": "monthly"}
    review = ana.post(COMPOSE, more | second | {"do": "review"})
    assert "Training: 2,400.00 USD once, billed by you" in said(review)
    assert "Support: 180.50 USD monthly, billed by you" in said(review)
    ana.post(COMPOSE, fields(review, COMPOSE) | {"do": "send"})
    with entered(OFFICE):
        kept = list(PartnerService.objects.order_by("pk").values_list("text", "price_minor", "billed"))
    assert kept == [("Training", 240_000, "once"), ("Support", 18_050, "monthly")]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"seats": "0"}, "0 is not a number of seats that can be ordered."),
        ({"seats": "100001"}, "Choose from 1 to 100000 seats."),
        ({"starts_on": "2009-03-31"}, "An order cannot start on 31 March 2009"),
        ({"customer_name": ""}, "Name the customer, or choose one of yours."),
        ({"what": "business-suite|EU|USD"}, "Select a valid choice"),
        ({"services-0-text": "Training"}, "A service has a text and a price."),
        ({"services-0-text": "Training", "services-0-price": "2,50"}, "Write the price like"),
        ({"services-0-text": "Training", "services-0-price": "1.005"}, "has more than the 2 decimals of USD"),
    ],
)
@pytest.mark.parametrize("do", ["review", "send"])
def test_what_cannot_be_ordered_is_refused_where_it_was_typed(
    ana: Client, wrong: dict[str, str], says: str, do: str
) -> None:
    page = ana.post(COMPOSE, typed(ana, do=do, **wrong))
    assert page.status_code == 422
    assert says in said(page)
    assert "Parker Hannifin" in page.content.decode() or "customer_name" in wrong
    with entered(OFFICE):
        assert (Order.objects.count(), Customer.objects.count(), OrderLink.objects.count()) == (0, 0, 0)


def test_an_existing_customer_is_chosen_and_one_of_another_partner_is_not_there(ana: Client) -> None:
    ana.post(COMPOSE, typed(ana, do="send"))
    with entered(OFFICE):
        known = Customer.objects.get(name="Parker Hannifin")
    chosen = {"customer": str(known.pk), "customer_name": ""}
    ana.post(COMPOSE, typed(ana, do="send", **chosen))
    with entered(OFFICE):
        assert Customer.objects.count() == 1
    other = colleague(story.partner("Lakeside Systems"), name="Ben Ode")
    page = other.post(COMPOSE, typed(other, do="send", **chosen))
    assert page.status_code == 422
    assert "Parker Hannifin" not in said(page)
    assert orders() == 2


def test_who_did_not_accept_the_program_is_told_what_to_do(ana: Client) -> None:
    with entered(OFFICE):
        house = _applied("Lakeside Systems")
    client = colleague(house, name="Ben Ode")
    page = client.get(COMPOSE)
    assert "Lakeside Systems has not accepted program version 2009.1, so it cannot sell under it." in said(
        page
    )
    assert client.post(COMPOSE, {"do": "send"}).status_code == 403
    assert orders() == 0


def _applied(name: str) -> story.House:
    """A partner that was approved and has accepted nothing."""
    day = story.at("2009-04-01")
    partner_id = decide_application.apply(
        by=SYSTEM,
        at=day,
        name=name,
        region="US",
        website="",
        about="",
        person_name="Ben Ode",
        email="ben@lakeside.example",
    )
    decide_application.approve(by=SYSTEM, at=day, partner_id=partner_id)
    return story.House(partner_id, name)


def test_finance_does_not_compose(ana: Client) -> None:
    finance = colleague(story.partner("Lakeside Systems"), PartnerRole.FINANCE, "Ben Ode")
    assert "Compose an order" not in said(finance.get("/portal/orders/"))
    assert finance.get(COMPOSE).status_code == 403
    assert finance.post(COMPOSE, {"do": "send"}).status_code == 403
    assert orders() == 0


@pytest.mark.usefixtures("committed_db")
def test_a_double_click_makes_one_order() -> None:
    story.begin("2009-04-01")
    ana = colleague(story.partner("Harbor Lane Consulting"))
    form, together = typed(ana, do="send"), Barrier(2)

    def click(_: int) -> str:
        together.wait()
        try:
            twin = Client()
            twin.cookies.update(ana.cookies)
            return said(twin.post(COMPOSE, form))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(click, range(2)), key=lambda text: "sent twice" in text)
    assert orders() == 1
    assert "Send this link to Parker Hannifin" in answers[0]
    assert "This was sent twice and done once" in answers[1]
