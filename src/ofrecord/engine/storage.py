"""Where snapshots and books are kept: a folder of this machine, or one of an object store, by its URL.

Both are asked for files in the same words. What is local is a `Path`, and nothing is between us and the disk; what is
remote is reached by fsspec, of which each store has its own part: s3fs, gcsfs, adlfs.
"""

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import unquote

from ofrecord.engine.refusals import CredentialsInUrl, FolderNotWritable, FolderUnclear, StorageMissing

_LOCAL: Final = ("file", "local")
_SEPARATOR: Final = "://"
# In these URLs nobody has a name: what stands before an @ is part of a key.
_OF_NOBODY: Final = ("s3", "s3a", "gs", "gcs")
# What reaches the stores that the documentation names, by the kind of URL: fsspec, and this part of it.
_PARTS: Final = {"s3": "s3fs", "gs": "gcsfs", "abfs": "adlfs"}
# So fsspec begins to say that it knows no such kind of URL.
_UNKNOWN: Final = "Protocol not known"
# A row group is read in as many requests as it has columns asked for: what was read besides would be in vain.
_BLOCK: Final = 1 << 20
# Why the system lets nobody write somewhere.
_IN_VAIN: Final = (
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOTDIR,
    errno.EEXIST,
)


@dataclass(frozen=True, slots=True, order=True)
class Remote:
    """A file or a folder of a store, by its URL."""

    url: str

    def __truediv__(self, name: str) -> "Remote":
        return Remote(f"{self.url}/{name}")

    def __str__(self) -> str:
        return self.url

    @property
    def name(self) -> str:
        return self.url.rpartition("/")[2]

    @property
    def parent(self) -> "Remote":
        return Remote(self.url.rpartition("/")[0])

    @property
    def store(self) -> Any:
        """The store as fsspec reaches it. Raises StorageMissing."""
        return _store(self.url)[0]

    @property
    def place(self) -> str:
        """The name inside the store."""
        return str(_store(self.url)[1])

    def open(self) -> Any:
        """The file, of which only what is asked for is read."""
        return self.store.open(self.place, "rb", block_size=_BLOCK)

    def read_text(self) -> str:
        return bytes(self.store.cat_file(self.place)).decode()

    def write_bytes(self, content: bytes) -> None:
        """Whole or not at all: a store shows an object once all of it is there."""
        self._make_folder()
        self.store.pipe_file(self.place, content)

    def put(self, path: Path) -> None:
        """The bytes of a local file, whole or not at all."""
        self._make_folder()
        self.store.put_file(str(path), self.place)

    def files(self) -> list["Remote"]:
        """The files in the folder, by name."""
        return [
            self / str(each).rpartition("/")[2] for each in sorted(self.store.ls(self.place, detail=False))
        ]

    def remove(self) -> None:
        """The folder with all that is in it."""
        self.store.rm(self.place, recursive=True)

    def state(self) -> str:
        """Another text as soon as the store says anything else of the file. Raises FileNotFoundError."""
        return str(self.store.ukey(self.place))

    def size(self) -> int:
        return int(self.store.size(self.place))

    def sha256(self) -> str:
        """The hash of the bytes, all of which are read."""
        with self.open() as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _make_folder(self) -> None:
        self.store.makedirs(self.parent.place, exist_ok=True)


Folder: TypeAlias = Path | Remote


@dataclass(frozen=True, slots=True, order=True)
class Layered:
    """A folder over another: what is written goes into the upper one, and is looked for there before the lower one.

    For what is worked out from books and snapshots as a close works it out, and is to leave nothing beside them.
    """

    upper: Path
    lower: Folder

    def __truediv__(self, name: str) -> "Layered":
        return Layered(self.upper / name, self.lower / name)

    def holding(self, name: str) -> Folder:
        """The file of that name: in the upper folder if it is there."""
        written = self.upper / name
        return written if written.exists() else self.lower / name


# Where files are kept and looked for: only what keeps and finds them tells one from the other.
Root: TypeAlias = Folder | Layered


def written_to(folder: Root) -> Folder:
    """The folder into which is written."""
    return folder.upper if isinstance(folder, Layered) else folder


