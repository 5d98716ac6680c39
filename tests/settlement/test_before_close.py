"""Before a month is closed it is said what is not on record: rates by which lines would wait, and amounts of pools."""

from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from tests.settlement.test_preview import begin

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.commands.settle import notes
from ofrecord.flows.before_close import Missing, lacking
from ofrecord.flows.import_rates import StatedRate, record_rates
from ofrecord.flows.record_pool import record_amount
from ofrecord.flows.set_statement_currency import set_statement_currency
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from support import story
from support.story import CHIEF, House, at

pytestmark = pytest.mark.django_db
APRIL = Month(2009, 4)


@pytest.fixture(autouse=True)
def _data(settings: object, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "data"  # type: ignore[attr-defined]


def wants(house: House, currency: str) -> None:
    with entered(OFFICE):
        set_statement_currency(reader=CHIEF, at=at("2009-04-17"), partner_id=house.id, currency=currency)


def quote(currency: str, day: str, per_euro: str) -> None:
    rates = [StatedRate(currency, date.fromisoformat(day), per_euro)]
    with entered(OFFICE):
        record_rates(reader=CHIEF, at=at("2009-05-02"), rates=rates, source="bank")


def pool(month: Month, currency: str = "USD") -> None:
    with entered(OFFICE):
        record_amount(
            reader=CHIEF,
            at=at("2009-05-02"),
            amount_id=uuid4(),
            pool="advertising",
            month=month,
            amount=Money(80000, currency),
            reason="From the network",
        )


def test_a_rate_by_which_what_was_sold_is_exchanged() -> None:
    story.begin()
    harbor, oak = story.partner("Harbor Lane"), story.partner("Oak Hill")
    story.sell(harbor, "Ball Corporation", 50, "2009-04-01")
    assert lacking(APRIL) == []
    # Who sells nothing needs no rate.
    wants(oak, "GBP")
    assert lacking(APRIL) == []
    wants(harbor, "GBP")
    (lack,) = lacking(APRIL)
    assert lack.what == Missing.RATE
    assert lack.sentence == (
        "There is no exchange rate from USD to GBP of 30 April 2009 or of the 7 days before."
    )
    # One day must have both; and one that is eight days old is too old.
    quote("USD", "2009-04-29", "1.25")
    quote("GBP", "2009-04-28", "0.9")
    quote("USD", "2009-04-22", "1.25")
    quote("GBP", "2009-04-22", "0.9")
    assert [each.what for each in lacking(APRIL)] == [Missing.RATE]
    quote("USD", "2009-04-28", "1.25")
    assert lacking(APRIL) == []


def test_what_does_not_run_any_more_needs_no_rate() -> None:
    story.begin()
    harbor = story.partner("Harbor Lane")
    sold = story.sell(harbor, "Ball Corporation", 50, "2009-04-01")
    wants(harbor, "GBP")
    story.cancel(sold, "2009-05-01")
    assert [each.what for each in lacking(APRIL)] == [Missing.RATE]
    assert lacking(APRIL.plus(1)) == []


def test_a_euro_needs_no_rate_of_its_own() -> None:
    story.begin()
    harbor = story.partner("Harbor Lane")
    story.sell(harbor, "Ball Corporation", 50, "2009-04-01")
    wants(harbor, "EUR")
    assert [each.what for each in lacking(APRIL)] == [Missing.RATE]
    quote("USD", "2009-04-24", "1.25")
    assert lacking(APRIL) == []


def test_the_amount_of_a_pool_that_the_program_divides(tmp_path: Path) -> None:
    begin(tmp_path, pooled=True)
    harbor = story.partner("Harbor Lane")
    story.sell(harbor, "Brook and Sons", 10, "2009-04-01")
    # That of another month does not count.
    pool(APRIL.plus(1))
    (lack,) = lacking(APRIL)
    assert (lack.what, lack.sentence) == (
        Missing.POOL,
        "Nothing is recorded of the pool “advertising” for April 2009.",
    )
    # It is April still.
    assert notes(APRIL) == []
    story.turn_clock("2009-05-04")
    assert notes(APRIL) == [f"{lack.sentence} {lack.remedy}"]
    # Only the month that is closed next is told of.
    assert notes(APRIL.plus(1)) == []
    pool(APRIL)
    assert lacking(APRIL) == notes(APRIL) == []


def test_a_pool_in_another_currency_than_the_statements_of_those_who_share_it(tmp_path: Path) -> None:
    begin(tmp_path, pooled=True)
    harbor = story.partner("Harbor Lane")
    story.sell(harbor, "Brook and Sons", 10, "2009-04-01")
    wants(harbor, "USD")
    pool(APRIL, "GBP")
    assert [each.sentence.partition(" of ")[0] for each in lacking(APRIL)] == [
        "There is no exchange rate from GBP to USD"
    ]
