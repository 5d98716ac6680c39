"""`ofrecord web`: serves the pages and the API."""

import typer

from ofrecord.commands.installation import enter_application, require_sound_settings, warn_of_lost_books
from ofrecord.commands.options import (
    DEFAULT_HOST,
    DEFAULT_PORT,
    DEFAULT_WORKERS,
    HostOption,
    PortOption,
    WorkersOption,
)

# Few: a request is short, and each thread keeps a connection to the database.
_THREADS = 4
_STOP_SECONDS = 8


def add_to(app: typer.Typer) -> None:
    app.command()(web)


def web(
    host: HostOption = DEFAULT_HOST, port: PortOption = DEFAULT_PORT, workers: WorkersOption = DEFAULT_WORKERS
) -> None:
    """Serve the pages and the API.

    DATABASE_URL names the database under the application's role; a role that row-level security would not
    hold is refused, and so is a database that is behind this version.
    """
    require_sound_settings()
    enter_application()
    warn_of_lost_books()
    from django.db import connections  # noqa: PLC0415
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.server import Server  # noqa: PLC0415

    # The web processes are forks of this one; a connection must not be shared with them.
    connections.close_all()
    Server(
        "ofrecord.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=_THREADS,
        websockets=False,
        workers_kill_timeout=_STOP_SECONDS,
    ).serve()
