"""`ofrecord rates`: what a euro was worth, recorded from a publication, and shown."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ofrecord.commands.installation import enter
from ofrecord.commands.options import DEFAULT_DATA, DataOption
from ofrecord.exchange.types import exact_text

if TYPE_CHECKING:
    from ofrecord.exchange.types import Change, Learned

rates = typer.Typer(
    help="Record exchange rates as the European Central Bank publishes them, and show them.",
    no_args_is_help=True,
)

FileArgument = Annotated[
    Path,
    typer.Argument(
        help="eurofxref-hist.zip, eurofxref-hist.csv, eurofxref.csv or eurofxref-daily.xml.",
        show_default=False,
    ),
]
ThroughOption = Annotated[
    datetime | None,
    typer.Option("--through", formats=["%Y-%m-%d"], help="Leave out what is of later days, and count it."),
]
DayOption = Annotated[
    datetime | None,
    typer.Option(
        "--day", formats=["%Y-%m-%d"], help="The rates as of that day; without it those of the latest."
    ),
]
CorrectOption = Annotated[
    bool,
    typer.Option("--correct", help="Write over rates that are known otherwise; both stay on the record."),
]


def add_to(app: typer.Typer) -> None:
    app.add_typer(rates, name="rates")


@rates.command(name="import")
def import_file(
    file: FileArgument,
    correct: CorrectOption = False,
    through: ThroughOption = None,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Record every rate of a file, or none and say every fault with its line. The same file again adds nothing.

    Exit code 0: recorded, or known already. 1: refused, with every fault or every rate that is known otherwise.
    """
    enter(data)
    from ofrecord.access.rules import SERVER  # noqa: PLC0415
    from ofrecord.access.scope import entered  # noqa: PLC0415
    from ofrecord.access.types import OFFICE  # noqa: PLC0415
    from ofrecord.clock.queries import now  # noqa: PLC0415
    from ofrecord.exchange.refusals import RatesDiffer, RatesFaulty  # noqa: PLC0415
    from ofrecord.flows import import_rates  # noqa: PLC0415

    content = _content(file)
    try:
        with entered(OFFICE):
            learned = import_rates.import_file(
                reader=SERVER,
                at=now(),
                name=file.name,
                content=content,
                correct=correct,
                through=through.date() if through else None,
            )
    except RatesFaulty as refusal:
        count = len(refusal.faults)
        noun = "1 fault" if count == 1 else f"{count:,} faults"
        _refused([f"{file}: {fault}" for fault in refusal.faults], f"{noun}; nothing was recorded.")
    except RatesDiffer as refusal:
        told = [change_words(change) for change in refusal.changes]
        _refused(told, "Nothing was recorded. If the file is right, import it with --correct.")
    else:
        for line in summary(learned):
            typer.echo(line)


@rates.command()
def show(day: DayOption = None, data: DataOption = DEFAULT_DATA) -> None:
    """Show what one euro is worth in each currency: of each the latest rate, up to the day if one is named."""
    enter(data)
    from ofrecord.access.scope import entered  # noqa: PLC0415
    from ofrecord.access.types import OFFICE  # noqa: PLC0415
    from ofrecord.exchange.queries import latest_rates  # noqa: PLC0415

    with entered(OFFICE):
        found = latest_rates(OFFICE, day.date() if day else None)
    for rate in found:
        typer.echo(f"{rate.day}  1 EUR = {exact_text(rate.per_euro)} {rate.currency}")
    if not found:
        typer.echo("No rate is known.")


def change_words(change: "Change") -> str:
    """2026-10-09 USD: 1.0835 is known, 1.0853 is given"""
    known, given = exact_text(change.known), exact_text(change.given)
    return f"{change.day} {change.currency}: {known} is known, {given} is given"


def summary(learned: "Learned") -> list[str]:
    """What an import came to, a line each."""
    lines = [f"{learned.added:,} rates are new, {learned.known:,} were known."]
    if learned.corrected:
        lines.append(f"{len(learned.corrected):,} were corrected:")
        lines += [f"  {change_words(change)}" for change in learned.corrected]
    if learned.left_out:
        lines.append(f"{learned.left_out:,} of later days were left out.")
    return lines


def _refused(lines: list[str], last: str) -> None:
    for line in (*lines, last):
        typer.echo(line, err=True)
    raise typer.Exit(1)


def _content(file: Path) -> bytes:
    """The file's bytes, one more than a file may have at most: reading it says that it is too large."""
    from ofrecord.exchange.published_file import LARGEST_BYTES  # noqa: PLC0415

    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "no reason known").lower()
        typer.echo(f"{file}: This file cannot be read: {reason}.", err=True)
        raise typer.Exit(1) from error
