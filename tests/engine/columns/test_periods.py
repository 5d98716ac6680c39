"""Periods, top-ups and pools in columns are those of the judge."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from tests.support import heard
from tests.support.generated import FIRST, LAST, amounts, periods, pools, scopes

from ofrecord.engine.compiled.clauses import clause_table, numbered
from ofrecord.engine.compiled.pools import pools_table
from ofrecord.engine.exact import duck, spark
from ofrecord.engine.exact.functions import period_first, period_until
from ofrecord.engine.judging import periods as judged
from ofrecord.engine.judging.claims import case_of, failing
from ofrecord.engine.judging.judge import _sale_lines, hear
from ofrecord.engine.steps.periods import top_ups
from ofrecord.engine.steps.pools import pool_lines
from ofrecord.engine.steps.shapes import CASE, EARNED
from ofrecord.engine.types import BilledFact, FeeLine, Laws, PoolFact
from ofrecord.program.clause_types import Basis, Clause, Holdback, Limit, Per, Period, PoolKey, period_of

tried = settings(
    deadline=None,
    max_examples=int(os.environ.get("OFRECORD_GENERATED", "15")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
engine = heard.engine()
YEARS = ((1, 1), (7, 1), (2, 28), (8, 31), (11, 30))


def days_and_periods() -> list[dict[str, Any]]:
    """Every day of three years, one of them a leap year, in each period of each program year."""
    days = [date(2011, 1, 1) + timedelta(days=n) for n in range(3 * 365)]
    return [
        {
            "day": day,
            "period": period.value,
            "month": month,
            "dom": dom,
            "first": span.first,
            "until": span.until,
        }
        for day in days
        for period in Period
        for month, dom in YEARS
        for span in [period_of(period, day, (month, dom))]
    ]


def asked(days: ibis.Table) -> ibis.Table:
    named = (days.day, days.period, days.month, days.dom)
    return days.select("first", "until", found_first=period_first(*named), found_until=period_until(*named))


def days_table() -> pa.Table:
    kinds = {"day": pa.date32(), "period": pa.string(), "month": pa.int32(), "dom": pa.int32()}
    names = pa.schema(kinds | {"first": pa.date32(), "until": pa.date32()})
    return pa.Table.from_pylist(days_and_periods(), schema=names)


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    pyspark = pytest.importorskip("pyspark.sql")
    found = pyspark.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    spark.define(found)
    yield found
    found.stop()


def test_periods_are_those_of_the_program_on_duckdb() -> None:
    con = ibis.duckdb.connect()
    duck.define(con.con)
    found = con.to_pyarrow(asked(ibis.memtable(days_table()))).to_pylist()
    assert [
        row for row in found if (row["first"], row["until"]) != (row["found_first"], row["found_until"])
    ] == []


def test_periods_are_those_of_the_program_on_spark(session: Any) -> None:
    session.createDataFrame(days_table()).createOrReplaceTempView("days")
    days = ibis.table(ibis.memtable(days_table()).schema(), name="days")
    found = session.sql(ibis.to_sql(asked(days), dialect="pyspark")).toArrow().to_pylist()
    assert [
        row for row in found if (row["first"], row["until"]) != (row["found_first"], row["found_until"])
    ] == []


def floored(clause: Clause) -> st.SearchStrategy[Clause]:
    if not clause.pays or clause.basis is Basis.POOLED:
        return st.just(clause)
    floors = st.builds(Limit, amounts, st.builds(Per, scopes, periods))
    return floors.map(lambda floor: replace(clause, floor=floor, needs=None))


def pooled(clause: Clause) -> st.SearchStrategy[Clause]:
    def shared_by(key: PoolKey, days: int | None) -> Clause:
        rated = replace(
            clause, basis=Basis.POOLED, rate=Fraction(1, 7), pool="ads", pool_key=key, growth=None
        )
        held = None if days is None else Holdback(Fraction(1, 5), days)
        return replace(
            rated, bands=None, amount=None, unit=None, needs=None, of="", because="", holdback=held
        )

    return st.builds(shared_by, st.sampled_from(PoolKey), st.none() | st.integers(0, 100))


def not_yet_retained(lines: list[FeeLine]) -> list[dict[str, Any]]:
    """The lines as the step gives them: what is retained is worked out later."""
    return [heard.earned_row(line) | {"retained_minor": 0} for line in lines]


@tried
@given(heard.laws(heard.with_clauses(floored)), heard.stories(), st.integers(3, 20))
def test_a_floor_adds_what_the_judge_adds(laws: Laws, facts: list[BilledFact], months: int) -> None:
    through = min(FIRST.plus(months).last, LAST)
    lines = [*_sale_lines(hear(laws, facts, through))]
    expected = not_yet_retained([*judged.top_ups(laws, lines, through)])
    event("something was added" if expected else "nothing was added")
    billed = heard.table(EARNED, [heard.earned_row(line) for line in lines])
    found = engine.rows(top_ups(billed, ibis.memtable(clause_table(laws)), through))
    assert heard.in_order(found) == heard.in_order(expected)


@tried
@given(heard.laws(heard.with_clauses(pooled)), heard.stories(), pools, st.integers(1, 20))
def test_a_pool_is_divided_as_the_judge_divides_it(
    laws: Laws, facts: list[BilledFact], some_pools: list[PoolFact], months: int
) -> None:
    through = min(FIRST.plus(months).last, LAST)
    cases = [each.case for each in hear(laws, facts, through).heard]
    expected = not_yet_retained([*judged.pool_lines(laws, some_pools, cases, through)])
    event("something was divided" if expected else "nothing was divided")
    looked_at = [
        heard.case_row(own) | {"clause_key": each.key}
        for case in cases
        for each in numbered(laws)
        if case.event.source == "sale" and each.clause.basis is Basis.POOLED
        for own in [case_of(each.terms, case.event, case.piece, case.partner)]
        if failing(each.clause, own) is None
    ]
    claims = heard.table(CASE | {"clause_key": "int32"}, looked_at)
    found = engine.rows(pool_lines(claims, ibis.memtable(pools_table(laws, some_pools, through))))
    assert heard.in_order(found) == heard.in_order(expected)
