"""The embedded PostgreSQL: made in the data folder, reached through a socket that only we can reach."""

import os
import re
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ofrecord.machine.account import Account, account_for
from ofrecord.machine.binaries import Binaries, find_binaries
from ofrecord.machine.processes import Child, Program
from ofrecord.machine.refusals import FolderUnusable
from ofrecord.machine.supervisor import Supervisor

SUPERUSER = "postgres"
_BUILTIN_LOCALE_SINCE = 17
# A socket's whole path is limited to 107 bytes, on some systems to 103; the name below is 14 of them.
_LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432.lock")
# Refused statements are the application's business and reach its own log.
_ALARMS = re.compile(r"\b(WARNING|FATAL|PANIC):")
_READY = re.compile(r"^ready\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Cluster:
    """One PostgreSQL cluster. `is_durable` False forgoes safety for speed, for tests alone."""

    folder: Path
    socket: Path
    binaries: Binaries
    account: Account
    is_durable: bool = True

    def make(self, supervisor: Supervisor, superuser_password: str) -> None:
        """Makes the cluster when it is not there: whole, or not at all."""
        if self.folder.exists():
            return
        fresh = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self.account.give(fresh)
        with self._password_file(superuser_password) as password_file:
            supervisor.run(self._initdb(fresh, password_file))
        fresh.rename(self.folder)

    def start(self, supervisor: Supervisor) -> Child:
        """Starts the server and returns when it takes connections."""
        _forget_stale_lock(self.folder)
        child = supervisor.start(self._server())
        supervisor.wait_until(self._is_ready)
        return child

    def url(self, role: str, password: str, database: str) -> str:
        """The address of one of its databases for a role."""
        return database_url(str(self.socket), role, password, database)

    def _server(self) -> Program:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket),
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not self.is_durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        chosen = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return self._program("postgres", "-D", str(self.folder), *chosen)

    def _initdb(self, fresh: Path, password_file: Path) -> Program:
        locale = ["--locale=C.UTF-8"]
        if self.binaries.major >= _BUILTIN_LOCALE_SINCE:
            # Sorting that no later version of the system's C library can change under our indexes.
            locale = ["--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        access = ["--auth=scram-sha-256", f"--username={SUPERUSER}", f"--pwfile={password_file}"]
        form = ["--encoding=UTF8", "--data-checksums", *locale]
        speed = [] if self.is_durable else ["--no-sync"]
        return self._program("initdb", "-D", str(fresh), *access, *form, *speed)

    def _program(self, name: str, *arguments: str) -> Program:
        return Program(
            name=name,
            command=(self.binaries.program(name), *arguments),
            # The server must not take its settings from whoever started it.
            environment={"LC_ALL": "C", "PGDATA": str(self.folder)},
            prefix=self.account.prefix,
            gentle=signal.SIGINT,
            harsh=signal.SIGQUIT,
            grace_seconds=20.0,
            alarms=_ALARMS,
        )

    def _is_ready(self) -> bool:
        # The same line that PostgreSQL's own launcher waits for; asking by connection would fill the log with
        # refusals.
        try:
            return bool(_READY.search((self.folder / "postmaster.pid").read_text()))
        except OSError:
            return False

    @contextmanager
    def _password_file(self, password: str) -> Iterator[Path]:
        descriptor, name = tempfile.mkstemp(dir=self.socket)
        path = Path(name)
        try:
            self.account.give(path)
            with os.fdopen(descriptor, "w") as file:
                file.write(password)
            yield path
        finally:
            path.unlink()


def database_url(socket: str, role: str, password: str, database: str) -> str:
    """The address of a database behind a socket folder. Passwords are ours and need no quoting."""
    return f"postgresql://{role}:{password}@/{database}?host={socket}"


@contextmanager
def placed(folder: Path, *, is_durable: bool = True) -> Iterator[Cluster]:
    """A cluster in that folder with a private socket folder, which is gone afterwards."""
    account = account_for(folder)
    with _socket_folder(account) as socket:
        yield Cluster(folder, socket, find_binaries(_major(folder)), account, is_durable)


def _major(folder: Path) -> int | None:
    """The version that made the cluster, which alone reads its files; None when there is none yet."""
    if not folder.exists():
        return None
    try:
        return int((folder / "PG_VERSION").read_text())
    except (OSError, ValueError) as fault:
        raise FolderUnusable(folder, "it is no PostgreSQL cluster") from fault


@contextmanager
def _socket_folder(account: Account) -> Iterator[Path]:
    places = [place for place in (tempfile.gettempdir(), "/tmp") if _is_short(place)]
    with tempfile.TemporaryDirectory(prefix="ofrecord-", dir=places[0], ignore_cleanup_errors=True) as name:
        socket = Path(name)
        account.give(socket)
        yield socket


def _is_short(place: str) -> bool:
    return len(os.fsencode(place)) + len("/ofrecord-12345678") <= _LONGEST_SOCKET_FOLDER


def _forget_stale_lock(folder: Path) -> None:
    """Removes the note of a server that is gone.

    PostgreSQL trusts the note when any process has its number, and after a restart of a machine or a
    container some process often has. We hold the data folder's lock, so a server there would be ours, and
    living ones were ended.
    """
    (folder / "postmaster.pid").unlink(missing_ok=True)
