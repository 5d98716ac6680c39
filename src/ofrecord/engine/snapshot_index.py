"""The index of a snapshot: which files hold what was counted, and by which marks one sees that a month is as it was."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from ofrecord.engine.types import PoolFact
from ofrecord.kernel.calendar import Month

FORMAT: Final = "3"
FACTS, CREDITS, RECEIPTS = BY_MONTH = ("facts", "credits", "receipts")
RECOGNITIONS, TIERS, RATES = BESIDE = ("recognitions", "tiers", "rates")

# What is told of, by name; of each month how many rows there are and a hash of all of them, as text.
Marks = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class MonthKept:
    """What is kept of a month's invoices: the hashes of its files, how many lines they have and what those come to by
    currency, and the hashes of the program versions that govern them."""

    files: Mapping[str, str]
    lines: int
    billed: Mapping[str, int]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """What a snapshot names: the files of each month of invoices, and those of the month that is closed."""

    month: Month
    months: Mapping[Month, MonthKept]
    beside: Mapping[str, str]
    pools: tuple[PoolFact, ...]
    currencies: Mapping[str, str]
    program_versions: tuple[str, ...]
    marks: Marks

    @property
    def lines(self) -> int:
        """How many lines the month itself has."""
        return self.months[self.month].lines if self.month in self.months else 0

    @property
    def exchanged(self) -> set[str]:
        """The currencies between which something may be exchanged; none where there is one only."""
        billed = {currency for kept in self.months.values() for currency in kept.billed}
        found = billed | {pool.currency for pool in self.pools} | {*self.currencies.values()}
        return found if len(found) > 1 else set()

    @property
    def earlier(self) -> int:
        """How many lines the months before have."""
        return sum(kept.lines for month, kept in self.months.items() if month != self.month)


def to_json(index: Index) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "month": str(index.month),
        "months": {
            str(month): {
                **kept.files,
                "lines": kept.lines,
                "billed": dict(kept.billed),
                "terms": list(kept.terms),
            }
            for month, kept in sorted(index.months.items())
        },
        **index.beside,
        "pools": [pool_row(pool) for pool in sorted(index.pools, key=lambda pool: pool.id)],
        "currencies": dict(index.currencies),
        "program_versions": list(index.program_versions),
        "marks": index.marks,
    }


def from_json(found: Mapping[str, Any]) -> Index:
    return Index(
        month=Month.parse(found["month"]),
        months={Month.parse(month): _month_kept(kept) for month, kept in found["months"].items()},
        beside={name: found[name] for name in BESIDE},
        pools=tuple(pool_of(row) for row in found["pools"]),
        currencies=found["currencies"],
        program_versions=tuple(found["program_versions"]),
        marks=found["marks"],
    )


def _month_kept(found: Mapping[str, Any]) -> MonthKept:
    files = {name: found[name] for name in BY_MONTH}
    return MonthKept(files, found["lines"], found["billed"], tuple(found["terms"]))


def changed(before: Index | None, after: Index) -> set[Month]:
    """The months of invoices of which a file is another than before, or is there for the first time, or is gone."""
    known = {} if before is None else before.months
    return {
        month
        for month in known.keys() | after.months.keys()
        if month not in known or month not in after.months or known[month].files != after.months[month].files
    }


def folded(rows: Iterable[tuple[date, int, int]]) -> dict[str, str]:
    """Marks of days as marks of months: the hash of rows in any order is the exclusive or of theirs."""
    found: dict[str, tuple[int, int]] = {}
    for day, count, hashed in rows:
        month = str(Month.of(day))
        counted, mixed = found.get(month, (0, 0))
        found[month] = (counted + count, mixed ^ hashed)
    return {
        month: f"{count} {hashed & 0xFFFFFFFFFFFFFFFF:016x}"
        for month, (count, hashed) in sorted(found.items())
    }


def rows_in(marks: Marks, name: str) -> dict[Month, int]:
    """How many rows of that name each month has."""
    return {Month.parse(month): int(mark.partition(" ")[0]) for month, mark in marks[name].items()}


def differing(before: Marks, now: Marks, *names: str) -> set[Month]:
    """The months of which something of those names is not what it was."""
    return {
        Month.parse(month)
        for name in names
        for month in before.get(name, {}).keys() | now[name].keys()
        if before.get(name, {}).get(month) != now[name].get(month)
    }


def pool_row(pool: PoolFact) -> dict[str, Any]:
    return {
        "id": pool.id,
        "pool": pool.pool,
        "month": str(pool.month),
        "amount_minor": pool.amount_minor,
        "currency": pool.currency,
    }


def pool_of(row: Mapping[str, Any]) -> PoolFact:
    return PoolFact(row["id"], row["pool"], Month.parse(row["month"]), row["amount_minor"], row["currency"])
