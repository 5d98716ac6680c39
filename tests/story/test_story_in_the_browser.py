"""The whole story, once, in a real browser: from a program document to a partner's statement, and why.

The vendor is Northwind Online; Morgan is its channel chief, Frank works in its finance. Ana's firm, Harbor Lane
Consulting, wants to sell. Dana buys for Parker Hannifin, on her phone, and has no account. The real web server and
the real worker run; nobody touches the database once they do.
"""

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ofrecord.access.types import VendorRole
from ofrecord.clock.queries import now
from ofrecord.flows import found_installation
from support.story import FIRST_READING

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PASSWORD = "a long password of this story"
MORGAN, FRANK = "morgan@northwind.example", "frank@northwind.example"
ANA, DANA = "ana@harborlane.example", "dana@parker.example"
# The worker may have other things to do first.
PATIENCE_MS = 60_000


@pytest.fixture
def site(serve_site: Callable[[], str], committed_db: str) -> str:
    """A new installation on 1 October 2026, with two people of the vendor and nothing else."""
    found_installation.found(mode="demonstration", day=date(2026, 10, 1))
    for name, email, role in (
        ("Morgan Reyes", MORGAN, VendorRole.CHANNEL_CHIEF),
        ("Frank Osei", FRANK, VendorRole.FINANCE),
    ):
        found_installation.add_colleague(at=now(), name=name, email=email, password=PASSWORD, role=role)
    return serve_site()


def test_from_a_program_document_to_a_partners_statement(site: str, browser: Browser) -> None:
    morgan, frank = somebody(browser, site), somebody(browser, site)
    ana, dana = somebody(browser, site), somebody(browser, site, PHONE)

    # The vendor publishes its program: 12% of what is billed in the first year, 6% after it.
    sign_in(morgan, MORGAN)
    publish_the_program(morgan)

    # A partner applies, is approved, joins by the link that was mailed to it, and accepts the program.
    apply_as_harbor_lane(ana)
    approve_harbor_lane(morgan)
    join(ana, invitation_mailed_to(morgan, ANA))
    accept_the_program(ana)

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
    move_the_day(morgan, "2026-11-01")
    sign_in(frank, FRANK)
    mark_october_paid(frank, amount="750.00")

    # Finance closes the month; the partner sees what it earned, and why: 750.00 × 12% = 90.00.
    close_october(frank, fees="90.00")
    read_the_statement(ana, earned="90.00")
    ask_why(ana, billed="750.00", rate="12%", fee="90.00")


# The people


def somebody(browser: Browser, site: str, size: dict[str, int] = DESK) -> Page:
    """A browser of somebody's own, with nothing in it."""
    context = browser.new_context(base_url=site, viewport=size, is_mobile=size == PHONE)  # type: ignore[arg-type]
    return context.new_page()


def headline(page: Page) -> Locator:
    """The sentence with which a page begins."""
    return page.get_by_role("heading", level=1)


