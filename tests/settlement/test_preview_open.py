"""A preview that leaves closed months out says what one says that judges the whole history again."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.settlement.test_preview import (
    APRIL,
    JUNE,
    MAY,
    at,
    bill,
    close,
    invoice,
    pay,
    posted,
    previewed,
    refund,
    seen,
    three_houses,
)

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.flows import preview_month
from ofrecord.flows.change_partner import change_partner
from ofrecord.flows.gather_open import Opened
from ofrecord.flows.record_role import record_role
from ofrecord.flows.set_tier import set_tier
from support import story
from support.story import CHIEF, House

pytestmark = pytest.mark.django_db

# A cap that earlier months use up, a fee that comes with the payment, and what only a tier has; nothing that lets one
# sale change what another has earned before.
RULES = """
[program]
id = "looking-back"
version = "1"
title = "A program"
vendor = "Northwind Online"
effective = 2009-04-01
notice = "0 days"
currency = "USD"
rounding = "half up, per line"
time_zone = "UTC"
year = "from 1 July"
tiers = ["Registered", "Gold"]

[payment]
minimum = "20.00 USD"
claw_window = "20 days"

[ways.direct]
title = "Direct"
bills = "vendor"
open = {{ US = 2009-04-01 }}

[ways.partner-of-record]
title = "Partner of record"
bills = "vendor"
open = {{ US = 2009-04-01 }}

[offers.business-suite]
title = "Business suite"
parts = ["mail"]
sold = "per seat, monthly"
prices = [{{ region = "US", from = 2009-04-01, price = "15.00 USD" }}]

[fees.share]
title = "Share"
pays = "partner of record"
on = "billed"
when = {{ way = "partner-of-record" }}
rate = "12%"
cap = {{ amount = "150.00 USD", per = "{per}" }}
holdback = {{ share = "20%", days = "45 days" }}
together_with = ["gold", "paid"]

[fees.gold]
title = "Gold"
pays = "partner of record"
on = "billed"
when = {{ way = "partner-of-record", tier = "Gold" }}
rate = "1%"
together_with = ["paid"]

[fees.paid]
title = "When paid"
pays = "partner of record"
on = "collected"
when = {{ way = "partner-of-record" }}
rate = "2%"

[fees.above]
title = "Above"
pays = "distributor"
on = "billed"
when = {{ way = "partner-of-record" }}
rate = "3%"

[unpaid.direct]
title = "Direct orders"
when = {{ way = "direct" }}
because = "Fees are paid on orders that a partner prepared."

[service]
title = "Conditions"
customer_is_told = "that the partner earns a fee"
links_last = "30 days"
conditions = "The vendor provides the services."

[[examples]]
says = "A month"
story = {{ offer = "business-suite", region = "US", seats = 10, months = 1 }}
pays = {{ "month 1" = "21.00 USD" }}
"""
SCOPES = ["subscription", "customer and program year", "partner and program year"]


@pytest.fixture(autouse=True)
def _data(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "data"


@pytest.fixture(params=SCOPES)
def houses(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[House, House, House]:
    program = tmp_path / "program.toml"
    program.write_text(RULES.format(per=request.param))
    story.begin(program=program)
    return three_houses()


class Watched:
    """Previews, with how many of them left closed months out."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.patch, self.opened, self.whole = patch, 0, set[int]()
        self.usual = preview_month.gather_open
        patch.setattr(preview_month, "gather_open", self._gather)

    def _gather(self, *asked: Any) -> Opened | None:
        found = self.usual(*asked)
        self.opened += found is not None
        self.whole |= {len(found.whole)} if found is not None else set()
        return found

    def agree(self, day: str, houses: tuple[House, ...]) -> None:
        for house in houses:
            lean = seen(day, house)
            with self.patch.context() as patch:
                patch.setattr(preview_month, "gather_open", lambda *asked: None)
                whole = seen(day, house)
            assert previewed(lean, house) == previewed(whole, house)
            assert lean.figures == whole.figures
            assert lean.held == whole.held


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(monkeypatch)


