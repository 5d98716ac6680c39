"""Why a line pays what it pays: in words, in its working, in its facts."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from ofrecord.engine.booking import to_book
from ofrecord.engine.judging.judge import judge
from ofrecord.engine.types import BilledFact, BookedLine, FeeLine, History, Laws, Recognition, Slice
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import Money, Rounding
from ofrecord.program.clause_types import PARTNER_OF_RECORD
from ofrecord.program.document import check
from ofrecord.program.types import Terms
from ofrecord.statements.refusals import LineUnsound
from ofrecord.statements.rules import by_clause, explain
from ofrecord.statements.types import Explanation, NamedLine, Names
from ofrecord.statements.words import days_words, exact_words, factor_words, ordinal

PROGRAM = Path(__file__).parents[2] / "programs" / "online-services-2009.toml"


@pytest.fixture(scope="module")
def terms() -> Terms:
    found = check(PROGRAM.read_bytes()).terms
    assert found is not None
    return found


def billed(terms: Terms, **other: object) -> BilledFact:
    """October 2026: 180 seats at 15.00 for 31 of 31 days are 2,700.00."""
    usual = BilledFact(
        invoice_line="line-1",
        invoice="N-2026-001188",
        invoice_day=date(2026, 10, 31),
        subscription="s-1",
        started_on=date(2026, 4, 1),
        customer="c-1",
        offer="business-suite",
        way="partner-of-record",
        region="US",
        currency="USD",
        seats=180,
        unit_price_minor=1500,
        billed_minor=270000,
        service=Span(date(2026, 10, 1), date(2026, 11, 1)),
        terms_sha256=terms.sha256,
        partners=(Recognition("p-1", PARTNER_OF_RECORD, Span(date(2026, 4, 2))),),
    )
    return replace(usual, **other)  # type: ignore[arg-type]


def lines_of(terms: Terms, *facts: BilledFact) -> list[FeeLine]:
    """The lines that the facts are booked with in October 2026."""
    laws, history, month = Laws((terms,)), History(facts), Month(2026, 10)
    return to_book(laws, history, judge(laws, history, month.last), {}, month)


def names(terms: Terms, clause: str) -> Names:
    found = terms.clause(clause)
    return Names(
        partner="Harbor Lane",
        customer="Parker Hannifin",
        subscription="S-000188",
        offer="Business productivity suite",
        way="Partner of record",
        clause=found.title if found else "",
    )


def explained(terms: Terms, **other: object) -> list[Explanation]:
    lines = lines_of(terms, billed(terms, **other))
    booked = [BookedLine(Month(2026, 10), number, line) for number, line in enumerate(lines, start=1)]
    return [explain(one, terms, names(terms, one.line.clause)) for one in booked]


def working(explanation: Explanation) -> list[tuple[str, str, str]]:
    return [(row.label, row.says, str(row.result)) for row in explanation.working]


def test_a_first_year_line_says_why_in_words_working_and_facts(terms: Terms) -> None:
    (why,) = explained(terms)
    assert why.words == (
        "Harbor Lane is partner of record since 2 April 2026. October is the seventh month of this subscription,"
        " so clause First year of version 2009.1 pays 12% of what was billed."
    )
    # 180 × 15.00 = 2,700.00; × 12/100 = 324.000; rounded 324.00
    assert working(why) == [
        ("Billed", "invoice N-2026-001188: 180 seats × 15.00", "2700.00 USD"),
        ("Rate", "12%, First year", "× 12/100"),
        ("Exact", "before rounding", "324.000"),
        ("Fee", "rounded half up, per line", "324.00 USD"),
    ]
    assert (why.fee, why.clause, why.version, why.reason) == (Money(32400, "USD"), "first-year", "2009.1", "")
    assert [(fact.label, str(fact.says), fact.id) for fact in why.facts] == [
        ("Invoice", "N-2026-001188", "line-1"),
        ("Day of the invoice", "2026-10-31", "N-2026-001188"),
        ("Customer", "Parker Hannifin", "c-1"),
        ("Subscription", "S-000188", "s-1"),
        ("Started on", "2026-04-01", "s-1"),
        ("Offer", "Business productivity suite", "business-suite"),
        ("Way to sell", "Partner of record", "partner-of-record"),
        ("Region", "US", "US"),
        ("Partner of record since", "2026-04-02", "p-1"),
        ("Program version", "online-services 2009.1", terms.sha256),
    ]


def test_the_thirteenth_month_pays_six_percent(terms: Terms) -> None:
    (why,) = explained(terms, started_on=date(2025, 10, 1))
    assert "October is the thirteenth month of this subscription, so clause Ongoing" in why.words
    assert (why.working[-3].result, str(why.fee)) == ("× 6/100", "162.00 USD")


def test_the_anniversary_inside_the_month_is_shared_by_days(terms: Terms) -> None:
    # Started 15 October 2025. 2,700.00: 14/31 are 1,219.35, at 12% 146.322; 17/31 are 1,480.65, at 6% 88.839
    first, ongoing = explained(terms, started_on=date(2025, 10, 15))
    assert first.words == (
        "Harbor Lane is partner of record since 2 April 2026. 1 to 14 October are in the twelfth month of this"
        " subscription, so clause First year of version 2009.1 pays 12% of what was billed for these days. What"
        " was billed for 31 days is shared by days; this line is for 14 days: 1 to 14 October."
    )
    assert working(first) == [
        ("Billed", "invoice N-2026-001188: 180 seats × 15.00", "2700.00 USD"),
        ("Share", "14 of the 31 days, 1 to 14 October", "1219.35 USD"),
        ("Rate", "12%, First year", "× 12/100"),
        ("Exact", "before rounding", "146.322"),
        ("Fee", "rounded half up, per line", "146.32 USD"),
    ]
    assert "15 to 31 October are in the thirteenth month" in ongoing.words
    assert [str(row.result) for row in ongoing.working] == [
        "2700.00 USD",
        "1480.65 USD",
        "× 6/100",
        "88.839",
        "88.84 USD",
    ]


def test_seats_that_came_inside_the_month_are_billed_by_days(terms: Terms) -> None:
    # 60 seats from 14 October: 60 × 15.00 × 18/31 = 522.5806… = 522.58; at 12% 62.7096
    span = Span(date(2026, 10, 14), date(2026, 11, 1))
    (why,) = explained(terms, seats=60, billed_minor=52258, service=span)
    assert working(why)[0] == (
        "Billed",
        "invoice N-2026-001188: 60 seats × 15.00 × 18/31 days of the month",
        "522.58 USD",
    )
    assert (working(why)[2][2], str(why.fee)) == ("62.7096", "62.71 USD")


def test_a_month_that_touches_two_months_of_the_subscription(terms: Terms) -> None:
    (why,) = explained(terms, started_on=date(2026, 4, 15))
    assert "October is in the sixth and seventh month of this subscription, so clause First year" in why.words


def test_a_direct_sale_that_names_a_partner_says_why_it_earned_nothing(terms: Terms) -> None:
    (why,) = explained(terms, way="direct")
    clause = terms.clause("direct-orders")
    assert clause is not None
    assert why.words == (
        "Harbor Lane is partner of record since 2 April 2026. Clause Direct orders of version 2009.1 pays nothing."
        f" {clause.because}"
    )
    assert (str(why.fee), why.reason) == ("0.00 USD", clause.because)
    assert working(why)[-3:] == [
        ("Rate", "nothing is paid", "× 0"),
        ("Exact", "before rounding", "0.000"),
        ("Fee", "rounded half up, per line", "0.00 USD"),
    ]


def test_a_case_that_no_clause_covers_says_so(terms: Terms) -> None:
    (why,) = explained(terms, way="resale")
    assert why.words == (
        "Harbor Lane is partner of record since 2 April 2026. October is the seventh month of this subscription."
        " No clause of Online Services Partner Program 2009.1 covers this case. So nothing is paid."
    )
    assert (str(why.fee), why.clause) == ("0.00 USD", "")


def test_a_clause_that_asks_for_a_tier_names_it(terms: Terms) -> None:
    first_year = terms.clauses[0]
    gold = replace(first_year, when=replace(first_year.when, tiers=("Gold",), months=None))
    terms = replace(terms, clauses=(gold,))
    partners = (Recognition("p-1", PARTNER_OF_RECORD, Span(date(2026, 4, 2)), "Gold"),)
    (why,) = explained(terms, partners=partners)
    assert "Harbor Lane held the tier Gold on the day of the invoice, so clause First year" in why.words
    assert ("Tier on the day of the invoice", "Gold") in [(fact.label, fact.says) for fact in why.facts]


@pytest.mark.parametrize(
    "harm",
    [
        {"fee_minor": 32401},
        {"basis_minor": 270001},
        {"billed_minor": 280000},
        {"slices": (Slice(270000, 4, 25),)},
        {"slices": ()},
        {"raw_minor": 32399},
        {"cap_minor": 100000},
        {"booked_minor": 100},
        {"due_minor": 32500},
        {"piece": 1},
        {"weights": (0,)},
        {"exchange_denominator": 0},
        {"share_numerator": 2},
        {"rounding": Rounding.DOWN.value},
        {"clause": "ongoing"},
        {"clause": "no such clause"},
        {"terms_sha256": "f" * 64},
    ],
)
def test_an_amount_that_the_working_does_not_give_is_not_shown(terms: Terms, harm: dict[str, object]) -> None:
    (line,) = lines_of(terms, billed(terms))
    harmed = BookedLine(Month(2026, 10), 123, replace(line, **harm))  # type: ignore[arg-type]
    with pytest.raises(LineUnsound, match="line 2026-10/0000000123"):
        explain(harmed, terms, names(terms, "first-year"))


def test_the_clauses_of_a_statement_are_summed(terms: Terms) -> None:
    other = billed(terms, started_on=date(2025, 10, 15), subscription="s-2", invoice_line="line-2")
    lines = lines_of(terms, billed(terms), other)
    totals = by_clause([NamedLine(BookedLine(Month(2026, 10), 1, x), names(terms, x.clause)) for x in lines])
    # First year: 324.00 + 146.32 = 470.32 of two subscriptions; ongoing: 88.84 of one
    assert [(t.title, str(t.rate), str(t.fee), t.lines, t.subscriptions) for t in totals] == [
        ("First year", "3/25", "470.32 USD", 2, 2),
        ("Ongoing", "3/50", "88.84 USD", 1, 1),
    ]


def test_numbers_and_days_in_words() -> None:
    assert [ordinal(n) for n in (1, 12, 20, 21, 22, 23, 111, 112)] == (
        ["first", "twelfth", "twentieth", "21st", "22nd", "23rd", "111th", "112th"]
    )
    assert days_words(Span(date(2026, 2, 1), date(2026, 3, 1))) == "February"
    assert days_words(Span(date(2026, 2, 28), date(2026, 3, 1))) == "28 February"
    assert [factor_words(Fraction(text)) for text in ("12/100", "75/1000", "2/3", "0", "1")] == (
        ["× 12/100", "× 3/40", "× 2/3", "× 0", "× 100/100"]
    )
    exact = [exact_words(Fraction(text), "USD") for text in ("32400", "146322/10", "-1/8", "100/3")]
    assert exact == ["324.000", "146.322", "-0.00125", "1/3"]
    assert exact_words(Fraction(5, 2), "JPY") == "2.5"
