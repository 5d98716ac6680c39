"""A month is closed: billed, counted, judged, written into a book, and posted once.

Each step commits by itself and can be done again: bills are written once, files are named by their hash, and
posting is one transaction. So a run that ends anywhere leaves nothing half done, and the next does the whole.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection
from procrastinate.contrib.django import app

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, Actor
from ofrecord.billing.actions import bill_month_of_all
from ofrecord.billing.facts import billed_in
from ofrecord.engine import books
from ofrecord.engine.booking import to_book
from ofrecord.engine.choice import JUDGE, SPOKEN, USUAL, Choice, choose
from ofrecord.engine.files import Kept
from ofrecord.engine.judging.judge import judge
from ofrecord.engine.snapshot_index import Index
from ofrecord.engine.snapshots import read_snapshot, require_kept
from ofrecord.engine.storage import Folder, require_reachable, writable
from ofrecord.engine.types import Booked, Laws, LineKey, PartnerSum
from ofrecord.flows.at_work import AtWork, Watcher, silent
from ofrecord.flows.gather_history import laws
from ofrecord.flows.read_back import read_back
from ofrecord.flows.watching import InBatches, watched
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.collecting import collected_seldom
from ofrecord.kernel.money import Money, sum_money
from ofrecord.kernel.refusal import Refusal
from ofrecord.kernel.words import month_words
from ofrecord.program.queries import in_force, terms_by_sha
from ofrecord.settlement.actions.close_month import close_month
from ofrecord.settlement.actions.one_run import one_run
from ofrecord.settlement.actions.runs import begin_run, end_abandoned, end_run, underway
from ofrecord.settlement.queries import (
    booked_months,
    books_folder,
    closed,
    closed_months,
    first_served,
    openings,
    released_in,
)
from ofrecord.settlement.refusals import AlreadyClosed, BillingMoved, TieOutBroken
from ofrecord.settlement.rules import all_figures, held_parts, require_closable
from ofrecord.settlement.types import CLOSED, STOPPED, ClosedCard, Progress, Purpose, Settled
from ofrecord.statements.actions import issue_statements
from ofrecord.statements.queries import tie_out
from ofrecord.subscriptions.facts import denominators_shared

SETTLE_TASK: Final = "settlement.settle"
SETTLE_QUEUE: Final = "settlement"
STEPS: Final = 5
# What ends while it still goes on has not posted: posting ends the run in the same transaction.
FAULT: Final = "Ended by a fault, of which the log of the process that ran it tells. Nothing was posted."
INTERRUPTED: Final = "Interrupted where it was started. Nothing was posted. Another run does the whole."


@dataclass(slots=True, kw_only=True)
class _Run(AtWork):
    """The run at work: for whom, since when, where, and how far it is."""

    by: Actor
    at: datetime
    root: Folder
    choice: Choice
    purpose: Purpose = Purpose.CLOSE
    steps: int = STEPS

    @property
    def id(self) -> UUID:
        assert self.run_id is not None, "an open month is closed by a run"
        return self.run_id


@dataclass(frozen=True, slots=True)
class _Result:
    """What a run has worked out and is about to post."""

    laws: Laws
    index: Index
    snapshot: Kept
    worked: "_Worked"
    sums: Sequence[PartnerSum]

    def versions_used(self) -> dict[str, str]:
        """The names of the program versions that govern the facts, by their hashes."""
        used = {sha for kept in self.index.months.values() for sha in kept.terms}
        by_sha = self.laws.by_sha
        return {sha: f"{by_sha[sha].program} {by_sha[sha].version}" for sha in sorted(used)}


@dataclass(frozen=True, slots=True)
class _Worked:
    """The month's book, in words by which engine and of how much, and the hash of what later closes start from; ""
    where nothing is kept."""

    book: Kept
    says: str
    carried_sha256: str = ""


def start_run(*, by: Actor, at: datetime, month: Month) -> UUID:
    """Has a worker close the month; the run that is under way, if there is one.

    Raises AlreadyClosed, MonthNotOver, NobodyServed, EarlierMonthOpen.
    """
    with entered(OFFICE):
        found = closed(month)
        if found is not None:
            raise AlreadyClosed(month=month, closed_on=found.closed_at.astimezone(at.tzinfo).date())
        _require_closable(at, month)
        running = underway(at=at, purpose=Purpose.CLOSE, month=month)
        if running is not None:
            return running
        run_id = begin_run(by=by, at=at, purpose=Purpose.CLOSE, month=month)
        by_id = str(by.id) if by.id else None
        task = app.configure_task(SETTLE_TASK, queue=SETTLE_QUEUE)
        task.defer(run_id=str(run_id), month=str(month), by_kind=by.kind.value, by_id=by_id)
        return run_id


@collected_seldom()
def settle_period(
    *,
    by: Actor,
    at: datetime,
    month: Month,
    run_id: UUID | None = None,
    progress: Watcher = silent,
    choice: Choice = USUAL,
    was_interrupted: Callable[[], bool] = lambda: False,
) -> Settled:
    """Closes the month, or finds that it was closed before and adds nothing.

    Raises MonthNotOver, NobodyServed, EarlierMonthOpen, RunStopped, BillingMoved, TieOutBroken,
    BookAltered, BookMissing, BookUnsound, FolderNotWritable, StorageMissing; whatever it raises, it posted nothing, and
    the run says why.
    `was_interrupted` says so where the process notes it: an engine reports an interruption as a fault of its own.
    """
    # Before anything is billed: a store that is not reached then is not reached later.
    require_reachable(books_folder())
    waits = Progress(0, STEPS, f"Waiting for another run of {month_words(month)} to end")
    with one_run(Purpose.CLOSE, month, waiting=lambda: progress(waits)):
        end_abandoned(at=at, purpose=Purpose.CLOSE, month=month, besides=run_id)
        if run_id is None and closed(month) is None:
            run_id = _begin(by, at, month)
        try:
            with writable(books_folder()):
                run = _Run(
                    by=by,
                    at=at,
                    month=month,
                    run_id=run_id,
                    watcher=progress,
                    root=books_folder(),
                    choice=choice,
                )
                return _settle(run)
        except BaseException as fault:
            if run_id is not None:
                end_run(at=at, run_id=run_id, status=STOPPED, says=_why(fault, was_interrupted()))
            raise


def _why(fault: BaseException, was_interrupted: bool) -> str:
    """What the run's row says of how it ended."""
    if isinstance(fault, KeyboardInterrupt) or was_interrupted:
        return INTERRUPTED
    return str(fault) if isinstance(fault, Refusal) else FAULT


