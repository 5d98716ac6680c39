"""The book of a month from a snapshot and the books before it, in columns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from ofrecord.engine.book_writer import keep_narrow, write_lines, write_narrow
from ofrecord.engine.books import BOOK_KIND, folder_of
from ofrecord.engine.carried import carried_after, keep_carried, read_carried, why_not_carried
from ofrecord.engine.columns import BOOK, rates_of
from ofrecord.engine.compiled.clauses import clause_table
from ofrecord.engine.compiled.exchange import asked_of, currency_table, exchange_table
from ofrecord.engine.corrections import befores, nearby, with_causes
from ofrecord.engine.earning import earned
from ofrecord.engine.files import Kept, sound_path
from ofrecord.engine.flat import FLAT
from ofrecord.engine.given import Given, Steps
from ofrecord.engine.running.engine import Engine, rows_in
from ofrecord.engine.snapshot_index import RATES, Index
from ofrecord.engine.snapshots import read_index, snapshot_paths
from ofrecord.engine.steps.booking import BOOKED, changed, fresh
from ofrecord.engine.steps.dues import Beside, exchanges_asked
from ofrecord.engine.steps.narrow import Narrow
from ofrecord.engine.steps.numbers import drawn
from ofrecord.engine.steps.record import on_record
from ofrecord.engine.steps.shapes import KEY, shaped
from ofrecord.engine.storage import Root, opened
from ofrecord.engine.touched import Plan, Snapshot, everything, what_to_work_out
from ofrecord.engine.types import Laws
from ofrecord.engine.working import work_out
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.words import month_words

# Each takes two kilobytes or so in Python.
CORRECTIONS_AT_ONCE = 100_000
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Former:
    """The last closed month, from which a close may start: the hashes of its snapshot and of what was carried, which
    is empty where nothing was."""

    month: Month
    snapshot_sha256: str
    carried_sha256: str


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the book, and the hash of what later closes start from; and how much was worked out: "all 12
    invoice lines."."""

    book: Kept
    carried_sha256: str
    says: str


@dataclass(frozen=True)
class Closing:
    """A month to be closed: its snapshot, by index and hash, the program versions, the books before it, and the month
    that was closed last."""

    root: Root
    index: Index
    sha256: str
    laws: Laws
    books: Sequence[tuple[Month, str]]
    former: Former | None = None

    @property
    def month(self) -> Month:
        return self.index.month

    def given(self, engine: Engine) -> Given:
        """The tables of the snapshot. Raises BookMissing, BookAltered."""
        paths = snapshot_paths(self.root, self.month, self.sha256)
        tables = {name: engine.read(paths[name], FLAT[name]) for name in FLAT}
        return Given(**tables, pools=self.index.pools)

    def written(self, engine: Engine, found: Written) -> ibis.Table:
        """The rows of the book that was written: BOOK."""
        path = sound_path(folder_of(self.root, self.month), BOOK_KIND, found.book.sha256)
        table: ibis.Table = engine.read([path], BOOK)
        return table

    def steps(self, engine: Engine) -> Steps:
        """The steps up to what everything earns, by name."""
        return earned(engine, self.given(engine), self.laws, self.month.last)


def write_month(engine: Engine, closing: Closing, say: Say) -> Written:
    """Works out what is new and what was touched since the last close, or everything, and writes what is not booked
    yet: the same lines as the judge's.

    Raises BookMissing, BookAltered, and whatever `say` raises.
    """

    def begin(says: str) -> None:
        engine.doing = says
        say(says)

    begin("Finding what is new and what was touched")
    plan = plan_of(engine, closing)
    says = _in_words(engine, closing, plan)
    begin(f"Working out {says}")
    worked = work_out(engine, plan.given, closing.laws, closing.month.last, begin, since=plan.since)
    narrow = worked.narrow
    lines = worked.lines if narrow is not None else engine.keep(worked.lines, as_written=True)
    begin("Writing down what caps and bands have used up")
    carried = keep_carried(engine, closing.root, closing.month, carried_after(engine, worked.steps, lines))
    if closing.books:
        begin("Comparing with what earlier books hold")
    beside = _with_exchanges(engine, closing, lines, _beside(engine, closing, plan))
    corrections = _corrections(engine, lines, beside)
    begin("Writing the lines")
    if narrow is not None and beside.exchanges is None and beside.clauses is None:
        booked = _fresh_of(engine, narrow, beside)
        if corrections is not None:
            booked = keep_narrow(engine, booked.together(corrections), worked.ranges)
        book = write_narrow(engine, closing.root, closing.month, booked, worked.ranges)
    else:
        new = fresh(lines, beside)
        every = new if corrections is None else ibis.union(new, corrections, distinct=False)
        book = write_lines(engine, closing.root, closing.month, engine.keep(drawn(every)))
    return Written(book, carried.sha256, says)


def booking(engine: Engine, closing: Closing, steps: Steps) -> dict[str, Callable[[], ibis.Table]]:
    """The steps from what everything earns to the rows of the book, by name, each worked out when it is asked for: what
    earlier books hold, if there are any; what is new, and what corrects; both together.

    Raises BookMissing, BookAltered.
    """

    @cache
    def compared() -> tuple[ibis.Table, Beside]:
        lines = engine.keep(steps.named["lines"], as_written=True)
        every = everything(engine, Snapshot(closing.root, closing.index))
        return lines, _with_exchanges(engine, closing, lines, _beside(engine, closing, every))

    def corrections() -> ibis.Table:
        found = _corrections(engine, *compared())
        return new().limit(0) if found is None else found

    def new() -> ibis.Table:
        return shaped(fresh(*compared()), BOOKED)

    def booked() -> ibis.Table:
        return ibis.union(new(), corrections(), distinct=False)

    if not closing.books:
        return {"booked": new}
    return {
        "on record": lambda: compared()[1].earlier()[0],
        "new": new,
        "corrections": corrections,
        "booked": booked,
    }


