"""`ofrecord record`: what the vendor records by hand, from a file."""

from pathlib import Path
from typing import Annotated

import typer

from ofrecord.commands.installation import enter
from ofrecord.commands.options import DEFAULT_DATA, DataOption

record = typer.Typer(help="Record what the vendor knows of its partners, from a file.", no_args_is_help=True)

FileArgument = Annotated[
    Path,
    typer.Argument(
        help="CSV with the columns partner, tier, first and, as wanted, until, replaces_later, reason.",
        show_default=False,
    ),
]


def add_to(app: typer.Typer) -> None:
    app.add_typer(record, name="record")


@record.callback()
def _group() -> None:
    """Keeps the verb `tiers` even while it is the only one."""


@record.command()
def tiers(file: FileArgument, data: DataOption = DEFAULT_DATA) -> None:
    """Record every tier of a file, or none and say every fault with its line. The same file again adds nothing.

    Exit code 0: recorded, or recorded before. 1: refused, with every fault.
    """
    enter(data)
    from ofrecord.access.rules import SERVER  # noqa: PLC0415
    from ofrecord.access.scope import entered  # noqa: PLC0415
    from ofrecord.access.types import OFFICE  # noqa: PLC0415
    from ofrecord.clock.queries import now  # noqa: PLC0415
    from ofrecord.flows.set_tier import import_tiers  # noqa: PLC0415
    from ofrecord.partners.refusals import TiersFaulty  # noqa: PLC0415

    content = _content(file)
    try:
        with entered(OFFICE):
            new, known = import_tiers(reader=SERVER, at=now(), content=content)
    except TiersFaulty as refusal:
        for fault in refusal.faults:
            typer.echo(f"{file}: {fault}", err=True)
        typer.echo(f"{len(refusal.faults):,} to put right; nothing was recorded.", err=True)
        raise typer.Exit(1) from refusal
    typer.echo(f"{new:,} recorded, {known:,} recorded before.")


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        typer.echo(f"{file} cannot be read: {(error.strerror or 'no reason known').lower()}.", err=True)
        raise typer.Exit(1) from error
