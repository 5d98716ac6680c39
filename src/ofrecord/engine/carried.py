"""What caps and bands have used up by the end of a closed month, kept beside its book: later closes start from it.

It follows from the lines of all books and can be made anew from them: a close that finds none works out everything.
"""

from pathlib import Path
from typing import Any, Final

import ibis

from ofrecord.engine.books import folder_of
from ofrecord.engine.compiled.clauses import clause_table
from ofrecord.engine.compiled.scope import reach_of
from ofrecord.engine.compiled.uses import Uses
from ofrecord.engine.earning import Steps
from ofrecord.engine.files import Kept, keep_table, sound_path
from ofrecord.engine.steps import carried as steps_of
from ofrecord.kernel.calendar import Month

CARRIED_KIND: Final = "carried"
SCHEMA: Final = ibis.schema(steps_of.CARRIED).to_pyarrow()


def carried_after(engine: Any, steps: Steps, lines: ibis.Table) -> ibis.Table:
    """What is carried once the lines are booked: `lines` are those of the steps, best kept before."""
    laws, through = steps.laws, steps.through
    before = [engine.bring(SCHEMA.empty_table()) if steps.carried is None else steps.carried]
    if not reach_of(laws).looks_back:
        return steps_of.together(before, through)
    found = [steps_of.used(lines, engine.bring(clause_table(laws)), through)]
    if Uses(laws).once:
        found.append(steps_of.firsts(steps.named["events"]))
    if "late lines" in steps.named:
        found.append(steps_of.late(steps.named["late lines"], steps.named["facts"]))
    return steps_of.together([*before, *found], through)


def keep_carried(engine: Any, root: Path, month: Month, carried: ibis.Table) -> Kept:
    """Keeps it in one order, so that the same gives the same file."""
    names = [name for name in SCHEMA.names if name != "used_minor"]
    rows = engine.fetch(carried.order_by(names)).select(SCHEMA.names).cast(SCHEMA)
    return keep_table(folder_of(root, month), CARRIED_KIND, rows)


def read_carried(engine: Any, root: Path, month: Month, sha256: str) -> ibis.Table:
    """What was kept under the hash. Raises BookMissing, BookAltered."""
    found: ibis.Table = engine.read([sound_path(folder_of(root, month), CARRIED_KIND, sha256)], SCHEMA)
    return found
