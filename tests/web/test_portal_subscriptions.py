"""Customers and subscriptions as their partner follows and changes them."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from django.test import Client

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM, PartnerRole
from ofrecord.billing.actions import bill_month_of_all
from ofrecord.customers.models import Customer
from ofrecord.kernel.calendar import Month
from ofrecord.subscriptions.models import SeatChange, Subscription
from support import story
from support.links import rows
from support.pages import colleague, fields, said
from support.story import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    story.begin("2009-04-01")
    return story.partner("Harbor Lane Consulting")


@pytest.fixture
def sold(house: House) -> UUID:
    """60 seats from 1 April 2009, 72 from 14 April; it is 2 May, and April is billed."""
    subscription_id = story.sell(house, "Parker Hannifin", 60, "2009-04-01")
    story.change_seats(subscription_id, 72, "2009-04-14")
    story.turn_clock("2009-05-02")
    with entered(OFFICE):
        bill_month_of_all(by=SYSTEM, at=story.at("2009-05-02"), month=Month(2009, 4))
    return subscription_id


@pytest.fixture
def ana(house: House, sold: UUID) -> Client:
    return colleague(house)


def page_of(sold: UUID) -> str:
    return f"/portal/subscriptions/{sold}"


def test_the_list_says_what_runs_a_month(ana: Client) -> None:
    text = said(ana.get("/portal/subscriptions/"))
    assert "1,080.00 USD a month run on 1 subscription" in text  # 72 × 15.00
    assert "month 2 running" in text
    assert "Nothing found" in said(ana.get("/portal/subscriptions/?state=ended"))


def test_a_subscription_shows_seats_spans_and_how_its_invoice_came_about(ana: Client, sold: UUID) -> None:
    text = said(ana.get(page_of(sold)))
    assert "Parker Hannifin has 72 seats for 1,080.00 USD a month" in text
    assert "From 1 April 2009 60 From 14 April 2009 72" in text
    assert "Harbor Lane Consulting from 1 April 2009" in text
    # 60 × 15.00 × 13/30 = 390.00 and 72 × 15.00 × 17/30 = 612.00
    assert "60 seats × 15.00 USD × 13/30 of the month 390.00 USD" in text
    assert "72 seats × 15.00 USD × 17/30 of the month 612.00 USD" in text
    assert "Invoice 1,002.00 USD" in text


def test_seats_change_from_a_day_on_after_the_invoice_was_foreseen(ana: Client, sold: UUID) -> None:
    action = f"{page_of(sold)}/seats"
    form = fields(ana.get(page_of(sold)), action)
    wanted = form | {"seats": "80", "day": "2009-05-12"}
    # 72 × 15.00 × 11/31 = 383.23; 80 × 15.00 × 20/31 = 774.19
    foreseen = said(ana.post(f"{page_of(sold)}/invoice", wanted))
    assert "The invoice of May 2009 would be 1,157.42 USD, dated 31 May 2009" in foreseen
    with entered(OFFICE):
        assert SeatChange.objects.count() == 2
    text = said(ana.post(action, wanted, follow=True))
    assert "80 seats from 12 May 2009 on." in text
    assert "Ana Ruiz changed the subscription S-" in text
    ana.post(action, wanted)
    with entered(OFFICE):
        assert SeatChange.objects.count() == 3, "the same form sent again changes nothing"
        bill_month_of_all(by=SYSTEM, at=story.at("2009-06-01"), month=Month(2009, 5))
    assert "1,157.42 USD" in said(ana.get(page_of(sold))), "what was foreseen is what is billed"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"seats": "0"}, "0 is not a number of seats that can be ordered."),
        ({"day": "2009-05-01"}, "1 May 2009 is too early. Choose 2 May 2009 or a later day."),
        ({"day": "soon"}, "Enter a valid date."),
    ],
)
def test_what_cannot_be_changed_is_refused_and_changes_nothing(
    ana: Client, sold: UUID, wrong: dict[str, str], says: str
) -> None:
    action = f"{page_of(sold)}/seats"
    form = fields(ana.get(page_of(sold)), action) | wrong
    before = rows()
    page = ana.post(action, form)
    assert page.status_code == 422
    assert says in said(page)
    assert rows() == before


def test_a_subscription_ends_when_its_commitment_is_over(ana: Client, sold: UUID) -> None:
    action = f"{page_of(sold)}/cancel"
    page = ana.get(page_of(sold))
    assert "It can end today or on a later day: what was agreed for 1 month is over." in said(page)
    text = said(ana.post(action, fields(page, action) | {"cancel-day": "2009-05-10"}, follow=True))
    assert "Cancelled: 10 May 2009 is the first day without service." in text
    assert "cancelled, still running" in text
    assert "Cancel the subscription" not in text
    with entered(OFFICE):
        assert Subscription.objects.get().cancelled_from == date(2009, 5, 10)


def test_a_commitment_is_kept(house: House) -> None:
    sold = story.sell(house, "Ball Corp", 10, "2009-04-01")
    ana, action = colleague(house), f"{page_of(sold)}/cancel"
    page = ana.get(page_of(sold))
    assert "It can end on 1 May 2009 or later" in said(page)
    refused = ana.post(action, fields(page, action) | {"cancel-day": "2009-04-30"})
    assert refused.status_code == 409
    assert "is agreed until 1 May 2009" in said(refused)
    with entered(OFFICE):
        assert Subscription.objects.get().cancelled_from is None


def test_a_customer_shows_all_that_is_known(ana: Client, house: House) -> None:
    with entered(OFFICE):
        known = Customer.objects.get()
    text = said(ana.get(f"/portal/customers/{known.pk}"))
    assert "Parker Hannifin is billed 1,080.00 USD a month" in text
    assert "1,002.00 USD" in text
    listed = said(ana.get("/portal/customers/?q=parker"))
    assert "One customer is yours" in listed
    assert "1,080.00 USD" in listed
    compose = ana.get(f"/portal/orders/new?customer={known.pk}")
    assert fields(compose, "/portal/orders/new")["customer"] == str(known.pk)


def test_a_seller_sees_no_invoice_and_finance_changes_nothing(ana: Client, house: House, sold: UUID) -> None:
    seller = colleague(house, PartnerRole.SELLER, "Ben Ode")
    assert "Invoices" not in said(seller.get(page_of(sold)))
    assert "1,002.00" not in said(seller.get(page_of(sold)))
    assert "1002" not in b"".join(seller.get(f"{page_of(sold)}?export=csv").streaming_content).decode()
    finance = colleague(house, PartnerRole.FINANCE, "Cleo Park")
    assert "1,002.00 USD" in said(finance.get(page_of(sold)))
    assert "Change the seats" not in said(finance.get(page_of(sold)))
    form = {"form_key": str(uuid4()), "seats": "1", "day": "2009-05-02"}
    assert finance.post(f"{page_of(sold)}/seats", form).status_code == 403
    assert finance.post(f"{page_of(sold)}/invoice", form).status_code == 403
    with entered(OFFICE):
        assert SeatChange.objects.count() == 2


def test_what_belongs_to_another_partner_is_not_there(ana: Client, sold: UUID) -> None:
    other = colleague(story.partner("Lakeside Systems"), name="Dan Oh")
    with entered(OFFICE):
        customer = Customer.objects.get().pk
    form = {"form_key": str(uuid4()), "seats": "1", "day": "2009-05-02", "cancel-day": "2009-05-02"}
    form["cancel-form_key"] = form["form_key"]
    for verb in ("seats", "cancel", "invoice"):
        theirs = other.post(f"{page_of(sold)}/{verb}", form)
        nothing = other.post(f"{page_of(uuid4())}/{verb}", form)
        assert theirs.status_code == nothing.status_code == 404, verb
        assert said(theirs) == said(nothing)
    for mine, unknown in (
        (page_of(sold), page_of(uuid4())),
        (f"/portal/customers/{customer}", f"/portal/customers/{uuid4()}"),
    ):
        assert said(other.get(mine)) == said(other.get(unknown))
        assert other.get(mine).status_code == 404
    assert "No subscription runs yet" in said(other.get("/portal/subscriptions/"))
    assert "No customer is yours yet" in said(other.get("/portal/customers/"))
    with entered(OFFICE):
        assert SeatChange.objects.count() == 2
