"""`ofrecord demonstration`: what `ofrecord up --demo` runs before it serves. Hidden: nobody else needs it."""

import typer

from ofrecord.commands.installation import enter_application


def add_to(app: typer.Typer) -> None:
    app.command(hidden=True)(demonstration)


def demonstration() -> None:
    """Begin the demonstration, once, and say how to sign in."""
    enter_application(is_begun=False)
    from ofrecord.demonstration.begin import begin_demonstration  # noqa: PLC0415

    for line in begin_demonstration():
        typer.echo(line)
