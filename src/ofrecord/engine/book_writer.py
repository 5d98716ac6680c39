"""A book of many lines, written by the engine that worked them out: sorted beyond memory, numbered, hashed."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import ibis
import pyarrow as pa

from ofrecord.engine.books import BOOK_KIND, folder_of
from ofrecord.engine.columns import BOOK
from ofrecord.engine.files import ROWS_A_GROUP, Kept, keep_written
from ofrecord.engine.portions import Ranges
from ofrecord.engine.running.engine import Engine, rows_in
from ofrecord.engine.steps import numbers
from ofrecord.engine.steps.narrow import Narrow
from ofrecord.engine.steps.shapes import DRAWN, KEY, RANGE
from ofrecord.engine.storage import Root
from ofrecord.kernel.calendar import Month

# Who reads one partner's lines reads what the file says of each group of rows, and then one group.
MOST_GROUPS: Final = 500
_FEW: Final = 2_000
ONE_RANGE: Final = Ranges()
# By partner, invoice and day, then by the key: the order of `books.in_order`.
ORDER: Final = ("partner", "invoice", "service_first", "event", "deal", "clause", "role")


def write_lines(engine: Engine, root: Root, month: Month, lines: ibis.Table) -> Kept:
    """Keeps the lines in their order, each with a number of its own: the same lines as `books.write_book` keeps.

    The bytes are others, because another library writes them. `lines` are best kept before: their keys are read
    more than once. They may have the `number` that `numbers.drawn` draws, or have it drawn here.
    """
    known = lines if "number" in lines.columns else numbers.drawn(lines)
    whole = _with_own_numbers(engine, known, _key_of, "number")
    count = rows_in(engine, known)

    def write(path: Path) -> int:
        return int(engine.write_sorted(whole, path, ORDER, BOOK, _rows_a_group(count)))

    return keep_written(folder_of(root, month), BOOK_KIND, write)


def numbered(narrow: Narrow, ranges: Ranges) -> ibis.Table:
    """The rows, of few columns, each with the number that is drawn from its key, and the range of its partner."""
    rows = narrow.of()
    key = narrow.key(rows)
    return rows.mutate(**{DRAWN: numbers.number(key), RANGE: ranges.of(key["partner"])})


def keep_narrow(engine: Engine, narrow: Narrow, ranges: Ranges = ONE_RANGE) -> Narrow:
    """The rows worked out, `numbered`."""
    return replace(narrow, table=engine.keep(numbered(narrow, ranges), as_written=True))


def write_narrow(
    engine: Engine, root: Root, month: Month, narrow: Narrow, ranges: Ranges = ONE_RANGE
) -> Kept:
    """As `write_lines`, of rows that are kept, `numbered` by the ranges: put in their order, range by range, before
    they are widened.

    Widened, they are lines of a book.
    """
    rows = narrow.table
    count = rows_in(engine, rows)
    alike = _alike(engine, rows.drop(RANGE))
    rows = _with_own_numbers(engine, rows, narrow.key, DRAWN)
    columns = narrow.order(rows)
    by = [columns[name] for name in ORDER if name not in alike]

    def whole(turn: Any) -> ibis.Table:
        some = rows.filter(rows[RANGE] == turn).order_by(by)
        # What is the same in all rows is not carried along, but said of each again.
        return narrow.widen(some.mutate(**alike).drop(RANGE)).rename(number=DRAWN)

    def write(path: Path) -> int:
        return int(engine.write_in_turn(whole, len(ranges), path, BOOK, _rows_a_group(count)))

    return keep_written(folder_of(root, month), BOOK_KIND, write)


def _key_of(lines: ibis.Table) -> Mapping[str, Any]:
    return {name: lines[name] for name in KEY}


def _with_own_numbers(
    engine: Engine, lines: ibis.Table, key: Callable[[ibis.Table], Mapping[str, Any]], name: str
) -> ibis.Table:
    """The lines, each with a number of its own, in the column of the name, instead of the one that was drawn."""
    moved = _moved(engine, lines.select(**key(lines), number=lines[name]))
    return numbers.numbered(lines, engine.bring(moved), key(lines), name) if moved.num_rows else lines


def _rows_a_group(count: int) -> int:
    """As few that one partner is read fast, and as many that what stands of each at the end of the file is short."""
    return max(ROWS_A_GROUP, count // MOST_GROUPS)


def _alike(engine: Engine, rows: ibis.Table) -> dict[str, Any]:
    """The columns of text that are the same in all rows, as what they are: those that are so in the first few."""
    texts = [name for name, kind in rows.schema().items() if kind.is_string()]
    first = engine.fetch(rows.select(texts).limit(_FEW))
    likely = [name for name in texts if len(first[name].unique()) == 1 and not first[name].null_count]
    if not likely:
        return {}
    ends = {f"{end}_{name}": getattr(rows[name], end)() for name in likely for end in ("min", "max", "count")}
    (found,) = engine.fetch(rows.aggregate(rows=rows.count(), **ends)).to_pylist()
    return {
        name: ibis.literal(found[f"min_{name}"])
        for name in likely
        if found[f"min_{name}"] == found[f"max_{name}"] and found[f"count_{name}"] == found["rows"]
    }


def _moved(engine: Engine, lines: ibis.Table) -> pa.Table:
    """The lines that do not have the number that was drawn for them, of their keys and numbers."""
    clashing = engine.fetch(numbers.twice(lines.select("number")))["number"].to_pylist()

    def ask(wanted: Collection[int]) -> pa.Table:
        found = engine.bring(pa.table({"number": pa.array(sorted(wanted), pa.int64())}))
        return engine.fetch(numbers.with_numbers(lines, found))

    return numbers.moved(clashing, ask)
