"""`ofrecord worker`: does the deferred jobs and starts the periodic ones."""

import typer

from ofrecord.commands.installation import enter_application, require_sound_settings, warn_of_lost_books

_STOP_SECONDS = 8.0
# A worker also says goodbye to the database. Where that went away first, it does not wait for it longer than this:
# the pool's own patience, 30 s, would let a worker outlive its killed parent for so long.
_CONNECTION_SECONDS = 5.0
_AT_ONCE = 4


def add_to(app: typer.Typer) -> None:
    app.command()(worker)


def worker() -> None:
    """Do the deferred jobs, and start the periodic ones when they fall due.

    DATABASE_URL names the database under the application's role. Any number of workers may run; each job is
    done by one of them. Asked to end, a worker finishes what it has begun, within a few seconds.
    """
    require_sound_settings()
    enter_application()
    warn_of_lost_books()
    from procrastinate import PsycopgConnector  # noqa: PLC0415
    from procrastinate.contrib.django import app, connector_params  # noqa: PLC0415

    connector = PsycopgConnector(kwargs=connector_params(), timeout=_CONNECTION_SECONDS)
    with app.replace_connector(connector) as queue:
        queue.run_worker(name="worker", concurrency=_AT_ONCE, shutdown_graceful_timeout=_STOP_SECONDS)
