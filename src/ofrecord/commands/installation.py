"""How a verb gets at an installation: what DATABASE_URL names, or what runs on a data folder."""

import logging
import os
from pathlib import Path

from ofrecord.commands.refusals import NotBegun
from ofrecord.machine.environment import application_environment
from ofrecord.machine.folder import DataFolder
from ofrecord.machine.refusals import NotRunning, NotSet, SchemaNotCurrent
from ofrecord.machine.roles import check_app_role

SETTINGS = "ofrecord.site.settings"


def enter(data: Path) -> None:
    """Readies Django for the installation, for verbs that read or change rows."""
    if "DATABASE_URL" not in os.environ:
        os.environ.update(_environment(DataFolder(data)))
    enter_application()


def enter_application(*, is_begun: bool = True) -> None:
    """Readies Django for DATABASE_URL; refuses too mighty a role, an old schema, an unwound clock."""
    check_app_role(required("DATABASE_URL", "the database, under the application's role"))
    set_up_django()
    _check_schema()
    if is_begun:
        _check_clock()


def require_sound_settings() -> None:
    """Refuses, before anything is served, what only the close of a month would stumble over.

    Raises EngineUnknown, MasterUnclear, MemoryUnclear, SparkMissing, StorageMissing, CredentialsInUrl, FolderUnclear.
    """
    from ofrecord.engine.choice import require_installed, stated  # noqa: PLC0415
    from ofrecord.engine.storage import folder_at, require_reachable  # noqa: PLC0415

    require_installed(stated(os.environ))
    if os.environ.get("OFRECORD_BOOKS"):
        require_reachable(folder_at(os.environ["OFRECORD_BOOKS"]))


def warn_of_lost_books() -> None:
    """Says at once where the book of the latest closed month is not in its place: pages would say it one by one.

    No reason not to serve: what needs no book goes on, and a book can be put back meanwhile.
    """
    from ofrecord.settlement.queries import require_book_there  # noqa: PLC0415

    try:
        require_book_there()
    # Each store has faults of its own, such as credentials that it does not find.
    except Exception as lost:
        logging.getLogger(__name__).warning("%s Is OFRECORD_BOOKS what it was when it was closed?", lost)


def required(variable: str, meaning: str) -> str:
    """The variable's value; refused when it is not set."""
    value = os.environ.get(variable, "")
    if not value:
        raise NotSet(variable, meaning)
    return value


def set_up_django() -> None:
    """Loads every room's models."""
    import django  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    django.setup()


def _environment(folder: DataFolder) -> dict[str, str]:
    running = folder.running()
    if running is None or not Path(running.socket).is_dir():
        raise NotRunning(folder.root)
    return application_environment(folder, folder.known_identity(), running)


def _check_schema() -> None:
    from django.db import connection  # noqa: PLC0415
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise SchemaNotCurrent(len(missing))


def _check_clock() -> None:
    from ofrecord.clock.queries import is_wound  # noqa: PLC0415

    if not is_wound():
        raise NotBegun
