"""Files that are written whole or not at all, named by their hash, and read only while they are what they were."""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ofrecord.engine.refusals import BookAltered, BookMissing
from ofrecord.engine.scratch import scratch
from ofrecord.engine.storage import Folder, Layered, Remote, Root, written_to

ROWS_A_GROUP = 20_000
PARQUET, JSON = "parquet", "json"
# A book holds all partners' lines: nobody on the machine but our own user reads it past us.
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was kept: its name in its folder, the SHA-256 of its bytes, its rows."""

    name: str
    sha256: str
    rows: int


def keep_table(folder: Root, kind: str, table: pa.Table) -> Kept:
    """Writes the table as Parquet under a name that holds its hash; the same table gives the same file."""
    sink = pa.BufferOutputStream()
    pq.write_table(
        table, sink, compression="zstd", version="2.6", row_group_size=ROWS_A_GROUP, write_page_checksum=True
    )
    content = sink.getvalue().to_pybytes()
    sha256 = hashlib.sha256(content).hexdigest()
    name = file_name(kind, sha256)
    write_whole(written_to(folder) / name, content)
    return Kept(name, sha256, table.num_rows)


def keep_written(folder: Root, kind: str, write: Callable[[Path], int]) -> Kept:
    """Keeps the Parquet file that `write` writes, under a name that holds the hash of its bytes.

    `write` is given a hidden place, open to our own user alone, and says how many rows it wrote. If it fails nothing
    is left.
    """
    folder = written_to(folder)
    if isinstance(folder, Remote):
        return _keep_remote(folder, kind, write)
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    with scratch(folder) as here:
        rest = here / f"{kind}.{PARQUET}"
        rest.touch(PRIVATE_FILE)
        rows = write(rest)
        with rest.open("rb+") as file:
            os.fsync(file.fileno())
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        name = file_name(kind, sha256)
        rest.replace(folder / name)
    _sync_folder(folder)
    _sync_folder(folder.parent)
    return Kept(name, sha256, rows)


def _keep_remote(folder: Remote, kind: str, write: Callable[[Path], int]) -> Kept:
    """As `keep_written`: written on this machine first, since a name is made of all bytes, and then put there whole."""
    with scratch() as here:
        rest = here / f"{kind}.{PARQUET}"
        rest.touch(PRIVATE_FILE)
        rows = write(rest)
        with rest.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        name = file_name(kind, sha256)
        (folder / name).put(rest)
    return Kept(name, sha256, rows)


def keep_json(folder: Root, kind: str, value: dict[str, Any], rows: int) -> Kept:
    """Writes the value as JSON under a name that holds its hash; the same value gives the same file."""
    content = _json_bytes(value)
    sha256 = hashlib.sha256(content).hexdigest()
    name = file_name(kind, sha256, JSON)
    write_whole(written_to(folder) / name, content)
    return Kept(name, sha256, rows)


def file_name(kind: str, sha256: str, form: str = PARQUET) -> str:
    """A name is never used for other bytes, so no run can spoil what another has put on the record."""
    return f"{kind}-{sha256}.{form}"


def write_json(path: Folder, value: dict[str, Any]) -> None:
    write_whole(path, _json_bytes(value))


def _json_bytes(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, indent=2, sort_keys=True) + "\n").encode()


def write_whole(path: Folder, content: bytes) -> None:
    """After this the file is on the disk, or in the store, with all of its bytes.

    A fall before leaves at most a hidden rest, which whoever writes there next removes.
    """
    if isinstance(path, Remote):
        path.write_bytes(content)
        return
    path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    with scratch(path.parent) as here:
        rest = here / path.name
        with os.fdopen(os.open(rest, os.O_WRONLY | os.O_CREAT, PRIVATE_FILE), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        rest.replace(path)
    for folder in (path.parent, path.parent.parent):
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sound_path(folder: Root, kind: str, sha256: str, form: str = PARQUET) -> Folder:
    """The file with that hash. Raises BookMissing, and BookAltered when its bytes are others.

    All of the file is read the first time in a process, and again when the disk or the store says that it is another.
    """
    name = file_name(kind, sha256, form)
    path = folder.holding(name) if isinstance(folder, Layered) else folder / name
    if _hash_of(path, seen(path)) != sha256:
        raise BookAltered(file=str(path))
    return path


def seen(path: Folder) -> tuple[int, object]:
    """The size of the file, and what is another as soon as the file is. Raises BookMissing."""
    try:
        if isinstance(path, Remote):
            return path.size(), path.state()
        state = path.stat()
    except OSError:
        raise BookMissing(file=str(path)) from None
    return state.st_size, (state.st_ino, state.st_mtime_ns, state.st_ctime_ns)


@lru_cache(maxsize=512)
def _hash_of(path: Folder, state: tuple[int, object]) -> str:
    """The hash of the file in the state that was `seen`: read again as soon as it is in another."""
    if isinstance(path, Remote):
        return path.sha256()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
