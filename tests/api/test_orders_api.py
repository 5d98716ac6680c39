"""Orders through the API: composed once, told once, refused well."""

import json
import uuid
from datetime import date

import pytest

from ofrecord.access.rules import CLIENT_PERMISSIONS
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.clock.queries import now
from ofrecord.customers.models import Customer
from ofrecord.flows import answer_order, change_subscription
from ofrecord.journal.models import Answer
from ofrecord.orders.models import Order, OrderLink
from ofrecord.orders.types import Answerer, LinkState
from ofrecord.partners.actions.clients import make_client

from .conftest import Api, take_on

SERVICE = {"text": "Migration", "price": {"amount": "4800.00", "currency": "USD"}, "billed": "once"}
AN_ORDER = {
    "customer_name": "Parker Hannifin",
    "offer": "business-suite",
    "region": "US",
    "seats": 50,
    "commitment_months": 12,
    "starts_on": "2026-09-01",
    "note": "As we discussed.",
    "services": [SERVICE],
}


def count_orders() -> int:
    with entered(OFFICE):
        return Order.objects.count()


def test_an_order_is_composed_and_its_link_opens_it(harbor: Api) -> None:
    answer = harbor.call("POST", "/orders", AN_ORDER)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    # 50 seats × 15.00 = 750.00 a month
    assert told["order"]["monthly"] == {"amount": "750.00", "currency": "USD", "minor": 75000}
    assert told["order"]["services"][0]["price"]["minor"] == 480000
    secret = told["link"]["url"].rpartition("/")[2]
    sheet = answer_order.look(at=now(), secret=secret)
    assert sheet.state is LinkState.OPEN
    assert str(sheet.order.id) == told["order"]["id"]
    assert told["link"]["expires_on"] == str(sheet.link.expires_on)


def test_foreseeing_says_what_the_program_pays_and_writes_nothing(harbor: Api) -> None:
    answer = harbor.call("POST", "/orders/foresee", AN_ORDER)
    assert answer.status_code == 200, answer.content
    # 12 × 750.00 = 9,000.00; 12% of it is 1,080.00, then 6% is 540.00
    years = [(y["billed"]["amount"], y["fee"]["amount"], y["clauses"]) for y in answer.json()["years"]]
    assert years == [("9000.00", "1080.00", ["first-year"]), ("9000.00", "540.00", ["ongoing"])]
    assert count_orders() == 0


def test_nothing_is_foreseen_for_a_customer_of_another_or_of_nobody(vendor: Api, harbor: Api) -> None:
    """Another's customer is answered as one that does not exist: no cap that it has used up, not that it exists."""
    assert harbor.call("POST", "/orders", AN_ORDER).status_code == 201
    [customer] = harbor.get("/customers")["items"]
    oak = take_on(vendor, "Oak Hill", "ola@oak.example")
    with entered(oak.scope):
        _, token = make_client(
            by=oak, at=now(), name="bridge", permissions=oak.permissions & CLIENT_PERMISSIONS
        )
    asked = AN_ORDER | {"customer_name": "", "customer_id": customer["id"]}
    assert harbor.call("POST", "/orders/foresee", asked).status_code == 200
    answers = [
        Api(token, oak).call("POST", "/orders/foresee", asked | {"customer_id": customer_id})
        for customer_id in (customer["id"], str(uuid.uuid4()))
    ]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "not-found")] * 2
    assert answers[0].json() == answers[1].json()


def test_the_same_key_gives_the_first_answer_and_its_link_again(harbor: Api) -> None:
    first = harbor.call("POST", "/orders", AN_ORDER, key="order-1")
    again = harbor.call("POST", "/orders", AN_ORDER, key="order-1")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert count_orders() == 1
    secret = again.json()["link"]["url"].rpartition("/")[2]
    assert answer_order.look(at=now(), secret=secret).state is LinkState.OPEN


