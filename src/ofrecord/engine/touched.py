"""What a close has to work out: what is new since the last one, and what of earlier lines may be others now.

The snapshot of the month is held against that of the last closed one. Months whose files have the same hash are as
they were and are not read, except for the rows of subscriptions that something else has touched.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from ofrecord.engine.books import folder_of
from ofrecord.engine.carried import SCHEMA
from ofrecord.engine.columns import rates_of
from ofrecord.engine.compiled.clauses import pays_collected
from ofrecord.engine.compiled.scope import Reach, always_whole, reach_of
from ofrecord.engine.files import sound_path
from ofrecord.engine.flat import FLAT
from ofrecord.engine.given import Given, Since
from ofrecord.engine.running.engine import Engine, rows_in
from ofrecord.engine.snapshot_index import (
    CREDITS,
    FACTS,
    RATES,
    RECEIPTS,
    RECOGNITIONS,
    TIERS,
    Index,
)
from ofrecord.engine.steps import touched as find
from ofrecord.engine.steps.carried import LATE, without
from ofrecord.engine.storage import Folder, Root, opened
from ofrecord.engine.types import Laws, RateFact
from ofrecord.kernel.calendar import Month

_BY_LINE: Final = (FACTS, CREDITS, RECEIPTS)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot by its index, with the root of the folders that its files lie in."""

    root: Root
    index: Index

    def paths(self, kind: str, months: Iterable[Month]) -> list[Folder]:
        """The files of the months, of those that it has. Raises BookMissing, BookAltered."""
        known = self.index.months
        return [
            sound_path(folder_of(self.root, month), kind, known[month].files[kind])
            for month in sorted(months)
            if month in known
        ]

    def beside(self, kind: str) -> Folder:
        """The file that is not by month of invoices."""
        return sound_path(folder_of(self.root, self.index.month), kind, self.index.beside[kind])


@dataclass(frozen=True, slots=True)
class Plan:
    """What a close works out. Without `since` it is everything, and `whole` says why.

    `partners` are those on whose lines something may be another now, and `months` those in which these were billed.
    """

    given: Given
    since: Since | None = None
    partners: ibis.Table | None = None
    months: frozenset[Month] = frozenset()
    whole: str | None = None

    def compares(self, month: Month) -> bool:
        """Whether the book of the month may hold a line of what is worked out: none is booked before it is billed."""
        return self.since is None or any(each <= month for each in self.months)

    def earlier(self, books: ibis.Table) -> ibis.Table:
        """The rows of earlier books that are compared with what is worked out."""
        if self.since is None or self.partners is None:
            return books
        return books.semi_join(self.partners, "partner").semi_join(self.since.anew, self.since.by)


def whole_needed(laws: Laws, before: Snapshot, now: Snapshot) -> str | None:
    """Why the whole history is to be worked out, in a sentence; None where what is new and touched is enough."""
    if before.index.program_versions != now.index.program_versions:
        return "The program has another version than at the last close."
    far = always_whole(laws)
    if far is not None:
        return far
    if _is_rate_another(before, now):
        return "An exchange rate of an earlier month is another than at the last close."
    return None


def _is_rate_another(before: Snapshot, now: Snapshot) -> bool:
    """Whether a rate that was known, or was missing, is another; of a currency that occurs for the first time none was.

    That one occurred may show in nothing but what was billed, pooled or wanted in it: lines wait for its first rate.
    Who wants another currency from now on makes no difference: what was due in one stays due in it.
    """
    was, known = _rates(before), _rates(now)
    currencies = {rate.currency for rate in was} | before.index.exchanged
    until = before.index.month.last
    return was != {rate for rate in known if rate.currency in currencies and rate.day <= until}


def _rates(snapshot: Snapshot) -> set[RateFact]:
    return {*rates_of(pq.read_table(opened(snapshot.beside(RATES))))}


