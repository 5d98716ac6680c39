"""What an order would pay, before it is sent: with what the partner has sold, and what it does to that."""

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ofrecord.access.refusals import NotFound
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM
from ofrecord.billing.actions import bill_month_of_all
from ofrecord.billing.queries import invoices
from ofrecord.flows import compose_order, receive_payment
from ofrecord.flows.foresee_fees import Foreseen, foresee
from ofrecord.flows.settle_period import settle_period
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.orders.types import Draft
from ofrecord.statements.queries import card, lines_of, statements
from ofrecord.subscriptions.models import Subscription
from support import story
from support.story import CHIEF, House, after, at

pytestmark = pytest.mark.django_db

HEAD = """
[program]
id = "foresight"
version = "1"
title = "A program"
vendor = "Northwind Online"
effective = 2009-04-01
notice = "0 days"
currency = "USD"
rounding = "half up, per line"
time_zone = "UTC"
year = "from 1 July"
tiers = ["silver", "gold"]

[payment]
claw_window = "180 days"
claw_limit = "50%"
minimum = "20.00 USD"

[ways.partner-of-record]
title = "Partner of record"
bills = "vendor"
open = { US = 2009-04-01 }

[offers.business-suite]
title = "Business suite"
parts = ["mail"]
sold = "per seat, monthly"
prices = [{ region = "US", from = 2009-04-01, price = "10.00 USD" }]

[service]
title = "Conditions"
customer_is_told = "that the partner earns a fee"
links_last = "30 days"
conditions = "The vendor provides the services."
"""
# A cap per customer and program year, of which 20% is held back; a bonus for who sold enough, then on all that was
# sold; bands over a year; a fee that comes when the customer pays; and what a former partner gets.
RULES = (
    HEAD
    + """
[fees.share]
title = "Share"
pays = "partner of record"
on = "billed"
when = { way = "partner-of-record" }
rate = "10%"
cap = { amount = "100.00 USD", per = "customer and program year" }
holdback = { share = "20%", days = "45 days" }
together_with = ["bonus", "volume", "paid"]

[fees.bonus]
title = "Bonus"
pays = "partner of record"
on = "billed"
when = { way = "partner-of-record" }
needs = { new_customers = 2, seats = 40, in = "lifetime", counts = "for the whole period" }
rate = "6%"
together_with = ["volume", "paid"]

[fees.volume]
title = "By volume"
pays = "partner of record"
on = "billed"
when = { way = "partner-of-record" }
bands = [{ up_to = "1000.00 USD", rate = "1%" }, { from = "1000.00 USD", rate = "3%" }]
graduated_per = "partner and program year"
together_with = ["paid"]

[fees.paid]
title = "When paid"
pays = "partner of record"
on = "collected"
when = { way = "partner-of-record" }
rate = "2%"

[fees.after]
title = "Run-off"
pays = "former partner of record"
on = "billed"
when = { way = "partner-of-record", month = "1..12" }
rate = "1%"

[unpaid.long-after]
title = "After a year"
when = { way = "partner-of-record", role = "former partner of record", month = "13.." }
because = "A former partner is paid in the first year."

[[examples]]
says = "A month"
story = { offer = "business-suite", region = "US", seats = 10, months = 1 }
pays = { "month 1" = "13.00 USD" }
"""
)
ALONE = (
    HEAD
    + """
[fees.gold]
title = "Gold"
pays = "partner of record"
on = "billed"
when = { way = "partner-of-record", tier = "gold", month = "1..12" }
rate = "12%"

[fees.silver]
title = "Silver"
pays = "partner of record"
on = "billed"
when = { way = "partner-of-record", tier = "silver", month = "1..12" }
rate = "8%"

[unpaid.later]
title = "Later years"
when = { way = "partner-of-record", month = "13.." }
because = "Fees are paid in the first year."

[[examples]]
says = "A month"
story = { offer = "business-suite", region = "US", seats = 10, months = 1, tier = "gold" }
pays = { "month 1" = "12.00 USD" }
"""
)


