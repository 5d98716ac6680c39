"""The public pages of the running product in a real browser: phone first, both themes, with and without scripts.

`OFRECORD_PICTURES=folder pytest tests/web/test_confirm_in_browser.py` keeps the pictures.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.orders.models import Confirmation
from support import story
from support.links import DANA, confirmed, declined, link
from support.story import House

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
PICTURES = os.environ.get("OFRECORD_PICTURES")


@pytest.fixture
def house(committed_db: str) -> House:
    story.begin("2009-04-01")
    return story.partner("Harbor Lane Consulting")


@contextmanager
def screen(
    browser: Browser, *, theme: str = "light", runs_scripts: bool = True, size: dict[str, int] = PHONE
) -> Iterator[Page]:
    """A page of a stranger; what the browser complains of, but for a page that is gone, fails the test."""
    context = browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        color_scheme=theme,  # type: ignore[arg-type]
        java_script_enabled=runs_scripts,
        reduced_motion="reduce",
    )
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    yield page
    context.close()
    assert [said for said in complaints if "the server responded with a status of 4" not in said] == []


def sign(page: Page) -> None:
    """Dana fills in the end of the form."""
    page.get_by_label("Your name").fill(DANA.name)
    page.get_by_label("Work e-mail").fill(DANA.email)
    page.get_by_label("I may order for Parker Hannifin").check()


def test_every_public_page_is_readable_by_everybody_and_fits_its_screen(
    serve_site: Callable[[], str], browser: Browser, house: House
) -> None:
    given, over, done = link(house), link(house), link(house)
    declined(over)
    confirmed(done)
    site = serve_site()
    paths = {
        "home": "/",
        "open": given.path,
        "record": done.path,
        "over": over.path,
        "unknown": "/confirm/never-made",
        "ask": f"{given.path}/ask",
        "decline": f"{given.path}/decline",
        "order": "/order",
        "apply": "/apply",
        "sign-in": "/account/login/",
        "no-invitation": "/join/never-made",
    }
    for theme in ("light", "dark"):
        for size_name, size in (("phone", PHONE), ("desk", DESK)):
            with screen(browser, theme=theme, size=size) as page:
                for name, path in paths.items():
                    page.goto(site + path)
                    for summary in page.locator("details.why > summary").all():
                        summary.click()
                    _is_readable(page, f"{name}-{size_name}-{theme}")


def _is_readable(page: Page, name: str) -> None:
    page.evaluate("document.fonts.ready")
    page.evaluate("scrollTo(0, 0)")
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider == 0, f"{name} scrolls sideways"


def test_the_price_follows_the_seats_and_two_presses_confirm_once(
    serve_site: Callable[[], str], browser: Browser, house: House
) -> None:
    given = link(house)
    site = serve_site()
    with screen(browser) as page:
        page.goto(site + given.path)
        page.get_by_label("Seats").fill("50")
        expect(page.locator("#price")).to_contain_text("750.00")  # 50 × 15.00
        page.get_by_label("Seats").fill("0")
        expect(page.locator("#price")).to_contain_text("The price below is for 40 seats.")
        page.get_by_label("Seats").fill("60")
        expect(page.locator("#price")).to_contain_text("900.00")  # 60 × 15.00
        sign(page)
        page.get_by_role("button", name="Confirm the order").dblclick()
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Confirmed: 60 seats of Business productivity suite"
        )
        _is_readable(page, "confirmed")
    _assert_confirmed(60)


def test_everything_works_without_scripts(
    serve_site: Callable[[], str], browser: Browser, house: House
) -> None:
    given = link(house)
    site = serve_site()
    with screen(browser, runs_scripts=False) as page:
        page.goto(site + given.path)
        page.get_by_label("Seats").fill("50")
        page.get_by_label("Your name").fill(DANA.name)
        page.get_by_role("button", name="Show the price").click()
        expect(page.locator("#price")).to_contain_text("750.00")  # 50 × 15.00
        expect(page.get_by_label("Your name")).to_have_value(DANA.name)
        sign(page)
        page.get_by_role("button", name="Confirm the order").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Confirmed: 50 seats")
    _assert_confirmed(50)


def test_the_conditions_can_be_read_in_full_before_they_are_accepted(
    serve_site: Callable[[], str], browser: Browser, house: House
) -> None:
    given = link(house)
    site = serve_site()
    with screen(browser) as page:
        page.goto(site + given.path)
        words = page.get_by_text("You may change the number of users at any time")
        expect(words).to_be_hidden()
        page.get_by_text("Conditions of service", exact=True).click()
        expect(words).to_be_visible()


def _assert_confirmed(seats: int) -> None:
    with entered(OFFICE):
        assert Confirmation.objects.get().seats == seats


def test_a_customer_orders_on_the_public_page(
    serve_site: Callable[[], str], browser: Browser, house: House
) -> None:
    site = serve_site()
    with screen(browser) as page:
        page.goto(site)
        page.get_by_role("link", name="Order directly").click()
        page.get_by_label("Seats").fill("40")
        expect(page.locator("#price")).to_contain_text("600.00")  # 40 × 15.00
        page.get_by_label("Company", exact=True).fill("Snap-on")
        page.get_by_label("Your name").fill("Al Freyr")
        page.get_by_label("Work e-mail").fill("al@snap-on.example")
        page.get_by_label("I may order for this company").check()
        page.get_by_role("button", name="Order and confirm").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Confirmed: 40 seats")
    _assert_confirmed(40)