def test_a_kept_answer_does_not_hold_the_secret(harbor: Api) -> None:
    told = harbor.call("POST", "/orders", AN_ORDER, key="order-1").json()
    secret = told["link"]["url"].rpartition("/")[2]
    assert len(secret) >= 32
    with entered(OFFICE):
        kept = json.dumps(list(Answer.objects.values_list("body", flat=True)))
        stored = list(OrderLink.objects.values_list("token_hash", flat=True))
    assert "/confirm/" in kept
    assert secret not in kept
    assert secret not in stored


def test_the_same_key_with_another_body_is_refused(harbor: Api) -> None:
    harbor.call("POST", "/orders", AN_ORDER, key="order-1")
    other = harbor.call("POST", "/orders", AN_ORDER | {"seats": 51}, key="order-1")
    assert other.status_code == 409
    assert other.json()["code"] == "idempotency-key-reused"
    assert count_orders() == 1


def test_a_refusal_is_kept_under_its_key_too_and_nothing_stays(harbor: Api) -> None:
    wrong = AN_ORDER | {"offer": "business-suit"}
    first = harbor.call("POST", "/orders", wrong, key="order-1")
    again = harbor.call("POST", "/orders", wrong, key="order-1")
    assert first.status_code == again.status_code == 422
    assert first.json() == again.json()
    assert first.json()["code"] == "not-offered"
    assert first.headers["Content-Type"] == "application/problem+json"
    assert count_orders() == 0
    with entered(OFFICE):
        assert Customer.objects.count() == 0, "the customer of a refused order is not kept"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"seats": 0}, 422, "seats-out-of-range"),
        ({"seats": 100_001}, 422, "seats-out-of-range"),
        ({"seats": "many"}, 422, "request-malformed"),
        ({"starts_on": "2026-08-31"}, 422, "start-out-of-range"),
        ({"starts_on": "2027-09-03"}, 422, "start-out-of-range"),
        ({"region": "XX"}, 422, "way-closed"),
        ({"commitment_months": 7}, 422, "field-faulty"),
        ({"customer_name": ""}, 422, "field-faulty"),
        ({"customer_id": str(uuid.uuid4())}, 404, "not-found"),
        (
            {"services": [SERVICE | {"price": {"amount": "1.0001", "currency": "USD"}}]},
            422,
            "request-malformed",
        ),
        (
            {"services": [SERVICE | {"price": {"amount": "1.00", "currency": "ABC"}}]},
            422,
            "request-malformed",
        ),
        (
            {"services": [SERVICE | {"price": {"amount": "１.00", "currency": "USD"}}]},
            422,
            "request-malformed",
        ),
    ],
)
def test_what_cannot_be_ordered_is_refused(
    harbor: Api, change: dict[str, object], status: int, code: str
) -> None:
    answer = harbor.call("POST", "/orders", AN_ORDER | change)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    assert count_orders() == 0


def test_a_new_link_replaces_the_former(harbor: Api) -> None:
    told = harbor.call("POST", "/orders", AN_ORDER).json()
    first = told["link"]["url"].rpartition("/")[2]
    renewed = harbor.call("POST", f"/orders/{told['order']['id']}/link")
    assert renewed.status_code == 201, renewed.content
    second = renewed.json()["url"].rpartition("/")[2]
    assert answer_order.look(at=now(), secret=first).state is LinkState.REVOKED
    assert answer_order.look(at=now(), secret=second).state is LinkState.OPEN


def test_a_withdrawn_order_stays_withdrawn(harbor: Api) -> None:
    told = harbor.call("POST", "/orders", AN_ORDER).json()
    path = f"/orders/{told['order']['id']}"
    assert harbor.call("POST", f"{path}/withdraw").json()["status"] == "withdrawn"
    again = harbor.call("POST", f"{path}/withdraw")
    assert (again.status_code, again.json()["code"]) == (409, "order-not-open")


