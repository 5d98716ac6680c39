"""What the persons of a story do in a browser of their own, wherever it is told: sign in, apply, join, order, wait."""

import re
from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from ofrecord.access.types import VendorRole
from ofrecord.clock.queries import now
from ofrecord.flows import found_installation

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PASSWORD = "a long password of this story"
MORGAN, FRANK = "morgan@northwind.example", "frank@northwind.example"
ANA, DANA = "ana@harborlane.example", "dana@parker.example"
# The worker may have other things to do first.
PATIENCE_MS = 60_000


def founded() -> None:
    """A new installation on 1 October 2026, with two people of the vendor and nothing else."""
    found_installation.found(mode="demonstration", day=date(2026, 10, 1))
    for name, email, role in (
        ("Morgan Reyes", MORGAN, VendorRole.CHANNEL_CHIEF),
        ("Frank Osei", FRANK, VendorRole.FINANCE),
    ):
        found_installation.add_colleague(at=now(), name=name, email=email, password=PASSWORD, role=role)


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


def publish_the_program(morgan: Page, document: Path, version: str, examples: int) -> None:
    go_to(morgan, "Program")
    expect(headline(morgan)).to_have_text("No program version is in force")
    morgan.get_by_role("link", name="Publish a version").first.click()
    morgan.get_by_label("Program document").set_input_files(document)
    morgan.get_by_role("button", name="Check it").click()
    expect(headline(morgan)).to_have_text(f"The document has no fault, and its {examples} examples come out")
    morgan.get_by_role("button", name=f"Publish version {version}").click()
    go_to(morgan, "Program")
    expect(headline(morgan)).to_have_text(f"Version {version} is in force")


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


def move_the_day(morgan: Page, day: str, told: str) -> None:
    """The demonstration's clock; what falls due on the way is done by the worker."""
    morgan.locator(".clock summary").click()
    morgan.get_by_label("Move the day to").first.fill(day)
    morgan.get_by_role("button", name="Move the day").first.click()
    expect(headline(morgan)).to_have_text(f"It is {told}")


def until_there(page: Page, wanted: Locator) -> None:
    """Loads the page anew until the worker has done what is waited for."""
    for _ in range(PATIENCE_MS // 1000):
        if wanted.count():
            return
        page.wait_for_timeout(1000)
        page.reload()
    expect(wanted).to_be_visible()


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


def accept_the_program(ana: Page, version: str) -> None:
    go_to(ana, "Program")
    expect(headline(ana)).to_have_text(f"Read version {version}, and accept it")
    ana.get_by_label("I have read this version and accept it").check()
    ana.get_by_role("button", name="Accept this version").click()
    expect(headline(ana)).to_have_text(f"You accepted version {version} on 1 October 2026")


def close(frank: Page, month: str, fees: str) -> None:
    go_to(frank, "Settlement")
    expect(headline(frank)).to_have_text(f"{month} can be closed")
    frank.get_by_role("button", name=f"Close {month}").click()
    expect(frank.get_by_text("done", exact=True)).to_be_visible(timeout=PATIENCE_MS)
    go_to(frank, "Settlement")
    frank.get_by_role("link", name=month, exact=True).click()
    expect(headline(frank)).to_have_text(f"Partners earned {fees}\u00a0USD in {month}")
