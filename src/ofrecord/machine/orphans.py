"""What a killed start left behind: its processes and its socket folder, found where /proc tells."""

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ofrecord.machine.folder import DataFolder
from ofrecord.machine.processes import SUPERVISED, Say

_PROCESSES = Path("/proc")
_PATIENCE_SECONDS = 20.0


def end_orphans(folder: DataFolder, say: Say) -> None:
    """Ends every process that an earlier start on this folder left. The caller holds the folder."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        living = list(_orphans(folder))
        if not living:
            break
        say(f"An earlier start was killed; ending the {len(living)} processes that it left.")
        _signal_all(living, number)
        _wait(folder)
    _forget_socket(folder)


def _orphans(folder: DataFolder) -> Iterator[int]:
    mark = f"{SUPERVISED}={folder.root}".encode()
    for entry in _PROCESSES.iterdir() if _PROCESSES.is_dir() else []:
        if (
            entry.name.isdigit()
            and int(entry.name) != os.getpid()
            and _is_marked(entry, mark, folder.cluster)
        ):
            yield int(entry.name)


def _is_marked(entry: Path, mark: bytes, cluster: Path) -> bool:
    try:
        environment = (entry / "environ").read_bytes().split(b"\0")
        # PostgreSQL writes its title over its environment, but every process of it stays in its cluster's
        # folder.
        is_server = (entry / "cwd").resolve() == cluster and b"postgres" in (entry / "comm").read_bytes()
    except OSError:
        return False  # it ended, or is not ours
    return mark in environment or is_server


def _signal_all(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _wait(folder: DataFolder) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while any(_orphans(folder)) and time.monotonic() < deadline:
        time.sleep(0.1)


def _forget_socket(folder: DataFolder) -> None:
    former = folder.running()
    if former is not None:
        socket = Path(former.socket)
        if socket.name.startswith("ofrecord-"):
            shutil.rmtree(socket, ignore_errors=True)
        folder.retract()