def sign_in(page: Page, email: str) -> None:
    page.goto("/")
    page.get_by_role("link", name="Sign in").first.click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def go_to(page: Page, name: str) -> None:
    """By the navigation."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name=name, exact=True).click()


# The vendor


def publish_the_program(morgan: Page) -> None:
    go_to(morgan, "Program")
    expect(headline(morgan)).to_have_text("No program version is in force")
    morgan.get_by_role("link", name="Publish a version").first.click()
    morgan.get_by_label("Program document").set_input_files(FIRST_READING)
    morgan.get_by_role("button", name="Check it").click()
    expect(headline(morgan)).to_have_text("The document has no fault, and its 4 examples come out")
    morgan.get_by_role("button", name="Publish version 2009.1").click()
    go_to(morgan, "Program")
    expect(headline(morgan)).to_have_text("Version 2009.1 is in force")


def approve_harbor_lane(morgan: Page) -> None:
    go_to(morgan, "Partners")
    morgan.get_by_role("link", name="Harbor Lane Consulting").click()
    expect(headline(morgan)).to_have_text("Harbor Lane Consulting wants to become a partner")
    morgan.get_by_role("button", name="Approve").click()
    expect(headline(morgan)).to_contain_text("Harbor Lane Consulting is a partner since")


def invitation_mailed_to(morgan: Page, email: str) -> str:
    """The link in the letter of welcome, which a demonstration keeps in the desk."""
    go_to(morgan, "Mail")
    letter = morgan.get_by_role("row").filter(has_text=email).filter(has_text="Welcome")
    letter.get_by_role("link").click()
    expect(headline(morgan)).to_contain_text("Welcome: Harbor Lane Consulting is a partner")
    found = re.search(r"https?://\S+/join/\S+", morgan.get_by_role("main").inner_text())
    assert found, "the letter holds a link"
    return found[0]


def move_the_day(morgan: Page, day: str) -> None:
    """The demonstration's clock; what falls due on the way is done by the worker."""
    morgan.locator(".clock summary").click()
    morgan.get_by_label("Move the day to").first.fill(day)
    morgan.get_by_role("button", name="Move the day").first.click()
    expect(headline(morgan)).to_have_text("It is 1 November 2026")


def mark_october_paid(frank: Page, amount: str) -> None:
    go_to(frank, "Invoices")
    invoice = frank.get_by_role("row").filter(has_text="Parker Hannifin")
    until_there(frank, invoice)
    expect(invoice).to_contain_text(amount)
    invoice.get_by_role("checkbox").check()
    frank.get_by_role("button", name="Mark as paid").click()
    expect(headline(frank)).to_have_text(f"All {amount} USD is paid".replace(" USD", "\u00a0USD"))


def until_there(page: Page, wanted: Locator) -> None:
    """Loads the page anew until the worker has done what is waited for."""
    for _ in range(PATIENCE_MS // 1000):
        if wanted.count():
            return
        page.wait_for_timeout(1000)
        page.reload()
    expect(wanted).to_be_visible()


def close_october(frank: Page, fees: str) -> None:
    go_to(frank, "Settlement")
    expect(headline(frank)).to_have_text("October 2026 can be closed")
    frank.get_by_role("button", name="Close October 2026").click()
    expect(frank.get_by_text("done", exact=True)).to_be_visible(timeout=PATIENCE_MS)
    go_to(frank, "Settlement")
    frank.get_by_role("link", name="October 2026").click()
    expect(headline(frank)).to_have_text(f"Partners earned {fees}\u00a0USD in October 2026")


# The partner


def apply_as_harbor_lane(ana: Page) -> None:
    ana.goto("/")
    ana.get_by_role("link", name="Apply").click()
    ana.get_by_label("Your firm").fill("Harbor Lane Consulting")
    ana.get_by_label("What you do, and for whom").fill("We move mail and portals of manufacturers.")
    ana.get_by_label("Your name").fill("Ana Ruiz")
    ana.get_by_label("Work e-mail").fill(ANA)
    ana.get_by_role("button", name="Apply").click()
    expect(headline(ana)).to_have_text("Thank you, your application is in")


def join(ana: Page, link: str) -> None:
    ana.goto(link)
    expect(headline(ana)).to_have_text("Join Harbor Lane Consulting")
    ana.get_by_label("Choose a password").fill(PASSWORD)
    ana.get_by_role("button", name="Join").click()
    expect(ana.get_by_role("button", name="Sign out")).to_be_visible()


def accept_the_program(ana: Page) -> None:
    go_to(ana, "Program")
    expect(headline(ana)).to_have_text("Read version 2009.1, and accept it")
    ana.get_by_label("I have read this version and accept it").check()
    ana.get_by_role("button", name="Accept this version").click()
    expect(headline(ana)).to_have_text("You accepted version 2009.1 on 1 October 2026")


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
    expect(headline(ana)).to_have_text(f"You earned {earned}\u00a0USD in October 2026")


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
