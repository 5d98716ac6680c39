"""Few columns of a table, from which the others follow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import ibis
from ibis.expr import operations as ops

from ofrecord.engine.steps.shapes import BESIDE, DRAWN, WHOLE


@dataclass(frozen=True, slots=True)
class Narrow:
    """Rows of few columns; `widen` makes the whole row of each, looking at no other row and joining nothing.

    So rows are put in order, and kept on disk, while they are narrow; and what is made of them comes in their order.
    `key` says what the columns will be by which a whole row is known, and `order` those by which rows are put in order,
    or what stands in for them.
    """

    table: ibis.Table
    widen: Callable[[ibis.Table], ibis.Table]
    key: Callable[[ibis.Table], Mapping[str, Any]]
    order: Callable[[ibis.Table], Mapping[str, Any]]

    def of(self, *more: str) -> ibis.Table:
        """No more columns than `widen` asks for, and these."""
        wanted = {*asked_for(self.widen(self.table), self.table), *more}
        return self.table.select([name for name in self.table.columns if name in wanted])

    def then(self, further: Callable[[ibis.Table], ibis.Table]) -> "Narrow":
        """The rows that `further` makes of the whole ones, in the same way."""
        return replace(self, widen=lambda rows: further(self.widen(rows)))

    def together(self, whole: ibis.Table) -> "Narrow":
        """With some rows that are whole already, few of all: each is carried along in one column."""
        kept = ibis.array([ibis.struct({name: whole[name] for name in whole.columns})])
        own = self.table.mutate(**{WHOLE: ibis.null(kept.type())})
        nothing = {name: ibis.null(kind) for name, kind in self.table.schema().items()}
        rows = ibis.union(own, whole.select(**nothing, **{WHOLE: kept}), distinct=False)

        def widen(rows: ibis.Table) -> ibis.Table:
            made = self.widen(rows)
            names = [name for name in made.columns if name not in BESIDE]
            given = {DRAWN: made[DRAWN]} if DRAWN in made.columns else {}
            return made.select(**_either(made, {name: made[name] for name in names}), **given)

        def key(rows: ibis.Table) -> Mapping[str, Any]:
            return _either(rows, self.key(rows))

        def order(rows: ibis.Table) -> Mapping[str, Any]:
            return _either(rows, {"invoice": rows.invoice, **self.key(rows)})

        return Narrow(rows, widen, key, order)


def _either(rows: ibis.Table, made: Mapping[str, Any]) -> dict[str, Any]:
    """The columns as they are made, or as they are in a row that was whole already."""
    is_made = rows[WHOLE].isnull()
    return {name: is_made.ifelse(each, rows[WHOLE][0][name]) for name, each in made.items()}


def asked_for(wide: ibis.Table, narrow: ibis.Table) -> set[str]:
    """The columns of the narrow table that the wide one asks for, which is made of it by projections alone."""
    node, source = wide.op(), narrow.op()
    names = {*node.schema.names}
    while node != source:
        if not isinstance(node, ops.Project | ops.DropColumns):
            raise TypeError(f"{type(node).__name__} is no projection")
        if isinstance(node, ops.Project):
            values = [node.values[name] for name in names]
            names = {field.name for value in values for field in value.find(ops.Field, filter=ops.Value)}
        node = node.parent
    return names
