"""Which clause pays a sale where one is earned with the bill and the other with the payment, or is a share of a fee."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from tests.support.told import billed, clause, earned, recognized, terms, unpaid

from ofrecord.engine.types import FeeLine, Laws, Receipt
from ofrecord.kernel.money import Money
from ofrecord.program.clause_types import (
    DISTRIBUTOR,
    REFERRER,
    Applies,
    Basis,
    Condition,
    Earned,
    Needs,
    Unit,
)

PAID = billed(receipts=(Receipt("r1", date(2010, 5, 30), 75000),))
BILLED = clause("billed", "5%")
COLLECTED = clause("collected", "10%", basis=Basis.COLLECTED)


def paying(lines: Sequence[FeeLine]) -> list[tuple[str, str, str]]:
    return [(line.partner, line.clause, line.earned.decimal_text()) for line in lines if line.earned_minor]


@pytest.mark.parametrize("how", [{"basis": Basis.COLLECTED}, {"earned": Earned.WHEN_COLLECTED}])
def test_a_clause_that_waits_for_the_payment_pays_instead_of_one_that_does_not(how: dict[str, Any]) -> None:
    # 750.00: 10% of what is paid, and not 5% of what is billed beside it
    version = terms(BILLED, clause("collected", "10%", instead_of=("billed",), **how))
    assert paying(earned(version, PAID)) == [("p1", "collected", "75.00")]


def test_a_clause_on_the_bill_pays_instead_of_one_that_waits() -> None:
    version = terms(clause("billed", "5%", instead_of=("collected",)), COLLECTED)
    assert paying(earned(version, PAID)) == [("p1", "billed", "37.50")]


def test_what_waits_for_the_payment_is_not_declared_unpaid_meanwhile() -> None:
    version = terms(
        clause("collected", "10%", basis=Basis.COLLECTED, instead_of=("rest",)), unpaid("rest", "Nothing.")
    )
    (line,) = earned(version, billed())
    assert (line.clause, line.reason) == ("", "Collected pays as far as the customer has paid.")


def test_a_clause_that_needs_more_sales_gives_nothing_up_for_itself() -> None:
    needs = clause("collected", "10%", basis=Basis.COLLECTED, instead_of=("billed",), needs=Needs(seats=75))
    assert paying(earned(terms(BILLED, needs), PAID)) == [("p1", "billed", "37.50")]


def test_a_later_version_for_all_pays_instead_of_the_earlier_one_whenever_either_is_earned() -> None:
    later = terms(
        clause("collected", "10%", basis=Basis.COLLECTED, applies=Applies.ALL),
        sha="b", version="2", effective=date(2010, 1, 1),
    )  # fmt: skip
    found = earned(Laws((terms(BILLED), later)), PAID)
    assert paying(found) == [("p1", "collected", "75.00")]


def test_a_share_of_a_fee_asks_for_the_sales_of_that_fee() -> None:
    """So that another clause may say what is paid for other sales; only who is paid may differ."""
    version = terms(
        clause("base", "10%", when=Condition(ways=("resale",))),
        clause("share", "50%", role=DISTRIBUTOR, basis=Basis.FEE, of="base"),
        clause("other", "1%", role=DISTRIBUTOR, when=Condition(ways=("partner-of-record",))),
    )
    partners = (recognized("2010-04-01"), recognized("2010-04-01", partner="p2", role=DISTRIBUTOR))
    assert paying(earned(version, billed("2010-04", *partners, way="resale"))) == [
        ("p1", "base", "75.00"),
        ("p2", "share", "37.50"),
    ]
    assert ("p2", "other", "7.50") in paying(earned(version, billed("2010-04", *partners)))
    assert not [line for line in earned(version, billed("2010-04", *partners)) if line.clause == "share"]


def test_a_month_is_paid_once_for_seats_of_several_kinds_of_sale() -> None:
    # 30 seats of the sale and 20 more: 10.00 × 30/50 and 10.00 × 20/50
    monthly = clause("monthly", amount=Money(1000, "USD"), unit=Unit.MONTH)
    asking = clause("new", "1%", when=Condition(deals=("new",)), together_with=("monthly",))
    found = earned(terms(monthly, asking), billed(first_seats=30))
    assert [line.earned.decimal_text() for line in found if line.clause == "monthly"] == ["6.00", "4.00"]


def test_what_was_declared_unpaid_does_not_outlive_the_version_that_a_renewal_ends() -> None:
    """Or what gave way to a clause until the renewal would come back after it, before the version in force."""
    first = terms(
        clause("until", "12%", applies=Applies.UNTIL_RENEWAL, instead_of=("rest",)),
        unpaid("rest", "Nothing."),
    )
    later = terms(clause("later", "3%"), sha="b", version="2", effective=date(2010, 1, 1))
    sold = "2009-05-01"
    before, after = (billed(month, started=sold, commitment_months=12) for month in ("2010-04", "2010-05"))
    assert paying(earned(Laws((first, later)), before, after)) == [
        ("p1", "until", "90.00"),
        ("p1", "later", "22.50"),
    ]


def test_an_amount_for_a_new_customer_is_paid_to_who_comes_in_the_course_of_the_first_bill() -> None:
    bounty = clause("found", role=REFERRER, amount=Money(10000, "USD"), unit=Unit.CUSTOMER)
    partners = (recognized("2010-04-01"), recognized("2010-04-10", partner="p2", role=REFERRER))
    lines = earned(terms(bounty), billed("2010-04", *partners), billed("2010-05", *partners))
    assert paying(lines) == [("p2", "found", "100.00")]


def test_an_amount_for_a_new_customer_is_paid_once_whoever_follows() -> None:
    bounty = clause("found", amount=Money(10000, "USD"), unit=Unit.CUSTOMER)
    partners = (recognized("2010-04-01", "2010-04-10"), recognized("2010-04-10", partner="p2"))
    assert paying(earned(terms(bounty), billed("2010-04", *partners))) == [("p1", "found", "100.00")]


def test_what_is_sold_below_the_wholesale_price_has_no_margin_and_charges_nobody() -> None:
    version = terms(clause("margin", "50%", basis=Basis.MARGIN))
    (line,) = earned(version, billed(wholesale_minor=80000))
    assert (line.earned_minor, line.reason) == (0, "What was billed is not above the wholesale price.")
