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
from ofrecord.flows import foresee_fees, preview_month
from ofrecord.flows.change_partner import change_partner
from ofrecord.flows.foresee_fees import foresee
from ofrecord.flows.gather_open import Opened
from ofrecord.flows.record_role import record_role
from ofrecord.flows.set_tier import set_tier
from ofrecord.kernel.money import Money
from ofrecord.orders.types import Draft
from ofrecord.program.queries import in_force
from ofrecord.subscriptions.models import Subscription
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
together_with = ["gold", "paid"{also}]

[fees.gold]
title = "Gold"
pays = "partner of record"
on = "billed"
when = {{ way = "partner-of-record", tier = "Gold" }}
rate = "1%"
together_with = ["paid"{also}]

[fees.paid]
title = "When paid"
pays = "partner of record"
on = "collected"
when = {{ way = "partner-of-record" }}
rate = "2%"{with_more}

[fees.above]
title = "Above"
pays = "distributor"
on = "billed"
when = {{ way = "partner-of-record" }}
rate = "3%"
{more}
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
pays = {{ "month 1" = "{pays} USD" }}
"""
# What a partner must have sold, and bands of all that it sells in a year of the program.
MORE = """
[fees.more]
title = "More"
pays = "partner of record"
on = "billed"
when = { way = "partner-of-record" }
needs = { new_customers = 2, seats = 40, in = "lifetime", counts = "for the whole period" }
rate = "6%"
together_with = ["growing"]

[fees.growing]
title = "By volume"
pays = "partner of record"
on = "billed"
when = { way = "partner-of-record" }
bands = [{ up_to = "1000.00 USD", rate = "3%" }, { from = "1000.00 USD", rate = "5%" }]
graduated_per = "partner and program year"
"""
SCOPES = ["subscription", "customer and program year", "partner and program year", "rich", "rich, no window"]


def program(per: str) -> str:
    """The document: the cap over what `per` says, and for "rich" over a customer, beside what else adds up.

    Without a claw window it matters of fewer bills when they were paid.
    """
    if not per.startswith("rich"):
        return RULES.format(per=per, also="", with_more="", more="", pays="21.00")
    names = '"more", "growing"'
    rules = RULES if per == "rich" else RULES.replace('claw_window = "20 days"\n', "")
    return rules.format(
        per="customer and program year",
        also=f", {names}",
        with_more=f"\ntogether_with = [{names}]",
        more=MORE,
        pays="25.50",
    )


@pytest.fixture(autouse=True)
def _data(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "data"


@pytest.fixture(params=SCOPES)
def houses(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[House, House, House]:
    document = tmp_path / "program.toml"
    document.write_text(program(request.param))
    story.begin(program=document)
    return three_houses()


class Watched:
    """Previews, with how many of them left closed months out."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.patch, self.opened = patch, 0
        self.usual = preview_month.gather_open
        patch.setattr(preview_month, "gather_open", self._gather)

    def _gather(self, *asked: Any) -> Opened | None:
        found = self.usual(*asked)
        self.opened += found is not None
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


def test_what_an_order_would_pay_read_once_is_what_is_judged_twice(
    houses: tuple[House, House, House], monkeypatch: pytest.MonkeyPatch
) -> None:
    harbor, *_ = houses
    first, *_ = four_sales(houses)
    with entered(OFFICE):
        customer = Subscription.objects.get(pk=first).customer_id
        version_id = in_force(date(2009, 6, 10)).id
        for seats, starts_on in ((6, date(2009, 6, 20)), (90, date(2009, 7, 1))):
            draft = Draft(
                partner_id=harbor.id,
                customer_id=customer,
                version_id=version_id,
                way="partner-of-record",
                region="US",
                offer="business-suite",
                offer_title="Business suite",
                seats=seats,
                unit_price=Money(1500, "USD"),
                commitment_months=12,
                starts_on=starts_on,
                note="",
                services=(),
                link_days=30,
            )
            once = foresee(reader=CHIEF, at=at("2009-06-10"), draft=draft)
            with monkeypatch.context() as patch:
                patch.setattr(foresee_fees, "judged_once", lambda *asked: None)
                assert foresee(reader=CHIEF, at=at("2009-06-10"), draft=draft) == once
            assert once.is_whole
            assert any(month.fee.minor for month in once.months)
