"""A program with a clause of every kind gives in columns what the judge gives."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from tests.engine.columns import every_kind

from ofrecord.engine.columns import line_table
from ofrecord.engine.earning import earned
from ofrecord.engine.flat import FLAT, facts_of
from ofrecord.engine.given import Given
from ofrecord.engine.judging.judge import judge
from ofrecord.engine.running.duck import duck_engine
from ofrecord.engine.steps.shapes import EARNED, KEY
from ofrecord.engine.types import History


def in_order(table: pa.Table) -> pa.Table:
    return table.select(list(EARNED)).sort_by([(name, "ascending") for name in KEY])


def test_a_clause_of_every_kind_pays_what_the_judge_says(tmp_path: Path) -> None:
    files = every_kind.write(tmp_path / "facts", 3_000)
    laws, through = every_kind.laws(), every_kind.THROUGH
    with duck_engine(tmp_path) as engine:
        given = Given(
            **{name: engine.read([files[name]], schema) for name, schema in FLAT.items()},
            pools=every_kind.pools(),
        )
        found = engine.fetch(earned(engine, given, laws, through).named["lines"])
    tables = {name: pq.read_table(files[name]).cast(schema) for name, schema in FLAT.items()}
    judged = judge(laws, History(facts_of(tables), every_kind.pools()), through)
    expected = in_order(line_table(judged, [0] * len(judged)))
    assert in_order(found.select(expected.schema.names).cast(expected.schema)).equals(expected)
    every = {each.name for terms in laws.versions for each in terms.clauses}
    assert every_kind.ways({line.clause for line in judged}) == every_kind.ways(every)
