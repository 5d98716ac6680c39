"""The shipped programs: what fifty users earn under those of 2009 to 2011, and that all use the whole language."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

import pytest

from ofrecord.flows.check_program import check_program
from ofrecord.kernel.money import Money, Rounding
from ofrecord.program.analysis import cases
from ofrecord.program.clause_types import DEALS, ROLES, CountRange, Period, Scope
from ofrecord.program.document import check
from ofrecord.program.grammar import INSIDE, PRICE, SECTIONS
from ofrecord.program.guide import guide
from ofrecord.program.guide_markdown import guide_markdown
from ofrecord.program.reading import Key
from ofrecord.program.story_grammar import ALSO, OF_ITS_OWN, PAID
from ofrecord.program.types import CREDITS, WAYS

from .documents import PROGRAMS, SHIPPED, SMALL

EVERY: Final = tuple(sorted(path.name for path in PROGRAMS.glob("*.toml")))


def paid(name: str, says: str) -> dict[str, str]:
    checked = check_program((PROGRAMS / name).read_bytes())
    (worked,) = [worked for worked in checked.examples if worked.example.says == says]
    return {period.period: str(period.paid) for period in worked.periods}


@pytest.mark.parametrize("name", EVERY)
def test_they_have_no_fault(name: str) -> None:
    checked = check_program((PROGRAMS / name).read_bytes())
    assert checked.faults == ()
    assert checked.terms is not None
    assert len(checked.examples) >= 4


@pytest.mark.parametrize("name", EVERY)
def test_their_guide_tells_every_example(name: str) -> None:
    checked = check_program((PROGRAMS / name).read_bytes())
    assert checked.terms is not None
    written = guide_markdown(guide(checked.terms, checked.examples))
    assert all(worked.example.says in written for worked in checked.examples)


def test_the_taste_of_the_design_is_a_whole_document() -> None:
    checked = check_program(SMALL.encode())
    assert checked.faults == ()
    assert checked.terms is not None
    assert checked.terms.clauses[0].title == "First year"
    assert checked.terms.year_from == (7, 1)
    assert checked.terms.rounding is Rounding.HALF_UP


def test_first_reading_pays_12_percent_and_then_6() -> None:
    # 50 × 15.00 × 12 = 9,000.00 a year; 12% are 1,080.00, 6% are 540.00
    assert paid("online-services-2009.toml", "Fifty users for three years") == {
        "year 1": "1080.00 USD",
        "year 2": "540.00 USD",
        "year 3": "540.00 USD",
        "total": "2160.00 USD",
    }


def test_second_reading_pays_18_percent_together_and_then_6() -> None:
    # 9,000.00 a year; 12% + 6% are 1,080.00 + 540.00 = 1,620.00, then 6% are 540.00
    assert paid("online-services-2009-18.toml", "Fifty users for three years") == {
        "year 1": "1620.00 USD",
        "year 2": "540.00 USD",
        "year 3": "540.00 USD",
        "total": "2700.00 USD",
    }


def test_the_program_of_2010_pays_24_percent_and_6_for_three_new_customers_and_75_seats() -> None:
    # 24% + 6% of 9,000.00 are 2,160.00 + 540.00
    met = paid("online-services-2010.toml", "Exactly three new customers and 75 seats")
    assert met == {"year 1": "2700.00 USD", "year 2": "540.00 USD", "year 3": "540.00 USD"}


@pytest.mark.parametrize(
    "says",
    [
        "Three new customers with one seat too few",
        "Seats enough, of two customers",
        "The third customer a day too late",
        "The third sale is an upsell",
        "The third customer gets everything back",
    ],
)
def test_the_program_of_2010_pays_12_percent_and_6_to_others(says: str) -> None:
    assert paid("online-services-2010.toml", says) == {"year 1": "1620.00 USD"}


@pytest.mark.parametrize(
    ("says", "year"),
    [
        ("A day before the promotion", "1620.00 USD"),
        ("Fifty users from the first day of the promotion", "6120.00 USD"),
        ("Fifty users from the last day of the promotion", "6120.00 USD"),
        ("A day after the promotion", "1620.00 USD"),
    ],
)
def test_the_promotion_of_2011_adds_half_of_the_first_annual_fee(says: str, year: str) -> None:
    # 50% of 9,000.00 are 4,500.00, beside 18%, 1,620.00
    found = paid("online-services-2011.toml", says)
    assert found["year 1"] == year
    assert found.get("year 2", "540.00 USD") == "540.00 USD"


@pytest.mark.parametrize(("name", "first"), list(zip(SHIPPED, (12, 18), strict=True)))
def test_the_rates_in_all_are_read_off_the_clauses(name: str, first: int) -> None:
    terms = check((PROGRAMS / name).read_bytes()).terms
    assert terms is not None
    rates = {
        (case.ways, case.months): sum((clause.rate for clause in case.clauses if clause.rate), Fraction(0))
        for case in cases(terms)
    }
    assert rates == {
        (("direct",), CountRange(1)): 0,
        (("partner-of-record",), CountRange(1, 12)): Fraction(first, 100),
        (("partner-of-record",), CountRange(13)): Fraction(6, 100),
    }


def test_a_document_is_its_bytes() -> None:
    text = SMALL.encode()
    first, second = check(text).terms, check(text + b"\n# a remark\n").terms
    assert first is not None
    assert second is not None
    assert first.sha256 != second.sha256
    assert check(text).terms == first


def test_amounts_without_a_currency_are_in_the_programs() -> None:
    checked = check(SMALL.replace('"15.00 USD"', '"15.00"').encode())
    assert checked.terms is not None
    assert checked.terms.offers[0].prices[0].amount == Money(1500, "USD")


# The tables inside of a key, by the path of the key.
TABLES: Final[dict[tuple[str, ...], tuple[Key, ...]]] = {
    ("offers", "prices"): PRICE,
    **{
        path: dict(INSIDE)[name]
        for name, *paths in (
            ("`when` of a fee", ("fees", "when")),
            ("`when` of an unpaid case", ("unpaid", "when")),
            ("`needs` of a fee", ("fees", "needs")),
            ("a row of `bands`", ("fees", "bands")),
            ("`cap` and `floor` of a fee", ("fees", "cap"), ("fees", "floor")),
            ("`growth` of a fee", ("fees", "growth")),
            ("`holdback` of a fee", ("fees", "holdback")),
            ("`story` of an example", ("examples", "story")),
            ("a row of a story's `changes`", ("examples", "story", "changes")),
            ("a row of a story's `partners`", ("examples", "story", "partners")),
            ("a row of a story's `tiers`", ("examples", "story", "tiers")),
            ("a row of a story's `credits`", ("examples", "story", "credits")),
            ("a row of a story's `pools`", ("examples", "story", "pools")),
        )
        for path in paths
    },
    ("examples", "story", "also"): ALSO,
}
# Tables with the keys of another one: what either of them uses is used.
SAME_TABLE: Final = {
    ("examples", "story", "also"): ("examples", "story"),
    ("unpaid", "when"): ("fees", "when"),
}
# The choices of values that are listed, or written in more than one word.
LISTED: Final[dict[tuple[str, ...], tuple[str, ...]]] = {
    ("ways",): WAYS,
    ("payment", "reduced_by"): CREDITS,
    ("fees", "when", "deal"): DEALS,
    ("fees", "when", "role"): ("partner of record", "former partner of record", "referrer"),
    ("fees", "needs", "in"): tuple(period.value for period in Period),
    ("examples", "pays"): ("year", "month", "total", ""),
}
SCOPED: Final = ("graduated_per", "whole_amount_per", "per")
EDGES: Final = ("customers", "seats", "subscriptions", "USD")


NAMED: Final = tuple(section.name for section in SECTIONS if section.each == "name")


def uses() -> dict[tuple[str, ...], set[str]]:
    """Every key that a shipped document has, by its path, with the values that are text."""
    found: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for name in EVERY:
        document = tomllib.loads((PROGRAMS / name).read_text())
        for section in NAMED:
            tables = document.get(section, {})
            found[section,].update(tables)
            document[section] = [*tables.values()]
        for path, value in walk((), document):
            found[path].update(texts(value))
    return found


def walk(path: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Keys with their paths; the rows of a list are at the path of the list."""
    for row in value if isinstance(value, list) else [value]:
        if isinstance(row, dict):
            for key, inner in row.items():
                at = (*SAME_TABLE.get(path, path), key)
                yield at, inner
                yield from walk(at, inner)


