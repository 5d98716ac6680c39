"""The pieces of lines in columns are those of the judge."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.columns.test_events import COLUMNS, laws_and_histories, tried
from tests.support.in_columns import SCHEMAS, sales_of, sql_of, table
from tests.support.told import billed, clause, recognized, terms

from ofrecord.engine.compiled.lengths import lengths_table, time_zones
from ofrecord.engine.compiled.reaches import (
    CUTTING,
    Extension,
    cutting_table,
    designations_table,
    extensions,
    renews,
    stages_table,
)
from ofrecord.engine.judging.laws import Reaching
from ofrecord.engine.judging.pieces import pieces_of
from ofrecord.engine.steps.events import facts, sale_events
from ofrecord.engine.steps.pieces import divided, pieces
from ofrecord.engine.types import BilledFact, Laws
from ofrecord.kernel.calendar import Span
from ofrecord.program.clause_types import DESIGNATION, NEW, RENEWAL, UPSELL, Condition, CountRange
from ofrecord.program.types import Proration

LATE = date(2012, 1, 1)


def kinds_of(laws: Laws, history: Sequence[BilledFact]) -> pa.Table:
    """How the lines may be cut, whether or not one of each kind occurs."""
    chains = {row["chain"] for row in stages_table(laws, sales_of(history)).to_pylist()}
    nows = ["", *(each.terms_sha256 for each in extensions(laws))]
    rows = [{"chain": chain, "now_sha256": now} for chain in sorted(chains) for now in nows]
    return pa.Table.from_pylist(rows, pa.schema([CUTTING.field(name) for name in ("chain", "now_sha256")]))


@cache
def facts_sql(extended: tuple[Extension, ...], *, is_staged: bool) -> str:
    dimensions = (table("facts"), table("versions"), table("offers"))
    return sql_of(facts(*dimensions, table("stages") if is_staged else None, extended, through=LATE))


def _pieces(*, is_staged: bool, is_designated: bool, is_by_seconds: bool) -> ibis.Table:
    stages = table("stages") if is_staged else None
    lengths = table("lengths") if is_by_seconds else None
    named = table("designations") if is_designated else None
    told, cutting = table("told"), table("cutting")
    cut = divided(told, table("recognitions"), cutting, stages, lengths, designations=named)
    return pieces(sale_events(told, table("taken back")), cut, cutting, stages, lengths)


@cache
def pieces_sql(**which: bool) -> str:
    return sql_of(_pieces(**which))


def in_columns(laws: Laws, history: Sequence[BilledFact]) -> list[dict[str, Any]]:
    kinds = kinds_of(laws, history)
    designations = designations_table(laws, kinds)
    first = min(fact.service.first for fact in history)
    COLUMNS.hold(
        laws,
        history,
        cutting=cutting_table(laws, kinds),
        designations=designations,
        lengths=lengths_table(laws, first, first + timedelta(days=1000)),
        **{"taken back": SCHEMAS["taken back"].empty_table()},
    )
    COLUMNS.keep("told", facts_sql(extensions(laws), is_staged=renews(laws)))
    return COLUMNS.rows(
        pieces_sql(
            is_staged=renews(laws),
            is_designated=designations.num_rows > 0,
            is_by_seconds=bool(time_zones(laws)),
        )
    )


def found(row: dict[str, Any]) -> tuple[Any, ...]:
    names = ("invoice_line", "piece", "piece_first", "piece_until", "piece_deal", "piece_seats")
    months = (row["month_first"], row["month_last"])
    return (*(row[name] for name in names), tuple(row["weights"] or [row["weight"]]), *months)


def judged(laws: Laws, history: Sequence[BilledFact]) -> Counter[tuple[Any, ...]]:
    reaching = Reaching(laws)
    return Counter(
        (
            *(fact.invoice_line, piece.number, piece.service.first, piece.service.until),
            *(piece.deal, piece.seats, piece.weights, piece.month_first, piece.month_last),
        )
        for fact in history
        for piece in pieces_of(laws.by_sha[fact.terms_sha256], reaching.of(fact), fact)
    )


@st.composite
def stretched(draw: st.DrawFn, history: list[BilledFact]) -> list[BilledFact]:
    """The history with some lines billed for longer, or from before the start, and any number of first seats."""
    return [
        replace(
            fact,
            service=Span(
                fact.service.first - timedelta(days=draw(st.sampled_from([0, 0, 0, 5, 40]))),
                fact.service.until + timedelta(days=draw(st.sampled_from([0, 0, 0, 20, 400]))),
            ),
            first_seats=draw(st.sampled_from([fact.first_seats, 0, 1, 30])),
        )
        for fact in history
    ]


@tried
@given(
    laws_and_histories.flatmap(
        lambda pair: st.tuples(st.just(pair[0]), st.just(pair[1]) | stretched(pair[1]))
    )
)
def test_pieces_are_those_of_the_judge(pair: tuple[Laws, list[BilledFact]]) -> None:
    laws, history = pair
    rows = in_columns(laws, history)
    assert Counter(map(found, rows)) == judged(laws, history)
    stages = stages_table(laws, sales_of(history)).to_pylist()
    for row in rows:
        held = [
            each["stage"]
            for each in stages
            if all(row[name] == each[name] for name in ("terms_sha256", "started_on", "commitment_months"))
            and each["first"] <= row["piece_first"] < each["until"]
        ]
        assert [row["stage"]] == held


def test_a_line_of_twelve_seats_of_which_ten_are_the_first_is_two_pieces_where_deals_are_asked() -> None:
    asking = terms(clause("new-sales", "5%", when=Condition(deals=(NEW,))))
    fact = billed(seats=12, first_seats=10)
    rows = [found(row)[1:7] for row in in_columns(Laws((asking,)), [fact])]
    days = (date(2010, 4, 1), date(2010, 5, 1))
    assert sorted(rows) == [(0, *days, NEW, 10, (300, 60)), (1, *days, UPSELL, 2, (300, 60))]
    plain = in_columns(Laws((terms(clause("sales", "5%")),)), [fact])
    assert [found(row)[1:7] for row in plain] == [(0, *days, NEW, 12, (30,))]


def test_a_commitment_that_ends_within_the_service_cuts_it_where_deals_are_asked() -> None:
    asking = terms(clause("renewals", "5%", when=Condition(deals=(RENEWAL,))))
    fact = billed("2011-04", started="2010-04-11", seats=12, first_seats=10, commitment_months=12)
    rows = [found(row)[1:7] for row in in_columns(Laws((asking,)), [fact])]
    first, cut, until = date(2011, 4, 1), date(2011, 4, 11), date(2011, 5, 1)
    assert sorted(rows) == [
        (0, first, cut, NEW, 10, (100, 20, 240)),
        (1, first, cut, UPSELL, 2, (100, 20, 240)),
        (2, cut, until, RENEWAL, 12, (100, 20, 240)),
    ]
    as_of_the_first_day = replace(asking, proration=Proration.FIRST_DAY)
    rows = [found(row)[1:7] for row in in_columns(Laws((as_of_the_first_day,)), [fact])]
    assert sorted(rows) == [
        (0, first, until, NEW, 10, (300, 60)),
        (1, first, until, UPSELL, 2, (300, 60)),
    ]


def test_months_from_a_designation_cut_at_the_partners_own_months() -> None:
    early = clause("early", "5%", when=Condition(months=CountRange(1, 2), months_from=DESIGNATION))
    fact = billed("2010-04", recognized("2010-02-15"), started="2010-01-01")
    rows = [found(row)[2:4] for row in in_columns(Laws((terms(early),)), [fact])]
    assert sorted(rows) == [
        (date(2010, 4, 1), date(2010, 4, 15)),
        (date(2010, 4, 15), date(2010, 5, 1)),
    ]


def test_a_month_in_which_the_clock_changes_is_divided_by_its_seconds() -> None:
    by_seconds = terms(clause("sales", "5%"), proration=Proration.BY_SECONDS, time_zone="Europe/Berlin")
    fact = billed("2010-03", recognized("2010-03-01"), recognized("2010-03-28", partner="p2"))
    rows = [found(row)[6] for row in in_columns(Laws((by_seconds,)), [fact])]
    # 27 days, and 4 of which one lacks the hour that summer time takes.
    assert rows == [(27 * 86_400, 4 * 86_400 - 3_600)] * 2


@pytest.mark.parametrize("which", [False, True])
def test_pieces_can_be_said_to_spark(which: bool) -> None:
    asked = _pieces(is_staged=which, is_designated=which, is_by_seconds=which)
    assert "SELECT" in ibis.to_sql(asked, dialect="pyspark")
