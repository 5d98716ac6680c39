"""All that a settlement counts is kept as flat tables, read from PostgreSQL as of one moment.

What was kept before is not read again where its marks say that it is as it was: the months of invoices of which nothing
was billed, paid or taken back since, and of whose subscriptions and customers nothing else is told.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from typing import Any, Final

from django.db import connection

from ofrecord.access.moment import moment
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.billing import columns as billing
from ofrecord.customers import columns as customers
from ofrecord.engine.books import folder_of
from ofrecord.engine.compiled.prices import price_rows
from ofrecord.engine.extract import Fetched, Source, adbc
from ofrecord.engine.files import Kept
from ofrecord.engine.keeping import Keeper, Lines, Told
from ofrecord.engine.running.duck import MEMORY, duck_engine
from ofrecord.engine.scratch import scratch
from ofrecord.engine.snapshot_index import (
    CREDITS,
    FACTS,
    RATES,
    RECEIPTS,
    RECOGNITIONS,
    TIERS,
    Index,
    Marks,
    MonthKept,
    differing,
    folded,
    rows_in,
)
from ofrecord.engine.snapshots import keep_index, keep_rates, read_index
from ofrecord.engine.storage import Root, written_to
from ofrecord.engine.types import History
from ofrecord.flows.gather_history import beside, laws
from ofrecord.flows.watching import Say, watched
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.words import month_words
from ofrecord.partners import columns as partners
from ofrecord.program.types import Terms
from ofrecord.subscriptions import columns as subscriptions

# Many rows are joined at once, and by plans of which nobody waits for the code to be compiled.
_SETTINGS: Final = {"work_mem": "256MB", "jit": "off"}


def _silent(says: str) -> None:
    """Nobody watches."""


# Is told how many of the subscriptions were looked at, of how many.
Counting = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ToCome:
    """What a preview takes for known beside what is: the month's invoice lines that are not written yet, read at the
    moment of all others, and what becomes of what is known beside them."""

    lines: Callable[[Counting], Iterable[Sequence[Told]]]
    beside: Callable[[History], History]


_NOTHING_TO_COME: Final = ToCome(lambda counting: (), lambda known: known)


def keep_snapshot(
    root: Root,
    month: Month,
    before: tuple[Month, str] | None = None,
    say: Say = _silent,
    to_come: ToCome = _NOTHING_TO_COME,
    *,
    memory: str = MEMORY,
) -> tuple[Kept, Index]:
    """Keeps what is known up to the end of the month; `before` is a snapshot on record, from which is taken what is
    still so. `Kept.rows` counts the lines of the month itself.

    Raises BookMissing, BookAltered where the index of the one before is not what it was; and what `say` raises, which
    is told how far it is.
    """
    former = read_index(root, *before) if before and before[0] <= month else None
    is_seen = not connection.in_atomic_block
    with scratch(written_to(root)) as folder, _reading() as source, duck_engine(folder, memory) as duck:
        versions = laws().versions
        keeper = Keeper(source, duck, subscriptions.SOLD_SQL, customers.SEGMENTS_SQL, versions)
        with closing(keeper), watched(keeper, say, is_seen=is_seen):
            expected = Lines.of(to_come.lines(partial(_say_of_billing, keeper)))
            keeper.at("Looking for what has changed")
            marks = _marks(keeper, month, versions)
            snapshot = _Snapshot(root, month, keeper, versions, marks, former, expected, to_come.beside)
            index = snapshot.index()
            if former is not None and not _all_is_read(index, expected.count):
                index = replace(snapshot, former=None).index()
    return keep_index(root, index), index


def _say_of_billing(keeper: Keeper, done: int, of: int) -> None:
    keeper.at(f"Finding what will be billed, {done:,} of {of:,} subscriptions")


def _marks(keeper: Keeper, month: Month, versions: Sequence[Terms]) -> Marks:
    through = month.last
    asked = subscriptions.marks_sql(through) | billing.marks_sql(through) | customers.marks_sql(through)
    prices = {terms.sha256: _hash_of_prices(terms) for terms in versions}
    return {name: folded(rows) for name, rows in keeper.rows_of(asked).items()} | {"prices": prices}


def _all_is_read(index: Index, expected: int) -> bool:
    """Whether each month's file has as many lines as there are lines of days in that month.

    Lines lie in the month of their invoice, and by their days one sees where some were added. If one did not, the file
    of its invoice's month was not read again, and a month that was has fewer lines than days say.
    """
    kept = {month: kept.lines for month, kept in index.months.items()}
    if expected:
        kept[index.month] -= expected
    return rows_in(index.marks, "lines") == {month: lines for month, lines in kept.items() if lines}


@contextmanager
def _reading() -> Iterator[Source]:
    """Everything as it is now, for the office: over a connection of its own, unless this one's transaction has begun,
    which alone sees what it has written."""
    if connection.in_atomic_block:
        with entered(OFFICE):
            yield Fetched(_fetched)
        return
    with moment(OFFICE) as now, adbc(now.address, now.name, now.settings | _SETTINGS) as source:
        yield source


def _fetched(sql: str) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """A snapshot in the making, which takes from the former one what its marks say is still so."""

    root: Root
    month: Month
    keeper: Keeper
    versions: Sequence[Terms]
    marks: Marks
    former: Index | None
    expected: Lines
    to_be: Callable[[History], History]

    def index(self) -> Index:
        to_come = {self.month} if self.expected.count else set()
        billed_in = sorted({Month.parse(each) for each in self.marks["invoices"]} | to_come)
        during = Span((billed_in[0] if billed_in else self.month).first, self.month.plus(1).first)
        recognitions = self._recognitions(billed_in, during)
        read = self._to_read(billed_in)
        months = {each: self._month(each, read) for each in self._one_by_one(billed_in)}
        billed = {currency for kept in months.values() for currency in kept.billed}
        known = self.to_be(beside(self.month, billed))
        return Index(
            month=self.month,
            months=months,
            beside={
                RECOGNITIONS: recognitions(),
                TIERS: self.keeper.keep_told(self.folder, TIERS, partners.tiers_sql(during)),
                RATES: keep_rates(self.root, self.month, known.rates),
            },
            pools=tuple(known.pools),
            currencies=known.currencies,
            program_versions=tuple(terms.sha256 for terms in self.versions),
            marks=self.marks,
        )

    @property
    def folder(self) -> Root:
        return folder_of(self.root, self.month)

    def _one_by_one(self, months: Sequence[Month]) -> Iterator[Month]:
        for place, month in enumerate(months, start=1):
            self.keeper.doing = (
                f"Keeping what was billed in {month_words(month)}, month {place:,} of {len(months):,}"
            )
            yield month
        self.keeper.doing = "Keeping what partners were when it was billed"

    def _month(self, each: Month, read: Mapping[str, Collection[Month]]) -> MonthKept:
        """The files of the month's invoices, those that were kept before or new ones."""
        former = self.former.months.get(each) if self.former else None
        through, folder = self.month.last, folder_of(self.root, each)
        files = {} if former is None else dict(former.files)
        credits_sql = billing.credits_sql(each, through)
        if each in read[CREDITS]:
            files[CREDITS] = self.keeper.keep_told(folder, CREDITS, credits_sql)
        if each in read[RECEIPTS]:
            payments_sql = billing.payments_sql(each, through)
            files[RECEIPTS] = self.keeper.keep_receipts(
                folder, payments_sql, credits_sql, billing.shared_rows
            )
        if former is not None and each not in read[FACTS]:
            return MonthKept(files, former.lines, former.billed, former.terms)
        expected = self.expected if each == self.month and self.expected.count else None
        kept = self.keeper.keep_lines(folder, billing.lines_sql(each), expected)
        return MonthKept(files | {FACTS: kept.sha256}, kept.lines, kept.billed, kept.terms)

    def _to_read(self, billed_in: Collection[Month]) -> dict[str, Collection[Month]]:
        """The months of invoices of which each table may be another than before."""
        former = self.former
        if former is None or _prices_differ(former.marks, self.marks):
            return dict.fromkeys((FACTS, CREDITS, RECEIPTS), billed_in)
        new = {month for month in billed_in if month not in former.months}
        days = {kind: differing(former.marks, self.marks, kind) for kind in ("credits", "payments")}
        found = self.keeper.rows_of(
            {kind: billing.touched_sql(kind, days[kind], besides=new) for kind in days if days[kind]}
        )
        credits, payments = ({Month.of(first) for (first,) in found.get(kind, ())} for kind in days)
        lines = new | differing(former.marks, self.marks, "invoices", "lines")
        told = differing(former.marks, self.marks, "sold", "seats", "segments")
        since = {month for month in billed_in if told and min(told) <= month}
        # What is owed on a line's day bears on what of a payment is for it.
        return {FACTS: lines | since, CREDITS: credits | lines, RECEIPTS: payments | credits | lines}

    def _reads_recognitions(self, billed_in: Sequence[Month]) -> bool:
        """The file lies in the month's own folder, so it is taken over from a snapshot of the same month alone."""
        former = self.former
        return (
            former is None
            or former.month != self.month
            or min(former.months, default=None) != min(billed_in, default=None)
            or bool(differing(former.marks, self.marks, "records", "roles"))
        )

    def _recognitions(self, billed_in: Sequence[Month], during: Span) -> Callable[[], str]:
        """The hash of the file, when it is asked for: it is kept last, and read beside what is kept before it."""
        if self.former is not None and not self._reads_recognitions(billed_in):
            kept = self.former.beside[RECOGNITIONS]
            return lambda: kept
        assert during.until is not None, "up to the end of the month"
        sql = subscriptions.recognitions_sql(during)
        self.keeper.expect(RECOGNITIONS, sql)
        formers = self.keeper.expect_rows(
            subscriptions.followed_sql(during.until),
            lambda rows: list(subscriptions.former_rows(rows, during)),
        )
        return lambda: self.keeper.keep_told(self.folder, RECOGNITIONS, sql, formers())


def _hash_of_prices(terms: Terms) -> str:
    return sha256(repr(price_rows([terms])).encode()).hexdigest()


def _prices_differ(former: Marks, now: Marks) -> bool:
    """Whether a version's prices are read otherwise than they were; what a new version governs is new itself."""
    return any(now["prices"].get(version) != prices for version, prices in former["prices"].items())
