"""Invoices at the desk: totals that tie out, lines with their days, and payments, one or several at once."""

import re
from uuid import UUID

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, VendorRole
from ofrecord.billing.queries import invoices
from support.desk import desk_of
from support.world import World

CHIEF, MANAGER, FINANCE, SELLER = VendorRole


def _open(world: World) -> list[UUID]:
    """The invoices of harborlane's subscriptions that are not paid, by number."""
    own = list(world.a.subscriptions.values())
    with entered(OFFICE):
        found = invoices(OFFICE).filter(paid=False, subscription_id__in=own).order_by("number")
        return list(found.values_list("pk", flat=True))


def _paid_days(world: World) -> dict[UUID, str]:
    with entered(OFFICE):
        found = invoices(OFFICE).filter(paid=True).values_list("pk", "paid_on")
        return {pk: str(day) for pk, day in found}


def test_the_list_says_what_is_unpaid_and_sums_what_is_shown(world: World) -> None:
    desk = desk_of(world, FINANCE)
    page = desk.get("invoices", q="harborlane", state="False")
    # September: confirmed 23 × 15.00 × 9/30 + 65 × 15.00 × 21/30 = 786.00
    # cancelled from the 20th: 30 × 15.00 × 19/30 = 285.00
    # direct 58 × 15.00 × 11/30 + 65 × 15.00 × 19/30 = 936.50
    assert page.has("What is shown comes to", "USD 3 2,007.50 3 2,007.50", "3 found")
    assert page.heading == desk.get("invoices").heading
    paid = desk.get("invoices", q="harborlane", month="2026-08-01")
    assert paid.has("USD 3 1,181.61 0 0.00", "paid 1 Oct 2026")


def test_the_list_is_taken_along_exactly(world: World) -> None:
    file = desk_of(world, FINANCE).get("invoices", q="Confirmed Harborlane", export="csv").html.splitlines()
    assert file[0].endswith("Invoice,Customer,Month,State,Paid on,Total,Total currency,Owed,Owed currency")
    assert [line.split(",", 1)[1] for line in file[1:]] == [
        "Confirmed Harborlane Mills,2026-09,open,,786.00,USD,786.00,USD",
        "Confirmed Harborlane Mills,2026-08,paid,2026-10-01,244.84,USD,0.00,USD",
    ]


def test_an_invoice_shows_its_days_and_why(world: World) -> None:
    page = desk_of(world, FINANCE).get("invoice", _open(world)[0])
    assert page.heading == "Confirmed Harborlane Mills owes 786.00 USD for September 2026"
    assert page.has(
        "1 Sept 2026 to 9 Sept 2026 9 23 15.00 103.50",
        "Why 103.50? 23 seats were served on 9 of the 30 days of September 2026, so 9/30 of the monthly price",
        "10 Sept 2026 to 30 Sept 2026 21 65 15.00 682.50",
        "Total 786.00",
    )


def test_an_invoice_is_paid_in_parts_on_its_page(own_world: World) -> None:
    desk, invoice = desk_of(own_world, FINANCE), _open(own_world)[0]
    part = {"payment-amount": "300.00", "payment-day": "2026-10-05", "payment-reference": "bank 4711"}
    page = desk.follow(desk.post("invoice-payment", invoice, **part))
    assert page.heading == "Confirmed Harborlane Mills owes 486.00 USD for September 2026"
    assert page.has(
        "· part paid",
        "The payment is recorded.",
        "5 Oct 2026 payment the whole invoice bank 4711 −300.00",
        "300.00 USD was paid on 5 October 2026",
        "Frank of northwind",
    )
    page = desk.follow(desk.post("invoice-payment", invoice, **{"payment-day": "2026-10-06"}))
    assert page.heading == "Confirmed Harborlane Mills paid 786.00 USD on 6 October 2026"
    assert not page.offers("desk:invoice-payment", invoice)
    listed = desk.get("invoices", q="harborlane", became="paid", month="2026-09-01")
    assert listed.has("USD 1 786.00 0 0.00")


def test_something_is_taken_back_on_its_page(own_world: World) -> None:
    desk, invoice = desk_of(own_world, FINANCE), _open(own_world)[0]
    noted = {
        "credit-kind": "credit note",
        "credit-line": "2",
        "credit-amount": "82.50",
        "credit-day": "2026-10-05",
        "credit-reason": "Four days without service",
    }
    page = desk.follow(desk.post("invoice-credit", invoice, **noted))
    assert page.heading == "Confirmed Harborlane Mills owes 703.50 USD for September 2026"
    number = re.search(r"Its number is (C-2026-\d{6})\.", page.text)
    assert number
    assert page.has(
        f"5 Oct 2026 credit note {number[1]} line 2 Four days without service −82.50",
        "Taken back −82.50 USD",
        "Credit note of −82.50 USD on 5 October 2026: Four days without service",
    )
    rest = {**noted, "credit-kind": "write-off", "credit-line": "whole", "credit-amount": ""}
    page = desk.follow(desk.post("invoice-credit", invoice, **rest))
    assert page.heading == "Confirmed Harborlane Mills owes nothing for September 2026"
    assert page.has("· written off")


