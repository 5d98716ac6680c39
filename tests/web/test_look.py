"""The look, in a real browser: every part of every page, in light and in dark, on a desk and on a phone.

`OFRECORD_PICTURES=folder pytest tests/web/test_look.py` keeps the pictures.
"""

import mimetypes
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.test import override_settings
from django.utils import translation
from playwright.sync_api import Browser, Page, Route

from ofrecord.site.middleware import _POLICY
from support.look_gallery import ANSWERS, PAGES

SITE = "http://gallery.example"
SIZES = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
PICTURES = os.environ.get("OFRECORD_PICTURES")


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    with override_settings(ROOT_URLCONF="support.look_urls"), translation.override("en"):
        return {name: draw() for name, draw in (PAGES | ANSWERS).items()}


def _answer(route: Route, pages: dict[str, str]) -> None:
    path = urlsplit(route.request.url).path
    found = finders.find(path.removeprefix("/static/")) if path.startswith("/static/") else None
    if isinstance(found, str):
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        route.fulfill(body=Path(found).read_bytes(), content_type=kind)
    elif name := path.strip("/"):
        page = pages.get(name)
        headers = {"Content-Security-Policy": _POLICY, "Content-Type": "text/html; charset=utf-8"}
        route.fulfill(status=200 if page else 404, body=page or "", headers=headers)


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def screen(browser: Browser, pages: dict[str, str], theme: str, size: str) -> Iterator[Page]:
    """A page on which the browser's complaints are collected and, at the end, refused."""
    context = browser.new_context(viewport=SIZES[size], color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.route("**/*", lambda route: _answer(route, pages))
    yield page
    context.close()
    assert complaints == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_readable_by_everybody_and_fits_its_screen(
    screen: Page, name: str, theme: str, size: str
) -> None:
    screen.goto(f"{SITE}/{name}")
    for summary in screen.locator("details.why > summary").all()[:1]:
        summary.click()
    screen.evaluate("document.fonts.ready")
    screen.evaluate("scrollTo(0, 0)")
    _keep(screen, f"{name}-{size}-{theme}")

    found = Axe().run(screen)
    assert found.violations_count == 0, found.generate_report()
    wider = screen.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider == 0, "the page scrolls sideways"


def _keep(screen: Page, name: str) -> None:
    if PICTURES:
        screen.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("size", ["phone"])
@pytest.mark.parametrize("theme", ["light"])
def test_on_a_phone_the_menu_opens_with_a_button_and_closes_with_escape(screen: Page) -> None:
    screen.goto(f"{SITE}/orders")
    link = screen.get_by_role("link", name="Settlement")
    assert not link.is_visible()
    screen.get_by_role("button", name="Menu").click()
    assert link.is_visible()
    assert screen.get_by_role("button", name="Sign out").is_visible()
    _keep(screen, "menu")
    assert Axe().run(screen).violations_count == 0
    screen.keyboard.press("Escape")
    assert not link.is_visible()


@pytest.mark.parametrize("size", ["desk"])
@pytest.mark.parametrize("theme", ["light"])
def test_the_demonstrations_clock_opens_and_offers_the_next_month(screen: Page) -> None:
    screen.goto(f"{SITE}/empty")
    screen.locator(".clock summary").click()
    field = screen.get_by_label("Move the day to")
    assert field.input_value() == "2026-12-01"
    assert field.get_attribute("min") == "2026-11-22"
    _keep(screen, "clock")
    assert Axe().run(screen).violations_count == 0
    screen.keyboard.press("Escape")
    assert not field.is_visible()


@pytest.mark.parametrize("size", ["desk"])
@pytest.mark.parametrize("theme", ["light"])
def test_a_chosen_theme_holds_on_the_next_page(screen: Page) -> None:
    screen.goto(f"{SITE}/refused")
    screen.get_by_label("Colors").select_option("dark")
    screen.goto(f"{SITE}/empty")
    assert screen.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 21, 25)"
    screen.get_by_label("Colors").select_option("as the system")
    assert screen.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(250, 248, 244)"


@pytest.mark.parametrize("size", ["phone"])
@pytest.mark.parametrize("theme", ["light"])
def test_on_a_phone_a_row_is_an_entry_whose_cells_say_their_names(screen: Page) -> None:
    screen.goto(f"{SITE}/statement")
    row = screen.get_by_role("row").filter(has_text="Ball Corporation").first
    fee = row.get_by_role("cell").last
    assert fee.inner_text() == "21.26"
    assert fee.evaluate("(cell) => getComputedStyle(cell, '::before').content") == '"Fee, USD"'
    assert row.evaluate("(row) => getComputedStyle(row).display") == "block"


@pytest.mark.parametrize("size", ["desk"])
@pytest.mark.parametrize("theme", ["light"])
def test_an_error_is_named_above_the_form_and_tied_to_its_field(screen: Page) -> None:
    screen.goto(f"{SITE}/parts")
    assert "5 things have to be put right" in screen.locator(":focus").inner_text()
    screen.get_by_role("link", name="Seats").click()
    seats = screen.get_by_label("Seats")
    assert seats.get_attribute("aria-invalid") == "true"
    described = (seats.get_attribute("aria-describedby") or "").split()
    assert [screen.locator(f"#{each}").inner_text() for each in described] == [
        "At least one.",
        "Ensure this value is greater than or equal to 1.",
    ]


@pytest.mark.parametrize("size", ["desk"])
@pytest.mark.parametrize("theme", ["light"])
def test_a_search_answers_while_it_is_typed_and_the_cursor_stays(screen: Page) -> None:
    screen.goto(f"{SITE}/orders?page=2&sort=state")
    with screen.expect_request("**/desk/orders/?*") as request:
        screen.get_by_label("Search").press_sequentially("ball")
    assert urlsplit(request.value.url).query == "q=ball&state=&placed-from=&placed-to="
    assert request.value.headers["hx-request"] == "true"
    screen.wait_for_url("**/desk/orders/?q=ball&*")
    assert screen.locator(":focus").input_value() == "ball"


@pytest.mark.parametrize("size", ["desk"])
@pytest.mark.parametrize("theme", ["light"])
def test_a_long_job_asks_again_until_it_is_done(screen: Page) -> None:
    screen.goto(f"{SITE}/parts")
    job = screen.locator("#close")
    assert job.get_by_role("progressbar").get_attribute("value") == "1184"
    with screen.expect_response("**/jobs/close"):
        pass
    screen.get_by_text("2,048 lines in 41 statements.").wait_for()
    assert job.get_by_role("progressbar").count() == 0
    assert job.get_attribute("hx-trigger") is None
