"""How values are written for the reader."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from django.template import engines
from django.utils import timezone, translation

from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import LIMIT_MINOR, Money
from ofrecord.web import words
from ofrecord.web.parts import Linked, Step, Working
from ofrecord.web.present import presented, written


@pytest.fixture(autouse=True)
def english() -> object:
    with translation.override("en"):
        yield


def drawn(source: str, **context: object) -> str:
    return engines["django"].from_string("{% load record %}" + source).render(context)


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(270000, "USD"), "2,700.00\u00a0USD"),
        (Money(-15480, "USD"), "−154.80\u00a0USD"),
        (Money(0, "USD"), "0.00\u00a0USD"),
        (Money(1234567, "JPY"), "1,234,567\u00a0JPY"),
        (Money(1500, "KWD"), "1.500\u00a0KWD"),
        (Money(LIMIT_MINOR, "USD"), "1,000,000,000,000,000.00\u00a0USD"),
        (Money(LIMIT_MINOR - 1, "USD"), "999,999,999,999,999.99\u00a0USD"),
    ],
)
def test_money_states_its_currency_and_loses_no_cent(money: Money, text: str) -> None:
    assert words.money_text(money) == text
    assert drawn("{{ it|money }}", it=money) == text


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ["−1,290.00", "3 November 2026", "3 Nov 2026", "October 2026", "7.5%"]),
        ("en-us", ["−1,290.00", "November 3, 2026", "Nov 3, 2026", "October 2026", "7.5%"]),
        ("de", ["−1.290,00", "3. November 2026", "03.11.2026", "Oktober 2026", "7,5\u00a0%"]),
        ("xx", ["−1,290.00", "3 November 2026", "3 Nov 2026", "October 2026", "7.5%"]),
    ],
)
def test_the_readers_language_decides_how_they_are_written(language: str, texts: list[str]) -> None:
    with translation.override(language):
        assert [
            words.amount_text(Money(-129000, "USD")),
            words.day_text(date(2026, 11, 3)),
            words.day_text(date(2026, 11, 3), "short"),
            words.month_text(Month(2026, 10)),
            words.percent_text(Fraction(75, 1000)),
        ] == texts


def test_a_rate_without_an_exact_percentage_stays_a_fraction() -> None:
    assert [words.percent_text(Fraction(text)) for text in ("12/100", "2/3", "1", "0")] == [
        "12%",
        "2/3",
        "100%",
        "0%",
    ]


def test_an_instant_is_told_in_the_vendors_time_zone() -> None:
    with timezone.override("America/Chicago"):
        assert (
            drawn("{{ it|when }}", it=datetime(2026, 11, 22, 20, 2, tzinfo=UTC)) == "22 November 2026, 14:02"
        )


def test_each_kind_of_value_has_one_way_on_a_page_and_one_in_a_file() -> None:
    values = [
        None,
        True,
        48211,
        Money(-5, "USD"),
        Fraction(6, 100),
        date(2026, 1, 2),
        Month(2026, 1),
        "a < b",
    ]
    assert [presented(value) for value in values] == [
        "—",
        "yes",
        "48,211",
        "−0.05\u00a0USD",
        "6%",
        "2 Jan 2026",
        "January 2026",
        "a &lt; b",
    ]
    assert [written(value) for value in values] == [
        "",
        "yes",
        "48211",
        "-0.05",
        "6%",
        "2026-01-02",
        "2026-01",
        "a < b",
    ]


def test_what_people_wrote_is_never_taken_for_markup() -> None:
    evil = "<script>alert(1)</script>"
    working = Working(evil, [evil], [Step(evil, evil, evil)])
    page = drawn(
        "{{ link|shown }}{% state word %}{% why working %}",
        link=Linked(evil, "#", evil),
        word=evil,
        working=working,
    )
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 8