def _begin(by: Actor, at: datetime, month: Month) -> UUID:
    with entered(OFFICE):
        _require_closable(at, month)
        return begin_run(by=by, at=at, purpose=Purpose.CLOSE, month=month, steps=STEPS)


def _require_closable(at: datetime, month: Month) -> None:
    already = {card.month for card in closed_months()}
    require_closable(month, today=at.date(), first_served=first_served(), closed=already)


def _settle(run: _Run) -> Settled:
    found = closed(run.month)
    if found is not None:
        if run.run_id is not None:
            says = f"{month_words(run.month)} was closed before. Nothing was added."
            end_run(at=run.at, run_id=run.id, status=CLOSED, says=says)
        return _settled_before(run, found)
    with entered(OFFICE):
        _require_closable(run.at, run.month)
    return _close(run)


def _require_kept(root: Folder, cards: Sequence[ClosedCard]) -> None:
    """What earlier closes counted is evidence: nothing is built on a month of which a file was altered."""
    require_kept(root, [(card.month, card.snapshot_sha256) for card in cards])


def _settled_before(run: _Run, found: ClosedCard) -> Settled:
    """What the month came to, once its book was read and worked out again, and ties out with what was posted."""
    _require_kept(run.root, [found])
    with entered(OFFICE):
        versions = terms_by_sha()
    sums = read_back(
        found.month, found.book_sha256, found.lines, versions, choice=run.choice, say=run.whisper
    )
    with entered(OFFICE):
        _tie_out(found.month, sums, is_closed=True)
    return _settled(found, sums, newly=False)


def _close(run: _Run) -> Settled:
    """The steps, in order."""
    run.step("Billing what was not billed yet")
    _bill(run)
    # Engines take a second to be loaded: whoever only asks for a close, or shows one, does not wait for that.
    from ofrecord.flows.keep_snapshot import keep_snapshot  # noqa: PLC0415

    run.step("Keeping what was billed, paid and taken back")
    cards = closed_months()
    for place, card in enumerate(cards, start=1):
        run.say(f"Looking whether the files of closed months are as they were, {place:,} of {len(cards):,}")
        _require_kept(run.root, [card])
    former = max(cards, key=lambda card: card.month, default=None)
    before = None if former is None else (former.month, former.snapshot_sha256)
    snapshot, index = keep_snapshot(run.root, run.month, before, run.say, memory=run.choice.memory)
    run.step(f"Working out what {snapshot.rows:,} new and {index.earlier:,} earlier invoice lines earn")
    # One that is published meanwhile governs no day of a month that is over, and is not named in the snapshot.
    known = laws(only=index.program_versions)
    worked = _work_out(run, known, index, snapshot, former)
    run.step("Reading the book back and working out every line again")
    book = worked.book
    sums = read_back(run.month, book.sha256, book.rows, known.by_sha, choice=run.choice, say=run.say)
    run.step("Posting")
    _post(run, _Result(known, index, snapshot, worked, sums))
    run.done += 1
    run.whisper(f"{month_words(run.month)} is closed")
    found = closed(run.month)
    assert found is not None, "the month was closed just now"
    return replace(_settled(found, sums, newly=True), says=worked.says)