def four_sales(houses: tuple[House, House, House]) -> tuple[UUID, UUID, UUID]:
    """April and May closed: two sales to one customer, a third to another, and one with a distributor above it."""
    harbor, oak, depot = houses
    first = story.sell(harbor, "Brook and Sons", 30, "2009-04-01")
    more = story.sell(harbor, "Green Bay", 20, "2009-04-03")
    third = story.sell(harbor, "Low Field", 4, "2009-04-03")
    other = story.sell(oak, "Mill Road", 30, "2009-04-10")
    with entered(OFFICE):
        record_role(
            reader=CHIEF,
            at=at("2009-04-10"),
            subscription_id=other,
            partner_id=depot.id,
            role="distributor",
            first=date(2009, 4, 10),
        )
    close(APRIL)
    pay(invoice(first, APRIL), "2009-05-05")
    pay(invoice(more, APRIL), "2009-05-06")
    pay(invoice(third, APRIL), "2009-05-06")
    refund(invoice(more, APRIL), "2009-05-12", 20000)
    close(MAY)
    return first, more, third


def test_whatever_comes_late_the_preview_is_that_of_the_whole_history(
    houses: tuple[House, House, House], watched: Watched
) -> None:
    harbor, oak, _ = houses
    first, more, third = four_sales(houses)
    watched.agree("2009-06-05", houses)
    assert watched.opened == 3
    story.sell(harbor, "New Hall", 5, "2009-06-06")
    pay(invoice(first, MAY), "2009-06-08")
    watched.agree("2009-06-08", houses)
    refund(invoice(first, MAY), "2009-06-10", 5000)
    watched.agree("2009-06-10", houses)
    # Late: more than the window after its bill.
    refund(invoice(third, APRIL), "2009-06-11", 3000)
    watched.agree("2009-06-11", houses)
    story.change_seats(third, 6, "2009-06-12")
    with entered(OFFICE):
        change_partner(
            reader=CHIEF,
            at=at("2009-06-14"),
            subscription_id=more,
            partner_id=oak.id,
            first=date(2009, 5, 10),
            reason="It was Oak Hill from the 10th on.",
        )
    watched.agree("2009-06-14", houses)
    bill(JUNE)
    watched.agree("2009-07-02", houses)
    own = {house.name: previewed(seen("2009-07-02", house), house) for house in houses}
    close(JUNE)
    for house in houses:
        assert own[house.name] == posted(JUNE, house)
    watched.agree("2009-07-06", houses)


def test_a_sale_that_a_partner_lost_altogether_is_withdrawn(
    houses: tuple[House, House, House], watched: Watched
) -> None:
    harbor, oak, _ = houses
    first, *_ = four_sales(houses)
    with entered(OFFICE):
        change_partner(
            reader=CHIEF,
            at=at("2009-06-14"),
            subscription_id=first,
            partner_id=oak.id,
            first=date(2009, 4, 1),
            reason="It was Oak Hill all along.",
            replaces_later=True,
        )
    watched.agree("2009-06-14", houses)
    assert any(line.withdrawn for line in previewed(seen("2009-06-14", harbor), harbor)[1])


def test_a_tier_that_is_dated_back_moves_all_of_the_partners_sales(
    houses: tuple[House, House, House], watched: Watched
) -> None:
    harbor, *_ = houses
    four_sales(houses)
    with entered(OFFICE):
        set_tier(
            reader=CHIEF,
            at=at("2009-06-14"),
            partner_id=harbor.id,
            tier="Gold",
            first=date(2009, 5, 1),
            reason="It was Gold in May.",
        )
    watched.agree("2009-06-14", houses)
    assert any(line.clause == "gold" for line in previewed(seen("2009-06-14", harbor), harbor)[1])
