"""The book of a month from a snapshot and the books before it, in columns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import pyarrow.parquet as pq

from ofrecord.engine.book_writer import write_lines
from ofrecord.engine.books import BOOK_KIND, folder_of
from ofrecord.engine.columns import BOOK, rates_of
from ofrecord.engine.compiled.clauses import clause_table
from ofrecord.engine.compiled.exchange import asked_of, currency_table, exchange_table
from ofrecord.engine.corrections import befores, nearby, with_causes
from ofrecord.engine.earning import Given, Steps, earned
from ofrecord.engine.files import Kept, sound_path
from ofrecord.engine.flat import FLAT
from ofrecord.engine.snapshot_index import RATES, Index
from ofrecord.engine.snapshots import snapshot_paths
from ofrecord.engine.steps.booking import BOOKED, changed, fresh
from ofrecord.engine.steps.dues import Beside, exchanges_asked
from ofrecord.engine.steps.numbers import drawn
from ofrecord.engine.steps.record import on_record
from ofrecord.engine.steps.shapes import shaped
from ofrecord.engine.storage import Folder, opened
from ofrecord.engine.types import Laws
from ofrecord.kernel.calendar import Month

Say = Callable[[str], None]


@dataclass(frozen=True)
class Closing:
    """A month to be closed: its snapshot, by index and hash, the program versions, and the books before it."""

    root: Folder
    index: Index
    sha256: str
    laws: Laws
    books: Sequence[tuple[Month, str]]

    @property
    def month(self) -> Month:
        return self.index.month

    def given(self, engine: Any) -> Given:
        """The tables of the snapshot. Raises BookMissing, BookAltered."""
        paths = snapshot_paths(self.root, self.month, self.sha256)
        tables = {name: engine.read(paths[name], FLAT[name]) for name in FLAT}
        return Given(**tables, pools=self.index.pools)

    def steps(self, engine: Any) -> Steps:
        """The steps up to what everything earns, by name."""
        return earned(engine, self.given(engine), self.laws, self.month.last)


def write_month(engine: Any, closing: Closing, say: Say) -> Kept:
    """Works out what everything earns and writes what is not booked yet: the same lines as the judge's.

    Raises BookMissing, BookAltered, and whatever `say` raises.
    """

    def begin(says: str) -> None:
        engine.doing = says
        say(says)

    begin("Preparing the steps")
    steps = closing.steps(engine)
    begin("Working out what everything that was billed earns")
    lines = steps.named["lines"]
    if closing.books:
        lines = engine.keep(lines, as_written=True)
        begin("Comparing with what earlier books hold")
    booked = engine.keep(drawn(to_book(engine, closing, lines)), as_written=not closing.books)
    begin("Writing the book")
    return write_lines(engine, closing.root, closing.month, booked)


def to_book(engine: Any, closing: Closing, lines: ibis.Table) -> ibis.Table:
    """The lines of the month's book without their numbers: what is new, and what corrects, with its cause."""
    beside = _with_exchanges(engine, closing, lines, _beside(engine, closing))
    if beside.record is None:
        return fresh(lines, beside)
    corrections = engine.keep(changed(lines, beside))
    told = with_causes(
        engine.fetch(corrections),
        engine.fetch(befores(corrections, beside)),
        engine.fetch(nearby(corrections, lines)),
    )
    return ibis.union(fresh(lines, beside), shaped(engine.bring(told), BOOKED), distinct=False)


def _beside(engine: Any, closing: Closing) -> Beside:
    """What the lines are held against, but for the rates: which are needed is not known yet."""
    holds = any(clause.holdback for terms in closing.laws.versions for clause in terms.clauses)
    wanted, earlier = closing.index.currencies, _books(engine, closing)
    return Beside(
        last_day=closing.month.last,
        clauses=engine.bring(clause_table(closing.laws)) if holds else None,
        currencies=engine.bring(currency_table(wanted)) if any(wanted.values()) else None,
        record=engine.keep(on_record(earlier)) if earlier is not None else None,
        books=earlier,
    )


def _with_exchanges(engine: Any, closing: Closing, lines: ibis.Table, beside: Beside) -> Beside:
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


def _books(engine: Any, closing: Closing) -> ibis.Table | None:
    """The rows of all earlier books, each with its month; None where there are none."""
    found = [
        engine.read([sound_path(folder_of(closing.root, month), BOOK_KIND, sha256)], BOOK).mutate(
            month=ibis.literal(str(month))
        )
        for month, sha256 in closing.books
    ]
    if not found:
        return None
    return engine.view(ibis.union(*found, distinct=False) if len(found) > 1 else found[0])
