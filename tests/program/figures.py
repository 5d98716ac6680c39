"""Figures of other systems, how each is told as a small program document, and the page that says so."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from tests.support.told import billed, recognized

from ofrecord.engine.types import BilledFact, FeeLine
from ofrecord.flows.check_program import check_program
from ofrecord.program.document import check
from ofrecord.program.types import Terms

HERE: Final = Path(__file__).parent
CASES: Final[list[dict[str, Any]]] = json.loads((HERE.parent / "cases" / "fees.json").read_text())["cases"]
TABLE: Final = HERE.parents[1] / "docs" / "reference" / "figures-of-others.md"

MET, REFUSED, NEAR, UNSAID = "met", "refused, too", "near", "not said"


class Taken(NamedTuple):
    """What became of a case, and how the document says it, or why not."""

    outcome: str
    here: str


TAKEN: Final[dict[int, Taken]] = {}
Test = TypeVar("Test", bound=Callable[..., None])


def takes(number: int, outcome: str, here: str) -> Callable[[Test], Test]:
    """The test takes the case of this number; no two take the same."""
    assert number not in TAKEN, number
    TAKEN[number] = Taken(outcome, here)
    return lambda test: test


def amount(number: int, part: str = "expected") -> str:
    """A figure of a case, in cents."""
    return f"{Decimal(CASES[number][part]):.2f}"


HEAD: Final = """
[program]
id        = "figures"
version   = "1"
title     = "Figures of others"
vendor    = "Northwind"
effective = 2026-01-01
notice    = "30 days"
currency  = "EUR"
rounding  = "half up, per line"
time_zone = "UTC"

[ways.partner-of-record]
bills = "vendor"
open  = { DE = 2026-01-01 }
"""
ADVISER: Final = '[fees.share]\npays = "partner of record"\nwhen = {}\n'
NOTHING: Final = '[unpaid.nothing]\nwhen = {}\nbecause = "Nothing is paid."\n'


def document(clauses: str, prices: dict[str, str]) -> str:
    """A program with offers at these prices of a seat and month."""
    offers = "".join(
        f'[offers.{name}]\nprices = [{{ region = "DE", from = 2026-01-01, price = "{price}" }}]\n'
        for name, price in prices.items()
    )
    return f"{HEAD}{offers}{clauses}"


def example(expected: str, *, offer: str = "thing", months: int = 1, more: str = "") -> str:
    told = f'offer = "{offer}", region = "DE", seats = 1, months = {months}{more}'
    return f'[[examples]]\nsays = "As there"\nstory = {{ {told} }}\npays = {{ total = "{expected}" }}\n'


def meets(clauses: str, price: str, expected: str, *, months: int = 1, more: str = "") -> None:
    """The document has no fault, so its example comes out to the cent."""
    text = document(clauses, {"thing": price}) + example(expected, months=months, more=more)
    assert check_program(text.encode()).faults == ()


def faults(clauses: str, price: str = "1000.00") -> list[str]:
    return [fault.says for fault in check_program(document(clauses, {"thing": price}).encode()).faults]


def version(clauses: str, price: str = "1000.00") -> Terms:
    terms = check(document(clauses, {"thing": price}).encode()).terms
    assert terms is not None
    return terms


def fact(terms: Terms, cents: int, **other: Any) -> BilledFact:
    """A line of January 2026; sold by p1."""
    partners = other.pop("partners", (recognized("2026-01-01"),))
    usual = billed("2026-01", *partners, started="2026-01-01", offer="thing", region="DE", currency="EUR")
    return replace(usual, billed_minor=cents, seats=1, terms_sha256=terms.sha256, **other)


def paying(lines: list[FeeLine]) -> list[str]:
    return [line.earned.decimal_text() for line in lines if line.earned_minor]


def table() -> str:
    """The page of the reference, as this file says it."""
    counts = {
        outcome: [taken.outcome for taken in TAKEN.values()].count(outcome)
        for outcome in (MET, REFUSED, NEAR, UNSAID)
    }
    rows = []
    for number, case in enumerate(CASES):
        there = (
            case["expected"] if isinstance(case["expected"], str) else ", ".join(case["expected"].values())
        )
        taken = TAKEN[number]
        kind = case["kind"].replace("|", "/").replace("*", "×")
        rows.append(f"| {number + 1} | {case['peer']} | {kind} | {there} | {taken.outcome} | {taken.here} |")
    said = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
    return f"""# Figures of others

What other systems state in their tests and manuals, told as small program documents. `tests/cases/fees.json` names
the source of each; the page is written by `tests/program/test_fees_of_others.py`, which holds every row.

Of {len(CASES)}: {said}. *Refused, too* is what both refuse; *near* says how close it comes; *not said* is what the
language cannot.

| | system | what it holds | there | here | how |
| ---: | --- | --- | --- | --- | --- |
""" + "\n".join(rows) + "\n"  # fmt: skip
