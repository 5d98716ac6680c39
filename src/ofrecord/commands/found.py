"""`ofrecord found`: invites the first channel chief of a new installation."""

from typing import Annotated

import typer

from ofrecord.commands.installation import enter
from ofrecord.commands.options import DEFAULT_DATA, DataOption

NameArgument = Annotated[str, typer.Argument(help="The channel chief's name.", show_default=False)]
EmailArgument = Annotated[str, typer.Argument(help="Where the chief signs in with.", show_default=False)]


def add_to(app: typer.Typer) -> None:
    app.command()(found)


def found(name: NameArgument, email: EmailArgument, data: DataOption = DEFAULT_DATA) -> None:
    """Print the link with which the first channel chief chooses a password; the chief invites everybody else.

    The link works once and for fourteen days; hand it over by a way you trust.
    """
    enter(data)
    from ofrecord.clock.queries import now  # noqa: PLC0415
    from ofrecord.flows.found_installation import invite_first_chief  # noqa: PLC0415
    from ofrecord.mail.addresses import absolute  # noqa: PLC0415

    secret = invite_first_chief(at=now(), name=name, email=email)
    typer.echo(absolute("join", secret))
