"""A file as the European Central Bank publishes it: comma-separated, XML, or the one file in a zip archive."""

import io
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from ofrecord.exchange.csv_layout import read_csv
from ofrecord.exchange.reading import Reading
from ofrecord.exchange.types import GivenRate
from ofrecord.exchange.xml_layout import read_xml

# The whole history since 1999 is 2 MiB as comma-separated text and 9 MiB as XML.
LARGEST_BYTES: Final = 1 << 24
_ZIP, _XML = b"PK\x03\x04", b"<"


@dataclass(frozen=True, slots=True)
class ReadFile:
    """The rates of a file without a fault, and how many of later days were left out."""

    rates: Sequence[GivenRate]
    left_out: int


def read_file(content: bytes, *, today: date, through: date | None = None) -> ReadFile:
    """Every rate of the file through that day. Raises RatesFaulty with every fault; then nothing of it is taken."""
    reading = Reading(today, through)
    unpacked = _unpacked(content, reading)
    if unpacked is not None:
        _read(unpacked, reading)
    return ReadFile(reading.whole(), reading.left_out)


def _unpacked(content: bytes, reading: Reading) -> bytes | None:
    if len(content) > LARGEST_BYTES:
        reading.fault(0, _too_large("the file"))
        return None
    return _from_zip(content, reading) if content.startswith(_ZIP) else content


def _from_zip(content: bytes, reading: Reading) -> bytes | None:
    """What the archive holds; never more of it is unpacked than a file may have."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if len(names) != 1:
                reading.fault(0, f"the archive holds {len(names)} files, not one")
                return None
            with archive.open(names[0]) as packed:
                found = packed.read(LARGEST_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError):
        reading.fault(0, "the archive is damaged, locked, or packed in a way that is not known")
        return None
    if len(found) > LARGEST_BYTES:
        reading.fault(0, _too_large("the file in the archive"))
        return None
    return found


def _too_large(what: str) -> str:
    return f"{what} is larger than {LARGEST_BYTES >> 20} MiB"


def _read(content: bytes, reading: Reading) -> None:
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == _XML:
        read_xml(content, reading)
        return
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        reading.fault(line, "this is no text in UTF-8")
        return
    read_csv(text, reading)
