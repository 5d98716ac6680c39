"""Where a run writes what is not whole yet, or is not kept: a hidden folder, gone when it is left, however that is.

A process that is killed removes nothing, but lets go of the lock on its folder: by that the next knows what was left.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ofrecord.engine.storage import Folder

PREFIX: Final = ".scratch-"


@contextmanager
def scratch(beside: Folder | None = None) -> Iterator[Path]:
    """A folder of our own user's in the given one; on this machine where that is in a store, or none is given."""
    inside = beside if isinstance(beside, Path) else Path(tempfile.gettempdir())
    inside.mkdir(parents=True, exist_ok=True)
    _sweep(inside)
    folder, lock = _made(inside)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _made(inside: Path) -> tuple[Path, int]:
    """A new folder and the lock on it."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=inside))
        lock = _locked(folder)
        # Before it was locked, another process may have taken it for one that was left.
        if lock is not None and folder.exists():
            return folder, lock
        if lock is not None:
            os.close(lock)


def _sweep(inside: Path) -> None:
    """Removes the folders of processes that are gone."""
    for folder in inside.glob(f"{PREFIX}*"):
        lock = _locked(folder)
        if lock is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)


def _locked(folder: Path) -> int | None:
    """The lock on the folder; None where another process has it, or the folder is gone or is another user's."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle
