"""Why lines correct what was booked before: sentences about two workings, which no engine of columns can write."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import ibis
import pyarrow as pa

from ofrecord.engine.causes import cause_of, withdrawn_because
from ofrecord.engine.columns import BOOK, lines_of
from ofrecord.engine.exact.functions import WIDE
from ofrecord.engine.steps.booking import BOOKED
from ofrecord.engine.steps.dues import Beside
from ofrecord.engine.steps.record import latest_rows
from ofrecord.engine.steps.shapes import DAY, EARNED, KEY, TEXT, shaped
from ofrecord.engine.types import FeeLine

ROWS_AT_ONCE: Final = 10_000
_PLACE: Final = ("event", "partner", "role")
Nearby = Mapping[tuple[str, str, str], Sequence[FeeLine]]


def befores(changed: ibis.Table, beside: Beside) -> ibis.Table:
    """The latest line in the books under each of the keys that are corrected."""
    record, books = beside.earlier()
    return shaped(latest_rows(books, record.semi_join(changed, list(KEY))), BOOKED)


def nearby(changed: ibis.Table, earned: ibis.Table) -> ibis.Table:
    """What the events of withdrawn lines give the same partners in the same roles now."""
    found = earned.semi_join(changed.filter(_is_untold(changed)), list(_PLACE))
    missing = {name: _usual(kind) for name, kind in BOOKED.items() if name not in EARNED}
    return shaped(found.mutate(**missing), BOOKED)


def _is_untold(changed: ibis.Table) -> ibis.ir.BooleanValue:
    return changed.withdrawn & (changed.reason == "")


def _usual(kind: ibis.DataType) -> ibis.Value:
    if kind == DAY:
        return ibis.null(DAY)
    return ibis.literal("") if kind == TEXT else ibis.literal(1 if kind == WIDE else 0, kind)


def with_causes(changed: pa.Table, before: pa.Table, near: pa.Table) -> pa.Table:
    """The corrections, each with its cause, ordered by key; a withdrawn one with the reason too.

    `before` are the lines that `befores` finds, one for each correction; `near` those that `nearby` finds.
    """
    by_key = [(name, "ascending") for name in KEY]
    changed, before = changed.sort_by(by_key), before.sort_by(by_key)
    beside: dict[tuple[str, str, str], list[FeeLine]] = defaultdict(list)
    for line in _lines(near.sort_by(by_key)):
        beside[line.event, line.partner, line.role].append(line)
    told = [
        _told(now, was, beside)
        for start in range(0, changed.num_rows, ROWS_AT_ONCE)
        for now, was in zip(
            _lines(changed.slice(start, ROWS_AT_ONCE)), _lines(before.slice(start, ROWS_AT_ONCE)), strict=True
        )
    ]
    for place, name in enumerate(("cause", "reason")):
        column = pa.array([each[place] for each in told], BOOK.field(name).type)
        changed = changed.set_column(changed.schema.get_field_index(name), name, column)
    return changed


def _told(now: FeeLine, before: FeeLine, near: Nearby) -> tuple[str, str]:
    """Cause and reason of one correction."""
    assert now.key == before.key, "each correction has the line before it"
    if now.withdrawn and not now.reason:
        now = replace(now, reason=withdrawn_because(before, near.get((now.event, now.partner, now.role), ())))
    return cause_of(now, before), now.reason


def _lines(table: pa.Table) -> Iterator[FeeLine]:
    """The lines of columns that have no numbers yet."""
    numbers = pa.array([0] * table.num_rows, BOOK.field("number").type)
    return (line for _, line in lines_of(table.append_column("number", numbers)))
