"""`ofrecord ledger`: the ledger for other programs."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ofrecord.commands.installation import enter
from ofrecord.commands.options import DEFAULT_DATA, DataOption

ledger = typer.Typer(help="The ledger, for accounting programs.", no_args_is_help=True)


class Format(StrEnum):
    """Whose syntax; the names on the command line."""

    HLEDGER = "hledger"
    BEANCOUNT = "beancount"


FileArgument = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="Where the journal is written.", dir_okay=False, show_default=False),
]
FormatOption = Annotated[Format, typer.Option("--format", help="Whose syntax.", show_default=True)]
UntilOption = Annotated[
    datetime | None,
    typer.Option(
        "--until",
        formats=["%Y-%m-%d"],
        metavar="DAY",
        help="The last day, such as 2026-10-31; all days without it.",
    ),
]


def add_to(app: typer.Typer) -> None:
    app.add_typer(ledger, name="ledger")


@ledger.command()
def export(
    file: FileArgument,
    form: FormatOption = Format.HLEDGER,
    until: UntilOption = None,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Write every transfer as plain-text accounting, with what each account holds at the end.

    hledger or beancount can then add it all up; they refuse the file if an account does not hold what it says.
    A file of that name is replaced.
    """
    enter(data)
    from ofrecord.access.rules import SERVER  # noqa: PLC0415
    from ofrecord.flows.export_ledger import export_ledger  # noqa: PLC0415
    from ofrecord.ledger.export import Style  # noqa: PLC0415

    last = None if until is None else until.date()
    part = file.with_name(f"{file.name}.part")
    with part.open("w", encoding="utf-8", newline="\n") as into:
        day = export_ledger(reader=SERVER, style=Style(form.value), until=last, into=into)
    part.replace(file)
    typer.echo(f"The ledger until {day} is in {file}.")
