"""The desk's first page answers each role's question: what waits for me?"""

import pytest

from ofrecord.access.types import PartnerRole, VendorRole
from support.desk import Desk, desk_of
from support.world import World

CHIEF, MANAGER, FINANCE, SELLER = VendorRole


def test_the_chief_sees_applications_months_and_unpaid_invoices(world: World) -> None:
    page = desk_of(world, CHIEF).get("today")
    # September is billed and unpaid: of harborlane 786.00 + 285.00 + 793.50, of quillmarsh
    # 118,911.00 + … as the totals on the page Invoices say.
    assert page.heading.startswith("1 application waits, September 2026 can be closed and ")
    assert page.heading.endswith(" USD is unpaid")
    assert page.has("Oakhollow Consulting", "Close September 2026", "See open invoices")


def test_each_role_is_told_only_what_it_can_do_something_about(world: World) -> None:
    assert desk_of(world, MANAGER).get("today").heading == "1 application waits"
    finance = desk_of(world, FINANCE).get("today")
    assert finance.heading.startswith("September 2026 can be closed and ")
    assert finance.lacks("application waits", "Oakhollow Consulting wants")
    assert desk_of(world, SELLER).get("today").heading == "Nothing waits for you"


def test_what_happened_is_told_in_words_with_names(world: World) -> None:
    page = desk_of(world, CHIEF).get("today")
    assert page.has(
        "Pinebarren Consulting was refused: No room in pinebarren.",
        "Oakhollow Consulting applied to become a partner",
        "Morgan of northwind",
    )


def test_a_seller_is_not_told_of_things_it_may_not_read(world: World) -> None:
    page = desk_of(world, SELLER).get("today")
    assert page.lacks("was billed:", "was closed with", "marked as paid", "API client")


@pytest.mark.parametrize(
    ("role", "hidden"),
    [
        (CHIEF, ()),
        (MANAGER, ("Invoices", "Settlement")),
        (FINANCE, ()),
        (SELLER, ("Invoices", "Settlement", "Mail")),
    ],
)
def test_the_navigation_offers_what_the_role_may_read(
    world: World, role: VendorRole, hidden: tuple[str, ...]
) -> None:
    html = desk_of(world, role).get("today").html
    for title in ("Today", "Partners", "Orders", "Invoices", "Settlement", "Mail", "Program", "People"):
        assert (f">{title}</a>" in html) is (title not in hidden)


def test_the_desk_is_not_there_for_a_partner(world: World) -> None:
    owner = Desk(world.a.people[PartnerRole.OWNER].id)
    for name in ("today", "partners", "orders", "invoices", "settlement", "mail", "people", "clock"):
        assert owner.get(name).status == 404
