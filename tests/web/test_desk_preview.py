"""The preview of the open month at the desk: one row for each partner, which adds up."""

from pathlib import Path
from typing import Any

import pytest

from ofrecord.access.types import SYSTEM
from ofrecord.flows.settle_period import settle_period
from ofrecord.kernel.calendar import Month
from support import story
from support.pages import said, somebody_of_finance
from support.story import FIRST_READING, House

pytestmark = pytest.mark.django_db

RATE = 'month = "1..12" }\nrate  = "12%"\n'
HELD = 'holdback = { share = "20%", days = "45 days" }\n'
ADDRESS = "/desk/settlement/statements/preview/"


@pytest.fixture
def house(settings: Any, tmp_path: Path) -> House:
    """A fifth of what the first year pays is held back for 45 days: April's until June, May's until July."""
    settings.DATA = tmp_path / "data"
    program = tmp_path / "program.toml"
    text = FIRST_READING.read_text()
    assert RATE in text
    program.write_text(text.replace(RATE, RATE + HELD))
    story.begin("2009-04-01", program)
    house = story.partner("Harbor Lane")
    story.sell(house, "Parker Hannifin", 60, "2009-04-01")
    return house


def close(month: str) -> None:
    settle_period(by=SYSTEM, at=story.after(month), month=Month.parse(month))


def test_a_row_shows_what_is_released_so_that_it_adds_up(house: House) -> None:
    close("2009-04")
    close("2009-05")
    story.sell(house, "Snap-on", 40, "2009-06-01")
    story.turn_clock("2009-07-02")
    # 60 and 40 seats × 15.00 × 12% = 108.00 + 72.00 = 180.00, of which 36.00 is held back; of April 21.60 is released.
    text = said(somebody_of_finance().get(ADDRESS))
    assert "Earned, USD Released, USD Held back, USD Payable, USD Carried, USD" in text
    assert "180.00 21.60 36.00 165.60 0.00" in text
    assert "If June 2009 were closed today, 165.60 USD would be payable" in text


def test_a_figure_that_is_nothing_for_everybody_stands_in_the_spreadsheet_only(house: House) -> None:
    story.turn_clock("2009-05-02")
    frank = somebody_of_finance()
    assert "Expected, USD Earned, USD Held back, USD Payable, USD Carried, USD" in said(frank.get(ADDRESS))
    file = b"".join(frank.get(f"{ADDRESS}?export=csv").streaming_content).decode()  # type: ignore[attr-defined]
    head = file.splitlines()[0]
    for title in (
        "Opening balance",
        "Earned",
        "Not taken back",
        "Released",
        "Held back",
        "Payable",
        "Carried",
    ):
        assert title in head