def what_to_work_out(
    engine: Engine, laws: Laws, before: Snapshot, now: Snapshot, carried: ibis.Table
) -> Plan:
    """What has to be worked out to close the month of the snapshot `now`.

    `before` is the snapshot of the last closed month, and `carried` what was kept of it. Raises BookMissing,
    BookAltered.
    """
    why = whole_needed(laws, before, now)
    return (
        _Comparing(engine, laws, before, now, carried).plan() if why is None else everything(engine, now, why)
    )


def everything(engine: Engine, now: Snapshot, why: str | None = None) -> Plan:
    """All of the snapshot is worked out. Raises BookMissing, BookAltered."""
    months = now.index.months
    tables = {kind: engine.read(now.paths(kind, months), FLAT[kind]) for kind in _BY_LINE}
    for kind in (RECOGNITIONS, TIERS):
        tables[kind] = engine.read([now.beside(kind)], FLAT[kind])
    return Plan(Given(**tables, pools=now.index.pools), whole=why)


@dataclass(frozen=True, slots=True)
class _Anew:
    """What is worked out anew: lines or subscriptions, their subscriptions, and their facts of earlier months."""

    table: ibis.Table
    subscriptions: ibis.Table
    facts: ibis.Table


@dataclass(frozen=True)
class _Comparing:
    """Two snapshots, of which the later one is to be closed."""

    engine: Engine
    laws: Laws
    before: Snapshot
    now: Snapshot
    carried: ibis.Table

    def plan(self) -> Plan:
        anew = self._lines_anew() if self.reach.by_line else self._subscriptions_anew()
        recognized = self._recognitions(*self._both).semi_join(anew.subscriptions, "subscription")
        since = Since(self.day, anew.table, self._carried_of_others(anew))
        partners = self.engine.keep(recognized.select("partner").distinct())
        return Plan(self._given(anew), since, partners, self._months_of(anew.facts) | self._changed)

    def _subscriptions_anew(self) -> "_Anew":
        """Each subscription of which an earlier line may be another now, with all that hangs together with it."""
        found = self._with_linked(self._kept([*self._of_lines(self._lines()), *self._subscriptions()]))
        earlier = self._read(self.now, FACTS, self.earlier)
        # Files are sorted by subscription, and the reader leaves out groups of rows that have none of it.
        return _Anew(found, found, self.engine.keep(earlier.semi_join(found, "subscription")))

    def _lines_anew(self) -> "_Anew":
        """Each line that may be another now: of months of which a file is another, or of whole subscriptions."""
        lines = self._kept(self._lines(), "invoice_line")
        whole = self._kept([*self._subscriptions()])
        changed, earlier = (self._read(self.now, FACTS, some) for some in (self._changed, self.earlier))
        facts = ibis.union(
            changed.semi_join(lines, "invoice_line"), earlier.semi_join(whole, "subscription"), distinct=True
        )
        few = self.engine.keep(facts)
        return _Anew(
            self._kept([lines, few.select("invoice_line")], "invoice_line"),
            self._kept([*self._of_lines([lines]), whole]),
            few,
        )

    @property
    def day(self) -> Any:
        return self.before.index.month.last

    @property
    def _both(self) -> tuple[Snapshot, Snapshot]:
        return self.before, self.now

    @cached_property
    def reach(self) -> Reach:
        return reach_of(self.laws)

    @cached_property
    def earlier(self) -> set[Month]:
        months = {*self.before.index.months, *self.now.index.months}
        return {month for month in months if month <= self.before.index.month}

    @cached_property
    def later(self) -> set[Month]:
        return {*self.now.index.months} - self.earlier

    def changed(self, kind: str) -> set[Month]:
        """The earlier months of which the file is another than it was."""
        return {
            month
            for month in self.earlier
            if self._sha256(self.before, month, kind) != self._sha256(self.now, month, kind)
        }

    @staticmethod
    def _sha256(snapshot: Snapshot, month: Month, kind: str) -> str | None:
        kept = snapshot.index.months.get(month)
        return None if kept is None else kept.files[kind]

    def _read(self, snapshot: Snapshot, kind: str, months: Collection[Month]) -> ibis.Table:
        found: ibis.Table = self.engine.read(snapshot.paths(kind, months), FLAT[kind])
        return found

    def _compared(self, kind: str) -> tuple[ibis.Table, ibis.Table]:
        """The rows of the months that changed, before and now."""
        months = self.changed(kind)
        return self._read(self.before, kind, months), self._read(self.now, kind, months)

    def _recognitions(self, *snapshots: Snapshot) -> ibis.Table:
        tables = [self.engine.read([each.beside(RECOGNITIONS)], FLAT[RECOGNITIONS]) for each in snapshots]
        return ibis.union(*tables, distinct=False) if len(tables) > 1 else tables[0]

    @cached_property
    def paid(self) -> ibis.Table | None:
        """The earlier lines (invoice_line) of which something was paid since; None where no clause asks."""
        if not pays_collected(self.laws) or not self.changed(RECEIPTS):
            return None
        found = find.payments_since(*self._compared(RECEIPTS), self.day)
        kept: ibis.Table = self.engine.keep(found.select("invoice_line").distinct())
        return kept

    def _kept(self, tables: Sequence[ibis.Table], name: str = "subscription") -> ibis.Table:
        """The names of all of the tables, each once."""
        found: ibis.Table
        if tables:
            found = self.engine.keep(
                ibis.union(*tables, distinct=True) if len(tables) > 1 else tables[0].distinct()
            )
        else:
            found = self.engine.bring(pa.table({name: pa.array([], pa.string())}))
        return found

    @cached_property
    def _changed(self) -> set[Month]:
        """The months of which a file of lines, credits or payments is another than it was."""
        return {month for kind in _BY_LINE for month in self.changed(kind)}

    def _subscriptions(self) -> Iterable[ibis.Table]:
        """Those that are touched by anything but their lines."""
        yield from self._of_recognitions()
        yield from self._of_partners()
        yield from self._late()

    def _lines(self) -> list[ibis.Table]:
        """The lines (invoice_line) of which anything is otherwise than it was."""
        lines = [
            find.differing(*self._compared(kind)).select("invoice_line")
            for kind in (FACTS, CREDITS)
            if self.changed(kind)
        ]
        if self.paid is not None:
            later = self._read(self.now, RECEIPTS, self.later)
            lines.append(find.payments_otherwise(*self._compared(RECEIPTS), later, self.day))
            lines.append(self._cut_payments(self.paid))
        return lines

    def _of_lines(self, lines: Sequence[ibis.Table]) -> Iterable[ibis.Table]:
        """The subscriptions of the lines, before and now."""
        if lines:
            found = self._kept(lines, "invoice_line")
            for snapshot in self._both:
                facts = self._read(snapshot, FACTS, self._changed | self.later)
                yield facts.semi_join(found, "invoice_line").select("subscription")

    def _cut_payments(self, paid: ibis.Table) -> ibis.Table:
        months = self.changed(RECEIPTS)
        facts, receipts, credits = (self._read(self.now, kind, months) for kind in (FACTS, RECEIPTS, CREDITS))
        return find.payments_that_may_be_cut(paid, facts, receipts, credits)

    def _of_recognitions(self) -> Iterable[ibis.Table]:
        if self._differ(RECOGNITIONS):
            before, now = (self._recognitions(snapshot) for snapshot in self._both)
            yield find.recognized_otherwise(before, now, self.day)

    def _of_partners(self) -> Iterable[ibis.Table]:
        """Of partners that had another tier, or want their statements in another currency."""
        partners = [*self._of_currencies()]
        if self._differ(TIERS):
            before, now = (self.engine.read([each.beside(TIERS)], FLAT[TIERS]) for each in self._both)
            partners.append(find.tiers_otherwise(before, now, self.day))
        for some in partners:
            yield find.of_partners(self._recognitions(*self._both), some)

    def _of_currencies(self) -> Iterable[ibis.Table]:
        was, now = self.before.index.currencies, self.now.index.currencies
        others = sorted(each for each in was.keys() | now.keys() if was.get(each) != now.get(each))
        if others:
            yield self.engine.bring(pa.table({"partner": pa.array(others, pa.string())}))

    def _late(self) -> Iterable[ibis.Table]:
        """Of what was taken back after the claw window caps have two accounts, of which one is carried."""
        if self.reach.looks_back:
            found = self.carried.filter(self.carried.what == LATE)
            yield found.select(subscription="scope_id")

    def _differ(self, kind: str) -> bool:
        return self.before.index.beside[kind] != self.now.index.beside[kind]

    @cached_property
    def links(self) -> ibis.Table | None:
        """With whom subscriptions are connected, as far as the laws reach; None where they reach no further."""
        if not self.reach.by_customer and not self.reach.roles:
            return None
        facts = None
        if self.reach.by_customer:
            months = [(self.before, self.changed(FACTS)), (self.now, self.earlier | self.later)]
            facts = ibis.union(*(self._read(each, FACTS, some) for each, some in months), distinct=False)
        found = find.links_of(facts, self._recognitions(*self._both), self.reach.roles)
        kept: ibis.Table = self.engine.keep(found)
        return kept

    def _with_linked(self, touched: ibis.Table) -> ibis.Table:
        """The subscriptions with all that are worked out together with them."""
        found, size = touched, rows_in(self.engine, touched)
        while self.links is not None:
            found = self.engine.keep(find.linked(found, self.links))
            grown = rows_in(self.engine, found)
            if grown == size:
                break
            size = grown
        return found

    def _carried_of_others(self, anew: "_Anew") -> ibis.Table:
        """What is carried of what is not worked out anew."""
        if not self.reach.looks_back:
            nothing: ibis.Table = self.engine.bring(SCHEMA.empty_table())
            return nothing
        kept: ibis.Table = self.engine.keep(
            without(self.carried, find.names_of(anew.subscriptions, self.links))
        )
        return kept

    def _given(self, anew: "_Anew") -> Given:
        """The facts that are new, those that are worked out anew, and those of lines that were paid since."""
        few = anew.facts
        if self.paid is not None:
            paid = self._read(self.now, FACTS, self.changed(RECEIPTS)).semi_join(self.paid, "invoice_line")
            others = paid.anti_join(few.select("invoice_line"), "invoice_line")
            few = self.engine.keep(ibis.union(few, others, distinct=False))
        facts = ibis.union(self._read(self.now, FACTS, self.later), few, distinct=False)
        return Given(
            facts=self.engine.view(facts),
            credits=self._of_given_lines(CREDITS, few),
            receipts=self._of_given_lines(RECEIPTS, few),
            recognitions=self._recognitions(self.now),
            tiers=self.engine.read([self.now.beside(TIERS)], FLAT[TIERS]),
            pools=self.now.index.pools,
        )

    def _months_of(self, facts: ibis.Table) -> frozenset[Month]:
        """The months of the files in which all is that belongs to the lines."""
        days = self.engine.fetch(facts.select("invoice_day").distinct()).column("invoice_day").to_pylist()
        return frozenset(Month.of(day) for day in days)

    def _of_given_lines(self, kind: str, few: ibis.Table) -> ibis.Table:
        """What belongs to the new lines, and to the few earlier ones that are given."""
        known = self._read(self.now, kind, self._months_of(few))
        some = self.engine.keep(known.semi_join(few, "invoice_line"))
        found = ibis.union(self._read(self.now, kind, self.later), some, distinct=False)
        viewed: ibis.Table = self.engine.view(found)
        return viewed
