"""Why a sale pays nothing: each clause with the condition that it lacked first, for who may ask."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.support.told import billed, clause, recognized, terms, unpaid

from ofrecord.access.actions import add_person
from ofrecord.access.refusals import NotFound, NotPermitted
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM, Permission, VendorRole
from ofrecord.commands.why_not import told as told_rows
from ofrecord.engine.judging.judge import hear
from ofrecord.engine.types import BilledFact, Laws
from ofrecord.flows.settle_period import settle_period
from ofrecord.flows.why_not import WhyNot, why_not
from ofrecord.kernel.calendar import Month, Span
from ofrecord.partners.actions.people import add_member
from ofrecord.partners.queries import partners
from ofrecord.program.clause_types import DESIGNATION, REFERRER, Basis, Clause, Condition, CountRange, Needs
from ofrecord.program.types import Terms, Way
from ofrecord.statements.considered import weighed
from ofrecord.statements.models import Statement
from support import story
from support.pages import colleague, said, signed_in
from support.story import House

APRIL = Month(2009, 4)


def told(version: Terms, *facts: BilledFact) -> list[str]:
    """What is said of each clause for the last of the facts."""
    heard = hear(Laws((version,)), facts, date(2999, 1, 1)).heard
    last = [each for each in heard if each.case.event.fact == facts[-1] and each.case.event.source == "sale"]
    return [weighed(each, one.case, "Harbor Lane").says for one in last for each in one.considered]


def asking(**when: Any) -> Clause:
    return clause("gold-rate", "10%", when=Condition(**when))


REFERRAL = Way("referral", "Referral", "vendor", ())


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (
            asking(months=CountRange(2, 12)),
            "Gold rate asks for months 2 to 12 of the subscription; this is month 1.",
        ),
        (
            asking(months=CountRange(13), months_from=DESIGNATION),
            "Gold rate asks for month 13 and later since Harbor Lane was designated; this is month 1.",
        ),
        (
            asking(tiers=("Gold", "Silver")),
            "Gold rate asks for the tier Gold or Silver; Harbor Lane held the tier",
        ),
        (asking(ways=("referral",)), "Gold rate asks for the way to sell Referral; this was sold by the way"),
        (asking(regions=("GB",)), "Gold rate asks for the region GB; this one is US."),
        (asking(segments=("enterprise",)), "Gold rate asks for the segment enterprise; this one is none."),
        (asking(families=("office",)), "Gold rate asks for the family office; this one is none."),
        (asking(offers=("other-suite",)), "Gold rate asks for other-suite; this is Business suite."),
        (asking(deals=("renewal",)), "Gold rate asks for the kind of sale renewal; this one is new."),
        (asking(seats=CountRange(75)), "Gold rate asks for 75 seats or more; this line has 50."),
        (
            asking(sold=Span(date(2011, 2, 1), date(2011, 4, 2))),
            "Gold rate asks for subscriptions that started from 1 February 2011 to 1 April 2011; this one started on"
            " 1 April 2010.",
        ),
        (
            asking(billed=Span(date(2010, 7, 1))),
            "Gold rate asks for invoices dated from 1 July 2010 on; this one is of 30 April 2010.",
        ),
        (
            clause("gold-rate", "10%", role=REFERRER),
            "Gold rate is for the referrer; Harbor Lane is partner of record.",
        ),
        (
            clause("gold-rate", "10%", basis=Basis.COLLECTED),
            "Gold rate pays as far as the customer has paid; this is the bill and not a payment.",
        ),
        (
            clause("gold-rate", "10%", needs=Needs(seats=75)),
            "Gold rate asks for more sales than Harbor Lane had made by then. The partner must have sold 75 seats",
        ),
        (clause("gold-rate", "10%"), "Gold rate covers this case, so it decides what is paid."),
        (
            unpaid("direct", "It was ordered directly."),
            "Direct covers this case and pays nothing. It was ordered",
        ),
    ],
)
def test_each_condition_says_what_it_asks_and_what_there_was(asked: Clause, says: str) -> None:
    version = terms(asked, ways=(REFERRAL,), tiers=("Bronze", "Silver", "Gold"))
    (sentence,) = told(version, billed())
    assert sentence.startswith(says)


def test_what_gives_way_names_what_it_gives_way_to() -> None:
    promotion = clause("promotion", "50%", instead_of=("ongoing",))
    assert told(terms(clause("ongoing", "6%"), promotion), billed()) == [
        "Ongoing gives way to Promotion, which covers this case.",
        "Promotion covers this case, so it decides what is paid.",
    ]


def test_the_sales_that_count_are_the_partners_own() -> None:
    version = terms(clause("gold-rate", "10%", needs=Needs(seats=75)))
    more = replace(billed(), invoice_line="line-0", subscription="s0", customer="c0")
    assert told(version, more, billed())[0].startswith("Gold rate covers this case")
    strange = replace(more, partners=(recognized("2010-04-01", partner="p2"),))
    assert "more sales than" in told(version, strange, billed())[0]


@pytest.fixture
def houses(db: None, settings: Any, tmp_path: Path) -> tuple[House, UUID, House, UUID]:
    """April 2009 is closed: Harbor Lane sold one, and was named in a direct order; Ridge sold another."""
    settings.DATA = tmp_path
    story.begin("2009-04-01")
    harbor, ridge = story.partner("Harbor Lane"), story.partner("Ridge Works")
    direct = story.sell_directly("Snap-on", 40, "2009-04-01", naming=harbor)
    theirs = story.sell(ridge, "Ball Corporation", 50, "2009-04-01")
    story.turn_clock("2009-05-01")
    settle_period(by=SYSTEM, at=story.after("2009-04"), month=APRIL)
    return harbor, direct, ridge, theirs


Houses = tuple[House, UUID, House, UUID]


def asked_by(house: House, subscription: UUID, **other: Any) -> WhyNot:
    with entered(house.reader.scope):
        return why_not(reader=house.reader, subscription_id=subscription, **other)


def test_a_partner_is_told_of_its_own_sale(houses: Houses) -> None:
    harbor, direct, _, _ = houses
    answer = asked_by(harbor, direct)
    assert (answer.customer, answer.partner, answer.month) == ("Snap-on", "Harbor Lane", APRIL)
    (case,) = answer.cases
    assert (case.days, case.role, case.is_paid) == ("April 2009", "partner of record", True)
    assert [(each.clause, each.failed) for each in case.clauses] == [
        ("first-year", "way"),
        ("ongoing", "way"),
        ("direct-orders", ""),
    ]
    assert asked_by(harbor, direct, month=Month(2009, 7)).says == (
        "Nothing was billed in this month for which Harbor Lane held any role."
    )


def test_of_what_it_may_not_see_it_is_told_as_of_what_does_not_exist(houses: Houses) -> None:
    harbor, direct, ridge, theirs = houses
    for asked in ({"subscription": theirs}, {"subscription": uuid4()}):
        with pytest.raises(NotFound) as refused:
            asked_by(harbor, **asked)
        assert refused.value.what == "subscription"
    with pytest.raises(NotFound):
        asked_by(harbor, direct, partner_id=ridge.id)
    seller = replace(harbor.reader, permissions=frozenset({Permission.SUBSCRIPTIONS_READ}))
    with entered(seller.scope), pytest.raises(NotPermitted):
        why_not(reader=seller, subscription_id=direct)


def test_the_vendor_asks_for_any_partner(houses: Houses) -> None:
    _, direct, ridge, theirs = houses
    with entered(OFFICE):
        paid = why_not(reader=story.CHIEF, subscription_id=theirs, partner_id=ridge.id, month=APRIL)
        strange = why_not(reader=story.CHIEF, subscription_id=direct, partner_id=ridge.id, month=APRIL)
        with pytest.raises(NotFound):
            why_not(reader=story.CHIEF, subscription_id=direct, month=APRIL)
    assert paid.says == "A clause covers all of it; its line says what that pays."
    assert strange.says == "Nothing was billed in this month for which Ridge Works held any role."


def test_the_portal_finds_a_sale_and_answers(houses: Houses) -> None:
    harbor, direct, _, theirs = houses
    ana = colleague(harbor)
    found = ana.get("/portal/statements/why-not", {"q": "snap"})
    assert f"/portal/subscriptions/{direct}/why-not" in found.content.decode()
    for unknown in ("Ball Corporation", "Nobody"):
        assert "No sale of yours is called so." in said(ana.get("/portal/statements/why-not", {"q": unknown}))
    page = said(ana.get(f"/portal/subscriptions/{direct}/why-not"))
    assert "Which clauses pay you for Snap-on in April 2009" in page
    assert "First year asks for the way to sell Partner of record; this was sold by the way Direct" in page
    mine, nobodys = (
        ana.get(f"/portal/subscriptions/{theirs}/why-not"),
        ana.get(f"/portal/subscriptions/{uuid4()}/why-not"),
    )
    assert (mine.status_code, said(mine)) == (nobodys.status_code, said(nobodys)) == (404, said(nobodys))


def test_an_invoice_leads_to_its_month_and_a_zero_line_to_its_clauses(houses: Houses) -> None:
    harbor, direct, _, _ = houses
    ana = colleague(harbor)
    with entered(OFFICE):
        statement = Statement.objects.get(partner_id=harbor.id).pk
    address = f'href="/portal/subscriptions/{direct}/why-not?month=2009-04"'
    assert address in ana.get(f"/portal/statements/{statement}").content.decode()
    number = asked_by(harbor, direct).cases[0].invoice
    found = ana.get("/portal/statements/why-not", {"q": f" {number.lower()} "})
    assert address in found.content.decode()


def test_the_desk_asks_by_the_partners_number(houses: Houses) -> None:
    harbor, direct, ridge, _ = houses
    with entered(OFFICE):
        chief = add_person(
            name="Chief", email="chief@vendor.example", password="a long password", at=story.at("2009-05-01")
        )
        add_member(
            by=SYSTEM,
            at=story.at("2009-05-01"),
            person_id=chief,
            partner_id=None,
            role=VendorRole.FINANCE.value,
        )
        numbers = dict(partners(OFFICE).values_list("pk", "number"))
    desk, address = signed_in(chief), f"/desk/subscriptions/{direct}/why-not"
    assert "Which clauses pay Harbor Lane for Snap-on in April 2009" in said(desk.get(address))
    other = said(desk.get(address, {"partner": numbers[ridge.id].lower(), "month": "2009-04"}))
    assert "Nothing was billed in this month for which Ridge Works held any role." in other
    assert "There is no such partner" in said(desk.get(address, {"partner": "P-NOBODY"}))
    assert desk.get(f"/desk/subscriptions/{uuid4()}/why-not").status_code == 404
    assert harbor.id in numbers


def test_the_terminal_says_the_same(houses: Houses) -> None:
    harbor, direct, _, _ = houses
    rows = told_rows(asked_by(harbor, direct))
    assert rows[0].startswith("Harbor Lane, Snap-on, S-")
    assert rows[3].endswith("as partner of record:")
    assert rows[-1].startswith("  ✓ Direct orders covers this case and pays nothing.")