def test_lists_come_in_pieces_without_a_gap_or_a_repetition(harbor: Api) -> None:
    made = [
        harbor.call("POST", "/orders", AN_ORDER | {"seats": n}).json()["order"]["id"] for n in range(1, 8)
    ]
    seen: list[str] = []
    cursor = ""
    while True:
        found = harbor.get(f"/orders?limit=3&cursor={cursor}")
        seen += [item["id"] for item in found["items"]]
        if found["next"] is None:
            break
        cursor = found["next"]
    assert seen == made[::-1]
    wrong = harbor.call("GET", "/orders?cursor=not-a-cursor!")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "field-faulty")


def test_a_confirmed_order_starts_a_subscription_that_can_be_changed(harbor: Api) -> None:
    told = harbor.call("POST", "/orders", AN_ORDER).json()
    secret = told["link"]["url"].rpartition("/")[2]
    answer_order.confirm(
        at=now(),
        secret=secret,
        who=Answerer("Dana", "dana@parker.example"),
        seats=60,
        consent=True,
        form_key=uuid.uuid4(),
    )
    (subscription,) = harbor.get("/subscriptions")["items"]
    assert subscription["seats"] == 60
    path = f"/subscriptions/{subscription['id']}"
    changed = harbor.call("POST", f"{path}/seats", {"day": "2026-09-14", "seats": 72})
    assert changed.status_code == 200, changed.content
    assert changed.json()["seat_changes"] == [
        {"day": "2026-09-01", "seats": 60},
        {"day": "2026-09-14", "seats": 72},
    ]
    early = harbor.call("POST", f"{path}/cancellation", {"day": "2026-12-01"})
    assert (early.status_code, early.json()["code"]) == (409, "commitment-runs")
    assert early.json()["data"]["earliest"] == str(date(2027, 9, 1))
    done = harbor.call("POST", f"{path}/cancellation", {"day": "2027-09-01"})
    assert done.json()["cancelled_from"] == "2027-09-01"


def test_what_a_partner_wrote_is_not_mistaken_for_the_place_of_the_secret(harbor: Api) -> None:
    told = harbor.call("POST", "/orders", AN_ORDER | {"note": "see {secret}"}, key="order-1").json()
    assert told["order"]["note"] == "see {secret}"
    assert "{secret}" not in told["link"]["url"]


def test_the_vendor_composes_no_orders(vendor: Api) -> None:
    answer = vendor.call("POST", "/orders", AN_ORDER, key="order-1")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert count_orders() == 0


@pytest.mark.parametrize("month", ["0000-10", "5000-10", "2026-13"])
def test_a_month_that_is_none_is_refused(vendor: Api, month: str) -> None:
    answer = vendor.call("POST", "/settlement/runs", {"month": month})
    assert (answer.status_code, answer.json()["code"]) == (422, "request-malformed")
    assert vendor.call("GET", f"/statements/lines/{month}-0000000001").status_code == 404


def test_of_two_changes_for_one_day_the_later_counts(harbor: Api) -> None:
    told = harbor.call("POST", "/orders", AN_ORDER).json()
    secret = told["link"]["url"].rpartition("/")[2]
    answer_order.confirm(
        at=now(),
        secret=secret,
        who=Answerer("Dana", "dana@parker.example"),
        seats=60,
        consent=True,
        form_key=uuid.uuid4(),
    )
    (subscription,) = harbor.get("/subscriptions")["items"]
    with entered(harbor.reader.scope):
        # A machine's clock may be set back.
        late, early = now().replace(hour=23), now().replace(hour=0)
        for at, seats in ((late, 10), (early, 99)):
            change_subscription.change_seats(
                reader=harbor.reader,
                at=at,
                subscription_id=uuid.UUID(subscription["id"]),
                day=date(2026, 9, 1),
                seats=seats,
            )
    assert harbor.get("/subscriptions")["items"][0]["seats"] == 99