@pytest.fixture(autouse=True)
def _data(settings: object, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "data"  # type: ignore[attr-defined]


def begin(tmp_path: Path, rules: str = RULES, tier: str = "") -> House:
    program = tmp_path / "program.toml"
    program.write_text(rules)
    story.begin(program=program)
    return story.partner("Harbor Lane", tier=tier)


def draft(house: House, seats: int, starts_on: str, today: str, customer_id: UUID | None = None) -> Draft:
    wanted = compose_order.Wanted(
        offer=story.OFFER,
        region="US",
        seats=seats,
        commitment_months=1,
        starts_on=date.fromisoformat(starts_on),
        customer_id=customer_id,
    )
    with entered(house.reader.scope):
        return compose_order.draft(reader=house.reader, at=at(today), wanted=wanted)


def foreseen(house: House, seats: int, starts_on: str, today: str = "") -> Foreseen:
    today = today or starts_on
    of = draft(house, seats, starts_on, today)
    with entered(house.reader.scope):
        return foresee(reader=house.reader, at=at(today), draft=of)


def usd(text: str) -> Money:
    return Money.parse(f"{text} USD")


def told(found: Foreseen, name: str) -> str:
    (clause,) = [each for each in found.clauses if each.clause.name == name]
    return " ".join(clause.sentences)


def pay_all(month: Month) -> None:
    """Every bill of the month is written, and paid on its day."""
    with entered(OFFICE):
        bill_month_of_all(by=SYSTEM, at=after(str(month)), month=month)
        ids = list(invoices(OFFICE).filter(month=month.first).values_list("pk", flat=True))
        receive_payment.receive(reader=CHIEF, at=after(str(month)), invoice_ids=ids, day=month.last)


def earned(house: House, month: Month, subscription: UUID) -> Money:
    """What the month's statement adds for the subscription; what corrects earlier lines is of their month."""
    scope = house.reader.scope
    with entered(scope):
        lines = [
            each for row in statements(scope).filter(month=month.first) for each in lines_of(card(row), scope)
        ]
    own = [each for each in lines if each.booked.line.subscription == str(subscription)]
    return Money(sum(each.due.minor for each in own if not each.is_correction), "USD")


def test_what_was_foreseen_is_what_is_paid(tmp_path: Path) -> None:
    harbor = begin(tmp_path)
    story.sell(harbor, "Brook and Sons", 30, "2009-04-01")
    for month in (Month(2009, 4), Month(2009, 5)):
        pay_all(month)
        settle_period(by=SYSTEM, at=after(str(month)), month=month)
    found = foreseen(harbor, 20, "2009-06-10")
    order = story.sell(harbor, "Green Bay", 20, "2009-06-10")
    paid = []
    for number in range(6, 13):
        month = Month(2009, number)
        pay_all(month)
        settle_period(by=SYSTEM, at=after(str(month)), month=month)
        paid.append(earned(harbor, month, order))
    assert [each.fee for each in found.months][:7] == paid
    assert [each.month for each in found.months][:7] == [Month(2009, number) for number in range(6, 13)]
    # Two thirds of 200.00 in June: 21 of 30 days; then 200.00 a month.
    assert [each.billed for each in found.months][:2] == [usd("140.00"), usd("200.00")]
    assert len(found.months) == 25


def test_a_condition_that_the_order_meets_pays_on_the_other_sales_too(tmp_path: Path) -> None:
    harbor = begin(tmp_path)
    story.sell(harbor, "Brook and Sons", 30, "2009-04-01")
    small, enough = foreseen(harbor, 5, "2009-04-01"), foreseen(harbor, 10, "2009-04-01")
    assert "2 of 2 new customers and 35 of 40 seats, so it does not pay yet." in told(small, "bonus")
    assert "2 of 2 new customers and 40 of 40 seats, so it pays." in told(enough, "bonus")
    # 6% of 300.00 on the bills of Brook and Sons; of volume it takes nothing from April to June.
    assert enough.months[0].elsewhere == usd("18.00")
    assert "bonus" not in small.years[0].clauses
    assert dict(enough.years[0].by_clause)["bonus"] == usd("72.00")


def test_what_is_used_of_a_cap_and_of_bands_is_used(tmp_path: Path) -> None:
    harbor = begin(tmp_path)
    first = story.sell(harbor, "Brook and Sons", 30, "2009-04-01")
    pay_all(Month(2009, 4))
    with entered(OFFICE):
        customer = invoices(OFFICE).get(subscription_id=first).subscription.customer_id
    of = draft(harbor, 10, "2009-05-01", "2009-05-01", customer)
    with entered(harbor.reader.scope):
        found = foresee(reader=harbor.reader, at=at("2009-05-01"), draft=of)
    (share,) = [each for each in found.clauses if each.clause.name == "share"]
    # Until 30 June Brook and Sons use 30.00 a month, the order 10.00: 90.00 and, with what is left of it, 10.00.
    first_year = share.caps[0]
    assert (first_year.others, first_year.own, first_year.left) == (usd("90.00"), usd("10.00"), usd("0.00"))
    assert "It pays at most 100.00 USD per customer and program year." in told(found, "share")
    assert "20% of it is held back for 45 days; of the first bill it is released on 16 July 2009." in told(
        found, "share"
    )
    # 900.00 of the first year is of others: from April to June 1% of it, and the order's last hundred is in there.
    (volume,) = [each for each in found.clauses if each.clause.name == "volume"]
    assert {str(each.rate) for each in volume.rates} == {"1/100", "3/100"}
    assert "only as the customer pays" in told(found, "paid")


def test_what_could_take_it_back_is_said_by_the_clauses(tmp_path: Path) -> None:
    found = foreseen(begin(tmp_path), 10, "2009-04-01")
    says = "\n".join(found.takes_back)
    for part in (
        "is refunded, is credited, is charged back or is written off",
        "After 180 days",
        "at most 50% is kept",
        "If another partner becomes partner of record, the fee ends on that day.",
        "“Run-off” pays the former partner of record 1% of what is billed",
        "a sale of which everything is given back no longer counts",
        "Less than 20.00 USD in all is not paid out",
    ):
        assert part in says
    assert "tier" not in says


def test_where_no_clause_looks_further_nothing_else_is_read(tmp_path: Path) -> None:
    harbor = begin(tmp_path, ALONE, tier="gold")
    story.sell(harbor, "Brook and Sons", 30, "2009-04-01")
    of = draft(harbor, 10, "2009-04-01", "2009-04-01")
    with entered(harbor.reader.scope), CaptureQueriesContext(connection) as captured:
        found = foresee(reader=harbor.reader, at=at("2009-04-01"), draft=of)
    assert not any("billing_invoice" in query["sql"] for query in captured)
    # 12 × 12% of 100.00; in the second year nothing, and it says so.
    assert [year.fee for year in found.years] == [usd("144.00"), usd("0.00")]
    assert found.years[1].clauses == ("later",)
    assert "gold today" in "\n".join(found.takes_back)


def test_where_too_much_is_sold_the_order_is_judged_alone_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    harbor = begin(tmp_path)
    story.sell(harbor, "Brook and Sons", 30, "2009-04-01")
    assert foreseen(harbor, 10, "2009-04-01").is_whole
    monkeypatch.setattr("ofrecord.flows.foresee_judged.MOST_BESIDE", 0)
    alone = foreseen(harbor, 10, "2009-04-01")
    assert not alone.is_whole
    assert "1 of 2 new customers and 10 of 40 seats, so it does not pay yet." in told(alone, "bonus")


def test_the_order_of_another_is_not_foreseen(tmp_path: Path) -> None:
    harbor = begin(tmp_path)
    oak = story.partner("Oak Hill")
    of = draft(harbor, 10, "2009-04-01", "2009-04-01")
    with entered(oak.reader.scope), pytest.raises(NotFound):
        foresee(reader=oak.reader, at=at("2009-04-01"), draft=of)


def test_nothing_is_foreseen_for_the_customer_of_another(tmp_path: Path) -> None:
    harbor = begin(tmp_path)
    oak = story.partner("Oak Hill")
    first = story.sell(harbor, "Brook and Sons", 30, "2009-04-01")
    with entered(OFFICE):
        customer = Subscription.objects.get(pk=first).customer_id
    assert draft(harbor, 10, "2009-05-01", "2009-05-01", customer).customer_id == customer
    with pytest.raises(NotFound, match="customer"):
        draft(oak, 10, "2009-05-01", "2009-05-01", customer)


def test_many_sales_are_read_in_as_many_queries_as_few(tmp_path: Path) -> None:
    harbor = begin(tmp_path)
    counts = []
    for number in range(3):
        story.sell(harbor, f"Customer {number}", 5, "2009-04-01")
        of = draft(harbor, 10, "2009-04-01", "2009-04-01")
        with entered(harbor.reader.scope), CaptureQueriesContext(connection) as captured:
            foresee(reader=harbor.reader, at=at("2009-04-01"), draft=of)
        counts.append(len(captured))
    assert len(set(counts)) == 1
