"""A book as a file by itself, in the hands of somebody who has nothing else: one line of it, once it is sound."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ofrecord.engine.books import MANIFEST
from ofrecord.engine.columns import is_book, lines_of
from ofrecord.engine.refusals import BookAltered, BookFileMissing, BookUnreadable, LineNotThere
from ofrecord.engine.types import BookedLine, parse_line_id
from ofrecord.kernel.calendar import CalendarFault, Month


@dataclass(frozen=True, slots=True)
class Found:
    """A line of a book file; `sha256` is the hash of the file's bytes, `is_named` whether its name states that hash."""

    booked: BookedLine
    sha256: str
    is_named: bool


def find_line(path: Path, wanted: str) -> Found:
    """The line with that public name, or with that number where the file or its folder says the month.

    Raises BookFileMissing, BookAltered, BookUnreadable, LineNotThere.
    """
    sha256, is_named = _hash_of(path)
    table = _table(path)
    month, number = _named(path, sha256, wanted)
    found = lines_of(table.filter(pc.equal(table["number"], number)))
    if not found:
        raise LineNotThere(file=str(path), line=wanted)
    return Found(BookedLine(month, number, found[0][1]), sha256, is_named)


def _hash_of(path: Path) -> tuple[str, bool]:
    """The hash of the bytes, and whether the name states it. Raises BookAltered when it states another."""
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as fault:
        raise BookFileMissing(file=str(path)) from fault
    stated = re.search(r"[0-9a-f]{64}", path.name)
    if stated and stated[0] != sha256:
        raise BookAltered(file=str(path))
    return sha256, stated is not None


def _table(path: Path) -> pa.Table:
    """All of the file, so that a page that was cut or altered anywhere is found by its checksum, if pages have one.

    The books of an engine have none: there the name, which states the hash of the file, is what finds it.
    """
    try:
        table = pq.ParquetFile(path, page_checksum_verification=True).read()
    except (pa.ArrowException, OSError) as fault:
        raise BookUnreadable(file=str(path)) from fault
    if not is_book(table):
        raise BookUnreadable(file=str(path))
    return table


def _named(path: Path, sha256: str, wanted: str) -> tuple[Month, int]:
    """Month and number of the line. What the file's surroundings say of the month must agree with its name."""
    parsed, month = parse_line_id(wanted), _month_of(path, sha256)
    if parsed is not None and month in (None, parsed[0]):
        return parsed
    prefix, _, number = wanted.rpartition("/")
    if month is not None and prefix in ("", str(month)) and re.fullmatch(r"\d{1,10}", number, re.ASCII):
        return month, int(number)
    raise LineNotThere(file=str(path), line=wanted)


def _month_of(path: Path, sha256: str) -> Month | None:
    """As the manifest beside the file says, if it is of this file; else as its folder is called."""
    try:
        manifest: dict[str, Any] = json.loads((path.parent / MANIFEST).read_text())
        stated = (
            manifest["month"] if manifest["files"]["book"]["sha256"] == sha256 else path.resolve().parent.name
        )
    except (OSError, ValueError, LookupError, TypeError):
        stated = path.resolve().parent.name
    try:
        return Month.parse(stated)
    except (CalendarFault, TypeError):
        return None
