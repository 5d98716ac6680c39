"""One embedded PostgreSQL for a whole test run, and fresh databases in it within milliseconds.

The owner migrates one database; it is the template from which every other is cloned. Tests sign in as the
application's role, which owns nothing, so what row-level security and the triggers refuse is refused in tests
too.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from django.db import connections
from psycopg import sql

from ofrecord.machine.environment import owner_environment
from ofrecord.machine.folder import DataFolder, Identity, Mode, Running
from ofrecord.machine.postgres import SUPERUSER, database_url, placed
from ofrecord.machine.processes import Program
from ofrecord.machine.roles import APP, DATABASE, OWNER, connect, make_roles
from ofrecord.machine.supervisor import Supervisor


@dataclass(frozen=True)
class Ground:
    """How the test run's PostgreSQL is reached, in plain text: it is handed to other test processes."""

    socket: str
    superuser_password: str
    owner_password: str
    app_password: str

    def app_url(self, database: str) -> str:
        return database_url(self.socket, APP, self.app_password, database)

    def owner_url(self, database: str) -> str:
        return database_url(self.socket, OWNER, self.owner_password, database)

    @contextmanager
    def cloned(self, template: str = DATABASE) -> Iterator[str]:
        """A fresh migrated database, or a copy of one to which nobody is connected; gone afterwards."""
        name = f"test_{uuid4().hex}"
        self._administer("create database {} template {} owner {}", name, template, OWNER)
        try:
            yield name
        finally:
            self._administer("drop database {} with (force)", name)

    def _administer(self, statement: str, *names: str) -> None:
        url = database_url(self.socket, SUPERUSER, self.superuser_password, "postgres")
        with connect(url, "the test run's PostgreSQL") as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def started_ground() -> Iterator[Ground]:
    """Starts the test run's PostgreSQL and migrates the template; nothing of it is left afterwards."""
    with tempfile.TemporaryDirectory(prefix="ofrecord-tests-") as name:
        folder = DataFolder(Path(name) / "data")
        with folder.locked():
            identity = folder.identity(Mode.DEMONSTRATION)
            # The test runner keeps its own way with Ctrl-C.
            supervisor = Supervisor(logs=folder.logs, say=_keep_quiet, supervised=name, heeds_signals=False)
            with placed(folder.cluster, is_durable=False) as cluster, supervisor:
                cluster.make(supervisor, identity.superuser_password)
                cluster.start(supervisor)
                make_roles(cluster, identity)
                running = Running(str(cluster.socket), "http://localhost")
                supervisor.run(_migrate(folder, identity, running))
                passwords = (identity.superuser_password, identity.owner_password, identity.app_password)
                yield Ground(running.socket, *passwords)


@contextmanager
def pointed_at(ground: Ground, database: str) -> Iterator[None]:
    """Django's connection, in this and every new thread, leads to that database as the application."""
    wanted = {
        "NAME": database,
        "USER": APP,
        "PASSWORD": ground.app_password,
        "HOST": ground.socket,
        "PORT": "",
    }
    settings = connections.settings["default"]
    former = {name: settings[name] for name in wanted}
    connections["default"].close()
    settings.update(wanted)
    try:
        yield
    finally:
        connections["default"].close()
        settings.update(former)


def _migrate(folder: DataFolder, identity: Identity, running: Running) -> Program:
    command = (sys.executable, "-P", "-m", "ofrecord.commands", "migrate")
    return Program("migrate", command, owner_environment(folder, identity, running))


def say(line: str) -> None:
    """To the terminal of whoever runs the tests."""
    sys.stderr.write(f"{line}\n")


def _keep_quiet(line: str) -> None:
    """Tests provoke what PostgreSQL calls fatal; when it cannot start, the refusal carries its words."""
