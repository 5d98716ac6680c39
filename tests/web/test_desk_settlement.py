"""A month is closed at the desk: the button, the run, the result, and the statements with their "why?"."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, VendorRole
from ofrecord.clock.queries import now
from ofrecord.flows import turn_clock
from ofrecord.flows.preview_month import preview as preview_in_a_request
from ofrecord.flows.run_preview import run_preview
from ofrecord.flows.settle_period import settle_period
from ofrecord.kernel.calendar import Month
from ofrecord.settlement.actions.runs import end_run
from ofrecord.settlement.models import Run
from ofrecord.settlement.queries import closed, latest_preview_run, previewed, runs
from ofrecord.settlement.refusals import PreviewTooLarge, RunStopped
from ofrecord.settlement.types import STOPPED, Purpose, RunCard
from ofrecord.statements.queries import card, lines_of, statements
from ofrecord.web.desk import preview, settlement
from ofrecord.web.words import money_text
from support.desk import Desk, Page, desk_of, partner_number
from support.world import World

CHIEF, MANAGER, FINANCE, SELLER = VendorRole
SEPTEMBER = Month(2026, 9)


@pytest.fixture
def own_books(own_world: World, settings: Any, tmp_path: Path) -> World:
    """A world whose books are its own too."""
    settings.DATA = shutil.copytree(settings.DATA, tmp_path / "data")
    return own_world


def _run_of(page: Page) -> UUID:
    return UUID(page.location.rsplit("/", 1)[1])


def _statement(world: World) -> UUID:
    with entered(OFFICE):
        return statements(OFFICE).get(partner_id=world.a.id).pk


def _nothing_began(world: World) -> bool:
    with entered(OFFICE):
        return runs().filter(month=SEPTEMBER.first).count() == 0 and closed(SEPTEMBER) is None


def test_the_months_say_what_was_billed_closed_and_is_open(world: World) -> None:
    page = desk_of(world, FINANCE).get("settlement")
    assert page.heading == "September 2026 can be closed"
    assert page.has("October 2026 open", "September 2026 to be closed", "August 2026 closed")
    assert page.offers("desk:month-close", "2026-09")


def test_a_month_is_closed_by_a_run_that_can_be_followed(own_books: World) -> None:
    desk = desk_of(own_books, FINANCE)
    started = desk.post("month-close", "2026-09")
    page = desk.follow(started)
    assert page.heading == "September 2026 is being closed"
    assert page.offers("desk:run-stop", _run_of(started))
    assert desk.get("month", "2026-09").heading == "September 2026 is being closed"
    # Pressed again, it leads to the run that goes on.
    assert _run_of(desk.post("month-close", "2026-09")) == _run_of(started)

    finance = own_books.vendor.people[FINANCE].reader
    settle_period(by=finance.actor, at=now(), month=SEPTEMBER, run_id=_run_of(started))
    polled = desk.get("run-progress", _run_of(started))
    assert polled.has("September 2026 is closed", "done")
    assert "hx-get" not in polled.html
    ended = desk.get("run", _run_of(started))
    assert ended.lacks("Stop the run")
    assert ended.has("Partners earned ", "Fee lines", "September 2026 is closed.", "See September 2026")
    assert ended.offers("desk:month", "2026-09")

    month = desk.get("month", "2026-09")
    # harborlane 12% of 103.50 + 682.50 + 285.00 = 12.42 + 81.90 + 34.20; direct sales pay nothing.
    assert month.has(
        f"Harborlane Consulting {partner_number('Harborlane Consulting')} 5 2 0 128.52 USD 128.52 USD 0.00 USD",
        "Book, SHA-256",
        "Frank of northwind",
    )
    again = desk.post("month-close", "2026-09")
    assert again.status == 409
    assert again.has("September 2026 was closed")


def test_a_run_is_stopped_before_it_posts(own_books: World) -> None:
    desk = desk_of(own_books, FINANCE)
    run_id = _run_of(desk.post("month-close", "2026-09"))
    page = desk.follow(desk.post("run-stop", run_id))
    assert page.heading == "September 2026 was not closed"
    assert page.has("stopped", "Nothing was posted.")
    assert closed(SEPTEMBER) is None
    # It was asked for, and is no failure.
    for shown in (page, desk.get("month", "2026-09")):
        assert '<span class="state plain">stopped</span>' in shown.html
        assert '"state stop"' not in shown.html
    assert 'class="error"' not in page.html


def test_a_run_that_failed_is_marked_as_a_failure(own_books: World) -> None:
    desk = desk_of(own_books, FINANCE)
    run_id = _run_of(desk.post("month-close", "2026-09"))
    with entered(OFFICE):
        end_run(at=now(), run_id=run_id, status=STOPPED, says="It has no room. Nothing was posted.")
    page = desk.get("run", run_id)
    assert '<p class="error">It has no room. Nothing was posted.</p>' in page.html
    for shown in (page, desk.get("month", "2026-09")):
        assert '<span class="state stop">stopped</span>' in shown.html


def test_a_month_before_anybody_was_served_waits_for_nothing(world: World) -> None:
    desk = desk_of(world, FINANCE)
    page = desk.get("month", "2020-01")
    assert page.heading == "Nobody was served in January 2020"
    assert page.has("There is nothing to close. The first month of service is August 2026 .")
    assert page.lacks("waits for", "closed in order", "Close January 2020")
    refused = desk.post("month-close", "2020-01")
    assert refused.status == 409
    assert refused.has("Nobody was served in January 2020, so there is nothing to close.")


def test_a_month_that_is_not_over_or_not_next_is_refused_in_words(world: World) -> None:
    desk = desk_of(world, FINANCE)
    page = desk.post("month-close", "2026-10")
    assert page.status == 409
    assert page.has(
        "October 2026 is not over, so it cannot be closed.", "It can be closed from 1 November 2026 on."
    )
    assert desk.get("month", "2026-10").heading == "October 2026 is not over"
    assert desk.post("month-close", "2026-08").status == 409
    assert desk.get("month", "2026-99").status == 404
    assert _nothing_began(world)


def test_an_earlier_month_has_to_be_closed_first(own_world: World) -> None:
    with entered(OFFICE):
        turn_clock.turn(reader=own_world.vendor.head, at=now(), day=date(2026, 11, 2))
    desk = desk_of(own_world, FINANCE)
    assert desk.get("settlement").heading == "2 months are to be closed, September 2026 first"
    assert desk.get("month", "2026-10").heading == "October 2026 waits for September 2026"
    page = desk.post("month-close", "2026-10")
    assert page.status == 409
    assert page.has("Months are closed in order: close September 2026 first.")


def test_who_may_not_close_is_refused_and_nothing_begins(world: World) -> None:
    for role in (MANAGER, SELLER):
        desk = desk_of(world, role)
        assert desk.get("settlement").status == 403
        assert desk.get("month", "2026-08").status == 403
        assert desk.post("month-close", "2026-09").status == 403
    assert _nothing_began(world)


def test_a_statement_shows_every_line_and_why(world: World) -> None:
    desk = desk_of(world, MANAGER)
    assert desk.get("statements").heading == "2 statements issued"
    page = desk.get("statement", _statement(world))
    # 12% of 244.84 and of 30 × 15.00 × 22/31 = 319.35: 29.38 + 38.32; the direct sale pays nothing.
    assert page.heading == "Harborlane Consulting is paid 67.70 USD for August 2026"
    assert page.has(
        "3 lines; 1 pays nothing, and says why.",
        "New lines earned, and on no statement before 67.70",
        "Together 67.70 Payable paid for this statement 67.70",
        "First year 2009.1 12% 2 2 67.70",
        "Direct orders 2009.1 — 1 1 0.00",
        "Why 29.38?",
        "Why nothing?",
        "The customer ordered directly from the vendor",
        "Together 1,181.61 67.70",
    )
    # Numbers by which things are called are not broken over two lines.
    assert page.html.count('<td role="cell" data-label="Line" class="whole">') == 3
    assert page.html.count('<span class="whole">N-') == 3


def test_a_line_has_a_page_of_its_own(world: World) -> None:
    desk = desk_of(world, FINANCE)
    with entered(OFFICE):
        lines = lines_of(card(statements(OFFICE).get(partner_id=world.a.id)), OFFICE)
    paid, nothing = (
        next(each.id for each in lines if bool(each.fee) == is_paid) for is_paid in (True, False)
    )
    page = desk.get("line", paid)
    assert page.heading.startswith("This line pays ")
    assert page.has("clause First year of version 2009.1 pays 12%", "Statement of Harborlane Consulting")
    assert desk.get("line", nothing).heading == "This line pays nothing"
    assert desk.get("line", "2026-08/0000000001").status == 404
    assert desk_of(world, SELLER).get("line", paid).status == 403


def test_a_statement_is_taken_along_with_exact_amounts(world: World) -> None:
    file = desk_of(world, FINANCE).get("statement", _statement(world), export="csv").html.splitlines()
    assert len(file) == 4
    assert "Customer,Line,Clause,Month,Billed,Billed currency,Fee,Fee currency,Invoice" in file[0]
    assert "First year,1,319.35,USD,38.32,USD" in file[1]


def test_a_seller_reads_no_statements(world: World) -> None:
    desk: Desk = desk_of(world, SELLER)
    assert desk.get("statements").status == 403
    assert desk.get("statement", _statement(world)).status == 403


@pytest.fixture
def many(own_books: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world that sells too much for a preview of all partners to be worked out in a request."""

    def refuses(**_: object) -> None:
        raise PreviewTooLarge(most=6_000, is_of_one=False)

    monkeypatch.setattr(preview, "foreseen", refuses)
    return own_books


