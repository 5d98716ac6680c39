"""Statements as their partner reads them: what was earned, and why."""

import csv
import io
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM, PartnerRole
from ofrecord.flows.settle_period import settle_period
from ofrecord.kernel.calendar import Month
from ofrecord.statements.models import Statement
from support import story
from support.pages import colleague, said
from support.story import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(settings: object, tmp_path: Path) -> House:
    """April 2009 is closed: 60 seats, 72 from the 14th on; and a direct order that named the partner."""
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    story.begin("2009-04-01")
    house = story.partner("Harbor Lane Consulting")
    story.change_seats(story.sell(house, "Parker Hannifin", 60, "2009-04-01"), 72, "2009-04-14")
    story.sell_directly("Snap-on", 40, "2009-04-01", naming=house)
    story.turn_clock("2009-05-01")
    settle_period(by=SYSTEM, at=story.after("2009-04"), month=Month(2009, 4))
    return house


@pytest.fixture
def ana(house: House) -> Client:
    return colleague(house)


def statement_of(house: House) -> str:
    with entered(OFFICE):
        return f"/portal/statements/{Statement.objects.get(partner_id=house.id).pk}"


def line(client: Client, customer: str, house: House) -> str:
    """The address of the customer's first line."""
    text = client.get(f"{statement_of(house)}?q={customer}").content.decode()
    return text.split('href="/portal/statements/lines/')[1].split('"')[0]


def test_today_and_the_list_begin_with_what_was_earned(ana: Client) -> None:
    # 60 × 15.00 × 13/30 = 390.00, × 12% = 46.80; 72 × 15.00 × 17/30 = 612.00, × 12% = 73.44.
    assert "You earned 120.24 USD in April 2009" in said(ana.get("/portal/"))
    text = said(ana.get("/portal/statements/"))
    assert "You earned 120.24 USD in April 2009" in text
    assert "April 2009 3 1 1 May 2009 120.24 USD 120.24 USD 0.00 USD" in text


def test_a_statement_rules_its_lines_to_what_is_payable(ana: Client, house: House) -> None:
    text = said(ana.get(statement_of(house)))
    assert "Northwind Online pays you 120.24 USD for April 2009" in text
    assert "3 lines; 1 pays nothing, and says why." in text
    assert "First year 2009.1 12% 1 2 120.24" in text
    assert "Direct orders 2009.1 — 1 1 0.00" in text
    assert "Opening balance carried from the statement before 0.00" in text
    assert "New lines earned, and on no statement before 120.24" in text
    assert "Together 120.24 Payable paid for this statement 120.24" in text
    assert "Closing balance carried to the next statement 0.00" in text
    with entered(OFFICE):
        assert Statement.objects.get().closed.book_sha256 in text


def test_every_line_says_why(ana: Client, house: House) -> None:
    text = said(ana.get(statement_of(house)))
    assert "why 46.80?" in text
    assert "1 to 13 April are in the first month of this subscription" in text
    assert "clause First year of version 2009.1 pays 12% of what was billed." in text
    assert "60 seats × 15.00 × 13/30 days of the month 390.00 USD" in text
    assert "× 12/100" in text
    assert "why nothing?" in text
    assert (
        "The customer ordered directly from the vendor; fees are paid on orders that a partner prepared."
        in text
    )
    page = ana.get(statement_of(house)).content.decode()
    assert "#clause-first-year" in page, "the clause leads into the guide"


def test_the_name_of_a_line_is_not_broken_over_two_lines(ana: Client, house: House) -> None:
    page = ana.get(statement_of(house)).content.decode()
    assert (
        page.count(
            '<td role="cell" data-label="Line" class="whole"><a href="/portal/statements/lines/2009-04/'
        )
        == 3
    )


def test_a_line_has_an_address_of_its_own(ana: Client, house: House) -> None:
    text = said(ana.get(f"/portal/statements/lines/{line(ana, 'Snap', house)}"))
    assert "This line pays nothing" in text
    assert "Snap-on was billed 600.00 USD for it in April 2009." in text
    assert "Clause Direct orders of version 2009.1 pays nothing." in text
    for unknown in ("2009-04/0000009999", "2009-05/0000000001", "nothing", "2009-04/../000001"):
        assert ana.get(f"/portal/statements/lines/{unknown}").status_code == 404


def test_the_lines_are_taken_along_exactly(ana: Client, house: House) -> None:
    answer = ana.get(f"{statement_of(house)}?export=csv")
    file = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert "statement-2009-04.csv" in answer["Content-Disposition"]
    columns = ("Billed", "Billed currency", "Rate", "Fee", "Fee currency", "Seats", "First day", "Last day")
    assert sorted([row[column] for column in columns] for row in file) == [
        ["390.00", "USD", "12%", "46.80", "USD", "60", "2009-04-01", "2009-04-13"],
        ["600.00", "USD", "0%", "0.00", "USD", "40", "2009-04-01", "2009-04-30"],
        ["612.00", "USD", "12%", "73.44", "USD", "72", "2009-04-14", "2009-04-30"],
    ]
    assert [row["Reason"] != "" for row in file] == [row["Fee"] == "0.00" for row in file]
    assert all(row["Invoice"].startswith("N-2009-") for row in file)


def test_a_seller_does_not_read_what_was_earned(house: House) -> None:
    seller = colleague(house, PartnerRole.SELLER, "Ben Ode")
    today = said(seller.get("/portal/"))
    assert "120.24" not in today
    assert "Statements" not in today
    assert "2 subscriptions of yours run" in today
    for path in ("/portal/statements/", statement_of(house), "/portal/statements/lines/2009-04/0000000001"):
        assert seller.get(path).status_code == 403


def test_another_partner_is_told_nothing(ana: Client, house: House) -> None:
    other = colleague(story.partner("Lakeside Systems"), name="Dan Oh")
    assert "You have no statement yet" in said(other.get("/portal/statements/"))
    for theirs, unknown in (
        (statement_of(house), f"/portal/statements/{uuid4()}"),
        (
            f"/portal/statements/lines/{line(ana, 'Parker', house)}",
            "/portal/statements/lines/2009-04/0000000999",
        ),
    ):
        answer, nothing = other.get(theirs), other.get(unknown)
        assert answer.status_code == nothing.status_code == 404
        assert said(answer) == said(nothing)
