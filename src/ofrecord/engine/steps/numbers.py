"""A number for each line, drawn from its key. Few are drawn twice, and only those are looked at one by one."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import chain
from typing import Any, Final

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa

from ofrecord.engine.exact.functions import number_of
from ofrecord.engine.steps.shapes import KEY
from ofrecord.engine.types import LINE_DIGITS, LineKey

# So many numbers, and then the first again.
ALL: Final = 10**LINE_DIGITS
# How many numbers after one that was drawn twice are asked for at once: mostly the very next one is free.
_NEXT: Final = 4
_TEXT: Final = pa.string()
MOVED: Final = pa.schema(
    [
        *(pa.field(f"moved_{name}", pa.date32() if name == "service_first" else _TEXT) for name in KEY),
        pa.field("moved_number", pa.int64()),
        pa.field("free_number", pa.int64()),
    ]
)
# The rows, KEY and number, under which any of the numbers was drawn.
Ask = Callable[[Collection[int]], pa.Table]


def drawn(lines: ibis.Table) -> ibis.Table:
    """The lines with the `number` drawn from each key: the same in every computation."""
    return lines.mutate(number=number({name: lines[name] for name in KEY}))


def number(key: Mapping[str, Any]) -> Any:
    """The number that is drawn from a key, which is the columns of KEY by their names."""
    parts = [key[name].cast(dt.string) for name in KEY]
    texts = chain.from_iterable((part, ibis.literal("/")) for part in parts)
    first, *others = [*texts][:-1]
    return number_of(first.concat(*others))


def twice(lines: ibis.Table) -> ibis.Table:
    """The numbers that were drawn for more than one line."""
    counted = lines.group_by("number").aggregate(times=lines.count())
    return counted.filter(counted.times > 1).select("number")


def with_numbers(lines: ibis.Table, numbers: ibis.Table) -> ibis.Table:
    """Key and number of the lines under which one of the numbers was drawn."""
    return lines.select(*KEY, "number").semi_join(numbers, "number")


def numbered(lines: ibis.Table, moved: ibis.Table, key: Mapping[str, Any], name: str) -> ibis.Table:
    """The lines, each with a number of its own in the column of the name, instead of the one drawn from its key.

    `moved` are those that have another.
    """
    same = [key[each] == moved[f"moved_{each}"] for each in KEY]
    found = lines.left_join(moved, [lines[name] == moved.moved_number, *same])
    own = ibis.coalesce(found.free_number, found[name])
    return found.mutate(**{name: own}).select(lines.columns)


def moved(clashing: Iterable[int], ask: Ask) -> pa.Table:
    """The lines that must have another number than was drawn for them: in the order of the keys, the next free one.

    Which numbers are taken in the end does not depend on the order in which lines come. So a line can only be moved
    within a run of neighbouring numbers from one that was drawn twice to the first that is left free: what lies
    outside of such runs has what was drawn for it.
    """
    runs = _Runs(ask)
    rows: list[tuple[LineKey, int]] = sorted(runs.from_all(clashing))
    taken: set[int] = set()
    found: list[tuple[object, ...]] = []
    for key, number in rows:
        free = number
        while free in taken:
            free = (free + 1) % ALL
        taken.add(free)
        if free != number:
            found.append((*key, number, free))
    columns = [pa.array([row[place] for row in found], each.type) for place, each in enumerate(MOVED)]
    return pa.Table.from_arrays(columns, schema=MOVED)


class _Runs:
    """The runs of neighbouring numbers in which lines stand in one another's way; asks for rows as it goes."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._keys: dict[int, list[LineKey]] = defaultdict(list)
        self._known: set[int] = set()

    def from_all(self, clashing: Iterable[int]) -> list[tuple[LineKey, int]]:
        """Every line in the runs that begin with these numbers."""
        starts, members = sorted(clashing), set[int]()
        self._learn((start + n) % ALL for start in starts for n in range(_NEXT))
        while starts:
            unfinished = []
            for start in starts:
                run = self._run(start)
                if run is None:
                    unfinished.append(start)
                else:
                    members |= run
            self._learn((last + n) % ALL for last in self._ends(unfinished) for n in range(16 * _NEXT))
            starts = unfinished
        return [(key, number) for number in members for key in self._keys.get(number, ())]

    def _run(self, start: int) -> set[int] | None:
        """The numbers from the start to the last that is taken by moving on; None where more must be known."""
        number, waiting, found = start, 0, set[int]()
        while number in self._known:
            found.add(number)
            waiting += len(self._keys.get(number, ())) - 1
            if waiting <= 0:
                return found
            number = (number + 1) % ALL
        return None

    def _ends(self, starts: Iterable[int]) -> list[int]:
        """The first number after each start that is not known."""
        found = []
        for start in starts:
            number = start
            while number in self._known:
                number = (number + 1) % ALL
            found.append(number)
        return found

    def _learn(self, numbers: Iterable[int]) -> None:
        wanted = {*numbers} - self._known
        if not wanted:
            return
        self._known |= wanted
        for row in self._ask(wanted).to_pylist():
            self._keys[row.pop("number")].append(tuple(row[name] for name in KEY))
