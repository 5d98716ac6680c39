"""`ofrecord record payments` and `ofrecord record credits`: what the bank and the books say, from a file."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from ofrecord.commands.installation import enter
from ofrecord.commands.options import DEFAULT_DATA, DataOption
from ofrecord.commands.record import record

if TYPE_CHECKING:
    from ofrecord.access.types import Reader

PaymentsArgument = Annotated[
    Path,
    typer.Argument(
        help="CSV with the columns invoice,day,amount,currency,reference; no amount means all that is owed.",
        show_default=False,
    ),
]
CreditsArgument = Annotated[
    Path,
    typer.Argument(
        help="CSV with the columns invoice,line,kind,day,amount,currency,reason,reference; no line means the "
        "whole invoice, no amount all that can be taken back.",
        show_default=False,
    ),
]


class _Recording(Protocol):
    def __call__(self, *, reader: "Reader", at: datetime, content: bytes) -> int: ...


def add_to(app: typer.Typer) -> None:
    """Beside what else is recorded from a file."""
    assert any(group.typer_instance is record for group in app.registered_groups), "record comes first"
    record.command()(payments)
    record.command()(credits)


def payments(file: PaymentsArgument, data: DataOption = DEFAULT_DATA) -> None:
    """Record every payment of a file, or none and say every fault with its line. The same file again adds nothing.

    Exit code 0: recorded, or recorded before. 1: refused, with every fault.
    """
    enter(data)
    from ofrecord.flows.record_from_file import record_payments  # noqa: PLC0415

    _record(file, record_payments, "payment")


def credits(file: CreditsArgument, data: DataOption = DEFAULT_DATA) -> None:
    """Record every credit of a file, or none and say every fault with its line. The same file again adds nothing.

    A credit is a refund, a credit note, a chargeback, a chargeback won back or a write-off. Exit codes as of payments.
    """
    enter(data)
    from ofrecord.flows.record_from_file import record_credits  # noqa: PLC0415

    _record(file, record_credits, "credit")


def _record(file: Path, recording: _Recording, noun: str) -> None:
    from ofrecord.access.rules import SERVER  # noqa: PLC0415
    from ofrecord.access.scope import entered  # noqa: PLC0415
    from ofrecord.access.types import OFFICE  # noqa: PLC0415
    from ofrecord.billing.refusals import FileFaulty  # noqa: PLC0415
    from ofrecord.clock.queries import now  # noqa: PLC0415

    content = _content(file)
    try:
        with entered(OFFICE):
            count = recording(reader=SERVER, at=now(), content=content)
    except FileFaulty as refusal:
        for line, says in refusal.faults:
            typer.echo(f"{file}:{line}: {says}", err=True)
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from refusal
    typer.echo(f"{count:,} {noun}{' is' if count == 1 else 's are'} on the record.")


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        typer.echo(f"{file} cannot be read: {(error.strerror or 'no reason known').lower()}.", err=True)
        raise typer.Exit(1) from error
