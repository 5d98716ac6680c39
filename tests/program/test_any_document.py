"""Properties of any document: what is written is what is read, and nothing makes the check fall over."""

import random
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ofrecord.flows.check_program import check_program
from ofrecord.kernel.calendar import Span
from ofrecord.kernel.money import Money
from ofrecord.kernel.rate import rate_text
from ofrecord.program.document import check
from ofrecord.program.kinds import ROUNDINGS
from ofrecord.program.types import Clause, MonthRange, Price

from .documents import PROGRAMS, SHIPPED, SMALL

titles = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30)
names = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)
days = st.dates(date(2009, 4, 1), date(2015, 1, 1))
amounts = st.integers(0, 10**9).map(lambda minor: Money(minor, "USD"))


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A document without a fault, and what it must mean: clauses divide the months, prices the days."""
    cuts = sorted(draw(st.sets(st.integers(2, 60), max_size=4)))
    starts = [1, *cuts]
    ranges = [MonthRange(a, b - 1 if b else None) for a, b in zip(starts, [*cuts, None], strict=True)]
    clause_names = draw(st.lists(names, min_size=len(ranges), max_size=len(ranges), unique=True))
    rates = draw(
        st.lists(st.fractions(Fraction(1, 999), 1, max_denominator=999), min_size=len(ranges), max_size=9)
    )
    changes = sorted(draw(st.sets(days.filter(lambda day: day > date(2009, 4, 1)), max_size=3)))
    firsts = [date(2009, 4, 1), *changes]
    price_list = [
        Price("US", Span(first, until), draw(amounts))
        for first, until in zip(firsts, [*changes, None], strict=True)
    ]
    meaning = {
        "title": draw(titles),
        "vendor": draw(titles),
        "rounding": draw(st.sampled_from(sorted(ROUNDINGS))),
        "notice": draw(st.integers(0, 365)),
        "clauses": list(zip(clause_names, ranges, rates, strict=False)),
        "prices": price_list,
    }
    return text_of(meaning), meaning


def text_of(meaning: dict[str, Any]) -> str:
    fees = "".join(
        f'[fees.{name}]\npays = "partner of record"\non = "billed"\n'
        f'when = {{ month = "{months.first}..{months.last or ""}" }}\nrate = "{rate_text(rate)}"\n'
        for name, months, rate in meaning["clauses"]
    )
    rows = "".join(
        f'  {{ region = "US", from = {p.span.first}, {f"until = {p.span.until}, " if p.span.until else ""}'
        f'price = "{p.amount}" }},\n'
        for p in meaning["prices"]
    )
    return (
        f'[program]\nid = "p"\nversion = "1"\ntitle = {quoted(meaning["title"])}\n'
        f"vendor = {quoted(meaning['vendor'])}\n"
        f'effective = 2009-04-01\nnotice = "{meaning["notice"]} days"\ncurrency = "USD"\n'
        f'rounding = "{meaning["rounding"]}"\ntime_zone = "UTC"\n'
        f'[ways.direct]\nbills = "vendor"\nopen = {{ US = 2009-04-01 }}\n[offers.o]\nprices = [\n{rows}]\n{fees}'
    )


@given(documents())
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_what_is_read(written: tuple[str, dict[str, Any]]) -> None:
    text, meaning = written
    checked = check(text.encode())
    assert checked.faults == ()
    terms = checked.terms
    assert terms is not None
    assert (terms.title, terms.vendor, terms.notice_days) == (
        meaning["title"],
        meaning["vendor"],
        meaning["notice"],
    )
    assert terms.rounding is ROUNDINGS[meaning["rounding"]]
    assert list(terms.offers[0].prices) == meaning["prices"]

    def stated(clause: Clause) -> tuple[str, MonthRange | None, Fraction | None]:
        return (clause.name, clause.when.months, clause.rate)

    assert [stated(clause) for clause in terms.clauses] == meaning["clauses"]


@given(st.binary(max_size=300))
def test_no_bytes_make_the_check_fall_over(document: bytes) -> None:
    checked = check_program(document)
    assert checked.terms is None
    assert checked.faults


def mutated(text: str, seed: int) -> str:
    """The text with a few spans of it cut out, doubled, or swapped for another part of it."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 4)):
        at, length = chance.randrange(len(text)), chance.choice([1, 1, 2, 5, 20, 80])
        other = chance.randrange(len(text))
        piece = chance.choice(
            ["", text[at : at + length] * 2, text[other : other + length], '"', "{", "1.5", "é"]
        )
        text = text[:at] + piece + text[at + length :]
    return text


@given(st.sampled_from([*SHIPPED, None]), st.integers(0, 10**9))
@settings(max_examples=300, deadline=timedelta(seconds=5))
def test_a_mutated_document_has_terms_or_faults_inside_the_text(name: str | None, seed: int) -> None:
    text = mutated((PROGRAMS / name).read_text() if name else SMALL, seed)
    checked = check_program(text.encode())
    assert (checked.terms is None) == bool(checked.faults)
    lines = text.split("\n")
    for fault in checked.faults:
        assert 1 <= fault.line <= len(lines), str(fault)
        assert 1 <= fault.column <= len(lines[fault.line - 1]) + 2, str(fault)
        assert fault.says
    assert list(checked.faults) == sorted(checked.faults)
    assert check_program(text.encode()) == checked