def _bill(run: _Run) -> None:
    billing = InBatches("Billing what was not billed yet")

    def watch(done: int, of: int) -> None:
        billing.at(f"Billed {done:,} of {of:,} subscriptions")

    with watched(billing, run.say, is_seen=not connection.in_atomic_block), entered(OFFICE):
        bill_month_of_all(by=run.by, at=run.at, month=run.month, progress=watch)


def _work_out(run: _Run, known: Laws, index: Index, snapshot: Kept, former: ClosedCard | None) -> _Worked:
    """The month's book, written by the engine that suits: the lines are the same whichever it is."""
    with entered(OFFICE):
        shared = denominators_shared()
    chosen = choose(run.choice, known, index.lines + index.earlier, shared)
    if chosen.why:
        run.say(chosen.why)
    if chosen.name == JUDGE:
        history = read_snapshot(run.root, run.month, snapshot.sha256)
        earned = judge(known, history, run.month.last, run.judging)
        lines = to_book(known, history, earned, _on_record(run), run.month)
        says = f"{SPOKEN[JUDGE]} worked out all {index.lines + index.earlier:,} invoice lines."
        return _Worked(books.write_book(run.root, run.month, lines), says=says)
    from ofrecord.engine.closing import write_month  # noqa: PLC0415
    from ofrecord.flows.month_in_columns import month_in_columns  # noqa: PLC0415
    from ofrecord.flows.running_engine import running_engine  # noqa: PLC0415

    month = month_in_columns(run.root, index, snapshot.sha256, known, former)
    with running_engine(chosen.name, run.choice, run.root, run.say) as engine:
        written = write_month(engine, month, run.say)
    return _Worked(written.book, f"{SPOKEN[chosen.name]} worked out {written.says}", written.carried_sha256)


def _on_record(run: _Run) -> dict[LineKey, Booked]:
    """What the books of the months before hold. Raises BookMissing, BookAltered."""
    with entered(OFFICE):
        return books.on_record(run.root, booked_months(before=run.month))


def _post(run: _Run, result: _Result) -> None:
    """All or nothing: the closed month, the ledger, the statements; rolled back unless the three agree."""
    with entered(OFFICE):
        _require_all_counted(run.month, result.index)
        payment = in_force(run.month.last).terms.payment
        figures = all_figures(result.sums, openings(), released_in(run.month), payment)
        close_month(
            by=run.by,
            at=run.at,
            month=run.month,
            run_id=run.id,
            snapshot=result.snapshot,
            book=result.worked.book,
            figures=figures,
            held=held_parts(run.month, result.sums),
            carried_sha256=result.worked.carried_sha256,
            says=result.worked.says,
        )
        issue_statements(at=run.at, month=run.month, figures=figures)
        _tie_out(run.month, result.sums)
        books.write_manifest(run.root, run.month, result.snapshot, result.worked.book, result.versions_used())


def _require_all_counted(month: Month, index: Index) -> None:
    """An invoice line that came after the count would never be paid: refuse to close over it."""
    kept = index.months.get(month)
    counted = {} if kept is None else {code: Money(minor, code) for code, minor in kept.billed.items()}
    if billed_in(month) != (index.lines, counted):
        raise BillingMoved(month=month)


def _tie_out(month: Month, sums: Sequence[PartnerSum], *, is_closed: bool = False) -> None:
    breaks = tie_out(month, sums)
    if breaks:
        raise TieOutBroken(month=month, breaks=breaks, is_closed=is_closed)


def _settled(found: ClosedCard, sums: Sequence[PartnerSum], *, newly: bool) -> Settled:
    currencies = sorted({due.total.currency for due in sums})
    return Settled(
        closed=found,
        newly=newly,
        partners=len({due.partner for due in sums}),
        zero_lines=sum(due.zero_lines for due in sums),
        totals=tuple(
            sum_money((due.total for due in sums if due.total.currency == currency), currency)
            for currency in currencies
        ),
        waiting=tuple(
            (currency, lines)
            for currency in currencies
            if (lines := sum(due.waiting for due in sums if due.total.currency == currency))
        ),
    )
