"""Few columns of a table, from which the others follow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import ibis
from ibis.expr import operations as ops


@dataclass(frozen=True, slots=True)
class Narrow:
    """Rows of few columns; `widen` makes the whole row of each, looking at no other row and joining nothing.

    So rows are put in order, and kept on disk, while they are narrow; and what is made of them comes in their order.
    `key` says what the columns will be by which a whole row is known, and `order` what stands in for those of them
    by which rows are put in order, if not the columns of their names.
    """

    table: ibis.Table
    widen: Callable[[ibis.Table], ibis.Table]
    key: Callable[[ibis.Table], Mapping[str, Any]]
    order: Callable[[ibis.Table], Mapping[str, Any]]

    def of(self, *more: str) -> ibis.Table:
        """No more columns than `widen` asks for, and these."""
        wanted = {*asked_for(self.widen(self.table), self.table), *more}
        return self.table.select([name for name in self.table.columns if name in wanted])


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
