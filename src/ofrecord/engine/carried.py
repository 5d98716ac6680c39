"""What caps and bands have used up by the end of a closed month, kept beside its book: later closes start from it.

It follows from the lines of all books and can be made anew from them: a close that finds none, or not what was kept,
works out everything. So does one by other code: of that other lines may come, also of facts that are as they were.
"""

import hashlib
import json
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

import ibis

from ofrecord.engine.books import folder_of
from ofrecord.engine.compiled.clauses import clause_table
from ofrecord.engine.compiled.scope import reach_of
from ofrecord.engine.compiled.uses import Uses
from ofrecord.engine.files import JSON, ROWS_A_GROUP, Kept, keep_json, keep_written, sound_path
from ofrecord.engine.given import Steps
from ofrecord.engine.refusals import BookAltered, BookMissing
from ofrecord.engine.running.engine import Engine
from ofrecord.engine.steps import carried as steps_of
from ofrecord.engine.storage import Root
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.words import month_words

CARRIED_KIND, USED_KIND = "carried", "used"
FORMAT: Final = "2"
SCHEMA: Final = ibis.schema(steps_of.CARRIED).to_pyarrow()
# What decides which lines come of facts, of this package and of others.
_CODE: Final = ("engine", "kernel", "program")
_ENGINES: Final = ("duckdb", "ibis-framework")


def carried_after(engine: Engine, steps: Steps, lines: ibis.Table) -> ibis.Table:
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


def keep_carried(engine: Engine, root: Root, month: Month, carried: ibis.Table) -> Kept:
    """Keeps it in one order: a file of rows, and one that names it, whose hash stands for both.

    An engine may write the same rows in other bytes.
    """
    order = tuple(name for name in SCHEMA.names if name != "used_minor")
    folder = folder_of(root, month)

    def write(path: Path) -> int:
        return int(engine.write_sorted(carried, path, order, SCHEMA, ROWS_A_GROUP))

    used = keep_written(folder, USED_KIND, write)
    named = {"format": FORMAT, "month": str(month), "code": code(), USED_KIND: used.sha256}
    return keep_json(folder, CARRIED_KIND, named, rows=used.rows)


def why_not_carried(root: Root, month: Month, sha256: str) -> str | None:
    """Why nothing can start from what was kept under the hash, in a sentence; None where it can."""
    if not sha256:
        return f"The close of {month_words(month)} did not keep what later ones could start from."
    try:
        named = _named(root, month, sha256)
        if named["format"] != FORMAT:
            return f"What the close of {month_words(month)} kept to start from is in another format."
        if named["code"] != code():
            return f"Lines are worked out by other code than at the close of {month_words(month)}."
        sound_path(folder_of(root, month), USED_KIND, named[USED_KIND])
    except BookMissing:
        return f"What the close of {month_words(month)} kept to start from is missing."
    except BookAltered:
        return f"What the close of {month_words(month)} kept to start from was altered."
    return None


def read_carried(engine: Engine, root: Root, month: Month, sha256: str) -> ibis.Table:
    """What was kept under the hash. Raises BookMissing, BookAltered."""
    used = sound_path(folder_of(root, month), USED_KIND, _named(root, month, sha256)[USED_KIND])
    found: ibis.Table = engine.read([used], SCHEMA)
    return found


def _named(root: Root, month: Month, sha256: str) -> dict[str, str]:
    path = sound_path(folder_of(root, month), CARRIED_KIND, sha256, JSON)
    found: dict[str, str] = json.loads(path.read_text())
    return found


@cache
def code() -> str:
    """A hash of all code that decides which lines come of facts."""
    found = hashlib.sha256("".join(map(version, _ENGINES)).encode())
    package = Path(__file__).parents[1]
    for path in sorted(path for room in _CODE for path in (package / room).rglob("*.py")):
        found.update(str(path.relative_to(package)).encode())
        found.update(path.read_bytes())
    return found.hexdigest()
