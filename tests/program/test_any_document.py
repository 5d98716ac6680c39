"""Properties of any document: what is written is what is read, and nothing makes the check fall over."""

import random
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ofrecord.flows.check_program import check_program
from ofrecord.kernel.calendar import Span
from ofrecord.kernel.money import Money
from ofrecord.kernel.rate import rate_text
from ofrecord.program.clause_types import (
    DESIGNATION,
    PARTNER_OF_RECORD,
    START,
    Applies,
    Band,
    Bands,
    Basis,
    Clause,
    Condition,
    CountRange,
    Earned,
    Growth,
    Holdback,
    Limit,
    Measure,
    Needs,
    Per,
    Period,
    Scope,
    Unit,
)
from ofrecord.program.document import check
from ofrecord.program.kinds import ROUNDINGS
from ofrecord.program.types import Price

from .documents import FULL, PROGRAMS, RICH, SHIPPED, SMALL

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
    ranges = [CountRange(a, b - 1 if b else None) for a, b in zip(starts, [*cuts, None], strict=True)]
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

    def stated(clause: Clause) -> tuple[str, CountRange | None, Fraction | None]:
        return (clause.name, clause.when.months, clause.rate)

    assert [stated(clause) for clause in terms.clauses] == meaning["clauses"]


scopes = st.builds(Per, st.sampled_from(Scope), st.sampled_from(Period))
shares = st.fractions(Fraction(1, 999), 1, max_denominator=999)
positive = st.integers(1, 10**9).map(lambda minor: Money(minor, "USD"))
spans = st.tuples(days, days).map(lambda pair: Span(min(pair), max(pair) + timedelta(days=1)))


@st.composite
def bands(draw: st.DrawFn) -> Bands:
    """Bands from nothing up: graduated ones of an amount, or of seats month by month."""
    measure = draw(st.sampled_from(Measure))
    graduated = draw(st.booleans()) and measure in (Measure.AMOUNT, Measure.SEATS)
    ends = sorted(draw(st.sets(st.integers(1, 10**8), min_size=1, max_size=4)))
    rates = draw(st.lists(shares, min_size=len(ends) + 1, max_size=len(ends) + 1))
    per = draw(scopes)
    if graduated and measure is Measure.SEATS:
        per = Per(per.scope, Period.MONTH)
    rows = (Band(end, rate) for end, rate in zip([*ends, None], rates, strict=True))
    return Bands(graduated, measure, per, tuple(rows))


@st.composite
def clauses(draw: st.DrawFn) -> Clause:
    """A clause for the partner of record on everything, with any of what may stand beside one another."""
    how = draw(st.sampled_from(["rate", "bands", "amount"]))
    cap, floor = (Limit(draw(positive), draw(scopes)) if draw(st.booleans()) else None for _ in range(2))
    if floor is not None and (
        floor.per.period is Period.LIFETIME or (cap is not None and cap.per == floor.per)
    ):
        floor = Limit(floor.amount, Per(Scope.LINE))
        cap = None if cap is None or cap.per == floor.per else cap
    growth = Growth(Per(Scope.PARTNER, Period.QUARTER), draw(shares)) if draw(st.booleans()) else None
    found = draw(bands()) if how == "bands" else None
    # What is counted line by line is counted as it is billed: a line may be paid in parts.
    by_line = (floor is not None and floor.per.scope is Scope.LINE) or (
        found is not None and found.graduated and found.measure is Measure.SEATS
    )
    return Clause(
        name="c",
        title="C",
        role=PARTNER_OF_RECORD,
        when=Condition(
            months=CountRange(1), months_from=draw(st.sampled_from([START, DESIGNATION])), sold=draw(spans)
        ),
        rate=draw(shares) if how == "rate" else None,
        bands=found,
        amount=draw(positive) if how == "amount" else None,
        unit=draw(st.sampled_from(Unit)) if how == "amount" else None,
        basis=draw(st.sampled_from([Basis.BILLED, Basis.LIST])) if how != "amount" else Basis.BILLED,
        needs=draw(
            st.none()
            | st.builds(
                Needs, new_customers=st.integers(1, 9), during=st.none() | spans, for_all=st.booleans()
            )
        ),
        growth=growth if how == "rate" else None,
        cap=cap,
        floor=floor,
        holdback=draw(st.none() | st.builds(Holdback, shares, st.integers(1, 3650))),
        earned=Earned.WHEN_BILLED if growth or by_line else draw(st.sampled_from(Earned)),
        applies=draw(st.sampled_from(Applies)),
    )


