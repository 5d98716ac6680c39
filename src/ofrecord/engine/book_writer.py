"""A book of many lines, written by the engine that worked them out: sorted beyond memory, numbered, hashed."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import ibis
import pyarrow as pa

from ofrecord.engine.books import BOOK_KIND, folder_of
from ofrecord.engine.columns import BOOK
from ofrecord.engine.files import ROWS_A_GROUP, Kept, keep_written
from ofrecord.engine.running.duck import Duck
from ofrecord.engine.running.spark import Spark
from ofrecord.engine.steps import numbers
from ofrecord.engine.steps.narrow import Narrow
from ofrecord.engine.steps.shapes import DRAWN, KEY
from ofrecord.engine.storage import Folder
from ofrecord.kernel.calendar import Month

# Who reads one partner's lines reads what the file says of each group of rows, and then one group.
MOST_GROUPS: Final = 500
_FEW: Final = 2_000
# By partner, invoice and day, then by the key: the order of `books.in_order`.
ORDER: Final = ("partner", "invoice", "service_first", "event", "deal", "clause", "role")


def write_lines(engine: Duck | Spark, root: Folder, month: Month, lines: ibis.Table) -> Kept:
    """Keeps the lines in their order, each with a number of its own: the same lines as `books.write_book` keeps.

    The bytes are others, because another library writes them. `lines` are best kept before: their keys are read
    more than once. They may have the `number` that `numbers.drawn` draws, or have it drawn here.
    """
    known = lines if "number" in lines.columns else numbers.drawn(lines)
    whole = _with_own_numbers(engine, known, _key_of, "number")
    write = _writing(engine, whole, ORDER, _count(engine, known))
    return keep_written(folder_of(root, month), BOOK_KIND, write)


def keep_narrow(engine: Duck | Spark, narrow: Narrow) -> Narrow:
    """The rows worked out, of few columns, with the number that is drawn from the key of each."""
    rows = narrow.of()
    numbered = rows.mutate(**{DRAWN: numbers.number(narrow.key(rows))})
    return replace(narrow, table=engine.keep(numbered, as_written=True))


def write_narrow(engine: Duck | Spark, root: Folder, month: Month, narrow: Narrow) -> Kept:
    """As `write_lines`, of rows that `keep_narrow` keeps: they are put in their order before they are widened.

    Widened, they are lines of a book.
    """
    rows = narrow.table
    count = _count(engine, rows)
    alike = _alike(engine, rows)
    rows = _with_own_numbers(engine, rows, narrow.key, DRAWN)
    columns = narrow.order(rows)
    by = [columns[name] for name in ORDER if name not in alike]
    # What is the same in all rows is not carried along, but said of each again.
    whole = narrow.widen(rows.order_by(by).mutate(**alike)).rename(number=DRAWN)
    return keep_written(folder_of(root, month), BOOK_KIND, _writing(engine, whole, (), count))


def _key_of(lines: ibis.Table) -> Mapping[str, Any]:
    return {name: lines[name] for name in KEY}


def _with_own_numbers(
    engine: Duck | Spark, lines: ibis.Table, key: Callable[[ibis.Table], Mapping[str, Any]], name: str
) -> ibis.Table:
    """The lines, each with a number of its own, in the column of the name, instead of the one that was drawn."""
    moved = _moved(engine, lines.select(**key(lines), number=lines[name]))
    return numbers.numbered(lines, engine.bring(moved), key(lines), name) if moved.num_rows else lines


def _writing(
    engine: Duck | Spark, whole: ibis.Table, order: Sequence[str], count: int
) -> Callable[[Path], int]:
    """What writes the rows to a path.

    In groups of as few that one partner is read fast, and of as many that what stands of each at the end of the file is
    short.
    """
    groups = max(ROWS_A_GROUP, count // MOST_GROUPS)
    return lambda path: int(engine.write_sorted(whole, path, order, BOOK, groups))


def _count(engine: Duck | Spark, lines: ibis.Table) -> int:
    return int(engine.fetch(lines.aggregate(rows=lines.count()))["rows"][0].as_py())


def _alike(engine: Duck | Spark, rows: ibis.Table) -> dict[str, Any]:
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


def _moved(engine: Duck | Spark, lines: ibis.Table) -> pa.Table:
    """The lines that do not have the number that was drawn for them, of their keys and numbers."""
    clashing = engine.fetch(numbers.twice(lines.select("number")))["number"].to_pylist()

    def ask(wanted: Collection[int]) -> pa.Table:
        found = engine.bring(pa.table({"number": pa.array(sorted(wanted), pa.int64())}))
        return engine.fetch(numbers.with_numbers(lines, found))

    return numbers.moved(clashing, ask)
