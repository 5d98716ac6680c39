"""Which tier a partner holds on which days, as the rules say it, and how a file states it."""

from datetime import date

import pytest

from ofrecord.kernel.calendar import Span
from ofrecord.partners.refusals import (
    CurrencyUnknown,
    NotNamed,
    TierDays,
    TierSpanOverlaps,
    TierUnchanged,
    WhyMissing,
)
from ofrecord.partners.rules import require_currency, require_named, require_why, with_tier
from ofrecord.partners.tier_file import TierRow, read_tiers
from ofrecord.partners.types import TierHeld


def on(text: str) -> date:
    return date.fromisoformat(text)


def held(tier: str, first: str, until: str | None = None) -> TierHeld:
    return TierHeld(tier, Span(on(first), on(until) if until else None))


GOLD_SINCE_MARCH = [held("Registered", "2010-01-01", "2010-03-01"), held("Gold", "2010-03-01")]


def test_a_tier_cuts_the_one_before() -> None:
    assert with_tier(GOLD_SINCE_MARCH, held("Silver", "2010-06-01"), replaces_later=False) == [
        held("Registered", "2010-01-01", "2010-03-01"),
        held("Gold", "2010-03-01", "2010-06-01"),
        held("Silver", "2010-06-01"),
    ]


def test_a_tier_lasts_until_the_next_one_unless_that_is_replaced() -> None:
    right = held("Silver", "2010-02-01")
    assert with_tier(GOLD_SINCE_MARCH, right, replaces_later=False) == [
        held("Registered", "2010-01-01", "2010-02-01"),
        held("Silver", "2010-02-01", "2010-03-01"),
        held("Gold", "2010-03-01"),
    ]
    assert with_tier(GOLD_SINCE_MARCH, right, replaces_later=True) == [
        held("Registered", "2010-01-01", "2010-02-01"),
        held("Silver", "2010-02-01"),
    ]


def test_a_wrong_tier_is_replaced_from_its_first_day() -> None:
    assert with_tier(GOLD_SINCE_MARCH, held("Silver", "2010-03-01"), replaces_later=False) == [
        held("Registered", "2010-01-01", "2010-03-01"),
        held("Silver", "2010-03-01"),
    ]


def test_an_end_behind_a_later_tier_is_refused_unless_that_is_replaced() -> None:
    beyond = held("Silver", "2010-02-01", "2010-04-01")
    with pytest.raises(TierSpanOverlaps) as caught:
        with_tier(GOLD_SINCE_MARCH, beyond, replaces_later=False)
    assert caught.value.first == on("2010-03-01")
    assert with_tier(GOLD_SINCE_MARCH, beyond, replaces_later=True) == [
        held("Registered", "2010-01-01", "2010-02-01"),
        held("Silver", "2010-02-01", "2010-04-01"),
        held("Gold", "2010-04-01"),
    ]


def test_a_correction_of_some_days_leaves_those_on_either_side() -> None:
    assert with_tier(GOLD_SINCE_MARCH, held("Silver", "2010-04-01", "2010-05-01"), replaces_later=False) == [
        held("Registered", "2010-01-01", "2010-03-01"),
        held("Gold", "2010-03-01", "2010-04-01"),
        held("Silver", "2010-04-01", "2010-05-01"),
        held("Gold", "2010-05-01"),
    ]


def test_the_same_tier_on_days_that_meet_is_one_span() -> None:
    assert with_tier(GOLD_SINCE_MARCH, held("Gold", "2010-02-01", "2010-03-01"), replaces_later=False) == [
        held("Registered", "2010-01-01", "2010-02-01"),
        held("Gold", "2010-02-01"),
    ]


def test_what_says_nothing_new_or_crosses_is_refused() -> None:
    with pytest.raises(TierUnchanged):
        with_tier(GOLD_SINCE_MARCH, held("Gold", "2010-05-01"), replaces_later=False)
    with pytest.raises(TierDays):
        with_tier([], TierHeld("Gold", Span(on("2010-05-01"), on("2010-05-01"))), replaces_later=False)


def test_what_the_program_does_not_name_is_refused_with_what_it_names() -> None:
    require_named("tier", "Gold", ("Silver", "Gold"))
    with pytest.raises(NotNamed) as caught:
        require_named("tier", "Platinum", ("Silver", "Gold"))
    assert str(caught.value) == (
        "“Platinum” is no tier that the program in force names. Choose one of Silver, Gold."
    )
    with pytest.raises(NotNamed, match="It names no segment at all"):
        require_named("segment", "small", ())


@pytest.mark.parametrize(("typed", "kept"), [("EUR", "EUR"), (" eur ", "EUR"), ("", ""), ("  ", "")])
def test_a_currency_is_one_or_none(typed: str, kept: str) -> None:
    assert require_currency(typed) == kept


@pytest.mark.parametrize("typed", ["euro", "EU", "XQX", "€", "EUR;"])
def test_what_is_no_currency_is_refused(typed: str) -> None:
    with pytest.raises(CurrencyUnknown):
        require_currency(typed)


def test_a_reason_is_words() -> None:
    assert require_why(" It moved. ", "A change") == "It moved."
    with pytest.raises(WhyMissing, match="A change needs a reason"):
        require_why(" \n", "A change")


def test_a_file_of_tiers_is_read_line_by_line() -> None:
    text = (
        "partner,tier,first,until,replaces_later,reason\r\n"
        'P-1,Gold,2010-03-01,2010-09-01,yes,"Audited, and right"\r\n'
        "P-2, Silver ,2010-04-01,,,\r\n"
    )
    assert read_tiers(b"\xef\xbb\xbf" + text.encode()) == (
        [
            TierRow(2, "P-1", "Gold", on("2010-03-01"), on("2010-09-01"), True, "Audited, and right"),
            TierRow(3, "P-2", "Silver", on("2010-04-01"), None, False, ""),
        ],
        [],
    )


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        (
            b"",
            ["The column partner is missing.", "The column tier is missing.", "The column first is missing."],
        ),
        (b"partner,tier,first\n", ["The file has no line but its head."]),
        (
            b"partner,tier,first,color\n",
            [
                "The column color is not known; known are partner, tier, first, until, replaces_later, reason.",
            ],
        ),
        (b"partner,tier,first,first\n", ["The column first stands there twice."]),
        (b"partner,tier,first\nP-1,Gold\n", ["It has not as many fields as the head."]),
        (b"partner,tier,first\nP-1,Gold,2010-01-01,more\n", ["It has not as many fields as the head."]),
        (
            b"partner,tier,first,until,replaces_later\n,,20100101,31.12.2010,perhaps\n",
            [
                "The partner is missing.",
                "The tier is missing.",
                "'20100101' is no day; write it like 2026-11-03.",
                "'31.12.2010' is no day; write it like 2026-11-03.",
                "'perhaps' is neither yes nor no.",
            ],
        ),
        (b"partner,tier,first\n\xff", ["The file is not UTF-8 text."]),
    ],
)
def test_every_fault_of_a_file_is_said_at_once(content: bytes, faults: list[str]) -> None:
    rows, found = read_tiers(content)
    assert (rows, [says for _, says in found]) == ([], faults)
