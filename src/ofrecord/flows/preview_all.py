"""What the open month comes to for all partners: worked out as a close works it out, and nothing of it stays.

Of few invoice lines by the judge, as one partner's preview is; of many in columns, beginning from what the last close
kept. Then the month's bills that are not written yet are told beside those that are, and what a close would keep beside
the books is written into a folder of its own, which is gone when the figures are known.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final
from uuid import UUID

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.billing.fact_parts import EXPECTED
from ofrecord.billing.facts import expected_lines, has_more_invoices
from ofrecord.engine.choice import DUCKDB, JUDGE, JUDGED_AT_ONCE, SPARK, Choice, choose
from ofrecord.engine.scratch import scratch
from ofrecord.engine.storage import Layered
from ofrecord.engine.types import History, PartnerSum
from ofrecord.flows.at_work import AtWork
from ofrecord.flows.gather_history import laws
from ofrecord.flows.later_rates import with_later_rates
from ofrecord.flows.preview_month import of_all
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.program.queries import in_force
from ofrecord.settlement.queries import books_folder, last_closed, openings, released_in
from ofrecord.settlement.rules import all_figures
from ofrecord.settlement.types import MonthForeseen
from ofrecord.subscriptions.facts import denominators_shared

if TYPE_CHECKING:
    from ofrecord.engine.closing import Closing

STEPS: Final = 3


def preview_of_all(work: AtWork, today: date, choice: Choice) -> MonthForeseen:
    """What closing the month, which is the one to be closed next, would come to for all partners.

    Raises RunStopped where the work is asked to stop, and BookMissing, BookAltered.
    """
    with entered(OFFICE):
        known, is_large = laws(), has_more_invoices(None, JUDGED_AT_ONCE)
        lines = JUDGED_AT_ONCE + is_large
        chosen = choose(_beside_the_books(choice), known, lines, denominators_shared())
        if chosen.name == JUDGE:
            work.step("Working out what everything earns")
            return of_all(work.month, today, work.judging)
    return _in_columns(work, today, choice)


def _beside_the_books(choice: Choice) -> Choice:
    """A cluster reaches no folder of this machine, where nothing is left: what would be on Spark is on DuckDB."""
    return replace(choice, name=DUCKDB) if choice.name == SPARK else choice


def _in_columns(work: AtWork, today: date, choice: Choice) -> MonthForeseen:
    # Engines take a second to be loaded: whoever only asks for a preview, or shows one, does not wait for that.
    from ofrecord.flows.keep_snapshot import ToCome, keep_snapshot  # noqa: PLC0415
    from ofrecord.flows.month_in_columns import month_in_columns  # noqa: PLC0415

    with entered(OFFICE):
        payment, former = in_force(work.month.last).terms.payment, last_closed()
    later = _LaterRates(work.month, today, payment.rate_days)
    with scratch(books_folder()) as upper:
        folder = Layered(upper, books_folder())
        work.step("Keeping what was billed, paid and taken back")
        before = None if former is None else (former.month, former.snapshot_sha256)
        to_come = ToCome(partial(expected_lines, work.month), later.stand_in)
        snapshot, index = keep_snapshot(folder, work.month, before, work.say, to_come, memory=choice.memory)
        work.step(f"Working out what {snapshot.rows:,} new and {index.earlier:,} earlier invoice lines earn")
        known = laws(only=index.program_versions)
        month = month_in_columns(folder, index, snapshot.sha256, known, former)
        sums, expected, is_exchanged = _worked_out(work, today, choice, month)
    with entered(OFFICE):
        figures = all_figures(sums, openings(), released_in(work.month), payment)
    rate_day = later.day if is_exchanged else None
    return MonthForeseen(work.month, today, rate_day, tuple(figures), expected)


@dataclass(slots=True)
class _LaterRates:
    """The rates of the month's last day while it is still to come, and the day of those that stand in for them."""

    month: Month
    today: date
    rate_days: int
    day: date | None = None

    def stand_in(self, known: History) -> History:
        stood_in, self.day = with_later_rates(known, self.month, self.today, self.rate_days)
        return stood_in


def _worked_out(
    work: AtWork, today: date, choice: Choice, month: "Closing"
) -> tuple[list[PartnerSum], dict[tuple[UUID, str], Money], bool]:
    """What each partner's lines come to, what of it is expected, and whether rates stood in."""
    from ofrecord.engine.book_sums import expected_sums, is_exchanged_on, partner_sums  # noqa: PLC0415
    from ofrecord.engine.closing import write_month  # noqa: PLC0415
    from ofrecord.flows.running_engine import running_engine  # noqa: PLC0415

    last, first = month.month.last, month.month.first
    with running_engine(DUCKDB, choice, books_folder(), work.say) as engine:
        written = write_month(engine, month, work.say)
        engine.doing = "Adding up what the lines come to"
        work.step(engine.doing)
        book = month.written(engine, written)
        sums = partner_sums(engine, book)
        by_partner = expected_sums(engine, book, EXPECTED, None if last < today else first)
        is_exchanged = is_exchanged_on(engine, book, last)
    expected = {(UUID(partner), code): money for (partner, code), money in by_partner.items()}
    return sums, expected, is_exchanged
