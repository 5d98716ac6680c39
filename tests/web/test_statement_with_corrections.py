"""A statement on which an earlier line is corrected: the figures, the group, the pages of both lines."""

from pathlib import Path

import pytest

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM
from ofrecord.billing.queries import invoices
from ofrecord.billing.types import CreditKind, WantedCredit
from ofrecord.flows.check_month import check_month
from ofrecord.flows.credit_invoice import credit
from ofrecord.flows.settle_period import settle_period
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.statements.queries import card, lines_of, statements
from support import story
from support.pages import colleague, said
from support.story import CHIEF, House, at

pytestmark = pytest.mark.django_db

APRIL, MAY = Month(2009, 4), Month(2009, 5)


@pytest.fixture
def house(settings: object, tmp_path: Path) -> House:
    """April is closed; then all of its invoice is taken back, and May is closed."""
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    story.begin()
    house = story.partner("Harbor Lane")
    sold = story.sell(house, "Ball Corporation", 50, "2009-04-01")
    settle_period(by=SYSTEM, at=story.after("2009-04"), month=APRIL)
    story.cancel(sold, "2009-05-11")
    story.turn_clock("2009-05-12")
    with entered(OFFICE):
        wanted = WantedCredit(
            kind=CreditKind.CREDIT_NOTE,
            day=at("2009-05-12").date(),
            reason="Billed by mistake",
            amount=Money(75000, "USD"),
        )
        credit(reader=CHIEF, at=at("2009-05-12"), invoice_id=invoices(OFFICE).get().pk, wanted=wanted)
    story.turn_clock("2009-06-01")
    settle_period(by=SYSTEM, at=story.after("2009-05"), month=MAY)
    return house


def test_what_is_taken_back_is_netted_shown_and_named_on_both_lines(house: House) -> None:
    ana = colleague(house)
    with entered(house.reader.scope):
        april, may = (card(row) for row in statements(house.reader.scope).order_by("month"))
        (earned,) = lines_of(april, house.reader.scope)
        correction = next(each for each in lines_of(may, house.reader.scope) if each.is_correction)
    # May: 750.00 × 10/31 = 241.94 → 29.03; April's 90.00 are taken back.
    figures = may.figures
    assert [each.minor for each in (figures.new, figures.corrected, figures.payable, figures.carried)] == [
        2903,
        -9000,
        0,
        -6097,
    ]
    text = said(ana.get(f"/portal/statements/{may.id}"))
    assert "Nothing is paid for May 2009" in text
    assert "1 corrects an earlier line." in text
    assert "60.97 USD of what was paid before is still to be taken back, from June 2009 on." in text
    assert f"corrects {earned.id}" in text
    assert "Corrections of lines of earlier statements −90.00" in text
    before = said(ana.get(f"/portal/statements/lines/{earned.id}"))
    assert "Corrected later" in before
    assert correction.id in before
    with entered(OFFICE):
        assert [check_month(reader=CHIEF, month=month).breaks for month in (APRIL, MAY)] == [(), ()]
