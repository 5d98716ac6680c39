"""What earlier books hold for one partner, read in the time of a request: little of each book, and all books at once.

A preview holds what a partner earned against many books, and nearly all of it agrees. So first only the amounts are
read, of the row groups that can hold a line of the partner; the lines themselves only of events where something is not
as it was booked.

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

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ofrecord.engine.books import BOOK_KIND, added, book_path
from ofrecord.engine.columns import BOOK, lines_of
from ofrecord.engine.files import seen, sound_path
from ofrecord.engine.judging.begun import Used
from ofrecord.engine.storage import Folder, opened
from ofrecord.engine.types import PAYMENT, SALE, Booked, FeeLine, LineKey, line_id
from ofrecord.kernel.calendar import Month

# Hashed before they are read: a few books of this size take no longer than a page may.
SMALL: Final = 16 * 2**20
_KEY: Final = ("event", "service_first", "deal", "clause", "role")
# By these lines are chosen, whether or not they are asked for.
_ASKED: Final = ("partner", "source")
_ADDED: Final = ("due_currency", "fee_minor", "due_minor", "waived_minor")
_USED: Final = ("clause", "subscription", "customer", "partner", "currency", "event_day")
# Of so many books a process remembers which lines lie where: more than a partner's page asks for.
_REMEMBERED: Final = 48
# Between these lies the id of every partner.
_ANY: Final = ("", "~")
# Of each book a group is unpacked, or waited for where books are in a store: several at a time.
_reading = ThreadPoolExecutor(4, "part-of-books")
_hashing = ThreadPoolExecutor(1, "hash-of-books")


@dataclass(frozen=True, slots=True)
class Sums:
    """What a line of the books adds under its key, and the month of the book."""

    month: Month
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
        names = (*_KEY, "subscription", "event_day", *_ADDED)
        which = (pc.field("event_day") >= first) & (pc.field("source") != without)
        found: dict[str, dict[LineKey, list[Sums]]] = defaultdict(lambda: defaultdict(list))
        for month, table in self._read(names, which, since=first):
            for event, began, deal, clause, role, subscription, day, *amounts in _rows(table):
                if day >= earlier.get(subscription, since):
                    found[event][event, began, deal, clause, self.partner, role].append(Sums(month, *amounts))
        return found

    def used(self, caps: Mapping[str, date], until: date, beside: Collection[str] = ()) -> list[Used]:
        """What the partner's lines, and those of the partners `beside` it, used up of caps before the day `until`.

        `caps` are their clauses, each with the first day that counts.
        """
        if not caps:
            return []
        first = min(caps.values())
        which = (
            pc.field("clause").isin([*caps])
            & (pc.field("event_day") >= first)
            & (pc.field("event_day") < until)
            & pc.field("source").isin([SALE, PAYMENT])
            & ((pc.field("fee_minor") != 0) | (pc.field("waived_minor") != 0))
        )
        names = (*_USED, "fee_minor", "waived_minor")
        found = (
            Used(*(*name, fee_minor, fee_minor + waived_minor))
            for _, table in self._read(names, which, since=first, partners=(self.partner, *sorted(beside)))
            for *name, fee_minor, waived_minor in _rows(table)
        )
        return [each for each in found if each.event_day >= caps[each.clause]]

    def on_record(self, sums: Mapping[str, Mapping[LineKey, Sequence[Sums]]]) -> dict[LineKey, Booked]:
        """What the books hold under the keys of those events, as `books.on_record` says it; only those are read in
        which a line of them was found.
        """
        months = {each.month for keys in sums.values() for found in keys.values() for each in found}
        found: dict[LineKey, Booked] = {}
        for month, table in self._read(BOOK.names, pc.field("event").isin([*sums]), months=months):
            for number, booked in lines_of(table):
                found[booked.key] = added(found.get(booked.key), line_id(month, number), booked)
        return found

    def _read(
        self,
        columns: Sequence[str],
        which: pc.Expression,
        *,
        since: date = date.min,
        months: Collection[Month] | None = None,
        partners: Sequence[str] = (),
    ) -> Iterator[tuple[Month, pa.Table]]:
        """Columns of the lines of the partner, or of several, for which `which` is so: book by book, of those that can
        hold events from the day `since` on, or of the `months`.
        """
        whose = partners or (self.partner,)
        wanted = [
            (month, sha256)
            for month, sha256 in self.books
            if month.last >= since and (months is None or month in months)
        ]
        paths = [_checked(book_path(self.root, month, sha256), sha256) for month, sha256 in wanted]
        found = _reading.map(lambda path: _lines_in(path, whose, which, columns), paths)
        yield from zip((month for month, _ in wanted), found, strict=True)


def _rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in table.columns), strict=True)


def _lines_in(path: Folder, whose: Sequence[str], which: pc.Expression, columns: Sequence[str]) -> pa.Table:
    """The columns of the lines of these partners for which it is so: only the groups of rows are read that can hold
    some, which lie together in a book.
    """
    places = _places(path, seen(path))
    groups = [
        place for place, ends in enumerate(places.ends) if any(ends[0] <= one <= ends[1] for one in whose)
    ]
    names = list(dict.fromkeys((*columns, *_ASKED)))
    with pq.ParquetFile(opened(path), metadata=places.said, pre_buffer=True) as file:
        found = file.read_row_groups(groups, columns=names, use_threads=False)
    return found.filter(pc.field("partner").isin(whose) & which).select(columns)


@dataclass(frozen=True, slots=True)
class _Places:
    """What the end of a book says of its groups of rows, and of each its first and last partner."""

    said: pq.FileMetaData
    ends: Sequence[tuple[str, str]]


@lru_cache(maxsize=_REMEMBERED)
def _places(path: Folder, state: object) -> _Places:
    """Of the file in the state that was `seen`; to read the end of a large book takes longer than to read a group."""
    with pq.ParquetFile(opened(path)) as file:
        said = file.metadata
    column = said.schema.names.index("partner")
    told = (said.row_group(group).column(column).statistics for group in range(said.num_row_groups))
    return _Places(said, [(each.min, each.max) if each and each.has_min_max else _ANY for each in told])


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


_hashes: dict[tuple[str, int, object], Future[Folder]] = {}


def _checked(path: Folder, sha256: str) -> Folder:
    """The file, if its bytes are not known to be others. Raises BookMissing, BookAltered."""
    size, state = seen(path)
    if size <= SMALL:
        return sound_path(path.parent, BOOK_KIND, sha256)
    key = (str(path), size, state)
    if key not in _hashes:
        _hashes[key] = _hashing.submit(sound_path, path.parent, BOOK_KIND, sha256)
    return _hashes[key].result() if _hashes[key].done() else path
