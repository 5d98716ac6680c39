"""`ofrecord settle`: closes a month."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from ofrecord.commands.installation import enter
from ofrecord.commands.interrupting import again, interruptible
from ofrecord.commands.options import DEFAULT_DATA, DataOption
from ofrecord.commands.progress import progress_bar
from ofrecord.kernel.calendar import CalendarFault, Month

if TYPE_CHECKING:
    from ofrecord.settlement.types import Progress, Settled


def month_of(text: str) -> Month:
    """The month that a person typed."""
    try:
        return Month.parse(text)
    except CalendarFault as fault:
        raise typer.BadParameter(str(fault)) from fault


MonthArgument = Annotated[
    Month,
    typer.Argument(parser=month_of, metavar="MONTH", help="The month, such as 2026-10.", show_default=False),
]


class EngineName(StrEnum):
    """What works out the fees; the lines are the same."""

    AUTO = "auto"
    JUDGE = "judge"
    DUCKDB = "duckdb"
    SPARK = "spark"


EngineOption = Annotated[
    EngineName,
    typer.Option(
        "--engine",
        envvar="OFRECORD_ENGINE",
        help="What works out the fees: auto takes the judge for few lines and duckdb for many. The lines are the same.",
    ),
]
MasterOption = Annotated[
    str | None,
    typer.Option(
        "--master",
        envvar="OFRECORD_SPARK_MASTER",
        help="The master of the Spark cluster, such as spark://host:7077; without one Spark runs in this process.",
        show_default=False,
    ),
]
MemoryOption = Annotated[
    str,
    typer.Option(
        "--memory", envvar="OFRECORD_ENGINE_MEMORY", help="What duckdb may take before it spills to disk."
    ),
]


def add_to(app: typer.Typer) -> None:
    app.command()(settle)


def settle(
    context: typer.Context,
    month: MonthArgument,
    *,
    engine: EngineOption = EngineName.AUTO,
    master: MasterOption = None,
    memory: MemoryOption = "2GB",
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Close a month: bill what is not billed yet, work out every fee, keep the book, post, write the statements.

    Months are closed in order, once each; closing a month again adds nothing, checks its book, and says so. A
    run may be ended at any time, also by Ctrl-C: nothing is posted before its last step, and the next run does the
    whole.
    """
    # The environment may name the master for all runs, also for those that need none.
    source = context.get_parameter_source("master")
    if source is not None and source.name == "COMMANDLINE" and engine is not EngineName.SPARK:
        raise typer.BadParameter("--master is of --engine spark")
    from ofrecord.engine.choice import Choice  # noqa: PLC0415

    choice = Choice(engine.value, master or None, memory)
    enter(data)
    from ofrecord.access.types import SYSTEM  # noqa: PLC0415
    from ofrecord.clock.queries import now  # noqa: PLC0415
    from ofrecord.flows.settle_period import settle_period  # noqa: PLC0415

    began = time.monotonic()
    for line in notes(month):
        typer.echo(line, err=True)
    at = now()
    with watching(month) as watch, interruptible(partial(interrupted, month)) as was_interrupted:
        settled = settle_period(
            by=SYSTEM, at=at, month=month, progress=watch, choice=choice, was_interrupted=was_interrupted
        )
    # PostgreSQL hands back an instant: which day it was depends on where the program is at home.
    closed_on = settled.closed.closed_at.astimezone(at.tzinfo).date()
    for line in summary(settled, closed_on, time.monotonic() - began):
        typer.echo(line)


@contextmanager
def watching(month: Month) -> "Iterator[Callable[[Progress], None]]":
    """Shows how far the month's run is. Hands what is to be told of it."""
    with progress_bar() as bar:
        task = bar.add_task(str(month), total=None)

        def watch(progress: "Progress") -> None:
            bar.update(task, total=progress.steps, completed=progress.done, description=progress.says)

        yield watch


def notes(month: Month) -> list[str]:
    """What a close of the month will have to do without, a line each; nothing of a month that cannot be closed."""
    from ofrecord.access.scope import entered  # noqa: PLC0415
    from ofrecord.access.types import OFFICE  # noqa: PLC0415
    from ofrecord.clock.queries import now  # noqa: PLC0415
    from ofrecord.flows.before_close import lacking  # noqa: PLC0415
    from ofrecord.settlement.queries import closable  # noqa: PLC0415

    with entered(OFFICE):
        can_be_closed = closable(now().date()) == month
    return [f"{each.sentence} {each.remedy}" for each in lacking(month)] if can_be_closed else []


def interrupted(month: Month) -> str:
    """What came of a run that was interrupted: it may have been about to end."""
    from django.db import DatabaseError, connection  # noqa: PLC0415

    from ofrecord.kernel.words import month_words  # noqa: PLC0415
    from ofrecord.settlement.queries import closed  # noqa: PLC0415

    # In what state the interruption left it nobody knows.
    connection.close()
    try:
        is_closed = closed(month) is not None
    except DatabaseError:
        return f"Interrupted. The database does not answer; what came of it, and the whole: {again()}"
    if is_closed:
        return f"Interrupted when {month_words(month)} was closed already. To see what it came to: {again()}"
    return f"Interrupted. Nothing was posted. To do the whole again: {again()}"


def summary(settled: "Settled", closed_on: date, seconds: float) -> list[str]:
    """What closing came to, a line each."""
    from ofrecord.kernel.words import day_words, money_words, month_words  # noqa: PLC0415

    closed, month = settled.closed, month_words(settled.closed.month)
    first = (
        f"{month} is closed."
        if settled.newly
        else f"{month} was closed on {day_words(closed_on)}; nothing was added."
    )
    totals = ", ".join(money_words(total) for total in settled.totals) or "nothing"
    return [
        first,
        f"  fees      {totals} to {settled.partners:,} partners",
        f"  lines     {closed.lines:,}, of which {settled.zero_lines:,} earned nothing",
        *(
            f"  waiting   {lines:,} {'line' if lines == 1 else 'lines'} for an exchange rate into {currency}; "
            f"due with the close after it is recorded"
            for currency, lines in settled.waiting
        ),
        f"  billed    {closed.facts:,} invoice lines",
        *([f"  engine    {settled.says}"] if settled.says else []),
        f"  book      {closed.book_sha256}",
        f"  snapshot  {closed.snapshot_sha256}",
        f"  time      {seconds:.1f} s",
    ]
