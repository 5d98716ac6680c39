"""Orders, customers and subscriptions at the desk."""

import re

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, VendorRole
from ofrecord.subscriptions.queries import seats_of, subscriptions
from support.desk import desk_of
from support.world import TODAY, World

CHIEF, MANAGER, FINANCE, SELLER = VendorRole


def test_orders_are_listed_with_their_state_today(world: World) -> None:
    desk = desk_of(world, MANAGER)
    page = desk.get("orders")
    # Of each partner: one open, one asked about, one whose link was renewed.
    assert page.heading == "6 orders wait for a customer’s answer"
    expired = desk.get("orders", state="expired")
    assert expired.has("2 found", "Expired Harborlane Mills", "Expired Quillmarsh Mills")
    assert desk.get("orders", state="open").lacks("Expired Harborlane Mills")
    # 72 seats at 15.00
    assert desk.get("orders", q="Open Harborlane").has("72 1,080.00 USD", "1 found")


def test_an_order_shows_the_confirmation_record_and_who_looked(world: World) -> None:
    page = desk_of(world, MANAGER).get("order", world.a.orders["confirmed"])
    assert page.heading == "Confirmed Harborlane Mills confirmed 23 seats"
    assert page.has(
        "345.00 USD a month",
        "What the customer saw and confirmed",
        "Dana of harborlane mills, dana@harborlane-mills.example",
        "Harborlane Consulting, who is paid a fee for it",
        "345.00 USD a month, 4,140.00 USD a year, before tax",
        "Confirmation record, SHA-256",
        "Training by harborlane",
        "What we of harborlane discussed.",
    )
    assert re.search(r"Confirmed Harborlane Mills confirmed O-[0-9A-Z]{8} for 23 seats", page.text)


def test_declined_expired_asked_and_renewed_orders_say_so(world: World) -> None:
    desk = desk_of(world, CHIEF)
    declined = desk.get("order", world.a.orders["declined"])
    assert declined.heading == "Declined Harborlane Mills declined"
    assert declined.has("“harborlane is too dear.”")
    expired = desk.get("order", world.a.orders["expired"])
    assert expired.heading == "The link of Expired Harborlane Mills expired without an answer"
    assert desk.get("order", world.a.orders["asked"]).has("Is harborlane good?")
    assert desk.get("order", world.a.orders["renewed"]).has("by a newer one")


def test_the_secret_of_a_link_stands_nowhere_at_the_desk(world: World) -> None:
    desk = desk_of(world, CHIEF)
    for state, secret in world.a.links.items():
        assert secret not in desk.get("order", world.a.orders[state]).html


def test_a_customer_shows_what_it_has_and_was_billed(world: World) -> None:
    finance, manager = desk_of(world, FINANCE), desk_of(world, MANAGER)
    with entered(OFFICE):
        row = subscriptions(OFFICE, TODAY).get(pk=world.a.subscriptions["confirmed"])
    page = finance.get("customer", row.customer_id)
    assert page.heading == "Confirmed Harborlane Mills has 1 subscription for 975.00 USD a month"
    # August 23 × 15.00 × 22/31 = 244.838…, September 23 × 15.00 × 9/30 + 65 × 15.00 × 21/30 = 786.00
    assert page.has("Billed so far 1,030.84", "Not marked as paid 786.00", "Latest invoices")
    assert manager.get("customer", row.customer_id).lacks("Billed so far", "Latest invoices")
    assert finance.get("customers", q="Direct Quillmarsh").has("1 found")


def test_a_subscription_shows_seats_partner_of_record_and_invoices(world: World) -> None:
    page = desk_of(world, FINANCE).get("subscription", world.a.subscriptions["confirmed"])
    assert page.heading == "Confirmed Harborlane Mills has 65 seats for 975.00 USD a month"
    assert page.has("10 September 2026 65", "10 August 2026 23", "Harborlane Consulting 10 Aug 2026 no end")
    assert page.has("September 2026 open — 786.00 USD", "August 2026 paid 1 Oct 2026 244.84 USD")
    assert not page.offers("desk:subscription-seats", world.a.subscriptions["confirmed"])


def _seats(world: World) -> list[int]:
    subscription_id = world.a.subscriptions["confirmed"]
    with entered(OFFICE):
        return [change.seats for change in seats_of([subscription_id], OFFICE)[subscription_id]]


def test_a_seller_changes_seats_to_the_day(own_world: World) -> None:
    desk, subscription_id = desk_of(own_world, SELLER), own_world.a.subscriptions["confirmed"]
    posted = desk.post(
        "subscription-seats", subscription_id, **{"seats-seats": "80", "seats-day": "2026-10-15"}
    )
    assert desk.follow(posted).has("The seats are changed", "15 October 2026 80")
    assert _seats(own_world) == [23, 65, 80]


def test_seats_cannot_change_in_the_past_or_to_none(world: World) -> None:
    desk, subscription_id = desk_of(world, SELLER), world.a.subscriptions["confirmed"]
    past = desk.post(
        "subscription-seats", subscription_id, **{"seats-seats": "80", "seats-day": "2026-10-01"}
    )
    assert past.status == 422
    assert past.has("1 October 2026 is too early. Choose 12 October 2026 or a later day.")
    none = desk.post("subscription-seats", subscription_id, **{"seats-seats": "0", "seats-day": "2026-10-15"})
    assert none.status == 422
    assert _seats(world) == [23, 65]


def test_who_may_not_change_a_subscription_is_refused(world: World) -> None:
    subscription_id = world.a.subscriptions["confirmed"]
    for role in (MANAGER, FINANCE):
        desk = desk_of(world, role)
        data = {"seats-seats": "80", "seats-day": "2026-10-15"}
        assert desk.post("subscription-seats", subscription_id, **data).status == 403
        assert desk.post("subscription-cancel", subscription_id, **{"cancel-day": "2026-12-01"}).status == 403
    assert _seats(world) == [23, 65]
    with entered(OFFICE):
        assert subscriptions(OFFICE, TODAY).get(pk=subscription_id).cancelled_from is None


def test_a_subscription_is_cancelled_once_and_not_before_its_commitment_ends(own_world: World) -> None:
    desk, direct = desk_of(own_world, SELLER), own_world.a.subscriptions["direct"]
    early = desk.post("subscription-cancel", direct, **{"cancel-day": "2026-12-01"})
    assert early.status == 409
    assert early.has("is agreed until 10 August 2027.", "Cancel it from 10 August 2027 or a later day.")
    posted = desk.post("subscription-cancel", direct, **{"cancel-day": "2027-08-10"})
    after = desk.follow(posted)
    assert after.has("ending", "No service from 10 August 2027 on.")
    assert not after.offers("desk:subscription-cancel", direct)
    again = desk.post("subscription-cancel", direct, **{"cancel-day": "2027-09-10"})
    assert again.status == 409
    assert desk.get("subscriptions", state="ending").has("1 found", "Direct Harborlane Mills")