def _fresh_of(engine: Engine, narrow: Narrow, beside: Beside) -> Narrow:
    """The lines under keys that no earlier book holds, where all are due in their own currency and nothing is held."""
    alone = narrow.then(lambda lines: fresh(lines, Beside(beside.last_day)))
    if beside.record is None:
        return alone
    known, key = beside.record, narrow.key(narrow.table)
    rows = narrow.table.anti_join(known, [each == known[name] for name, each in key.items()])
    return replace(alone, table=engine.keep(rows))


def plan_of(engine: Engine, closing: Closing) -> Plan:
    """What there is to work out: all of it where there is nothing to start from. Raises BookMissing, BookAltered."""
    root, now, former = closing.root, Snapshot(closing.root, closing.index), closing.former
    if former is None:
        return everything(engine, now)
    why = why_not_carried(root, former.month, former.carried_sha256)
    index = read_index(root, former.month, former.snapshot_sha256)
    if why is not None or index is None:
        missing = f"The snapshot of {month_words(former.month)} is in another format."
        return everything(engine, now, why or missing)
    carried = read_carried(engine, root, former.month, former.carried_sha256)
    return what_to_work_out(engine, closing.laws, Snapshot(root, index), now, carried)


def _in_words(engine: Engine, closing: Closing, plan: Plan) -> str:
    """How many of the invoice lines are worked out, and which, or why all."""
    of = closing.index.lines + closing.index.earlier
    if plan.since is None:
        return f"all {of:,} invoice lines" + (f". {plan.whole}" if plan.whole else ".")
    rows = rows_in(engine, plan.given.facts)
    return f"{rows:,} of {of:,} invoice lines: what is new, and what was touched."


def _corrections(engine: Engine, lines: ibis.Table, beside: Beside) -> ibis.Table | None:
    """The lines that correct what earlier books hold, each with its cause: BOOKED; None where there are none.

    Causes are put into words in Python, of so many lines at a time.
    """
    if beside.record is None:
        return None
    found = changed(lines, beside)
    place = ibis.row_number().over(ibis.window(order_by=list(KEY)))
    corrections = engine.keep(found.mutate(turn=place // CORRECTIONS_AT_ONCE))
    turns = engine.fetch(corrections.aggregate(turns=corrections.turn.max()))["turns"][0].as_py()
    if turns is None:
        return None
    told = [
        engine.bring(_with_causes(engine, corrections.filter(corrections.turn == turn), lines, beside))
        for turn in range(int(turns) + 1)
    ]
    return shaped(ibis.union(*told, distinct=False) if len(told) > 1 else told[0], BOOKED)


def _with_causes(engine: Engine, corrections: ibis.Table, lines: ibis.Table, beside: Beside) -> pa.Table:
    now = corrections.drop("turn")
    return with_causes(
        engine.fetch(now), engine.fetch(befores(now, beside)), engine.fetch(nearby(now, lines))
    )


def _beside(engine: Engine, closing: Closing, plan: Plan) -> Beside:
    """What the lines are held against, but for the rates: which are needed is not known yet."""
    holds = any(clause.holdback for terms in closing.laws.versions for clause in terms.clauses)
    wanted, earlier = closing.index.currencies, _books(engine, closing, plan)
    if earlier is not None and plan.since is not None:
        # Few of all rows: read once.
        earlier = engine.keep(plan.earlier(earlier))
    return Beside(
        last_day=closing.month.last,
        clauses=engine.bring(clause_table(closing.laws)) if holds else None,
        currencies=engine.bring(currency_table(wanted)) if any(wanted.values()) else None,
        record=engine.keep(on_record(earlier)) if earlier is not None else None,
        books=earlier,
    )


def _with_exchanges(engine: Engine, closing: Closing, lines: ibis.Table, beside: Beside) -> Beside:
    """With the rates for the lines that are due in another currency than their own, if there are any."""
    if beside.currencies is None and beside.record is None:
        return beside
    # Without earlier books the lines are worked out for this alone: few columns of them.
    asked = engine.fetch(exchanges_asked(lines, beside))
    if not asked.num_rows:
        return beside
    (path,) = snapshot_paths(closing.root, closing.month, closing.sha256)[RATES]
    table = exchange_table(asked_of(asked), closing.laws, rates_of(pq.read_table(opened(path))))
    return replace(beside, exchanges=engine.bring(table))


def _books(engine: Engine, closing: Closing, plan: Plan) -> ibis.Table | None:
    """The rows of earlier books, of those that hold anything to compare with, each with its month; None where there
    are no books. All of them are looked at, whether they are what they were."""
    paths = {
        month: sound_path(folder_of(closing.root, month), BOOK_KIND, sha256)
        for month, sha256 in closing.books
    }
    if not paths:
        return None
    compared = {month: [path] for month, path in paths.items() if plan.compares(month)}
    found = [
        engine.read(some, BOOK).mutate(month=ibis.literal(str(month)))
        for month, some in (compared or {closing.month: []}).items()
    ]
    return engine.view(ibis.union(*found, distinct=False) if len(found) > 1 else found[0])
