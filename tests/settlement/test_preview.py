"""The open month before it is closed: what the preview says is what the close posts."""

from collections import Counter
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ofrecord.access.refusals import NotFound
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM
from ofrecord.billing.actions import bill_month_of_all
from ofrecord.billing.queries import invoices
from ofrecord.billing.types import CreditKind, WantedCredit
from ofrecord.engine.choice import DUCKDB, Choice
from ofrecord.engine.types import FeeLine
from ofrecord.flows import credit_invoice, receive_payment
from ofrecord.flows.at_work import AtWork
from ofrecord.flows.change_partner import change_partner
from ofrecord.flows.import_rates import StatedRate, record_rates
from ofrecord.flows.preview_all import STEPS, preview_of_all
from ofrecord.flows.preview_month import Preview, open_month, preview
from ofrecord.flows.record_pool import record_amount
from ofrecord.flows.record_role import record_role
from ofrecord.flows.set_statement_currency import set_statement_currency
from ofrecord.flows.settle_period import settle_period
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.ledger.models import Transfer
from ofrecord.settlement.refusals import MonthCannotBePreviewed
from ofrecord.settlement.types import Figures, MonthForeseen, Purpose
from ofrecord.statements.queries import card, lines_of, statements
from support import story
from support.pages import colleague, said
from support.story import CHIEF, House, after, at

pytestmark = pytest.mark.django_db

# What a partner earns here hangs on more than one sale: a cap per customer, a condition over all of its sales, bands
# over what it sold in a year, a share of what another partner earns; part of it is held back, part comes when paid.
RULES = """
[program]
id = "open-month"
version = "1"
title = "A program"
vendor = "Northwind Online"
effective = 2009-04-01
notice = "0 days"
currency = "USD"
rounding = "half up, per line"
time_zone = "UTC"
year = "from 1 July"
{pools}

[payment]
minimum = "20.00 USD"
claw_limit = "50%"

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
cap = {{ amount = "100.00 USD", per = "customer and program year" }}
holdback = {{ share = "20%", days = "45 days" }}
together_with = ["more", "growing", "paid"]

[fees.more]
title = "Bonus"
pays = "partner of record"
on = "billed"
when = {{ way = "partner-of-record" }}
needs = {{ new_customers = 2, seats = 40, in = "lifetime", counts = "for the whole period" }}
rate = "6%"
together_with = ["growing", "paid"]

[fees.growing]
title = "By volume"
pays = "partner of record"
on = "billed"
when = {{ way = "partner-of-record" }}
bands = [{{ up_to = "{edge}", rate = "1%" }}, {{ from = "{edge}", rate = "3%" }}]
graduated_per = "partner and program year"
together_with = ["paid"]

[fees.paid]
title = "When paid"
pays = "partner of record"
on = "collected"
when = {{ way = "partner-of-record" }}
rate = "2%"

[fees.override]
title = "Override"
pays = "distributor"
on = "fee"
of = "growing"
when = {{ way = "partner-of-record" }}
rate = "10%"
{pooled}

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
pays = {{ "month 1" = "{example}" }}
"""
POOLED = """
[fees.advertising]
title = "Advertising"
pays = "partner of record"
on = "pooled"
pool = "advertising"
shared_by = "seats"
rate = "50%"
when = { way = "partner-of-record" }

"""
APRIL, MAY, JUNE = (Month(2009, number) for number in (4, 5, 6))