def texts(value: Any) -> Iterator[str]:
    for each in value if isinstance(value, list | dict) else [value]:
        if isinstance(each, str):
            yield each


def keys() -> Iterator[tuple[tuple[str, ...], Key]]:
    for section in SECTIONS:
        yield from (((section.name, key.name), key) for key in section.keys)
    for path, table in TABLES.items():
        yield from (((*SAME_TABLE.get(path, path), key.name), key) for key in table)


def choices(key: Key) -> tuple[str, ...]:
    """The values of a key that has one of a few."""
    if key.kind is PAID or not re.fullmatch(r'"[^"]+"( or "[^"]+")*', key.kind.says):
        return ()
    return tuple(re.findall(r'"([^"]+)"', key.kind.says))


def test_every_table_of_the_grammar_is_walked() -> None:
    inside = [ALSO if table is OF_ITS_OWN else table for _, table in INSIDE]
    assert {id(table) for table in TABLES.values()} == {id(table) for table in inside}


def test_shipped_documents_use_every_key_of_the_language() -> None:
    used = uses()
    assert [".".join(path) for path, _ in keys() if path not in used] == []


def test_shipped_documents_use_every_value_that_can_be_chosen() -> None:
    used = uses()
    asked = {path: choices(key) for path, key in keys()} | LISTED
    unused = [
        (".".join(path), value)
        for path, values in asked.items()
        for value in values
        if not any(value == text or (value and text.startswith(f"{value} ")) for text in used[path])
        and not (value == "" and any(text[:2] == "20" for text in used[path]))
    ]
    assert unused == []
    assert {value for path, values in asked.items() if path == ("fees", "pays") for value in values} == {
        *ROLES
    }


def test_shipped_documents_add_up_over_every_scope_and_period() -> None:
    said = {text for path, values in uses().items() if path[-1] in SCOPED for text in values}
    assert {text.split(" and ")[0] for text in said} == {scope.value for scope in Scope}
    assert {text.partition(" and ")[2] for text in said} == {
        "" if period is Period.LIFETIME else period.value for period in Period
    }


def test_shipped_documents_have_bands_in_every_measure() -> None:
    said = {text.split()[-1] for text in uses()["fees", "bands", "up_to"]}
    assert said >= {*EDGES}


def test_shipped_documents_ask_for_stated_days_and_for_periods() -> None:
    assert any(".." in text for text in uses()["fees", "needs", "in"])
