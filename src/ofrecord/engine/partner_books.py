"""What earlier books hold for one partner, read in the time of a request: little of each book, and all books at once.

A preview holds what a partner earned against many books, and nearly all of it agrees. So first only the amounts are
read, by the statistics of the row groups; the lines themselves only of events where something is not as it was booked.

What is checked when: that a book is the one that was posted is seen from the hash of its bytes, once in each process.
A small book is hashed before it is read. A large one, whose hash takes longer than a request may, is hashed beside the
first request that reads it, and once that is known no request reads it if its bytes are others. Nothing is posted from
what is read here; whoever posts or shows a booked line reads by `books`, where every book is hashed first.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

import duckdb
import pyarrow as pa

from ofrecord.engine.books import BOOK_KIND, folder_of
from ofrecord.engine.columns import BOOK, lines_of
from ofrecord.engine.files import file_name, seen, sound_path
from ofrecord.engine.judging.begun import Used
from ofrecord.engine.storage import Folder, register
from ofrecord.engine.types import PAYMENT, SALE, Booked, FeeLine, LineKey, line_id
from ofrecord.kernel.calendar import Month

# Hashed before they are read: a few books of this size take no longer than a page may.
SMALL: Final = 16 * 2**20
_KEY: Final = ("event", "service_first", "deal", "clause", "role")
_ADDED: Final = ("filename", "due_currency", "fee_minor", "due_minor", "waived_minor")
_hashing = ThreadPoolExecutor(1, "hash-of-books")


@dataclass(frozen=True, slots=True)
class Sums:
    """What a line of the books adds under its key, and the file of the book."""

    path: str
    currency: str
    fee_minor: int
    due_minor: int
    waived_minor: int


@dataclass(frozen=True)
class PartnerBooks:
    """The part of the books, given in the order of their months, that is one partner's."""

    root: Folder
    books: Sequence[tuple[Month, str]]
    partner: str

    def sums(
        self, *, without: str = "", since: date = date.min, earlier: Mapping[str, date] | None = None
    ) -> dict[str, dict[LineKey, list[Sums]]]:
        """What each line of the partner adds, by event and key: of events from the day on, of the subscriptions
        `earlier` from another. Lines that rest on `without` are left out.
        """
        earlier = earlier or {}
        first = min(since, *earlier.values()) if earlier else since
        names = ", ".join((*_KEY, *_ADDED, "subscription", "event_day"))
        table = self._read(
            names,
            "partner = $partner and event_day >= $first and source <> $without",
            since=first,
            partner=self.partner,
            first=first,
            without=without,
        )
        found: dict[str, dict[LineKey, list[Sums]]] = defaultdict(lambda: defaultdict(list))
        for event, began, deal, clause, role, *amounts, subscription, day in _rows(table):
            if day >= earlier.get(subscription, since):
                found[event][event, began, deal, clause, self.partner, role].append(Sums(*amounts))
        return found

    def used(self, caps: Mapping[str, date], until: date, beside: Collection[str] = ()) -> list[Used]:
        """What the partner's lines, and those of the partners `beside` it, used up of caps before the day `until`.

        `caps` are their clauses, each with the first day that counts.
        """
        if not caps:
            return []
        first = min(caps.values())
        table = self._read(
            "clause, subscription, customer, partner, currency, event_day, fee_minor, fee_minor + waived_minor kept",
            "partner in (select unnest($partners)) and clause in (select unnest($clauses)) "
            "and event_day >= $first and event_day < $until and source in ($sale, $payment) "
            "and (fee_minor <> 0 or waived_minor <> 0)",
            since=first,
            partners=[self.partner, *sorted(beside)],
            clauses=sorted(caps),
            first=first,
            until=until,
            sale=SALE,
            payment=PAYMENT,
        )
        found = (Used(*row) for row in _rows(table))
        return [each for each in found if each.event_day >= caps[each.clause]]

    def on_record(self, sums: Mapping[str, Mapping[LineKey, Sequence[Sums]]]) -> dict[LineKey, Booked]:
        """What the books hold under the keys of those events, as `books.on_record` says it; only those are read in
        which a line of them was found.
        """
        paths = sorted({each.path for keys in sums.values() for found in keys.values() for each in found})
        if not paths:
            return {}
        # By folder and name: of a URL DuckDB says the rest in its own way.
        months = {_ending(str(self._path(*book))): book[0] for book in self.books}
        names = ", ".join(BOOK.names)
        which = "partner = $partner and event in (select unnest($events))"
        table = self._read(f"{names}, filename", which, paths=paths, partner=self.partner, events=list(sums))
        if table is None:
            return {}
        by_month: dict[Month, list[tuple[int, FeeLine]]] = defaultdict(list)
        lines = lines_of(table.select(BOOK.names))
        for path, line in zip(table["filename"].to_pylist(), lines, strict=True):
            by_month[months[_ending(path)]].append(line)
        found: dict[LineKey, Booked] = {}
        for month, _ in self.books:
            for number, booked in by_month[month]:
                found[booked.key] = added(found.get(booked.key), line_id(month, number), booked)
        return found

    def _read(self, columns: str, which: str, *, since: date = date.min, **asked: Any) -> pa.Table | None:
        """Columns of lines; those of one partner are a part of each book that the row groups' ends tell of. Of the
        books that can hold events from the day `since` on, unless `paths` are named; None where there is none.
        """
        if "paths" not in asked:
            asked["paths"] = [
                str(_checked(self._path(month, sha256), sha256))
                for month, sha256 in self.books
                if month.last >= since
            ]
        if not asked["paths"]:
            return None
        query = f"select {columns} from read_parquet($paths, filename = true) where {which}"
        with _connection().cursor() as cursor:
            found: pa.Table = cursor.sql(query, params=asked).to_arrow_table()
        return found

    def _path(self, month: Month, sha256: str) -> Folder:
        return folder_of(self.root, month) / file_name(BOOK_KIND, sha256)


