"""Sums and soundness in columns are those of the lines taken one by one."""

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import ibis
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.generated import FIRST, currencies, exchange, histories, pools, programs
from tests.support.told import Books, billed, clause, recognized, terms

from ofrecord.engine import books
from ofrecord.engine.book_sums import partner_sums, require_sound, sums_in_columns
from ofrecord.engine.books import sum_of
from ofrecord.engine.columns import BOOK, line_table
from ofrecord.engine.compiled.checks import CHECKS, SCALES, check_table, scale_table
from ofrecord.engine.recompute import is_sound
from ofrecord.engine.refusals import BookUnsound
from ofrecord.engine.running.duck import Duck, duck_engine
from ofrecord.engine.steps.booking import BOOKED
from ofrecord.engine.steps.sound import doubtful
from ofrecord.engine.steps.sums import held, sums
from ofrecord.engine.types import Credit, FeeLine, Laws, RateFact
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.program.clause_types import (
    Band,
    Bands,
    Condition,
    CountRange,
    Growth,
    Holdback,
    Limit,
    Measure,
    Per,
    Period,
    Scope,
    Unit,
)
from ofrecord.program.types import Terms

tried = settings(
    deadline=None,
    max_examples=int(os.environ.get("OFRECORD_GENERATED", "10")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
FIGURES = sorted(field.name for field in BOOK if field.name.endswith("_minor"))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Duck]:
    with duck_engine(tmp_path_factory.mktemp("engine")) as found:
        yield found


def doubted(engine: Duck, lines: Sequence[FeeLine], versions: Sequence[Terms]) -> set[int]:
    """The places of the lines that columns doubt."""
    book = engine.bring(line_table(lines, range(len(lines))))
    pairs = {(line.currency, line.due_currency) for line in lines}
    scales = engine.bring(scale_table(sorted(pairs)))
    found = doubtful(book, engine.bring(check_table(versions)), scales)
    return {*engine.fetch(found.select("number"))["number"].to_pylist()}


def sums_one_by_one(lines: Sequence[FeeLine]) -> list[Any]:
    found: dict[tuple[str, str], list[FeeLine]] = defaultdict(list)
    for line in lines:
        found[line.partner, line.due_currency].append(line)
    return [sum_of(*key, own) for key, own in sorted(found.items())]


def closed(laws: Laws, facts: Any, months: Sequence[int], **beside: Any) -> list[FeeLine]:
    """The lines of books of some months, in each of which the last facts are new."""
    told, lines = Books(laws), []
    for place, month in enumerate(months, 1):
        known = facts[: len(facts) * place // len(months)]
        lines += told.close(str(FIRST.plus(month)), known, **beside)
    return lines


closings = st.sets(st.integers(0, 19), min_size=1, max_size=3).map(sorted)
besides = st.fixed_dictionaries({"pools": pools, "rates": exchange, "currencies": currencies})
changes = st.lists(
    st.tuples(st.integers(0, 1000), st.sampled_from(FIGURES), st.sampled_from([-100, -1, 1, 7, 10**18 * 9])),
    min_size=12,
    max_size=12,
)


def altered(line: FeeLine, figure: str, by: int) -> FeeLine:
    now = getattr(line, figure)
    return replace(line, **{figure: (now or 0) + by if abs((now or 0) + by) < 2**63 else 0})


@tried
@given(programs(), histories(), st.tuples(closings, besides), changes)
def test_columns_find_the_lines_that_are_not_sound_and_sum_up_the_others(
    engine: Duck, version: Terms, facts: Any, closes: tuple[list[int], Any], changed: list[Any]
) -> None:
    months, beside = closes
    lines = closed(Laws((version,)), facts, months, **beside)
    if not lines:
        return
    assert partner_sums(engine, engine.bring(line_table(lines, range(len(lines))))) == sums_one_by_one(lines)
    wrong = [altered(lines[place % len(lines)], figure, by) for place, figure, by in changed]
    both = [*lines, *wrong]
    unsound = {place for place, line in enumerate(both) if not is_sound(line, version)}
    found = doubted(engine, both, [version])
    assert unsound <= found, "a wrong line never passes"
    assert {place for place in found - unsound if is_within(both[place])} == set()


def is_within(line: FeeLine) -> bool:
    """Whether no figure is beyond what columns dare to multiply."""
    return all(abs(getattr(line, name) or 0) <= 2 * 10**18 for name in FIGURES)


LARGE = 10**17
SEATS = (Band(20, Fraction(1, 9)), Band(None, Fraction(1, 7)))
GRADUATED = Bands(
    True,
    Measure.AMOUNT,
    Per(Scope.PARTNER, Period.MONTH),
    (Band(50000, Fraction(1, 10)), Band(None, Fraction(1, 5))),
)
KINDS = {
    "rate": clause("rate", "12%", holdback=Holdback(Fraction(1, 5), 60)),
    "capped": clause("capped", "12%", cap=Limit(Money(5000, "USD"), Per(Scope.SUBSCRIPTION, Period.YEAR))),
    "floored": clause("floored", "1/300", floor=Limit(Money(1000, "USD"), Per(Scope.LINE))),
    "topped up": clause("up", "1%", floor=Limit(Money(9000, "USD"), Per(Scope.PARTNER, Period.MONTH))),
    "reached": clause("reached", bands=replace(GRADUATED, graduated=False)),
    "graduated": clause("graduated", bands=GRADUATED),
    "seats": clause("seats", bands=replace(GRADUATED, measure=Measure.SEATS, bands=SEATS)),
    "growth": clause("growth", "10%", growth=Growth(Per(Scope.SUBSCRIPTION, Period.MONTH), Fraction(11, 10))),
    "amount": clause("amount", amount=Money(100, "USD"), unit=Unit.SEAT),
    "asked": clause("asked", "12%", when=Condition(tiers=("Gold",), regions=("US",), months=CountRange(1, 13))),
}  # fmt: skip


def one_of_each(version: Terms) -> list[FeeLine]:
    """Lines of a year and a month later, with a partner that leaves and a refund."""
    refund = Credit("refund-1", "refund", date(2011, 4, 30), -25000)
    parts = (
        recognized("2010-04-01", "2011-04-11", tier="Gold"),
        recognized("2011-04-11", partner="p2", tier="Gold"),
    )
    facts = [billed(), billed("2011-04", *parts, invoice_line="second", credits=(refund,))]
    rate = RateFact("JPY", date(2010, 4, 30), Fraction(125))
    euro = RateFact("USD", date(2010, 4, 30), Fraction("1.25"))
    return Books(version).close("2011-05", facts, rates=[rate, euro], currencies={"p1": "JPY"})


@pytest.mark.parametrize("kind", KINDS)
def test_an_altered_figure_is_found_whatever_kind_of_clause_pays(engine: Duck, kind: str) -> None:
    version = terms(KINDS[kind], tiers=("Gold",))
    lines = one_of_each(version)
    assert len(lines) > 2
    wrong = [altered(line, figure, 1) for line in lines for figure in FIGURES]
    unsound = {place for place, line in enumerate(wrong) if not is_sound(line, version)}
    found = doubted(engine, wrong, [version])
    assert unsound <= found
    assert doubted(engine, lines, [version]) == set()
    assert found == unsound


def test_what_is_no_figure_is_held_against_the_clause_too(engine: Duck) -> None:
    version = terms(KINDS["asked"], tiers=("Gold",))
    (line, *_) = one_of_each(version)
    other: list[dict[str, Any]] = [
        {"tier": "Silver"},
        {"region": "GB"},
        {"role": "referrer"},
        {"clause": "none such"},
        {"version": "2"},
        {"program": "another"},
        {"rounding": "down"},
        {"month_first": 2},
        {"month_last": 2},
        {"source": "payment"},
        {"share_remainder": 1},
        {"share_numerator": 1, "share_denominator": 2},
        {"exact_numerator": line.exact_numerator + 1},
        {"exact_denominator": line.exact_denominator + 1},
        {"exchange_numerator": line.exchange_numerator + 10},
        {"slices": ()},
        {"slices": line.slices * 2},
        {"weights": (1, 1)},
        {"waits": "There is no rate."},
        {"withdrawn": True},
        {"due_currency": "KWD"},
    ]
    wrong = [replace(line, **change) for change in other]
    unsound = [place for place, each in enumerate(wrong) if not is_sound(each, version)]
    assert sorted(doubted(engine, wrong, [version])) == unsound == [*range(len(wrong))]


def test_figures_beyond_the_limits_are_doubted_and_none_of_them_stops_the_others(engine: Duck) -> None:
    version = terms(clause("whole", "1/999999937"))
    facts = [billed(billed_minor=LARGE), billed("2010-05", billed_minor=-LARGE)]
    lines = Books(version).close("2010-06", facts)
    assert doubted(engine, lines, [version]) == set()
    far = [replace(lines[0], **{name: value}) for name in FIGURES for value in (2**63 - 1, -(2**63))]
    wide = [name for name in BOOKED if name.endswith(("numerator", "denominator"))]
    far += [replace(lines[0], **{name: value}) for name in wide for value in (10**38 - 1, -(10**38 - 1))]
    far += [replace(lines[0], **{name: 0}) for name in wide if name.endswith("denominator")]
    far += [replace(lines[0], weights=weights) for weights in ((), (0,), (-1, 2), (2**62,) * 4)]
    far += [replace(lines[0], piece=5)]
    # What is beyond the limits and means the same is looked at by itself too.
    assert doubted(engine, far, [version]) == {*range(len(far))}


def test_the_first_unsound_line_of_a_book_is_named(engine: Duck, tmp_path: Path) -> None:
    version = terms(KINDS["graduated"], KINDS["asked"], tiers=("Gold",))
    lines = books.in_order(one_of_each(version))
    numbers = books.numbers_of(lines)
    laws = {version.sha256: version}
    require_sound(engine, tmp_path, engine.bring(line_table(lines, numbers)), laws)
    lines[1:] = [replace(line, fee_minor=line.fee_minor + 1) for line in lines[1:]]
    with pytest.raises(BookUnsound) as refused:
        require_sound(engine, tmp_path, engine.bring(line_table(lines, numbers)), laws)
    assert refused.value.line == numbers[1]


def test_a_book_without_lines_sums_up_to_nothing(engine: Duck) -> None:
    assert partner_sums(engine, engine.bring(BOOK.empty_table())) == []


def test_sums_and_doubts_are_expressions_on_spark_too() -> None:
    book = ibis.table({"number": "int64", **BOOKED}, name="book")
    checks = ibis.table(ibis.Schema.from_pyarrow(CHECKS), name="checks")
    scales = ibis.table(ibis.Schema.from_pyarrow(SCALES), name="scales")
    for found in (sums(book), held(book), doubtful(book, checks, scales)):
        assert "book" in ibis.to_sql(found, dialect="pyspark")


def test_a_book_is_summed_up_by_columns_as_line_by_line(engine: Duck, tmp_path: Path) -> None:
    version = terms(*(KINDS[name] for name in ("asked", "rate")), tiers=("Gold",))
    lines = one_of_each(terms(KINDS["rate"]))
    laws = {version.sha256: terms(KINDS["rate"])}
    kept = books.write_book(tmp_path, Month(2011, 5), lines)
    by_one = books.sums_of(tmp_path, Month(2011, 5), kept.sha256, laws)
    folder = books.folder_of(tmp_path, Month(2011, 5))
    assert sums_in_columns(engine, folder / kept.name, laws) == by_one
    wrong = books.write_book(tmp_path, Month(2011, 5), [replace(lines[0], due_minor=lines[0].due_minor + 1)])
    with pytest.raises(BookUnsound, match=wrong.name):
        books.sums_of(tmp_path, Month(2011, 5), wrong.sha256, laws)
    with pytest.raises(BookUnsound, match=wrong.name):
        sums_in_columns(engine, folder / wrong.name, laws)
