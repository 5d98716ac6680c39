"""Expressions in the words of Spark SQL, with what the usual translation lacks."""

from dataclasses import dataclass
from typing import Any, Final

import ibis
import ibis.expr.operations as ops
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.pyspark import PySparkCompiler

# A part with less text is planned wherever it is read.
LIGHT: Final = 2_000
_EACH: Final = "each"


class _Compiler(PySparkCompiler):  # type: ignore[misc]
    __slots__ = ()

    def visit_ArrayCollect(  # noqa: N802
        self, op: ops.ArrayCollect, *, arg: Any, order_by: Any, **other: Any
    ) -> Any:
        """A list in a stated order. Spark collects in any: so with what orders it, and then it is sorted by that."""
        if not order_by:
            return super().visit_ArrayCollect(op, arg=arg, order_by=order_by, **other)
        assert not any(key.args.get("desc") for key in order_by), "lists are collected in ascending order"
        fields = [sge.alias_(key.this, f"by_{place}") for place, key in enumerate(order_by)]
        pair = self.f.struct(*fields, sge.alias_(arg, "value"))
        pairs = super().visit_ArrayCollect(op, arg=pair, order_by=(), **other)
        value = sge.Dot(this=sge.to_identifier(_EACH), expression=sge.to_identifier("value"))
        return self.f.transform(
            self.f.array_sort(pairs), sge.Lambda(this=value, expressions=[sge.to_identifier(_EACH)])
        )


_compiler = _Compiler()


@dataclass(frozen=True, slots=True)
class Query:
    """A query, and what it reads several times: the parts by name, in the order in which one reads the other."""

    parts: dict[str, str]
    sql: str


def query_of(table: ibis.Table) -> Query:
    """The query that works out the table, with those of its parts apart that take long to plan.

    Spark plans a part anew wherever it is read: parts that read one another would double the plan with each.
    """
    tree = _compiler.to_sqlglot(table.unbind())
    named = tree.args.pop("with_", None)
    light: dict[str, sge.CTE] = {}
    parts: dict[str, str] = {}
    for part in named.expressions if named else ():
        if len(_text(part.this)) < LIGHT:
            light[part.alias] = part
        else:
            parts[part.alias] = _text(_with(part.this, light))
    return Query(parts, _text(_with(tree, light)))


def _with(query: Any, light: dict[str, sge.CTE]) -> Any:
    """The query with those of the light parts before it that it reads, itself or by way of another."""
    wanted: set[str] = set()
    reading: list[Any] = [query]
    while reading:
        names = {table.name for table in reading.pop().find_all(sge.Table)} & (light.keys() - wanted)
        wanted |= names
        reading += [light[name].this for name in names]
    found = [light[name] for name in light if name in wanted]
    if not found:
        return query
    query.set("with_", sge.With(expressions=found))
    return query


def _text(query: Any) -> str:
    return str(query.sql(dialect=_compiler.dialect))
