"""A folder for the parts of one file, which every machine of a cluster writes to, gone when it is left."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from ofrecord.engine.storage import Folder, Remote, opened

_PATTERN: Final = re.compile(r"([{}\[\]*?\\])")
# Hadoop knows the stores of two vendors by other names.
_HADOOP: Final = {"s3": "s3a", "gcs": "gs", "abfs": "abfss"}


@dataclass(frozen=True, slots=True)
class Parts:
    """The folder, by the URL under which Spark writes to it."""

    folder: Folder

    @property
    def url(self) -> str:
        return for_spark(self.folder)

    @property
    def url_to_read(self) -> str:
        return for_spark_to_read(self.folder)

    def files(self) -> Iterator[Any]:
        """The parts in their order, each as a reader of Parquet takes it."""
        found: list[Any] = (
            self.folder.files() if isinstance(self.folder, Remote) else sorted(self.folder.iterdir())
        )
        return (opened(each) for each in found if each.name.startswith("part-"))


def for_spark(path: Folder) -> str:
    """The path as Spark knows it, whatever its own default file system is."""
    if isinstance(path, Path):
        # Hadoop takes a path as it is written: where a space is one, "%20" is none.
        return f"file://{path.resolve()}"
    protocol, _, rest = path.url.partition("://")
    return f"{_HADOOP.get(protocol, protocol)}://{rest}"


def for_spark_to_read(path: Folder) -> str:
    """The same for reading, where a name is a pattern unless a backslash stands before each sign of one."""
    return _PATTERN.sub(r"\\\1", for_spark(path)) if isinstance(path, Path) else for_spark(path)


@contextmanager
def parts_folder(scratch: Folder | None) -> Iterator[Parts]:
    """A new folder inside the scratch, or on this machine where there is none."""
    inside = scratch if scratch is not None else Path(tempfile.gettempdir())
    folder = inside / f".parts-{uuid4().hex}"
    try:
        yield Parts(folder)
    finally:
        if isinstance(folder, Path):
            shutil.rmtree(folder, ignore_errors=True)
        else:
            _remove(folder)


def _remove(folder: Remote) -> None:
    """What a store does not remove now may be removed at any time; that is no reason for a run to end otherwise."""
    with suppress(OSError):
        if folder.store.exists(folder.place):
            folder.remove()
