"""Tiers and statement currencies, through the steps that people use, on PostgreSQL."""

import json
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from ofrecord.access.refusals import NotFound
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.flows.set_statement_currency import set_statement_currency
from ofrecord.flows.set_tier import import_tiers, set_tier
from ofrecord.journal.queries import history_of
from ofrecord.kernel.calendar import Span
from ofrecord.kernel.refusal import Refusal
from ofrecord.partners.actions import set_statement_currency as currency_action
from ofrecord.partners.facts import statement_currencies, tiers_in
from ofrecord.partners.queries import partner_card
from ofrecord.partners.refusals import (
    CurrencyUnknown,
    NotNamed,
    TiersFaulty,
    TierSpanOverlaps,
    TierUnchanged,
    WhyMissing,
)
from ofrecord.program.queries import in_force
from ofrecord.program.refusals import BeforeProgram
from ofrecord.subscriptions.refusals import DayTooFar
from support import story
from support.story import CHIEF, House, at

pytestmark = pytest.mark.django_db


def on(text: str) -> date:
    return date.fromisoformat(text)


TIERS = ("Registered", "Certified", "Gold")


@pytest.fixture
def harbor(tmp_path: Path) -> House:
    """A partner under the program of 2009, which names three tiers here."""
    text = story.FIRST_READING.read_text()
    named = tmp_path / "tiers.toml"
    named.write_text(text.replace("[program]\n", f"[program]\ntiers = {json.dumps(TIERS)}\n", 1))
    story.begin("2009-04-01", named)
    return story.partner("Harbor Lane")


@pytest.fixture
def tiers(harbor: House) -> tuple[str, ...]:
    """The tiers of the program, from the lowest up."""
    assert in_force(on("2009-04-01")).terms.tiers == TIERS
    return TIERS


def hold(house: House, tier: str, first: str, until: str = "", *, replaces_later: bool = False) -> None:
    with entered(OFFICE):
        set_tier(
            reader=CHIEF,
            at=at("2009-08-10"),
            partner_id=house.id,
            tier=tier,
            first=on(first),
            until=on(until) if until else None,
            replaces_later=replaces_later,
            reason="It was audited.",
        )


def held(house: House) -> list[tuple[str, str, str | None]]:
    with entered(OFFICE):
        found = tiers_in(Span(on("2009-01-01"))).get(house.id, ())
    return [(tier, str(span.first), str(span.until) if span.until else None) for span, tier in found]


def test_a_wrong_tier_of_the_past_is_corrected_and_what_was_recorded_stays_known(
    harbor: House, tiers: tuple[str, ...]
) -> None:
    hold(harbor, tiers[1], "2009-05-01")
    hold(harbor, tiers[2], "2009-07-01")
    with pytest.raises(TierSpanOverlaps):
        hold(harbor, tiers[0], "2009-06-01", "2009-07-02")
    hold(harbor, tiers[0], "2009-06-01", replaces_later=True)
    assert held(harbor) == [(tiers[1], "2009-05-01", "2009-06-01"), (tiers[0], "2009-06-01", None)]
    with entered(harbor.reader.scope):
        corrected = history_of(harbor.id, harbor.reader.scope)[0]
    assert corrected.data == {
        "tier": tiers[0],
        "first": "2009-06-01",
        "until": None,
        "reason": "It was audited.",
        "before": [
            {"tier": tiers[1], "first": "2009-05-01", "until": "2009-07-01"},
            {"tier": tiers[2], "first": "2009-07-01", "until": None},
        ],
    }


