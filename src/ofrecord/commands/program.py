"""`ofrecord program`: check a program document, and write the guide that partners read."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ofrecord.flows.check_program import CheckedProgram
    from ofrecord.program.story_types import WorkedExample, WorkedPeriod

program = typer.Typer(
    help="Check a program document, and write the guide that partners read.", no_args_is_help=True
)

FileArgument = Annotated[Path, typer.Argument(help="The program document, a TOML file.", show_default=False)]


class Format(StrEnum):
    """How the guide is written."""

    MD = "md"
    HTML = "html"


def add_to(app: typer.Typer) -> None:
    app.add_typer(program, name="program")


@program.command()
def check(file: FileArgument) -> None:
    """Report every fault of the document at once, with its line and a remedy, and run its examples.

    Exit code 0: no fault. 1: faults, all of them listed.
    """
    checked = _checked(file)
    assert checked.terms is not None, "faults end the command"
    terms = checked.terms
    typer.echo(f"{terms.title}, version {terms.version}: no fault in {len(terms.clauses)} clauses.")
    for worked in checked.examples:
        for line in _example_lines(worked):
            typer.echo(line)


@program.command()
def guide(
    file: FileArgument,
    format: Annotated[Format, typer.Option("--format", help="Markdown, or a page of HTML.")] = Format.MD,
) -> None:
    """Write the guide to the program on standard output, made of the rules that pay, examples included.

    Exit code 0: written. 1: the document has faults, all of them listed.
    """
    from ofrecord.program import guide as guides  # noqa: PLC0415
    from ofrecord.program.guide_html import guide_page  # noqa: PLC0415
    from ofrecord.program.guide_markdown import guide_markdown  # noqa: PLC0415

    checked = _checked(file)
    assert checked.terms is not None, "faults end the command"
    written = guides.guide(checked.terms, checked.examples)
    typer.echo(guide_page(written) if format is Format.HTML else guide_markdown(written), nl=False)


def _checked(file: Path) -> "CheckedProgram":
    """The document without a fault; otherwise its faults are listed and the command ends."""
    from ofrecord.flows.check_program import check_program  # noqa: PLC0415

    checked = check_program(document_bytes(file))
    for fault in checked.faults:
        typer.echo(f"{file}:{fault}", err=True)
    if checked.faults:
        count = len(checked.faults)
        typer.echo(f"{count} fault{'' if count == 1 else 's'}.", err=True)
        raise typer.Exit(1)
    return checked


def document_bytes(file: Path) -> bytes:
    """The file's bytes, one more than a document may have at most: the check says that it is too large."""
    from ofrecord.program.document import LARGEST_BYTES  # noqa: PLC0415

    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST_BYTES + 1)
    except OSError as error:
        typer.echo(
            f"{file}: This file cannot be read: {(error.strerror or 'no reason known').lower()}.", err=True
        )
        raise typer.Exit(1) from error


def _example_lines(worked: "WorkedExample") -> Iterator[str]:
    """What the sale itself pays, and below it what each partner or role is paid for everything."""
    own = f": {_periods_words(worked.periods)}" if worked.periods else ""
    yield f"  {worked.example.says}{own}"
    for payee, periods in worked.to:
        yield f"    to {payee}: {_periods_words(periods)}"


def _periods_words(periods: "Sequence[WorkedPeriod]") -> str:
    from ofrecord.kernel.words import money_words  # noqa: PLC0415

    return ", ".join(f"{period.period} {money_words(period.paid)}" for period in periods)
