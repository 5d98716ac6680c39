"""What the judge heard, as the tables that steps take, so that each step is tried by itself."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.operations as ops
import pyarrow as pa
from hypothesis import strategies as st
from tests.support.generated import FIRST, histories, programs

from ofrecord.engine.compiled.clauses import clause_table, numbered
from ofrecord.engine.exact import duck, spark
from ofrecord.engine.flat import facts_of, flat
from ofrecord.engine.judging.claims import Case, case_of
from ofrecord.engine.judging.events import Event, events_of
from ofrecord.engine.judging.judge import Hearing, _basis
from ofrecord.engine.steps.shapes import CASE, EARNED, EVENT
from ofrecord.engine.types import BilledFact, FeeLine, History, Laws
from ofrecord.program.clause_types import Clause, Condition
from ofrecord.program.types import Terms


class Duck:
    """A connection with the exact functions; hands rows."""

    def __init__(self) -> None:
        self.con = ibis.duckdb.connect()
        duck.define(self.con.con)

    def rows(self, table: ibis.Table) -> list[dict[str, Any]]:
        return self.con.to_pyarrow(table).to_pylist()


class Spark:
    """A session with the exact functions; hands rows."""

    def __init__(self) -> None:
        from pyspark.sql import SparkSession  # noqa: PLC0415 - it need not be installed

        usual = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "1"}
        self.session = SparkSession.builder.master("local[1]").config(map=usual).getOrCreate()
        spark.define(self.session)

    def rows(self, table: ibis.Table) -> list[dict[str, Any]]:
        """Tables in memory are given to the session under names."""
        named = {}
        for number, each in enumerate(table.op().find(ops.InMemoryTable)):
            name, rows = f"given_{number}", each.data.to_pyarrow(each.schema)
            self.session.createDataFrame(rows).createOrReplaceTempView(name)
            named[each] = ibis.table(each.schema, name=name).op()
        query = ibis.to_sql(table.op().replace(named).to_expr(), dialect="pyspark")
        return self.session.sql(query).toArrow().to_pylist()


def engine() -> Duck | Spark:
    """DuckDB, or the engine that the environment names."""
    return Spark() if os.environ.get("OFRECORD_ENGINE") == "spark" else Duck()


def table(shape: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> ibis.Table:
    """The rows as a table of the shape."""
    schema = ibis.schema(dict(shape)).to_pyarrow()
    return ibis.memtable(pa.Table.from_pylist([{k: row[k] for k in shape} for row in rows], schema=schema))


def event_row(event: Event, case: Case) -> dict[str, Any]:
    fact = event.fact
    plain = {name: getattr(fact, name) for name in EVENT if hasattr(fact, name)}
    return plain | {
        "service_first": fact.service.first,
        "service_until": fact.service.until,
        "family": case.family,
        "segment": case.segment,
        "segment_recorded": fact.segment,
        "now_sha256": "",
        "chain": "",
        "source": event.source,
        "event": event.id,
        "event_day": event.day,
        "gross_minor": event.gross_minor,
        "net_minor": event.net_minor,
        "credited_on": event.credited_on,
        "facts": list(event.facts),
    }


def case_row(case: Case) -> dict[str, Any]:
    piece, partner = case.piece, case.partner
    return event_row(case.event, case) | {
        "piece": piece.number,
        "piece_first": piece.service.first,
        "piece_until": piece.service.until,
        "piece_deal": piece.deal,
        "piece_seats": piece.seats,
        "weights": list(piece.weights) if len(piece.weights) > 1 else None,
        "weight": piece.weights[0],
        "month_first": piece.month_first,
        "month_last": piece.month_last,
        "stage": "",
        "partner": partner.partner,
        "role": partner.role,
        "recognized_from": partner.span.first,
        "tier": partner.tier,
        "share_numerator": partner.share.numerator if partner.share is not None else None,
        "share_denominator": partner.share.denominator if partner.share is not None else None,
    }


def case_name(case: Case) -> tuple[str, int, str, str]:
    return (case.event.id, case.piece.number, case.partner.partner, case.partner.role)


def row_name(row: Mapping[str, Any]) -> tuple[str, int, str, str]:
    return (row["event"], row["piece"], row["partner"], row["role"])


def events(laws: Laws, facts: Iterable[BilledFact], through: date) -> ibis.Table:
    """Every event up to and with the day."""
    found = []
    for fact in facts:
        terms = laws.by_sha[fact.terms_sha256]
        for event in events_of(fact, terms, through):
            nobody: Any = None
            found.append(event_row(event, case_of(terms, event, nobody, nobody)))
    return table(EVENT, found)


def cases(hearing: Hearing) -> ibis.Table:
    return table(CASE, [case_row(each.case) for each in hearing.heard])


def claims(hearing: Hearing) -> ibis.Table:
    """Each case with each clause that claims it, with what the clause states and the amounts that it looks at."""
    keys = {(each.terms.sha256, each.clause.name): each.key for each in numbered(hearing.laws)}
    shape = (
        CASE
        | dict.fromkeys(("clause_key",), "int32")
        | dict.fromkeys(("source_minor", "basis_minor"), "int64")
    )
    rows = [
        case_row(each.case)
        | {"clause_key": keys[terms.sha256, clause.name]}
        | dict(zip(("source_minor", "basis_minor"), _basis(clause, each.case), strict=True))
        for each in hearing.heard
        for terms, clause in each.claiming
    ]
    clauses = clause_table(hearing.laws).drop_columns(["terms_sha256", "source"])
    return table(shape, rows).join(ibis.memtable(clauses), "clause_key")


def earned_row(line: FeeLine) -> dict[str, Any]:
    """The line as a row of EARNED."""
    row = {name: getattr(line, name) for name in EARNED if hasattr(line, name)}
    slices = [
        {name: getattr(part, name) for name in ("amount_minor", "rate_numerator", "rate_denominator")}
        for part in line.slices
    ]
    spans = {"service_first": line.service.first, "service_until": line.service.until}
    return row | spans | {"slices": slices, "facts": list(line.facts), "weights": list(line.weights)}


def in_order(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """The rows as text in an order of their own, a whole number however an engine holds it."""
    return sorted(str(sorted((name, plain(value)) for name, value in row.items())) for row in rows)


def plain(value: Any) -> Any:
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return value if value is None or isinstance(value, str | date | bool) else int(value)


def with_clauses(
    of: Callable[[Clause], st.SearchStrategy[Clause]],
) -> Callable[[Terms], st.SearchStrategy[Terms]]:
    """The program with each of its clauses as the strategy makes of it; most of them ask for nothing else."""
    asking = st.sampled_from([False, False, True])

    def made(clause: Clause) -> st.SearchStrategy[Clause]:
        found = st.builds(lambda asks: clause if asks else replace(clause, when=Condition()), asking)
        return found.flatmap(of)

    return lambda terms: st.tuples(*map(made, terms.clauses)).map(lambda found: replace(terms, clauses=found))


@st.composite
def laws(draw: st.DrawFn, change: Any) -> Laws:
    """One version, or two whose clauses have the same names; `change` draws what becomes of each program."""
    first = draw(change(draw(programs())))
    if draw(st.booleans()):
        return Laws((first,))
    month = FIRST.plus(draw(st.integers(1, 6)))
    second: Terms = draw(change(draw(programs("b"))))
    return Laws((first, replace(second, effective=month.first, version="2")))


@st.composite
def stories(draw: st.DrawFn) -> list[BilledFact]:
    """Histories in several currencies, with bills before and after what they are for."""
    facts = draw(histories())
    of_sale = {fact.subscription: draw(st.sampled_from(["USD", "USD", "EUR"])) for fact in facts}
    moved = [
        replace(
            fact,
            currency=of_sale[fact.subscription],
            invoice_day=fact.invoice_day - timedelta(days=draw(st.sampled_from([0, 0, 0, 20, 45]))),
        )
        for fact in facts
    ]
    return facts_of(flat(History(moved)))
