"""Snapshots: all that a settlement counted, kept by month, so that anybody can count it again.

A snapshot is an index that names files for each month, by hash. A month of which nothing has changed since has the
files that it had, so keeping the whole history costs what has changed. In format "3" these are flat tables; earlier
closes kept one file of nested facts a month, in format "2".
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from ofrecord.engine import flat, snapshot_index
from ofrecord.engine.books import folder_of
from ofrecord.engine.columns import facts_of, rate_table, rates_of
from ofrecord.engine.files import JSON, Kept, keep_json, keep_table, sound_path
from ofrecord.engine.flat import FLAT
from ofrecord.engine.snapshot_index import (
    BESIDE,
    BY_MONTH,
    RATES,
    Index,
    from_json,
    pool_of,
    to_json,
)
from ofrecord.engine.storage import Folder, Root, opened
from ofrecord.engine.types import History, RateFact
from ofrecord.kernel.calendar import Month

SNAPSHOT_KIND: Final = "snapshot"
FACTS_KIND: Final = "facts"
RATES_KIND: Final = "rates"


def read_snapshot(root: Root, month: Month, sha256: str) -> History:
    """The very facts that were kept under the hash. Raises BookMissing, BookAltered."""
    index = _index(root, month, sha256)
    if index["format"] == snapshot_index.FORMAT:
        return _flat_history(root, from_json(index))
    facts = [
        fact
        for each, kept in sorted(index["facts"].items())
        for fact in facts_of(pq.read_table(opened(sound_path(root / each, FACTS_KIND, kept))))
    ]
    rates = rates_of(pq.read_table(opened(sound_path(folder_of(root, month), RATES_KIND, index["rates"]))))
    return History(facts, [pool_of(row) for row in index["pools"]], rates, index["currencies"])


def read_index(root: Root, month: Month, sha256: str) -> Index | None:
    """The index that was kept under the hash; None for one of an earlier format. Raises BookMissing, BookAltered."""
    found = _index(root, month, sha256)
    return from_json(found) if found["format"] == snapshot_index.FORMAT else None


def keep_index(root: Root, index: Index) -> Kept:
    """Keeps the index when all that it names is kept; `rows` counts the lines of the month itself."""
    return keep_json(folder_of(root, index.month), SNAPSHOT_KIND, to_json(index), rows=index.lines)


def keep_rates(root: Root, month: Month, rates: Sequence[RateFact]) -> str:
    """Keeps the rates in one order; the hash of the file."""
    ordered = sorted(rates, key=lambda rate: (rate.day, rate.currency))
    return keep_table(folder_of(root, month), RATES_KIND, rate_table(ordered)).sha256


def snapshot_paths(root: Root, month: Month, sha256: str) -> dict[str, list[Folder]]:
    """The files of each table of a snapshot in format "3", month after month. Raises BookMissing, BookAltered."""
    index = read_index(root, month, sha256)
    assert index is not None, "asked of flat tables"
    return _paths(root, index)


def _paths(root: Root, index: Index) -> dict[str, list[Folder]]:
    found: dict[str, list[Folder]] = {name: [] for name in (*BY_MONTH, *BESIDE)}
    for folder, kind, sha256 in _named_by(root, index):
        found[kind].append(sound_path(folder, kind, sha256))
    return found


def _named_by(root: Root, index: Index) -> Iterator[tuple[Root, str, str]]:
    for month, kept in sorted(index.months.items()):
        for kind in BY_MONTH:
            yield folder_of(root, month), kind, kept.files[kind]
    for kind in BESIDE:
        yield folder_of(root, index.month), kind, index.beside[kind]


def _flat_history(root: Root, index: Index) -> History:
    paths = _paths(root, index)
    tables = {
        name: pa.concat_tables(
            [FLAT[name].empty_table(), *(pq.read_table(opened(path)) for path in paths[name])]
        )
        for name in FLAT
    }
    rates = rates_of(pq.read_table(*map(opened, paths[RATES])))
    return History(flat.facts_of(tables), index.pools, rates, index.currencies)


def _index(root: Root, month: Month, sha256: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        sound_path(folder_of(root, month), SNAPSHOT_KIND, sha256, JSON).read_text()
    )
    return found


def require_kept(root: Root, snapshots: Iterable[tuple[Month, str]]) -> None:
    """Refuses snapshots of which a file is not what was put on the record. Raises BookMissing, BookAltered.

    A close gathers the facts anew and does not read these files: without a look, nobody would notice before an audit.
    """
    named = {file for month, sha256 in snapshots for file in _files_of(root, month, sha256)}
    for folder, kind, sha256 in sorted(named):
        sound_path(folder, kind, sha256)


def _files_of(root: Root, month: Month, sha256: str) -> Iterator[tuple[Root, str, str]]:
    """The files that a snapshot names, by folder, kind and hash."""
    index = _index(root, month, sha256)
    if index["format"] == snapshot_index.FORMAT:
        yield from _named_by(root, from_json(index))
        return
    yield folder_of(root, month), RATES_KIND, index["rates"]
    for each, kept in index["facts"].items():
        yield root / each, FACTS_KIND, kept