def _rows(table: pa.Table | None) -> Iterator[tuple[Any, ...]]:
    return iter(()) if table is None else zip(*(column.to_pylist() for column in table.columns), strict=True)


def _ending(path: str) -> str:
    return "/".join(path.split("/")[-2:])


def added(before: Booked | None, name: str, line: FeeLine) -> Booked:
    """What books hold under a key once one more line of it is booked."""
    if before is None:
        return Booked(name, line, line.fee_minor, line.due_minor, line.waived_minor, line.held_minor)
    return Booked(
        line_id=before.line_id,
        latest=line,
        fee_minor=before.fee_minor + line.fee_minor,
        due_minor=before.due_minor + line.due_minor,
        waived_minor=before.waived_minor + line.waived_minor,
        held_minor=before.held_minor + line.held_minor,
    )


def differing(
    lines: Sequence[FeeLine], sums: Mapping[str, Mapping[LineKey, Sequence[Sums]]], wanted: str
) -> set[str]:
    """The events of which what was earned may not be what the books hold; `lines` are all of the partner.

    An event is left out only where every line of it is on record to the unit, in one currency, and nothing else of it
    is: there is nothing to book for it. `wanted` is the currency in which the partner wants its statements, if it said.
    """
    earned: dict[str, list[FeeLine]] = defaultdict(list)
    for line in lines:
        earned[line.event].append(line)
    return {
        event for event in {*earned, *sums} if not _agrees(earned.get(event, ()), sums.get(event, {}), wanted)
    }


def _agrees(lines: Sequence[FeeLine], sums: Mapping[LineKey, Sequence[Sums]], wanted: str) -> bool:
    if len(lines) != len(sums):
        return False
    for line in lines:
        booked = sums.get(line.key)
        if booked is None or any(each.currency != line.currency for each in booked):
            return False
        fee, due, waived = (
            sum(getattr(each, name) for each in booked) for name in ("fee_minor", "due_minor", "waived_minor")
        )
        if not fee == due == line.earned_minor or waived != line.retained_minor - line.earned_minor:
            return False
        # What was due in a currency stays due in it; nothing was, where all of the event comes to nothing.
        if not due and wanted not in ("", line.currency):
            return False
    return True


@lru_cache(maxsize=1)
def _connection() -> duckdb.DuckDBPyConnection:
    """One for the process: it remembers the ends of the row groups that it has read. Each read has a cursor, and takes
    the thread of its request: it reads little of each book.
    """
    connection = duckdb.connect(config={"threads": 1, "memory_limit": "512MB"})
    connection.execute("set parquet_metadata_cache = true")
    return connection


_hashes: dict[tuple[str, int, object], Future[Folder]] = {}


def _checked(path: Folder, sha256: str) -> Folder:
    """The file, if its bytes are not known to be others. Raises BookMissing, BookAltered."""
    register(_connection(), path)
    size, state = seen(path)
    if size <= SMALL:
        return sound_path(path.parent, BOOK_KIND, sha256)
    key = (str(path), size, state)
    if key not in _hashes:
        _hashes[key] = _hashing.submit(sound_path, path.parent, BOOK_KIND, sha256)
    return _hashes[key].result() if _hashes[key].done() else path
