"""A closed month is held against itself at the desk: book, statements and ledger."""

from datetime import date

import pytest

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, VendorRole
from ofrecord.clock.queries import now
from ofrecord.flows.check_month import check_month
from ofrecord.kernel.money import Money
from ofrecord.ledger.actions import Move, post
from ofrecord.ledger.types import BALANCE, BANK, Posting
from support.desk import desk_of
from support.world import World


def test_a_closed_month_ties_out(world: World) -> None:
    desk = desk_of(world, VendorRole.FINANCE)
    assert desk.get("month", "2026-08").offers("desk:tie-out", "2026-08")
    page = desk.get("tie-out", "2026-08")
    assert page.heading == "August 2026 ties out"
    assert page.has("held against 2 statements and against the ledger.", "No figure differs")
    # Nothing was carried, held back or taken back: what the lines come to is payable.
    payable = page.text.split("New lines earned, and on no statement before ")[1].split()[0]
    assert page.has(f"Together {payable} Payable paid for this statement {payable}")


def test_what_somebody_posted_by_hand_is_found_with_all_three_amounts(own_world: World) -> None:
    with entered(OFFICE):
        one = Money(100, "USD")
        by_hand = Move("by hand", "by hand", (Posting(BANK, one), Posting(BALANCE, -one, own_world.a.id)))
        post(moves=[by_hand], day=date(2026, 8, 31), at=now())
    page = desk_of(own_world, VendorRole.FINANCE).get("tie-out", "2026-08")
    assert page.heading == "August 2026 does not tie out for 1 partner"
    assert page.has("Harborlane Consulting carried — 0.00 USD 1.00 USD")


def test_a_month_that_is_not_closed_has_nothing_to_hold_against_each_other(world: World) -> None:
    desk = desk_of(world, VendorRole.FINANCE)
    page = desk.get("tie-out", "2026-09")
    assert (page.status, page.has("September 2026 is not closed")) == (409, True)
    assert desk.get("tie-out", "words").status == 404
    assert desk_of(world, VendorRole.SELLER).get("tie-out", "2026-08").status == 403


def test_a_book_that_is_too_large_for_a_page_is_left_to_the_command(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(check_month.__kwdefaults__, "most_lines", 1)
    page = desk_of(world, VendorRole.FINANCE).get("tie-out", "2026-08")
    assert page.status == 409
    assert page.has("too many to check while you wait", "ofrecord tie-out 2026-08")
