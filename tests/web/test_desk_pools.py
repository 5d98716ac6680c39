"""Pools at the desk: what they hold, month by month, and amounts that are recorded once however often they are sent."""

from uuid import UUID, uuid4

import pytest

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, VendorRole
from ofrecord.clock.queries import now
from ofrecord.flows import found_installation, publish_program
from ofrecord.pools.queries import pool_amounts
from support.desk import Desk, Page, desk_of
from support.world import FIRST_DAY, PASSWORD, PROGRAMS, Someone, World

CHIEF, MANAGER, FINANCE, SELLER = VendorRole


def _colleague(role: VendorRole) -> Someone:
    email = f"{role.name.lower()}@northwind.example"
    added = found_installation.add_colleague(
        at=now(), name=role.value, email=email, password=PASSWORD, role=role
    )
    return Someone(added, role.value, email)


@pytest.fixture
def desk(committed_db: str) -> Desk:
    """Finance's desk on 3 August 2026, under a program with the pool advertising."""
    found_installation.found(mode="demonstration", day=FIRST_DAY)
    chief, finance = _colleague(CHIEF), _colleague(FINANCE)
    whole = (PROGRAMS / "online-services-2009.toml").read_text()
    document = whole.replace("[program]\n", '[program]\npools = ["advertising"]\n', 1).encode()
    with entered(OFFICE):
        publish_program.publish(reader=chief.reader, at=now(), document=document)
    return Desk(finance.id)


def _sent(desk: Desk, amount: str, key: UUID | None = None, **changed: str) -> Page:
    fields = {"pool": "advertising", "month": "2026-07", "amount": amount, "reason": "revenue of July"}
    return desk.post("pool-record", form_key=str(key or uuid4()), **fields | changed)


def _amounts() -> list[str]:
    with entered(OFFICE):
        return [str(row.amount) for row in pool_amounts(OFFICE).order_by("learned_at")]


def test_amounts_add_up_and_the_page_says_what_the_pool_holds(desk: Desk) -> None:
    assert desk.get("pools").heading == "Nothing was pooled yet"
    assert desk.follow(_sent(desk, "48000.00 USD")).has(
        "The pool advertising holds 48,000.00 USD of July 2026."
    )
    page = desk.follow(_sent(desk, "-500.50 USD", reason="counted twice"))
    assert page.heading == "The pool advertising holds 47,499.50 USD of July 2026"
    assert page.has("July 2026 advertising −500.50 USD counted twice", "July 2026 advertising 47,499.50 USD")
    assert desk.get("today").has("−500.50 USD recorded in the pool advertising of July 2026")
    file = desk.get("pools", export="csv").html.splitlines()
    assert file[0].endswith("Month,Pool,Amount,Amount currency,Reason,Recorded")
    assert file[1].startswith("2026-07,advertising,-500.50,USD,counted twice,")


def test_a_form_that_is_sent_twice_records_one_amount(desk: Desk) -> None:
    key = uuid4()
    for _ in range(2):
        assert _sent(desk, "48.00 USD", key).status == 302
    other = _sent(desk, "49.00 USD", key)
    assert other.status == 409
    assert other.has("This form was sent before, with other contents")
    assert _amounts() == ["48.00 USD"]


@pytest.mark.parametrize("typed", ["17,400.00 USD", "17,400.00\u00a0USD", " 17400.00 USD"])
def test_an_amount_is_taken_as_pages_print_it(desk: Desk, typed: str) -> None:
    assert _sent(desk, typed).status == 302
    assert _amounts() == ["17400.00 USD"]


@pytest.mark.parametrize(
    ("amount", "changed", "status", "says"),
    [
        ("-1.00 USD", {}, 409, "holds 0.00 USD of July 2026; 1.00 USD cannot be taken out of it."),
        ("48,00 USD", {}, 422, "is no amount; write it like"),
        ("4,80.00 USD", {}, 422, "is no amount; write it like"),
        ("48.00 USD", {"month": "July 2026"}, 422, "is no month; write it like 2026-10."),
        ("48.00 USD", {"month": "2009-03"}, 422, "the program took effect on 1 April 2009."),
        ("48.00 USD", {"month": "2026-09"}, 422, "September 2026 has not begun"),
        ("48.00 USD", {"pool": "search"}, 422, "Select a valid choice."),
        ("48.00 USD", {"reason": ""}, 422, "This field is required."),
    ],
)
def test_what_cannot_be_pooled_is_refused(
    desk: Desk, amount: str, changed: dict[str, str], status: int, says: str
) -> None:
    page = _sent(desk, amount, **changed)
    assert page.status == status
    assert page.has(says)
    assert _amounts() == []


def test_a_program_without_pools_offers_no_form(world: World) -> None:
    page = desk_of(world, FINANCE).get("pools")
    # What was recorded under another version stays to be seen.
    assert page.heading == "The pool advertising holds 48,000.00 USD of September 2026"
    assert not page.offers("desk:pool-record")


def test_who_may_not_sees_no_pools(world: World) -> None:
    for role in (MANAGER, SELLER):
        desk = desk_of(world, role)
        assert desk.get("pools").status == 403
        assert not desk.get("today").offers("desk:pools")
