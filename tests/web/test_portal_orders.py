"""Orders as their partner follows them."""

from uuid import uuid4

import pytest
from django.test import Client

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, PartnerRole
from ofrecord.flows import answer_order
from ofrecord.orders.models import Order, OrderLink
from support import story
from support.links import DANA, Link, confirmed, declined, expired, link, rows
from support.pages import colleague, fields, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def given() -> Link:
    """40 seats from 1 May, composed on 1 April 2009; the link is open until 1 May."""
    story.begin("2009-04-01")
    return link(story.partner("Harbor Lane Consulting"))


@pytest.fixture
def ana(given: Link) -> Client:
    return colleague(given.house)


def page_of(given: Link) -> str:
    return f"/portal/orders/{given.order_id}"


def test_an_open_order_says_until_when_it_waits_and_what_it_would_earn(ana: Client, given: Link) -> None:
    text = said(ana.get(page_of(given)))
    assert "Parker Hannifin can confirm until 1 May 2009" in text
    # 40 × 15.00 × 12 = 7,200.00; 12% and 6% of it.
    assert "you would earn 864.00 USD in the first year and 432.00 USD in the second year" in text
    assert "40 × 15.00 USD = 600.00 USD a month, 7,200.00 USD a year, before tax" in text
    assert "Migration and training: 4,800.00 USD once, billed by you" in text
    assert "Nobody has opened a link yet" in text


def test_views_and_questions_are_told(ana: Client, given: Link) -> None:
    answer_order.view(at=story.at("2009-04-02"), secret=given.secret)
    answer_order.ask(at=story.at("2009-04-02"), secret=given.secret, who=DANA, text="Is training included?")
    text = said(ana.get(page_of(given)))
    assert "somebody saw the order" in text
    assert "Is training included?" in text
    assert "Parker Hannifin asked a question about the order O-" in text
    today = said(ana.get("/portal/"))
    assert "Is training included?" in today
    assert "Dana Whitfield of Parker Hannifin about O-" in today


def test_a_confirmation_stands_with_who_when_and_its_hash(ana: Client, given: Link) -> None:
    confirmed(given)
    text = said(ana.get(page_of(given)))
    assert "Parker Hannifin confirmed 50 seats" in text
    assert "Dana Whitfield" in text
    assert "dana.whitfield@parker.example" in text
    assert "750.00 USD a month, 9,000.00 USD a year" in text  # 50 × 15.00, and not the 40 composed
    assert answer_order.look(at=story.at("2009-04-02"), secret=given.secret).confirmation is not None
    assert "The record of what was shown" in text
    assert "Make a new link" not in text


def test_a_no_is_shown_with_its_reason(ana: Client, given: Link) -> None:
    declined(given)
    text = said(ana.get(page_of(given)))
    assert "Parker Hannifin declined this order" in text
    assert "The reason: “Too early for us.”" in text


def test_an_expired_link_is_a_state_of_its_own(ana: Client, given: Link) -> None:
    expired(given)
    assert "The link for Parker Hannifin expired on 1 May 2009" in said(ana.get(page_of(given)))
    assert "Parker Hannifin" in said(ana.get("/portal/orders/?state=expired"))
    assert "Nothing found" in said(ana.get("/portal/orders/?state=open"))
    assert "No order waits for a customer" in said(ana.get("/portal/orders/"))
    assert "1 with an expired link" in said(ana.get("/portal/"))


def test_a_new_link_is_shown_once_and_ends_the_former(ana: Client, given: Link) -> None:
    action = f"{page_of(given)}/renew"
    form = fields(ana.get(page_of(given)), action)
    page = ana.post(action, form)
    assert "Send this link to Parker Hannifin" in said(page)
    assert page["Cache-Control"] == "no-store"
    again = said(ana.post(action, form))
    assert "This was sent twice and done once" in again
    with entered(OFFICE):
        links = OrderLink.objects.filter(order_id=given.order_id)
        assert (links.count(), links.filter(revoked_at__isnull=True).count()) == (2, 1)
    assert Client().get(given.path).status_code == 410
    assert "replaced" in said(ana.get(page_of(given)))


def test_an_order_is_withdrawn_once(ana: Client, given: Link) -> None:
    action = f"{page_of(given)}/withdraw"
    form = fields(ana.get(page_of(given)), action)
    text = said(ana.post(action, form, follow=True))
    assert "is withdrawn; its link says so from now on" in text
    assert "This order for Parker Hannifin was withdrawn" in text
    assert ana.post(action, form, follow=True).status_code == 200, "a second click is the first"
    refused = ana.post(action, form | {"form_key": str(uuid4())})
    assert refused.status_code == 409
    assert "is withdrawn and stays as it is" in said(refused)


def test_a_confirmed_order_is_not_withdrawn(ana: Client, given: Link) -> None:
    action = f"{page_of(given)}/withdraw"
    form = fields(ana.get(page_of(given)), action)
    confirmed(given)
    before = rows()
    page = ana.post(action, form)
    assert page.status_code == 409
    assert "is confirmed and stays as it is" in said(page)
    assert rows() == before


def test_the_list_is_searched_filtered_and_taken_along(ana: Client, given: Link) -> None:
    confirmed(link(given.house, customer="Ball Corp", seats=72))
    whole = said(ana.get("/portal/orders/"))
    assert "One order waits for its customer" in whole
    assert "600.00 USD" in whole
    found = said(ana.get("/portal/orders/?q=ball&state=confirmed"))
    assert "Ball Corp" in found
    assert "Parker Hannifin" not in found
    assert "Nothing found" in said(ana.get("/portal/orders/?composed-from=2009-04-02"))
    file = b"".join(ana.get("/portal/orders/?export=csv").streaming_content).decode("utf-8-sig").splitlines()
    assert file[0] == "Customer,Order,Seats,A month,A month currency,Composed,Link open until,State"
    assert any(line.startswith("Ball Corp,O-") and "1080.00,USD,2009-04-01" in line for line in file)


def test_finance_reads_and_does_nothing(ana: Client, given: Link) -> None:
    finance = colleague(given.house, PartnerRole.FINANCE, "Ben Ode")
    text = said(finance.get(page_of(given)))
    assert "Parker Hannifin can confirm" in text
    assert "Make a new link" not in text
    assert "Withdraw the order" not in text
    for verb in ("renew", "withdraw"):
        assert finance.post(f"{page_of(given)}/{verb}", {"form_key": str(uuid4())}).status_code == 403
    with entered(OFFICE):
        assert Order.objects.get().status == "open"
        assert OrderLink.objects.count() == 1


def test_the_order_of_another_partner_is_no_order(ana: Client, given: Link) -> None:
    other = colleague(story.partner("Lakeside Systems"), name="Ben Ode")
    unknown = uuid4()
    for path in ("", "/renew", "/withdraw"):
        method = other.post if path else other.get
        theirs = method(f"{page_of(given)}{path}", {"form_key": str(uuid4())})
        nothing = method(f"/portal/orders/{unknown}{path}", {"form_key": str(uuid4())})
        assert theirs.status_code == nothing.status_code == 404
        assert said(theirs) == said(nothing)
    assert "Parker Hannifin" not in said(other.get("/portal/orders/?q=parker"))
