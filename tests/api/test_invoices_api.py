"""Invoices by the API: paid in parts, taken back in every way, once under a key."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM
from ofrecord.billing.actions.bill_month import bill_month_of_all
from ofrecord.billing.models import Invoice
from ofrecord.clock.actions import set_day
from ofrecord.clock.queries import now
from ofrecord.flows import answer_order, compose_order
from ofrecord.kernel.calendar import Month
from ofrecord.orders.types import Answerer

from .conftest import Api


@pytest.fixture
def invoice(vendor: Api, harbor: Api) -> UUID:
    """50 seats in October 2026: 750.00; it is 20 November."""
    wanted = compose_order.Wanted(
        offer="business-suite",
        region="US",
        seats=50,
        commitment_months=12,
        starts_on=date(2026, 10, 1),
        customer_name="Ball Corporation",
    )
    with entered(harbor.reader.scope):
        _, secret = compose_order.compose(reader=harbor.reader, at=now(), wanted=wanted)
    who = Answerer("Dana", "dana@ball.example")
    answer_order.confirm(at=now(), secret=secret, who=who, seats=50, consent=True, form_key=uuid4())
    with entered(OFFICE):
        set_day(by=SYSTEM, at=now(), day=date(2026, 11, 20))
        bill_month_of_all(by=SYSTEM, at=now(), month=Month(2026, 10))
        return Invoice.objects.get().pk


def test_an_invoice_is_paid_in_parts_and_something_is_refunded(vendor: Api, invoice: UUID) -> None:
    path = f"/invoices/{invoice}"
    amount = {"amount": "300.00", "currency": "USD"}
    body = {"day": "2026-11-12", "amount": amount, "reference": "bank 1"}
    first = vendor.call("POST", f"{path}/payments", body, key="payment-1")
    again = vendor.call("POST", f"{path}/payments", body, key="payment-1")
    assert (first.status_code, first.json()) == (200, again.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    paid = vendor.get(path)
    assert (paid["state"], paid["paid"]["amount"], paid["owed"]["amount"]) == (
        "part paid",
        "300.00",
        "450.00",
    )
    assert [(each["day"], each["reference"]) for each in paid["payments"]] == [("2026-11-12", "bank 1")]
    assert vendor.call("POST", f"{path}/payments", {"day": "2026-11-13"}).json()["state"] == "paid"
    refund = {"kind": "refund", "day": "2026-11-14", "reason": "Two days", "amount": amount, "line": 1}
    whole = vendor.call("POST", f"{path}/credits", refund).json()
    [credit] = whole["credits"]
    assert (credit["kind"], credit["line"], credit["amount"]["amount"]) == ("refund", 1, "-300.00")
    assert credit["number"].startswith("C-2026-")
    assert (whole["taken_back"]["amount"], whole["owed"]["amount"], whole["paid_on"]) == (
        "-300.00",
        "0.00",
        "2026-11-13",
    )


@pytest.mark.parametrize(
    ("address", "body", "code"),
    [
        (
            "payments",
            {"day": "2026-11-12", "amount": {"amount": "750.01", "currency": "USD"}},
            "payment-too-large",
        ),
        ("payments", {"day": "2026-11-21"}, "payment-day-faulty"),
        (
            "payments",
            {"day": "2026-11-12", "amount": {"amount": "1.00", "currency": "EUR"}},
            "currency-differs",
        ),
        ("payments", {"day": "2026-11-12", "amount": 5}, "request-malformed"),
        ("credits", {"kind": "refund", "day": "2026-11-12", "reason": "x"}, "credit-too-large"),
        ("credits", {"kind": "present", "day": "2026-11-12", "reason": "x"}, "request-malformed"),
        ("credits", {"kind": "credit note", "day": "2026-10-30", "reason": "x"}, "credit-day-faulty"),
        (
            "credits",
            {"kind": "credit note", "day": "2026-11-12", "reason": "x", "line": 2},
            "line-unknown",
        ),
        ("credits", {"kind": "credit note", "day": "2026-11-12", "reason": " "}, "reason-missing"),
    ],
)
def test_what_cannot_be_recorded_is_a_problem_and_nothing_happens(
    vendor: Api, invoice: UUID, address: str, body: dict, code: str
) -> None:
    before = vendor.get(f"/invoices/{invoice}")
    answer = vendor.call("POST", f"/invoices/{invoice}/{address}", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert vendor.get(f"/invoices/{invoice}") == before


def test_a_partner_reads_what_became_of_its_invoice_and_records_nothing(
    vendor: Api, harbor: Api, invoice: UUID
) -> None:
    note = {"kind": "credit note", "day": "2026-11-12", "reason": "Two days", "line": 1}
    vendor.call("POST", f"/invoices/{invoice}/credits", note)
    seen = harbor.get(f"/invoices/{invoice}")
    assert (seen["state"], seen["credits"][0]["reason"]) == ("credited", "Two days")
    for address in ("payments", "credits"):
        answer = harbor.call("POST", f"/invoices/{invoice}/{address}", note)
        assert answer.status_code == 403
