"""`ofrecord migrate`: brings the database to this version of Of Record."""

import os

import typer

from ofrecord.commands.installation import required, set_up_django
from ofrecord.machine.folder import Mode
from ofrecord.machine.roles import grant, role_of


def add_to(app: typer.Typer) -> None:
    app.command()(migrate)


def migrate() -> None:
    """Bring the database to this version and let the application's role work in it.

    OFRECORD_OWNER_DATABASE_URL names the database under the role that owns it; DATABASE_URL names it under
    the role of the application, which gets the right to read and write rows and nothing else. Running it
    again changes nothing.
    """
    owner_url = required("OFRECORD_OWNER_DATABASE_URL", "the database, under the role that owns it")
    app_url = required("DATABASE_URL", "the database, under the application's role")
    apply_migrations()
    grant(owner_url, role_of(app_url))


def apply_migrations() -> None:
    """As the owner. A real installation begins with that; a demonstration begins when it is loaded."""
    os.environ["OFRECORD_MIGRATING"] = "yes"
    set_up_django()
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    from ofrecord.flows.found_installation import found  # noqa: PLC0415

    call_command("migrate", interactive=False, verbosity=1)
    if settings.MODE == Mode.REAL:
        found(mode=Mode.REAL.value)