def folder_at(text: str) -> Folder:
    """The folder by a path or a URL. Raises CredentialsInUrl: a URL is shown, and written into logs; FolderUnclear."""
    written, sign, rest = text.partition(_SEPARATOR)
    kind = written.lower()
    if sign and kind not in _LOCAL:
        return _remote_at(kind, rest.rstrip("/"))
    path = Path(unquote(rest) if sign else text)
    # Where what is not absolute lies would depend on where each process was started.
    if not path.is_absolute() or (sign and "?" in rest):
        raise FolderUnclear(folder=text)
    return path


def _remote_at(kind: str, rest: str) -> Remote:
    person, at, _ = rest.partition("/")[0].rpartition("@")
    # Before the @ of abfs:// or hdfs:// stand names that nobody keeps secret.
    if (at and (":" in person or kind in _OF_NOBODY)) or "?" in rest:
        raise CredentialsInUrl(kind_of_url=kind)
    if not rest:
        raise FolderUnclear(folder=f"{kind}{_SEPARATOR}")
    return Remote(f"{kind}{_SEPARATOR}{rest}")


def require_reachable(folder: Folder) -> None:
    """Refuses the URL of a store that nothing here reaches; the store is not called. Raises StorageMissing."""
    if isinstance(folder, Remote):
        _store(folder.url)


def written_in_vain(says: str) -> int | None:
    """The system's number for why nothing could be written, by the words of a library that says nothing else."""
    return next((number for number in _IN_VAIN if os.strerror(number) in says), None)


@contextmanager
def writable(folder: Folder) -> Iterator[None]:
    """What is written meanwhile is written there. Raises FolderNotWritable where the system does not allow it."""
    try:
        yield
    except OSError as fault:
        if fault.errno not in _IN_VAIN:
            raise
        # What goes to a store is put together on this machine first.
        where = folder if isinstance(folder, Path) else tempfile.gettempdir()
        raise FolderNotWritable(str(where), os.strerror(fault.errno)) from fault


def opened(path: Folder) -> Any:
    """What a reader of Parquet takes: the path of a local file, or the remote one, opened."""
    return path if isinstance(path, Path) else path.open()


def register(connection: Any, path: Folder) -> None:
    """Has a DuckDB connection read URLs of that store."""
    if isinstance(path, Remote):
        kinds = path.store.protocol
        if not any(map(connection.filesystem_is_registered, [kinds] if isinstance(kinds, str) else kinds)):
            connection.register_filesystem(path.store)


def _store(url: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs  # type: ignore[import-untyped]  # noqa: PLC0415

        # A listing that was remembered would say of a file what it was before.
        store, place = url_to_fs(url, use_listings_cache=False)
    # Each part has faults of its own, for an account that it does not find or a library of the system.
    except Exception as fault:
        raise _missing(url, fault) from fault
    return store, place


def _missing(url: str, fault: Exception) -> StorageMissing:
    """Of a kind that it does not know fsspec says so by another fault than of one of which the part is not there."""
    kind = url.partition(_SEPARATOR)[0]
    known = ", ".join(f"{each}://" for each in (*_PARTS, "file"))
    if not isinstance(fault, ImportError) and not str(fault).startswith(_UNKNOWN):
        says = (str(fault).strip() or type(fault).__name__).splitlines()[0].rstrip(".")
        helps = (
            f"See that what fsspec's part for {kind}:// needs is there: its account, its key, its libraries."
        )
        return StorageMissing(url, f"what reaches it says “{says}”", helps)
    if isinstance(fault, ValueError):
        return StorageMissing(url, f"there is no kind of store called {kind!r}", f"Known are {known}.")
    if kind in _PARTS:
        missing = f"it needs fsspec and {_PARTS[kind]}, which are not both installed"
        return StorageMissing(url, missing, f"Install them with pip install fsspec {_PARTS[kind]}")
    helps = f"Known are {known}; for any other, install fsspec and the part of it that reaches {kind}://."
    return StorageMissing(url, "what reaches it is not installed", helps)
