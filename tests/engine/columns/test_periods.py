"""Periods, top-ups and pools in columns are those of the judge."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import ibis
import pyarrow as pa
import pytest

from ofrecord.engine.exact import duck, spark
from ofrecord.engine.exact.functions import period_first, period_until
from ofrecord.program.clause_types import Period, period_of

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
