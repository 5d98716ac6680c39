"""What billing testifies: every line with what was paid and taken back, as it stood at the end of a month."""

from datetime import date
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM
from ofrecord.billing.actions.bill_month import bill_month_of_all
from ofrecord.billing.actions.credit_invoice import credit_invoice
from ofrecord.billing.actions.receive_payment import receive_payment
from ofrecord.billing.facts import billed_facts, billed_in, facts_of_customers, history_facts
from ofrecord.billing.models import Invoice
from ofrecord.billing.types import CreditKind, WantedCredit
from ofrecord.engine.types import BilledFact
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from support import story

APRIL, MAY, JUNE = Month(2009, 4), Month(2009, 5), Month(2009, 6)


def bill(month: Month) -> None:
    with entered(OFFICE):
        bill_month_of_all(by=SYSTEM, at=story.at(month.plus(1).first), month=month)


def number_of(month: Month) -> UUID:
    with entered(OFFICE):
        return Invoice.objects.filter(month=month.first).order_by("total_minor").last().pk


def pay(month: Month, day: str, minor: int) -> None:
    with entered(OFFICE):
        receive_payment(
            by=SYSTEM,
            at=story.at("2009-08-01"),
            invoice_id=number_of(month),
            day=date.fromisoformat(day),
            amount=Money(minor, "USD"),
        )


def take(month: Month, day: str, kind: CreditKind, minor: int, line: int) -> None:
    wanted = WantedCredit(kind, date.fromisoformat(day), "As agreed", Money(minor, "USD"), line)
    with entered(OFFICE):
        credit_invoice(by=SYSTEM, at=story.at("2009-08-01"), invoice_id=number_of(month), wanted=wanted)


@pytest.fixture
def sold(db: None) -> UUID:
    """50 seats from 1 April 2009, 80 from 11 April: 250.00 and 800.00 for April, 1,200.00 for May."""
    story.begin()
    sold = story.sell(story.partner("Harbor Lane", tier="Gold"), "Ball Corporation", 50, "2009-04-01")
    story.change_seats(sold, 80, "2009-04-11")
    bill(APRIL)
    bill(MAY)
    return sold


def history(through: Month) -> dict[Month, list[BilledFact]]:
    with entered(OFFICE):
        return history_facts(through)


def test_a_line_tells_what_was_sold_and_what_it_would_be_at_the_list_price(sold: UUID) -> None:
    first, second = history(APRIL)[APRIL]
    assert (first.billed_minor, second.billed_minor) == (25000, 80000)
    assert (first.list_minor, second.list_minor) == (25000, 80000)
    assert (first.wholesale_minor, first.first_seats, first.deal) == (None, 50, "new")
    assert (first.commitment_months, first.subscription) == (1, str(sold))
    [recognized] = first.partners
    assert (recognized.role, recognized.tier, recognized.share) == ("partner of record", "Gold", None)


def test_payments_and_credits_count_from_their_day_on(sold: UUID) -> None:
    pay(APRIL, "2009-05-20", 10500)
    take(APRIL, "2009-06-03", CreditKind.REFUND, 1000, 2)
    pay(APRIL, "2009-06-10", 94500)
    take(MAY, "2009-06-11", CreditKind.CREDIT_NOTE, 700, 1)
    assert [(fact.receipts, fact.credits) for fact in history(APRIL)[APRIL]] == [((), ()), ((), ())]
    # 105.00 shared 250 : 800.
    first, second = history(MAY)[APRIL]
    assert [each.amount_minor for each in (*first.receipts, *second.receipts)] == [2500, 8000]
    assert first.credits == second.credits == ()
    known = history(JUNE)
    first, second = known[APRIL]
    assert [(each.day, each.amount_minor) for each in second.receipts] == [
        (date(2009, 5, 20), 8000),
        (date(2009, 6, 10), 72000),
    ]
    [refund] = second.credits
    assert (refund.kind, refund.day, refund.amount_minor) == ("refund", date(2009, 6, 3), -1000)
    [noted] = known[MAY][0].credits
    assert (noted.kind, noted.amount_minor) == ("credit note", -700)
    names = [each.id for fact in (first, second) for each in fact.receipts]
    assert len(set(names)) == 4
    assert {name.rpartition("/")[2] for name in names} == {"1", "2"}


def test_one_month_by_itself_tells_all_that_is_known_today(sold: UUID) -> None:
    pay(APRIL, "2009-05-20", 105000)
    with entered(OFFICE):
        facts = billed_facts(APRIL)
        assert facts == history_facts(JUNE)[APRIL]
        assert billed_in(APRIL) == (2, {"USD": Money(105000, "USD")})
    assert [fact.receipts[0].amount_minor for fact in facts] == [25000, 80000]


def test_the_facts_of_some_customers_are_those_of_the_history(sold: UUID) -> None:
    story.sell_directly("Snap-on", 10, "2009-06-01")
    bill(JUNE)
    pay(MAY, "2009-06-20", 500)
    known = history(JUNE)
    own = known[MAY][0].customer
    with entered(OFFICE):
        theirs = facts_of_customers([UUID(own)], JUNE)
        assert facts_of_customers([], JUNE) == {}
    assert theirs == {
        month: [fact for fact in facts if fact.customer == own] for month, facts in known.items()
    }
    assert len(known[JUNE]) == len(theirs[JUNE]) + 1


def test_a_long_history_asks_no_more_than_a_short_one(sold: UUID) -> None:
    pay(APRIL, "2009-05-20", 10500)
    with entered(OFFICE), CaptureQueriesContext(connection) as short:
        history_facts(APRIL)
    for turn in range(5):
        story.sell(story.partner(f"House {turn}"), f"Customer {turn}", 20 + turn, "2009-06-01")
    for number in range(6, 12):
        bill(Month(2009, number))
        with entered(OFFICE):
            receive_payment(
                by=SYSTEM,
                at=story.at("2010-08-01"),
                invoice_id=number_of(Month(2009, number)),
                day=date(2010, 7, 1),
            )
    with entered(OFFICE), CaptureQueriesContext(connection) as long:
        assert sum(map(len, history_facts(Month(2010, 7)).values())) > 30
    assert len(long) == len(short) < 12


def test_before_anything_was_billed_there_is_nothing_to_tell(db: None) -> None:
    story.begin()
    assert history(APRIL) == {}
