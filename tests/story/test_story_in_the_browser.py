"""The whole story, once, in a real browser: from a program document to a partner's statement, and why.

The vendor is Northwind Online; Morgan is its channel chief, Frank works in its finance. Ana's firm, Harbor Lane
Consulting, wants to sell. Dana buys for Parker Hannifin, on her phone, and has no account. The real web server and
the real worker run; nobody touches the database once they do.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from support.people import (
    ANA,
    DANA,
    FRANK,
    MORGAN,
    PHONE,
    accept_the_program,
    apply_as_harbor_lane,
    approve_harbor_lane,
    close,
    founded,
    go_to,
    headline,
    invitation_mailed_to,
    join,
    move_the_day,
    publish_the_program,
    sign_in,
    somebody,
    until_there,
)
from support.story import FIRST_READING


@pytest.fixture
def site(serve_site: Callable[[], str], committed_db: str) -> str:
    """The address of a new installation."""
    founded()
    return serve_site()


def test_from_a_program_document_to_a_partners_statement(site: str, browser: Browser) -> None:
    morgan, frank = somebody(browser, site), somebody(browser, site)
    ana, dana = somebody(browser, site), somebody(browser, site, PHONE)

    # The vendor publishes its program: 12% of what is billed in the first year, 6% after it.
    sign_in(morgan, MORGAN)
    publish_the_program(morgan, FIRST_READING, "2009.1", examples=4)

    # A partner applies, is approved, joins by the link that was mailed to it, and accepts the program.
    apply_as_harbor_lane(ana)
    approve_harbor_lane(morgan)
    join(ana, invitation_mailed_to(morgan, ANA))
    accept_the_program(ana, "2009.1")

    # It tries what 50 seats would earn, and offers 40.
    #   50 seats × 15.00 × 12 months = 9,000.00; × 12% = 1,080.00 in the first year, × 6% = 540.00 in the second
    #   40 seats × 15.00 × 12 months = 7,200.00; × 12% =   864.00,                  × 6% = 432.00
    begin_an_order(ana)
    expect_earnings(ana, seats=50, first_year="1,080.00", second_year="540.00")
    expect_earnings(ana, seats=40, first_year="864.00", second_year="432.00")
    link = make_the_link(ana)

    # The customer opens the link, wants 50 seats after all, and confirms: 50 × 15.00 = 750.00 a month.
    confirm_on_a_phone(dana, link, offered="600.00", seats=50, wanted="750.00")
    expect_order_confirmed(ana)

    # The month passes. Its invoice is there, and is paid.
    move_the_day(morgan, "2026-11-01", "1 November 2026")
    sign_in(frank, FRANK)
    mark_october_paid(frank, amount="750.00")

    # Finance closes the month; the partner sees what it earned, and why: 750.00 × 12% = 90.00.
    close(frank, "October 2026", fees="90.00")
    read_the_statement(ana, earned="90.00")
    ask_why(ana, billed="750.00", rate="12%", fee="90.00")


# The vendor


def mark_october_paid(frank: Page, amount: str) -> None:
    go_to(frank, "Invoices")
    invoice = frank.get_by_role("row").filter(has_text="Parker Hannifin")
    until_there(frank, invoice)
    expect(invoice).to_contain_text(amount)
    invoice.get_by_role("checkbox").check()
    frank.get_by_role("button", name="Mark as paid").click()
    expect(headline(frank)).to_have_text(f"All {amount} USD is paid".replace(" USD", "\u00a0USD"))


# The partner


def begin_an_order(ana: Page) -> None:
    go_to(ana, "Orders")
    ana.get_by_role("link", name="Compose an order").first.click()
    ana.get_by_label("Name of a new customer").fill("Parker Hannifin")
    ana.get_by_label("Starts on").fill("2026-10-01")
    ana.get_by_label("Your note to the customer").fill("Dana, this is the suite we discussed.")


def expect_earnings(ana: Page, *, seats: int, first_year: str, second_year: str) -> None:
    """What the partner would earn is answered while it types."""
    ana.get_by_label("Seats").fill(str(seats))
    years = ana.get_by_role("table", name="What you would earn").get_by_role("row")
    expect(years.nth(1)).to_contain_text(first_year)
    expect(years.nth(2)).to_contain_text(second_year)


def make_the_link(ana: Page) -> str:
    ana.get_by_role("button", name="Look it through").click()
    expect(headline(ana)).to_contain_text("864.00")
    ana.get_by_role("button", name="Make the order and its link").click()
    return ana.get_by_role("textbox", name="link").input_value()


def expect_order_confirmed(ana: Page) -> None:
    go_to(ana, "Orders")
    ana.get_by_role("row").filter(has_text="Parker Hannifin").get_by_role("link").first.click()
    expect(headline(ana)).to_have_text("Parker Hannifin confirmed 50 seats")


def read_the_statement(ana: Page, earned: str) -> None:
    go_to(ana, "Statements")
    expect(headline(ana)).to_have_text(f"You earned {earned}\u00a0USD in October 2026")
    ana.get_by_role("link", name="Open October 2026").click()
    expect(headline(ana)).to_have_text(f"Northwind Online pays you {earned}\u00a0USD for October 2026")


def ask_why(ana: Page, *, billed: str, rate: str, fee: str) -> None:
    """Behind the line: the words, then the working down to the fee."""
    ana.get_by_text(f"why {fee}").first.click()
    working = ana.locator(".working").first
    expect(working).to_contain_text("first month of this subscription")
    for part in (billed, rate, fee):
        expect(working).to_contain_text(part)


# The customer


def confirm_on_a_phone(dana: Page, link: str, *, offered: str, seats: int, wanted: str) -> None:
    dana.goto(link)
    expect(headline(dana)).to_have_text("Your order, ready to confirm")
    expect(dana.get_by_text("Dana, this is the suite we discussed.")).to_be_visible()
    expect(dana.get_by_text("Northwind Online pays it a fee for that")).to_be_visible()
    expect(dana.locator("#price")).to_contain_text(offered)
    dana.get_by_label("Seats").fill(str(seats))
    expect(dana.locator("#price")).to_contain_text(wanted)
    dana.get_by_label("Your name").fill("Dana Whitfield")
    dana.get_by_label("Work e-mail").fill(DANA)
    dana.get_by_label("I may order for Parker Hannifin").check()
    dana.get_by_role("button", name="Confirm the order").click()
    expect(headline(dana)).to_have_text(f"Confirmed: {seats} seats of Business productivity suite")
