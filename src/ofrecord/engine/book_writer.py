"""A book of many lines, written by the engine that worked them out: sorted beyond memory, numbered, hashed."""

from collections.abc import Collection
from pathlib import Path
from typing import Final

import ibis
import pyarrow as pa

from ofrecord.engine.books import BOOK_KIND, folder_of
from ofrecord.engine.columns import BOOK
from ofrecord.engine.files import ROWS_A_GROUP, Kept, keep_written
from ofrecord.engine.running.duck import Duck
from ofrecord.engine.running.spark import Spark
from ofrecord.engine.steps import numbers
from ofrecord.engine.storage import Folder
from ofrecord.kernel.calendar import Month

# Who reads one partner's lines reads what the file says of each group of rows, and then one group.
MOST_GROUPS: Final = 500
# By partner, invoice and day, then by the key: the order of `books.in_order`.
ORDER: Final = ("partner", "invoice", "service_first", "event", "deal", "clause", "role")


def write_lines(
    engine: Duck | Spark, root: Folder, month: Month, lines: ibis.Table, *, is_ordered: bool = False
) -> Kept:
    """Keeps the lines in their order, each with a number of its own: the same lines as `books.write_book` keeps.

    The bytes are others, because another library writes them. `lines` are best kept before: their keys are read
    more than once. They may have the `number` that `numbers.drawn` draws, or have it drawn here. `is_ordered` says
    that they come in the order of a book already.
    """
    known = lines if "number" in lines.columns else numbers.drawn(lines)
    only = engine.keep(known.select("number"))
    whole = numbers.numbered(known, engine.bring(_moved(engine, known, only)))
    order, groups = () if is_ordered else ORDER, _rows_a_group(engine, only)

    def write(path: Path) -> int:
        return int(engine.write_sorted(whole, path, order, BOOK, groups))

    return keep_written(folder_of(root, month), BOOK_KIND, write)


def _rows_a_group(engine: Duck | Spark, lines: ibis.Table) -> int:
    """As few that one partner is read fast, as many that what stands of each group at the end of the file is short."""
    rows = engine.fetch(lines.aggregate(rows=lines.count()))["rows"][0].as_py()
    return max(ROWS_A_GROUP, int(rows) // MOST_GROUPS)


def _moved(engine: Duck | Spark, lines: ibis.Table, drawn: ibis.Table) -> pa.Table:
    """The lines that do not have the number that was drawn for them."""
    clashing = engine.fetch(numbers.twice(drawn))["number"].to_pylist()

    def ask(wanted: Collection[int]) -> pa.Table:
        found = engine.bring(pa.table({"number": pa.array(sorted(wanted), pa.int64())}))
        return engine.fetch(numbers.with_numbers(lines, found))

    return numbers.moved(clashing, ask)