def test_a_preview_of_much_is_worked_out_by_a_run_that_can_be_followed(many: World) -> None:
    small = preview_in_a_request(reader=many.vendor.people[FINANCE].reader, at=now())
    assert small is not None
    desk = desk_of(many, FINANCE)
    page = desk.get("preview")
    assert page.heading == "What September 2026 comes to was not worked out yet"
    assert page.offers("desk:preview-partner", many.a.id)

    page = desk.follow(desk.post("preview-start"))
    assert page.heading == "What September 2026 comes to is being worked out"
    run_id = _preview_run().id
    assert page.offers("desk:preview-stop", run_id)
    # Pressed again, it is the same run; and the month's own page knows nothing of it.
    desk.post("preview-start")
    assert _preview_run().id == run_id
    assert _nothing_began(many)

    run_preview(at=now(), run_id=run_id, month=SEPTEMBER)
    polled = desk.get("preview-progress", run_id)
    assert polled.has("Preview of September 2026", "done")
    assert "hx-get" not in polled.html
    page = desk.get("preview")
    assert page.has("Work it out anew", "What became known after", "Harborlane Consulting")
    for each in small.figures:
        assert page.has(money_text(each.payable)[:-4])
    # The next one takes its place.
    desk.post("preview-start")
    assert desk.get("preview").has("Harborlane Consulting", "Preview of September 2026")
    run_preview(at=now(), run_id=_preview_run().id, month=SEPTEMBER)
    with entered(OFFICE):
        assert runs(Purpose.PREVIEW).count() == 1
        assert previewed(SEPTEMBER) == (_preview_run(), small.of_all())