def test_the_title_of_a_paid_invoice_says_what_was_taken_back(own_world: World) -> None:
    desk, invoice = desk_of(own_world, FINANCE), _open(own_world)[0]
    desk.post("invoice-payment", invoice, **{"payment-day": "2026-10-05"})
    back = {
        "credit-kind": "chargeback",
        "credit-line": "whole",
        "credit-day": "2026-10-06",
        "credit-reason": "The bank",
    }
    paid = "Confirmed Harborlane Mills paid 786.00 USD on 5 October 2026"
    part = desk.follow(desk.post("invoice-credit", invoice, **back, **{"credit-amount": "86.00"}))
    assert part.heading == f"{paid}, and 86.00 USD of it was taken back"
    assert (
        desk.follow(desk.post("invoice-credit", invoice, **back)).heading == f"{paid}, and it was taken back"
    )
    won = {**back, "credit-kind": "chargeback won back", "credit-day": "2026-10-07"}
    page = desk.follow(desk.post("invoice-credit", invoice, **won, **{"credit-amount": "1.00"}))
    assert page.heading == f"{paid}, and 785.00 USD of it was taken back"
    assert desk.follow(desk.post("invoice-credit", invoice, **won)).heading == paid


def test_the_same_form_sent_twice_takes_back_once(own_world: World) -> None:
    desk, invoice = desk_of(own_world, FINANCE), _open(own_world)[0]
    noted = {
        "credit-kind": "credit note",
        "credit-line": "2",
        "credit-amount": "82.50",
        "credit-day": "2026-10-05",
        "credit-reason": "Four days without service",
        "credit-sent_as": "0199c2c0-0000-7000-8000-000000000001",
    }
    for _ in range(2):
        page = desk.follow(desk.post("invoice-credit", invoice, **noted))
        assert page.heading == "Confirmed Harborlane Mills owes 703.50 USD for September 2026"


def test_what_cannot_be_recorded_is_said_on_the_page_and_nothing_happens(world: World) -> None:
    desk, invoice = desk_of(world, FINANCE), _open(world)[0]
    more = desk.post("invoice-payment", invoice, **{"payment-amount": "786.01", "payment-day": "2026-10-05"})
    assert more.status == 422
    assert more.has("786.01 USD is more than the 786.00 USD owed on invoice")
    text = desk.post("invoice-payment", invoice, **{"payment-amount": "1,5", "payment-day": "2026-10-05"})
    assert text.status == 422
    assert text.has("Write an amount such as 15.00.")
    fields = {"credit-line": "whole", "credit-day": "2026-10-05", "credit-reason": "No"}
    refund = desk.post("invoice-credit", invoice, **fields, **{"credit-kind": "refund"})
    assert refund.status == 422
    assert refund.has("No refund is possible on invoice")
    early = desk.post(
        "invoice-credit", invoice, **{**fields, "credit-day": "2026-09-29", "credit-kind": "credit note"}
    )
    assert early.has("Choose a day from 30 September 2026 to 12 October 2026.")
    assert desk.get("invoice", invoice).has("Nothing was paid and nothing was taken back yet.")


def test_several_are_marked_at_once_and_again_changes_nothing(own_world: World) -> None:
    desk, chosen = desk_of(own_world, FINANCE), [str(pk) for pk in _open(own_world)]
    page = desk.follow(desk.post("invoices-paid", invoice=chosen, day="2026-10-12"))
    assert page.has("3 invoices are marked as paid on 12 October 2026.")
    again = desk.follow(desk.post("invoices-paid", invoice=chosen, day="2026-10-11"))
    assert again.has("0 invoices are marked as paid on 11 October 2026.")
    assert {_paid_days(own_world)[UUID(pk)] for pk in chosen} == {"2026-10-12"}
    assert desk.get("invoices", q="harborlane").has("USD 6 3,189.11 0 0.00")


def test_nothing_is_marked_when_one_cannot_be(world: World) -> None:
    desk, before = desk_of(world, FINANCE), _paid_days(world)
    chosen = [str(pk) for pk in _open(world)]
    future = desk.post("invoices-paid", invoice=chosen, day="2026-10-13")
    assert future.status == 422
    assert future.has("An invoice of 30 September 2026 cannot have been paid on 13 October 2026.")
    early = desk.post("invoices-paid", invoice=chosen, day="2026-09-29")
    assert early.has("Choose a day from 30 September 2026 to 12 October 2026.")
    unknown = desk.post("invoices-paid", invoice=[*chosen, str(world.version)], day="2026-10-12")
    assert unknown.status == 404
    none = desk.post("invoices-paid", day="2026-10-12")
    assert none.status == 422
    assert none.has("No invoice was selected. Tick the ones that were paid.")
    assert _paid_days(world) == before


def test_who_may_not_read_invoices_is_refused(world: World) -> None:
    before = _paid_days(world)
    for role in (MANAGER, SELLER):
        desk = desk_of(world, role)
        assert desk.get("invoices").status == 403
        assert desk.get("invoice", _open(world)[0]).status == 403
        assert desk.post("invoices-paid", invoice=str(_open(world)[0]), day="2026-10-12").status == 403
        for page in ("invoice-payment", "invoice-credit"):
            assert desk.post(page, _open(world)[0]).status == 403
    assert _paid_days(world) == before