@pytest.mark.parametrize(
    ("first", "tier", "refusal"),
    [
        ("2009-03-31", 1, BeforeProgram),
        ("2014-08-11", 1, DayTooFar),
        ("2009-05-01", None, NotNamed),
    ],
)
def test_a_tier_is_one_of_the_program_within_its_days(
    harbor: House, tiers: tuple[str, ...], first: str, tier: int | None, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        hold(harbor, "Platinum" if tier is None else tiers[tier], first)
    assert held(harbor) == []


def test_a_tier_that_is_held_already_is_said_to_be(harbor: House, tiers: tuple[str, ...]) -> None:
    hold(harbor, tiers[1], "2009-05-01")
    with pytest.raises(TierUnchanged):
        hold(harbor, tiers[1], "2009-06-01", "2009-07-01")
    with pytest.raises(NotFound):
        hold(House(uuid4(), "Nobody"), tiers[1], "2009-05-01")


def number(house: House) -> str:
    with entered(OFFICE):
        card = partner_card(house.id, OFFICE)
    assert card is not None
    return card.number


def load(*lines: str) -> tuple[int, int]:
    content = "\n".join(("partner,tier,first,until,replaces_later,reason", *lines)).encode()
    with entered(OFFICE):
        return import_tiers(reader=CHIEF, at=at("2009-08-10"), content=content)


def test_a_file_of_tiers_is_recorded_once(harbor: House, tiers: tuple[str, ...]) -> None:
    quill = story.partner("Quill Marsh")
    lines = (
        f"{number(harbor)},{tiers[1]},2009-05-01,,,",
        f"{number(harbor)},{tiers[2]},2009-07-01,,,promoted",
        f"{number(quill).lower()},{tiers[1]},2009-06-01,2009-09-01,no,",
    )
    assert load(*lines) == (3, 0)
    assert held(harbor) == [(tiers[1], "2009-05-01", "2009-07-01"), (tiers[2], "2009-07-01", None)]
    assert held(quill) == [(tiers[1], "2009-06-01", "2009-09-01")]
    assert load(*lines) == (0, 3)


def test_every_fault_of_every_line_is_said_and_nothing_is_recorded(
    harbor: House, tiers: tuple[str, ...]
) -> None:
    with pytest.raises(TiersFaulty) as caught:
        load(
            f"{number(harbor)},{tiers[1]},2009-05-01,,,",
            "P-NOBODY,Gold,2009-05-01,,,",
            f"{number(harbor)},Platinum,2009-06-01,,,",
            f"{number(harbor)},{tiers[1]},soon,,,",
            f"{number(harbor)},{tiers[2]},2009-03-01,,,",
            f"{number(harbor)},{tiers[2]},2009-04-15,2009-06-01,,",
        )
    assert [fault.split(". ")[0] for fault in caught.value.faults] == [
        "line 3: There is no partner with the number P-NOBODY.",
        "line 4: “Platinum” is no tier that the program in force names",
        "line 5: 'soon' is no day; write it like 2026-11-03.",
        "line 6: 1 March 2009 lies before the program began, and no version governs it",
        "line 7: Another tier is recorded from 1 May 2009 on",
    ]
    assert held(harbor) == []


def take(house: House, currency: str, reason: str = "") -> None:
    with entered(OFFICE):
        set_statement_currency(
            reader=CHIEF, at=at("2009-08-10"), partner_id=house.id, currency=currency, reason=reason
        )


def test_a_partner_takes_its_statements_in_one_currency(harbor: House) -> None:
    take(harbor, "eur")
    with entered(OFFICE):
        assert statement_currencies() == {harbor.id: "EUR"}
    take(harbor, "EUR")
    with pytest.raises(CurrencyUnknown):
        take(harbor, "euros")
    take(harbor, "")
    with entered(OFFICE):
        assert statement_currencies() == {}
        told = [each.data for each in history_of(harbor.id, OFFICE) if each.verb == "statement currency set"]
    assert told == [
        {"currency": "", "former": "EUR", "reason": ""},
        {"currency": "EUR", "former": "", "reason": ""},
    ]


def test_after_the_first_statement_a_change_says_why(harbor: House) -> None:
    def again(reason: str) -> None:
        with entered(OFFICE):
            currency_action.set_statement_currency(
                by=CHIEF.actor,
                at=at("2009-08-10"),
                partner_id=harbor.id,
                currency="EUR",
                reason=reason,
                has_statements=True,
            )

    with pytest.raises(WhyMissing):
        again(" ")
    with entered(OFFICE):
        assert statement_currencies() == {}
    again("It moved to Lisbon.")
    with entered(OFFICE):
        assert statement_currencies() == {harbor.id: "EUR"}
