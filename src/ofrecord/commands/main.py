"""The `ofrecord` command and its verbs."""

import sys
from importlib import metadata
from typing import Annotated

import typer

from ofrecord.commands import (
    demonstration,
    engine,
    explain,
    found,
    ledger,
    migrate,
    pool,
    preview,
    program,
    publish,
    rates,
    receipts,
    record,
    settle,
    statement,
    tie_out,
    up,
    verify_line,
    web,
    why_not,
    worker,
)
from ofrecord.kernel.refusal import Refusal

EXIT_REFUSED = 1

# In the order in which --help shows them. A verb is a file with `add_to(app)`; it imports what is heavy when
# it is used.
VERBS = (
    up,
    program,
    publish,
    rates,
    pool,
    record,
    receipts,
    preview,
    settle,
    tie_out,
    explain,
    why_not,
    verify_line,
    statement,
    ledger,
    engine,
    found,
    migrate,
    web,
    worker,
    demonstration,
)

app = typer.Typer(
    name="ofrecord",
    help="Of Record: a channel program system that vendors and partners can believe.",
    epilog="Exit codes: 0 done; 1 refused, with the reason in a sentence; 2 the command was not understood.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for verb in VERBS:
    verb.add_to(app)


def _say_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"ofrecord {metadata.version('ofrecord')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_say_version, help="Say which version it is.")
    ] = False,
) -> None:
    """What holds for no verb."""


def run() -> None:
    """What `.venv/bin/ofrecord` calls: a refusal becomes its sentence and exit code 1."""
    try:
        app()
    except Refusal as refusal:
        typer.echo(str(refusal), err=True)
        sys.exit(EXIT_REFUSED)
