"""The data folder: everything one installation keeps, and the lock that lets one process at a time run it."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from filelock import FileLock, Timeout

from ofrecord.kernel.ids import new_secret
from ofrecord.machine.account import account_name
from ofrecord.machine.refusals import FolderInUse, FolderOfAnotherAccount, FolderOfAnotherMode, FolderUnusable


class Mode(StrEnum):
    """What an installation is for. It is fixed when its data folder is made."""

    DEMONSTRATION = "demonstration"
    REAL = "real"


@dataclass(frozen=True, slots=True)
class Identity:
    """What is decided once, when the folder is made: its mode and its secrets."""

    mode: Mode
    secret_key: str
    superuser_password: str
    owner_password: str
    app_password: str

    @staticmethod
    def new(mode: Mode) -> "Identity":
        return Identity(mode, new_secret(), new_secret(), new_secret(), new_secret())


@dataclass(frozen=True, slots=True)
class Running:
    """Where the running installation is to be found; kept in the folder while it runs."""

    socket: str
    base_url: str


class DataFolder:
    """One folder, private to the account that made it. Use it inside `locked`, except to ask who runs it."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.cluster = self.root / "postgres"
        self.logs = self.root / "logs"
        self._identity = self.root / "ofrecord.json"
        self._running = self.root / "running.json"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Makes the folder when it is not there, and holds it: a second holder is refused."""
        lock = FileLock(self.root / "lock", timeout=0, mode=0o600)
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._check_account()
            lock.acquire()
        except Timeout:
            raise FolderInUse(self.root) from None
        except OSError as fault:
            raise FolderUnusable(self.root, fault.strerror or str(fault)) from fault
        try:
            yield
        finally:
            lock.release()

    def identity(self, mode: Mode) -> Identity:
        """The folder's identity, made when the folder is new; a folder of the other mode is refused."""
        if not self._identity.exists():
            self._check_empty()
            _write(self._identity, asdict(Identity.new(mode)))
        found = self.known_identity()
        if found.mode != mode:
            raise FolderOfAnotherMode(self.root, found.mode == Mode.DEMONSTRATION)
        self.logs.mkdir(mode=0o700, exist_ok=True)
        return found

    def known_identity(self) -> Identity:
        """The identity of a folder that has one."""
        try:
            values = json.loads(self._identity.read_text())
            return Identity(**values | {"mode": Mode(values["mode"])})
        except (OSError, ValueError, TypeError, KeyError) as fault:
            raise FolderUnusable(self.root, f"{self._identity.name} cannot be read ({fault})") from fault

    def running(self) -> Running | None:
        """What `announce` left: None when nothing runs. After a kill it may say what no longer does."""
        try:
            return Running(**json.loads(self._running.read_text()))
        except FileNotFoundError:
            return None

    def announce(self, running: Running) -> None:
        _write(self._running, asdict(running))

    def retract(self) -> None:
        self._running.unlink(missing_ok=True)

    def _check_account(self) -> None:
        owner = self._identity.stat().st_uid if self._identity.exists() else os.geteuid()
        if owner != os.geteuid():
            raise FolderOfAnotherAccount(self.root, account_name(owner))

    def _check_empty(self) -> None:
        others = sorted(path.name for path in self.root.iterdir() if path.name != "lock")
        if others:
            raise FolderUnusable(
                self.root, f"it is not empty (it has {others[0]}) and Of Record did not make it"
            )


def _write(path: Path, values: dict[str, str]) -> None:
    """Whole or not at all, and readable by its owner only."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(values, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
