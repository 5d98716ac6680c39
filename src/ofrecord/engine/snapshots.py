"""Snapshots: all that a settlement counted, kept by month, so that anybody can count it again.

A snapshot is an index that names one file of facts for each month, by hash. A month whose facts have not changed
since has the file that it had, so keeping the whole history costs what has changed.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from ofrecord.engine.books import folder_of
from ofrecord.engine.columns import FORMAT, fact_table, facts_of, rate_table, rates_of
from ofrecord.engine.files import JSON, Kept, keep_json, keep_table, sound_path
from ofrecord.engine.types import BilledFact, History, Laws, PoolFact, RateFact
from ofrecord.kernel.calendar import Month

SNAPSHOT_KIND: Final = "snapshot"
FACTS_KIND: Final = "facts"
RATES_KIND: Final = "rates"

ByMonth = Mapping[Month, Sequence[BilledFact]]


def write_snapshot(root: Path, month: Month, facts: ByMonth, beside: History, laws: Laws) -> Kept:
    """Keeps the facts of all months and what is known `beside` them; `rows` counts the facts of the month itself.

    The versions in force are named in their order, since that order is part of what was counted.
    """
    index: dict[str, Any] = {
        "format": FORMAT,
        "month": str(month),
        "facts": {str(each): _keep_facts(root, each, facts[each]) for each in sorted(facts)},
        "rates": _keep_rates(root, month, beside.rates),
        "pools": [_pool_row(pool) for pool in sorted(beside.pools, key=lambda pool: pool.id)],
        "currencies": dict(beside.currencies),
        "program_versions": [terms.sha256 for terms in laws.versions],
    }
    return keep_json(folder_of(root, month), SNAPSHOT_KIND, index, rows=len(facts.get(month, ())))


def read_snapshot(root: Path, month: Month, sha256: str) -> History:
    """The very facts that were kept under the hash. Raises BookMissing, BookAltered."""
    path = sound_path(folder_of(root, month), SNAPSHOT_KIND, sha256, JSON)
    index = json.loads(path.read_text())
    facts = [
        fact
        for each, kept in sorted(index["facts"].items())
        for fact in facts_of(pq.read_table(sound_path(root / each, FACTS_KIND, kept)))
    ]
    rates = rates_of(pq.read_table(sound_path(folder_of(root, month), RATES_KIND, index["rates"])))
    return History(facts, [_pool(row) for row in index["pools"]], rates, index["currencies"])


def require_kept(root: Path, snapshots: Iterable[tuple[Month, str]]) -> None:
    """Refuses snapshots of which a file is not what was put on the record. Raises BookMissing, BookAltered.

    A close gathers the facts anew and does not read these files: without a look, nobody would notice before an audit.
    """
    named = {file for month, sha256 in snapshots for file in _files_of(root, month, sha256)}
    for folder, kind, sha256 in sorted(named):
        sound_path(folder, kind, sha256)


def _files_of(root: Path, month: Month, sha256: str) -> Iterator[tuple[Path, str, str]]:
    """The files that a snapshot names, by folder, kind and hash."""
    index = json.loads(sound_path(folder_of(root, month), SNAPSHOT_KIND, sha256, JSON).read_text())
    yield folder_of(root, month), RATES_KIND, index["rates"]
    for each, kept in index["facts"].items():
        yield root / each, FACTS_KIND, kept


def _keep_facts(root: Path, month: Month, facts: Sequence[BilledFact]) -> str:
    """The facts ordered by invoice and day."""
    ordered = sorted(facts, key=lambda fact: (fact.invoice, fact.service.first, fact.invoice_line))
    return keep_table(folder_of(root, month), FACTS_KIND, fact_table(ordered)).sha256


def _keep_rates(root: Path, month: Month, rates: Sequence[RateFact]) -> str:
    ordered = sorted(rates, key=lambda rate: (rate.day, rate.currency))
    return keep_table(folder_of(root, month), RATES_KIND, rate_table(ordered)).sha256


def _pool_row(pool: PoolFact) -> dict[str, Any]:
    return {
        "id": pool.id,
        "pool": pool.pool,
        "month": str(pool.month),
        "amount_minor": pool.amount_minor,
        "currency": pool.currency,
    }


def _pool(row: dict[str, Any]) -> PoolFact:
    return PoolFact(row["id"], row["pool"], Month.parse(row["month"]), row["amount_minor"], row["currency"])
