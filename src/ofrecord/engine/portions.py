"""Lines and rows in portions, so that what is worked out, or put in order, at once fits into the memory.

Lines go by subscription, where each follows from its own alone. Rows of a book go by partner, in the order of the book.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import ibis

from ofrecord.engine.compiled.scope import is_apart
from ofrecord.engine.given import Given
from ofrecord.engine.running.engine import Engine, rows_in
from ofrecord.engine.types import Laws

# So many rows say where portions of about the same size begin.
SAMPLE: Final = 20_000


@dataclass(frozen=True, slots=True)
class Ranges:
    """Ranges of partners one after the other: the first begins before all, and each further one at a cut."""

    cuts: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.cuts) + 1

    def of(self, partner: Any) -> Any:
        """The turn of the range in which a partner is."""
        return _turn(partner, self.cuts, 0)


def _turn(value: Any, cuts: tuple[str, ...], before: int) -> Any:
    if not cuts:
        return ibis.literal(before, "int32")
    middle = len(cuts) // 2
    left = _turn(value, cuts[:middle], before)
    return (value < cuts[middle]).ifelse(left, _turn(value, cuts[middle + 1 :], before + middle + 1))


def ranges_of(engine: Engine, given: Given) -> Ranges:
    """Ranges of which each has about as many rows of a book as are put in order at once."""
    pieces = _pieces(engine, given.facts, engine.rows_a_stream)
    return Ranges(_cuts(engine, given.recognitions.select("partner"), pieces))


def portions(engine: Engine, given: Given, laws: Laws) -> list[Given]:
    """What is given, in portions of which each is worked out by itself; in one where the laws ask for all."""
    pieces = _pieces(engine, given.facts, engine.lines_at_once) if is_apart(laws) else 1
    cuts = _cuts(engine, given.facts.select("subscription"), pieces)
    if not cuts:
        return [given]
    # Files are sorted by subscription: a portion reads its own part of each.
    return [
        replace(
            given,
            facts=engine.view(_between(given.facts, first, until)),
            recognitions=engine.view(_between(given.recognitions, first, until)),
        )
        for first, until in pairwise((None, *cuts, None))
    ]


def _pieces(engine: Engine, table: ibis.Table, at_once: int | None) -> int:
    return -(-rows_in(engine, table) // at_once) if at_once is not None else 1


def _cuts(engine: Engine, names: ibis.Table, pieces: int) -> tuple[str, ...]:
    """Names that divide the rows into so many pieces of about the same size, or into fewer."""
    if pieces <= 1:
        return ()
    share = SAMPLE / max(SAMPLE, rows_in(engine, names))
    some = names if share == 1 else names.sample(share, method="row", seed=1)
    found = sorted(engine.fetch(some).column(0).to_pylist())
    return tuple(_distinct(found[len(found) * turn // pieces] for turn in range(1, pieces) if found))


def _distinct(names: Iterator[str]) -> list[str]:
    return sorted({*names})


def _between(table: ibis.Table, first: str | None, until: str | None) -> ibis.Table:
    conditions = []
    if first is not None:
        conditions.append(table.subscription >= first)
    if until is not None:
        conditions.append(table.subscription < until)
    return table.filter(conditions)
