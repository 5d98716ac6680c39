"""A statement in another currency than its sales, before and after the rate is known: each page says which is which."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM
from ofrecord.flows.import_rates import StatedRate, record_rates
from ofrecord.flows.set_statement_currency import set_statement_currency
from ofrecord.flows.settle_period import settle_period
from ofrecord.kernel.calendar import Month
from ofrecord.statements.models import Statement
from support import story
from support.pages import colleague, said, somebody_of_finance
from support.story import CHIEF, House, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(settings: Any, tmp_path: Path) -> House:
    """April 2009 is closed without a rate of the euro, in which Harbor Lane's statements are: 60 seats wait for it, and
    another partner earned 40 × 15.00 × 12% = 72.00 USD.
    """
    settings.DATA = tmp_path
    story.begin("2009-04-01")
    house = story.partner("Harbor Lane")
    with entered(OFFICE):
        set_statement_currency(reader=CHIEF, at=at("2009-04-01"), partner_id=house.id, currency="EUR")
    story.sell(house, "Parker Hannifin", 60, "2009-04-01")
    story.sell(story.partner("Lakeside Systems"), "Snap-on", 40, "2009-04-01")
    story.turn_clock("2009-05-04")
    close("2009-04")
    return house


def close(month: str) -> None:
    settle_period(by=SYSTEM, at=story.after(month), month=Month.parse(month))


def statement(client: Client, house: House, month: str, room: str) -> str:
    with entered(OFFICE):
        key = Statement.objects.get(partner_id=house.id, month=Month.parse(month).first).pk
    address = f"/portal/statements/{key}" if room == "portal" else f"/desk/settlement/statements/{key}/"
    return said(client.get(address))


def test_before_a_month_is_closed_the_desk_says_what_is_not_on_record(house: House) -> None:
    story.turn_clock("2009-06-02")
    says = "There is no exchange rate from USD to EUR of 31 May 2009 or of the 7 days before."
    frank = somebody_of_finance()
    pages = ("/desk/settlement/", "/desk/settlement/2009-05/")
    for page in pages:
        assert says in said(frank.get(page)), page
    with entered(OFFICE):
        rates = [StatedRate("USD", date(2009, 5, 29), "1.25")]
        record_rates(reader=CHIEF, at=at("2009-06-01"), rates=rates, source="bank")
    for page in pages:
        assert "There is no exchange rate" not in said(frank.get(page)), page


def test_what_is_earned_and_waits_for_a_rate_says_that_it_waits(house: House) -> None:
    # 60 × 15.00 = 900.00 USD, × 12% = 108.00 USD, of which nothing is due in EUR yet.
    ana, frank = colleague(house), somebody_of_finance()
    for text in (
        statement(ana, house, "2009-04", "portal"),
        said(ana.get("/portal/statements/preview")),
        statement(frank, house, "2009-04", "desk"),
        said(frank.get(f"/desk/settlement/statements/preview/{house.id}/")),
    ):
        assert "108.00 USD" in text
        assert "why not yet?" in text.lower()
        assert "why nothing?" not in text.lower()


def test_the_preview_of_all_partners_says_what_waits_and_what_is_not_on_record(house: House) -> None:
    frank = somebody_of_finance()
    text = said(frank.get("/desk/settlement/statements/preview/"))
    assert "1 line waits for an exchange rate into EUR" in text
    assert "There is no exchange rate from USD to EUR" not in text
    story.turn_clock("2009-06-02")
    text = said(frank.get("/desk/settlement/statements/preview/"))
    assert "There is no exchange rate from USD to EUR of 31 May 2009" in text


def test_the_title_of_a_closed_month_leaves_out_the_currencies_of_nothing(house: House) -> None:
    text = said(somebody_of_finance().get("/desk/settlement/2009-04/"))
    assert "Partners earned 72.00 USD in April 2009" in text
    assert "Fees in EUR 0.00" in text


def test_what_was_billed_is_headed_by_its_own_currency(house: House) -> None:
    """At 1.25 USD a euro, May's 108.00 USD are 86.40 EUR, and so are those of April that waited."""
    rates = [StatedRate("USD", date(2009, 5, 29), "1.25")]
    with entered(OFFICE):
        record_rates(reader=CHIEF, at=at("2009-05-29"), rates=rates, source="bank")
    story.turn_clock("2009-06-02")
    close("2009-05")
    for client, room in ((colleague(house), "portal"), (somebody_of_finance(), "desk")):
        text = statement(client, house, "2009-05", room)
        assert "Billed, USD Fee, EUR" in text
        assert "Billed, EUR" not in text
        assert "900.00 86.40" in text
    assert "Together 900.00 86.40" in text
