"""`ofrecord engine`: looks at the steps in which columns work out a month."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from ofrecord.commands.installation import enter
from ofrecord.commands.interrupting import interruptible
from ofrecord.commands.options import DEFAULT_DATA, DataOption
from ofrecord.commands.progress import working
from ofrecord.commands.refusals import FileNotWritable, FileThere
from ofrecord.commands.settle import MemoryOption, month_of
from ofrecord.kernel.calendar import Month

engine_app = typer.Typer(help="Look at the steps in which columns work out a month.", no_args_is_help=True)

MonthOption = Annotated[
    Month,
    typer.Option("--month", parser=month_of, metavar="MONTH", help="A closed month, such as 2026-10."),
]
StepArgument = Annotated[
    str | None, typer.Argument(help="The step's name; without one the steps are listed.", show_default=False)
]
RowsOption = Annotated[int, typer.Option("--rows", min=1, max=10_000, help="At most so many rows.")]
WhereOption = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="COLUMN=TEXT",
        help="Only rows whose column says so. Partners, customers and subscriptions are named by their ids.",
        show_default=False,
    ),
]
ColumnsOption = Annotated[
    str | None,
    typer.Option(
        "--columns", metavar="NAME,NAME…", help="Only these columns, in this order.", show_default=False
    ),
]
ToOption = Annotated[
    Path | None,
    typer.Option("--to", help="Write all rows as Parquet into this new file instead.", show_default=False),
]


def add_to(app: typer.Typer) -> None:
    app.add_typer(engine_app, name="engine")


@engine_app.command()
def show(
    month: MonthOption,
    step: StepArgument = None,
    *,
    rows: RowsOption = 20,
    where: WhereOption = None,
    columns: ColumnsOption = None,
    to: ToOption = None,
    memory: MemoryOption = "2GB",
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Show what a step of a closed month's settlement gives, from its snapshot: the rows that the next step reads.

    The last step is what the month booked. Nothing is written and nothing posted. Snapshots of closes before the
    columns came cannot be shown.
    """
    from ofrecord.engine.choice import DUCKDB, Choice  # noqa: PLC0415

    conditions = [_condition(text) for text in where or ()]
    names = [*dict.fromkeys(filter(None, (name.strip() for name in (columns or "").split(","))))]
    within = Choice(DUCKDB, memory=memory).memory
    enter(data)
    from ofrecord.engine.looking import Asked  # noqa: PLC0415
    from ofrecord.flows.show_step import listed, shown, written  # noqa: PLC0415

    if step is None:
        with interruptible(), working(f"Putting the steps of {month} into words"):
            steps = listed(month, within)
        for name in steps:
            typer.echo(name)
    elif to is not None:
        with interruptible(), new_file(to), working(f"Working out {step} of {month}"):
            rows_written = written(month, within, Asked(step, conditions, names), to)
        typer.echo(f"{rows_written:,} rows are in {to}.")
    else:
        with interruptible(), working(f"Working out {step} of {month}"):
            found = shown(month, within, Asked(step, conditions, names), rows)
        for line in found.lines:
            typer.echo(line)
        typer.echo(found.says, err=True)


@contextmanager
def new_file(path: Path) -> Iterator[None]:
    """The file is ours from the first: gone again where what should be in it does not come.

    Raises FileThere, FileNotWritable.
    """
    try:
        path.open("xb").close()
    except FileExistsError as fault:
        raise FileThere(file=str(path)) from fault
    except OSError as fault:
        raise FileNotWritable(file=str(path), why=fault.strerror or str(fault)) from fault
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _condition(text: str) -> tuple[str, str]:
    column, sign, value = text.partition("=")
    if not sign:
        raise typer.BadParameter(f'{text!r} is no condition; write it like "partner=0192…"')
    return column, value
