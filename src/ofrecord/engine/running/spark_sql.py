"""Expressions in the words of Spark SQL, with what the usual translation lacks."""

from typing import Any

import ibis
import ibis.expr.operations as ops
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.pyspark import PySparkCompiler

_EACH = "each"


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


def sql_of(table: ibis.Table) -> str:
    """The query that works out the table."""
    return str(_compiler.to_sqlglot(table.unbind()).sql(dialect=_compiler.dialect))