def days_text(span: Span) -> str:
    return f'"{span.first}..{span.last}"'


def bands_text(found: Bands) -> str:
    def edge(number: int) -> str:
        amount = str(Money(number, "USD"))
        return f'"{amount}"' if found.measure is Measure.AMOUNT else f'"{number} {found.measure.value}"'

    rows = [
        f'{{ {f"up_to = {edge(band.up_to)}, " if band.up_to else ""}rate = "{rate_text(band.rate)}" }}'
        for band in found.bands
    ]
    how = "graduated_per" if found.graduated else "whole_amount_per"
    return f'bands = [{", ".join(rows)}]\n{how} = "{found.per}"\n'


def clause_text(clause: Clause) -> str:
    """The clause as a document states it."""
    assert clause.when.sold is not None
    lines = [
        '[fees.c]\npays = "partner of record"',
        f'when = {{ month = "1..", month_from = "{clause.when.months_from}", sold = {days_text(clause.when.sold)} }}',
        f'on = "{clause.basis.value}"\nearned = "{clause.earned.value}"\napplies = "{clause.applies.value}"',
    ]
    lines += [f'rate = "{rate_text(clause.rate)}"'] if clause.rate is not None else []
    lines += [bands_text(clause.bands)] if clause.bands is not None else []
    if clause.amount is not None and clause.unit is not None:
        lines.append(f'amount = "{clause.amount}"\neach = "{clause.unit.value}"')
    if clause.needs is not None:
        during = f", in = {days_text(clause.needs.during)}" if clause.needs.during else ""
        counts = "for the whole period" if clause.needs.for_all else "from the day it is met"
        lines.append(
            f'needs = {{ new_customers = {clause.needs.new_customers}{during}, counts = "{counts}" }}'
        )
    for key, limit in (("cap", clause.cap), ("floor", clause.floor)):
        lines += [f'{key} = {{ amount = "{limit.amount}", per = "{limit.per}" }}'] if limit else []
    if clause.growth is not None:
        above = rate_text(clause.growth.factor)
        lines.append(f'growth = {{ per = "{clause.growth.per}", above = "{above}" }}')
    if clause.holdback is not None:
        share = rate_text(clause.holdback.share)
        lines.append(f'holdback = {{ share = "{share}", days = "{clause.holdback.days} days" }}')
    return "\n".join(lines) + "\n"


OTHERS = '[unpaid.others]\nwhen = {}\nbecause = "Nothing else is paid."\n'


@given(clauses())
@settings(max_examples=200, deadline=None)
def test_what_a_clause_says_is_what_it_means(clause: Clause) -> None:
    meaning = {"title": "P", "vendor": "V", "rounding": "down, per line", "notice": 0, "clauses": []}
    prices = [Price("US", Span(date(2009, 4, 1)), Money(15_00, "USD"))]
    text = text_of({**meaning, "prices": prices}) + clause_text(clause) + 'instead_of = "others"\n' + OTHERS
    checked = check(text.encode())
    assert checked.faults == ()
    assert checked.terms is not None
    assert checked.terms.clause("c") == replace(clause, instead_of=("others",))


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


@given(st.sampled_from([*SHIPPED, SMALL, RICH + FULL]), st.integers(0, 10**9))
@settings(max_examples=300, deadline=timedelta(seconds=5))
def test_a_mutated_document_has_terms_or_faults_inside_the_text(name: str, seed: int) -> None:
    text = mutated((PROGRAMS / name).read_text() if name in SHIPPED else name, seed)
    checked = check_program(text.encode())
    assert (checked.terms is None) == bool(checked.faults)
    lines = text.split("\n")
    for fault in checked.faults:
        assert 1 <= fault.line <= len(lines), str(fault)
        assert 1 <= fault.column <= len(lines[fault.line - 1]) + 2, str(fault)
        assert fault.says
    assert list(checked.faults) == sorted(checked.faults)
    assert check_program(text.encode()) == checked