@pytest.fixture(autouse=True)
def _data(settings: object, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "data"  # type: ignore[attr-defined]


def begin(tmp_path: Path, *, pooled: bool = False, edge: str = "1000.00 USD") -> None:
    program = tmp_path / "program.toml"
    pools = 'pools = ["advertising"]' if pooled else ""
    text = RULES.format(pools=pools, pooled=POOLED if pooled else "", edge=edge, example="22.50 USD")
    program.write_text(text)
    story.begin(program=program)


def three_houses() -> tuple[House, House, House]:
    """Two partners that sell, and a distributor above one of them."""
    return story.partner("Harbor Lane"), story.partner("Oak Hill"), story.partner("Depot")


@pytest.fixture
def houses(tmp_path: Path) -> tuple[House, House, House]:
    begin(tmp_path)
    return three_houses()


def close(month: Month) -> None:
    settle_period(by=SYSTEM, at=after(str(month)), month=month)


def bill(month: Month) -> None:
    with entered(OFFICE):
        bill_month_of_all(by=SYSTEM, at=after(str(month)), month=month)


def seen(day: str, house: House | None = None) -> Preview:
    """The preview as the partner, or the office, sees it."""
    reader = house.reader if house else CHIEF
    with entered(reader.scope):
        found = preview(reader=reader, at=at(day))
    assert found is not None
    if house is None:
        in_columns = foreseen_in_columns(day)
        assert (in_columns.figures, in_columns.rate_day) == (found.figures, found.rate_day)
        assert in_columns.expected == found.expected_by_partner()
    return found


def foreseen_in_columns(day: str, **work: object) -> MonthForeseen:
    """The preview of all partners as it is worked out where they are many."""
    with entered(OFFICE):
        month = open_month()
    assert month is not None
    at_work = AtWork(purpose=Purpose.PREVIEW, month=month, steps=STEPS, **work)  # type: ignore[arg-type]
    return preview_of_all(at_work, date.fromisoformat(day), Choice(DUCKDB))


def posted(month: Month, house: House) -> tuple[list[Figures], list[FeeLine]]:
    """What the close of the month posted for the partner."""
    with entered(house.reader.scope):
        cards = [card(row) for row in statements(house.reader.scope).filter(month=month.first)]
        lines = [named.booked.line for each in cards for named in lines_of(each, house.reader.scope)]
    return sorted((each.figures for each in cards), key=lambda each: each.currency), lines


def previewed(found: Preview, house: House) -> tuple[list[Figures], list[FeeLine]]:
    own = [each for each in found.figures if each.partner == house.id]
    return own, [named.booked.line for each in own for named in found.lines_of(each)]


def invoice(subscription: UUID, month: Month) -> UUID:
    with entered(OFFICE):
        return invoices(OFFICE).get(subscription_id=subscription, month=month.first).pk


def pay(invoice_id: UUID, day: str, minor: int | None = None) -> None:
    amount = None if minor is None else Money(minor, "USD")
    with entered(OFFICE):
        receive_payment.receive_part(
            reader=CHIEF, at=at(day), invoice_id=invoice_id, day=date.fromisoformat(day), amount=amount
        )


def refund(invoice_id: UUID, day: str, minor: int) -> None:
    wanted = WantedCredit(CreditKind.REFUND, date.fromisoformat(day), "Too much", Money(minor, "USD"))
    with entered(OFFICE):
        credit_invoice.credit(reader=CHIEF, at=at(day), invoice_id=invoice_id, wanted=wanted)


def two_months(houses: tuple[House, House, House]) -> tuple[UUID, UUID, UUID]:
    """April closed; in May a refund, payments, a back-dated change of partner and a second customer."""
    harbor, oak, depot = houses
    first = story.sell(harbor, "Brook and Sons", 50, "2009-04-01")
    other = story.sell(oak, "Mill Road", 30, "2009-04-10")
    with entered(OFFICE):
        record_role(
            reader=CHIEF,
            at=at("2009-04-10"),
            subscription_id=first,
            partner_id=depot.id,
            role="distributor",
            first=date(2009, 4, 1),
        )
    close(APRIL)
    second = story.sell(harbor, "Green Bay", 20, "2009-05-04")
    pay(invoice(first, APRIL), "2009-05-05")
    refund(invoice(first, APRIL), "2009-05-12", 20000)
    with entered(OFFICE):
        change_partner(
            reader=CHIEF,
            at=at("2009-05-14"),
            subscription_id=other,
            partner_id=harbor.id,
            first=date(2009, 4, 20),
            reason="It was Harbor Lane from the 20th on.",
        )
    return first, other, second


def test_a_month_that_was_billed_is_closed_line_by_line_as_it_was_previewed(
    houses: tuple[House, House, House],
) -> None:
    two_months(houses)
    bill(MAY)
    whole = seen("2009-06-02")
    own = {house.name: seen("2009-06-02", house) for house in houses}
    assert whole.month == MAY
    assert whole.is_over
    close(MAY)
    for house in houses:
        figures, lines = posted(MAY, house)
        assert lines
        assert previewed(own[house.name], house) == (figures, lines)
        assert previewed(whole, house) == (figures, lines)
        assert not any(own[house.name].is_expected(line) for line in lines)
    harbor, _ = posted(MAY, houses[0])
    assert harbor[0].corrections
    assert harbor[0].held


def test_a_running_month_is_foreseen_as_it_will_be_billed(tmp_path: Path) -> None:
    # Nobody comes to the second band: which of two invoices of one day would be the first in it, is known when they
    # are written.
    begin(tmp_path, edge="90000.00 USD")
    houses = three_houses()
    two_months(houses)
    before = {house.name: seen("2009-05-20", house) for house in houses}
    close(MAY)
    for house in houses:
        figures, lines = posted(MAY, house)
        foreseen, expected = previewed(before[house.name], house)
        assert foreseen == figures
        assert Counter(map(_without_invoice, expected)) == Counter(map(_without_invoice, lines))
        # What was billed in April and corrected in May rests on invoices that are written.
        assert not any(before[house.name].is_expected(line) for line in expected if line.is_correction)


def _without_invoice(line: FeeLine) -> FeeLine:
    return replace(line, event="", invoice_line="", invoice="", measured=0)


def test_what_is_not_billed_yet_is_told_apart(houses: tuple[House, House, House]) -> None:
    harbor = houses[0]
    first = story.sell(harbor, "Brook and Sons", 10, "2009-04-01")
    close(APRIL)
    pay(invoice(first, APRIL), "2009-05-05")
    found = seen("2009-05-20", harbor)
    (figures,) = found.figures
    # Paid: 2% of 150.00. To be billed: 12% and 1% of 150.00; 6% is for partners with two customers.
    assert {line.clause: line.due.decimal_text() for line in previewed(found, harbor)[1]} == {
        "paid": "3.00",
        "share": "18.00",
        "growing": "1.50",
    }
    assert found.expected_of(figures) == Money(1950, "USD")
    # 20% of 18.00 stays back until 45 days after 31 May. April left 19.50 - 3.60 = 15.90, which was below 20.00.
    assert (figures.opening, figures.held) == (Money(1590, "USD"), Money(360, "USD"))
    assert figures.payable == Money(1590 + 300 + 1950 - 360, "USD")
    assert found.held_of(figures)[0].release == Month(2009, 7)
    # A cancellation changes what is expected, and nothing else.
    story.cancel(first, "2009-05-21")
    assert seen("2009-05-20", harbor).expected_of(figures) == Money(1258, "USD")


def test_a_preview_writes_nothing(houses: tuple[House, House, House], tmp_path: Path) -> None:
    two_months(houses)
    files = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    transfers = Transfer.objects.count()
    with entered(OFFICE), CaptureQueriesContext(connection) as captured:
        preview(reader=CHIEF, at=at("2009-05-20"))
    written = [
        q["sql"] for q in captured if q["sql"].lstrip('"').upper().startswith(("INSERT", "UPDATE", "DELETE"))
    ]
    assert written == []
    assert Transfer.objects.count() == transfers
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == files


def test_a_partner_sees_its_own_alone(houses: tuple[House, House, House]) -> None:
    harbor, oak, _ = houses
    two_months(houses)
    found = seen("2009-05-20", oak)
    assert {each.partner for each in found.figures} == {oak.id}
    assert {named.booked.line.partner for named in found.lines} == {str(oak.id)}
    with entered(oak.reader.scope), pytest.raises(NotFound):
        preview(reader=oak.reader, at=at("2009-05-20"), partner_id=harbor.id)
    with entered(OFFICE):
        one = preview(reader=CHIEF, at=at("2009-05-20"), partner_id=oak.id)
    assert one is not None
    assert [named.booked.line for named in one.lines] == [named.booked.line for named in found.lines]


def test_only_the_month_that_is_closed_next_has_a_preview(houses: tuple[House, House, House]) -> None:
    harbor = houses[0]
    with entered(OFFICE):
        assert preview(reader=CHIEF, at=at("2009-04-01")) is None
    story.sell(harbor, "Brook and Sons", 10, "2009-04-01")
    close(APRIL)
    for month, says in ((APRIL, "is closed"), (JUNE, "while the month that is closed next is May 2009")):
        with entered(OFFICE), pytest.raises(MonthCannotBePreviewed, match=says):
            preview(reader=CHIEF, at=at("2009-05-20"), month=month)


def test_a_statement_in_another_currency_takes_the_last_rates_known(
    houses: tuple[House, House, House],
) -> None:
    harbor = houses[0]
    story.sell(harbor, "Brook and Sons", 10, "2009-04-01")
    rates = [StatedRate("USD", date(2009, 4, 17), "1.25")]
    with entered(OFFICE):
        set_statement_currency(reader=CHIEF, at=at("2009-04-17"), partner_id=harbor.id, currency="EUR")
        record_rates(reader=CHIEF, at=at("2009-04-20"), rates=rates, source="bank")
    found = seen("2009-04-20", harbor)
    (figures,) = found.figures
    # 18.00 USD / 1.25 and 1.50 USD / 1.25
    assert figures.new == Money(1440 + 120, "EUR")
    assert found.rate_day == date(2009, 4, 17)
    assert {line.exchange for line in previewed(found, harbor)[1]} == {Fraction(4, 5)}
    # On the 30th that rate is too old, and none came: the close lets the lines wait. So says the preview of May Day.
    bill(APRIL)
    late = seen("2009-05-01", harbor)
    assert (late.figures[0].new, late.figures[0].waiting, late.rate_day) == (Money(0, "EUR"), 2, None)
    close(APRIL)
    assert previewed(late, harbor) == posted(APRIL, harbor)


def test_where_a_pool_is_shared_everybody_counts(tmp_path: Path) -> None:
    begin(tmp_path, pooled=True)
    harbor, oak = story.partner("Harbor Lane"), story.partner("Oak Hill")
    story.sell(harbor, "Brook and Sons", 10, "2009-04-01")
    story.sell(oak, "Mill Road", 30, "2009-04-01")
    with entered(OFFICE):
        record_amount(
            reader=CHIEF,
            at=at("2009-05-01"),
            amount_id=uuid4(),
            pool="advertising",
            month=APRIL,
            amount=Money(80000, "USD"),
            reason="From the network",
        )
    found = seen("2009-04-20", harbor)
    # 50% of 800.00, 10 of 40 seats
    (pooled,) = [line for line in previewed(found, harbor)[1] if line.clause == "advertising"]
    assert pooled.due == Money(10000, "USD")
    assert found.is_expected(pooled)
    close(APRIL)
    assert found.figures == tuple(posted(APRIL, harbor)[0])


def test_the_page_says_what_would_be_paid(houses: tuple[House, House, House]) -> None:
    harbor, oak, _ = houses
    two_months(houses)
    story.turn_clock("2009-05-20")
    payable = seen("2009-05-20", harbor).figures[0].payable.decimal_text()
    page = colleague(harbor).get(reverse("portal:preview"))
    assert f"If May 2009 were closed today, Northwind Online would pay you {payable} USD" in said(page)
    page = colleague(oak).get(reverse("portal:preview"))
    assert "If May 2009 were closed today, nothing would be paid" in said(page)
    assert "Brook and Sons" not in said(page)
    taken = colleague(harbor, name="Ben Cole").get(reverse("portal:preview"), {"export": "csv"})
    assert taken.status_code == 200
