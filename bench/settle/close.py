"""Times closing a month: what `ofrecord settle` does, from PostgreSQL to posted ledger, step by step.

Makes an installation of its own with one month billed, closes the month in a process of its own as the command does,
and notes when each step begins. `--data DIR` keeps the installation, with the month closed.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bench.settle import close_rows

from ofrecord.commands.installation import set_up_django
from ofrecord.machine.environment import application_environment, owner_environment
from ofrecord.machine.folder import DataFolder, Mode, Running
from ofrecord.machine.postgres import SUPERUSER, placed
from ofrecord.machine.processes import Program
from ofrecord.machine.roles import DATABASE, make_roles
from ofrecord.machine.supervisor import Supervisor

PROGRAM: Final = Path(__file__).with_name("program.toml")


def main() -> None:
    words = argparse.ArgumentParser(prog="bin/bench close", description=__doc__)
    words.add_argument("--lines", type=int, default=1_000_000, help="invoice lines of the month")
    words.add_argument("--json", action="store_true", help="one line of JSON")
    words.add_argument("--data", type=Path, help="a new folder, which is kept")
    asked = words.parse_args()
    with _scratch(asked.data) as folder, running(folder) as url:
        began = time.perf_counter()
        _begin()
        close_rows.write(url, asked.lines, _say)
        _say(f"the installation took {time.perf_counter() - began:.0f} s")
        found = {"lines": asked.lines, **_closed(), "data_mb": _size_mb(folder / "books")}
    if asked.json:
        print(json.dumps(found))  # noqa: T201
        return
    for name, value in found.items():
        print(f"{name}: {value}")  # noqa: T201


@contextmanager
def _scratch(folder: Path | None) -> Iterator[Path]:
    made = folder or Path(tempfile.mkdtemp(prefix="bench-close-"))
    try:
        yield made
    finally:
        if folder is None:
            shutil.rmtree(made, ignore_errors=True)


@contextmanager
def running(root: Path) -> Iterator[str]:
    """PostgreSQL on the folder, migrated; this process has the application's environment. Hands the superuser's URL."""
    folder = DataFolder(root)
    with folder.locked():
        identity = folder.identity(Mode.DEMONSTRATION)
        supervisor = Supervisor(logs=folder.logs, say=_say, supervised="bench", heeds_signals=False)
        with placed(folder.cluster) as cluster, supervisor:
            cluster.make(supervisor, identity.superuser_password)
            cluster.start(supervisor)
            make_roles(cluster, identity)
            at = Running(str(cluster.socket), "http://localhost")
            migrate = (sys.executable, "-P", "-m", "ofrecord.commands", "migrate")
            supervisor.run(Program("migrate", migrate, owner_environment(folder, identity, at)))
            os.environ.update(application_environment(folder, identity, at))
            yield cluster.url(SUPERUSER, identity.superuser_password, DATABASE)


def _begin() -> None:
    """A demonstration in which the program is in force, on a day after the month."""
    set_up_django()
    from django.db import connection  # noqa: PLC0415

    from ofrecord.access.scope import entered  # noqa: PLC0415
    from ofrecord.access.types import OFFICE, SYSTEM, Permission, Reader  # noqa: PLC0415
    from ofrecord.clock.actions import wind  # noqa: PLC0415
    from ofrecord.clock.types import DEMONSTRATION  # noqa: PLC0415
    from ofrecord.flows import publish_program  # noqa: PLC0415

    chief = Reader(SYSTEM, OFFICE, None, frozenset(Permission), "Chief")
    with entered(OFFICE):
        wind(mode=DEMONSTRATION, day=close_rows.MONTH.plus(1).first)
        at = datetime(2019, 10, 1, 12, tzinfo=UTC)
        publish_program.publish(reader=chief, at=at, document=PROGRAM.read_bytes())
    connection.close()


def _closed() -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.settle.closing", str(close_rows.MONTH)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"the close ended with {done.returncode}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _size_mb(folder: Path) -> float:
    return round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20, 1)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