def test_a_preview_that_is_stopped_leaves_what_was_found_before(many: World) -> None:
    desk = desk_of(many, FINANCE)
    desk.post("preview-start")
    run_preview(at=now(), run_id=_preview_run().id, month=SEPTEMBER)
    desk.post("preview-start")
    page = desk.follow(desk.post("preview-stop", _preview_run().id))
    assert page.has(
        "stopped", "The preview of September 2026 was stopped on request", "Harborlane Consulting"
    )
    assert 'class="error"' not in page.html
    with entered(OFFICE):
        # As long as whoever does it has not heard of it.
        Run.objects.filter(pk=_preview_run().id).update(status="running", ended_at=None)
    page = desk.get("preview")
    assert page.has("It was asked to stop, and stops as soon as it can")
    assert not page.offers("desk:preview-stop", _preview_run().id)
    with pytest.raises(RunStopped):
        run_preview(at=now(), run_id=_preview_run().id, month=SEPTEMBER)
    assert desk.get("preview").has("Harborlane Consulting", "Work it out anew")
    # The run of a close is not stopped, or followed, as one of a preview.
    close_run = _run_of(desk.post("month-close", "2026-09"))
    assert desk.get("preview-progress", close_run).status == 404
    assert desk.post("preview-stop", close_run).status == 404


def test_a_preview_that_failed_says_why(many: World) -> None:
    desk = desk_of(many, FINANCE)
    desk.post("preview-start")
    with entered(OFFICE):
        end_run(at=now(), run_id=_preview_run().id, status=STOPPED, says="It has no room.")
    page = desk.get("preview")
    assert '<p class="error">It has no room.</p>' in page.html
    assert page.has("Work it out for all partners")


def test_who_reads_no_statements_has_no_preview_worked_out(many: World) -> None:
    desk = desk_of(many, SELLER)
    assert desk.post("preview-start").status == 403
    assert desk.get("preview").status == 403


def _preview_run() -> RunCard:
    with entered(OFFICE):
        found = latest_preview_run(SEPTEMBER)
    assert found is not None
    return found


def test_a_closed_month_says_what_waited_for_a_rate() -> None:
    said = settlement.waited_words(SEPTEMBER, {"GBP": 10, "EUR": 1})
    assert said.startswith(
        "When September 2026 was closed, 11 lines waited for an exchange rate into EUR and GBP."
    )
    assert settlement.waited_words(SEPTEMBER, {"GBP": 1}).startswith(
        "When September 2026 was closed, 1 line waited"
    )
    assert not settlement.waited_words(SEPTEMBER, {})
    assert settlement.waiting_words({"GBP": 1}).startswith("1 line waits for an exchange rate into GBP. What")
    assert not settlement.waiting_words({})
