"""`ofrecord worker`: does the deferred jobs and starts the periodic ones."""

import typer

from ofrecord.commands.installation import enter_application, require_sound_settings

_STOP_SECONDS = 8.0
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
    from procrastinate.contrib.django import app  # noqa: PLC0415
    from procrastinate.contrib.django.django_connector import DjangoConnector  # noqa: PLC0415

    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as queue:
        queue.run_worker(name="worker", concurrency=_AT_ONCE, shutdown_graceful_timeout=_STOP_SECONDS)
