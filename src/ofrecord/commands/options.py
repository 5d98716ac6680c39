"""The options that several verbs share."""

from pathlib import Path
from typing import Annotated

import typer

DataOption = Annotated[
    Path,
    typer.Option(
        "--data", envvar="OFRECORD_DATA", help="The data folder.", file_okay=False, show_default=True
    ),
]
DEFAULT_DATA = Path("data")

HostOption = Annotated[str, typer.Option("--host", help="The address to listen on; 0.0.0.0 is every one.")]
PortOption = Annotated[int, typer.Option("--port", min=1, max=65535, help="The port to listen on.")]
WorkersOption = Annotated[int, typer.Option("--workers", min=1, max=64, help="How many web processes.")]
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8420
DEFAULT_WORKERS = 2

LineArgument = Annotated[
    str,
    typer.Argument(metavar="LINE", help="The line's name, such as 2026-10/4821193755.", show_default=False),
]
