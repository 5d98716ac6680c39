"""A list as a file for a spreadsheet: CSV in UTF-8, in which no cell can act as a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile

from django.http import FileResponse

KEPT_IN_MEMORY = 1 << 20
# A spreadsheet runs what begins with one of these.
_ACTING = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
# Tells a spreadsheet that the file is UTF-8.
_BYTE_ORDER_MARK = "\ufeff"


def harmless(cell: str) -> str:
    """The cell with an apostrophe before what a spreadsheet would run. Plain numbers stay numbers."""
    if cell.startswith(_ACTING) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def spreadsheet(name: str, lines: Iterable[Iterable[str]]) -> FileResponse:
    """The lines as a file to take along.

    All lines are read before the answer begins, through a file once they are many: row-level security lets
    rows be seen only inside the request's transaction, and an answer that is under way has left it. So a
    failure is an error page as well, and never half a file.
    """
    held = SpooledTemporaryFile(max_size=KEPT_IN_MEMORY)  # noqa: SIM115 the answer closes it
    for text in _texts(lines):
        held.write(text.encode())
    held.seek(0)
    return FileResponse(
        held, as_attachment=True, filename=f"{name}.csv", content_type="text/csv; charset=utf-8"
    )


def _texts(lines: Iterable[Iterable[str]]) -> Iterator[str]:
    """The file line by line."""
    yield _BYTE_ORDER_MARK
    for line in lines:
        text = io.StringIO(newline="")
        csv.writer(text).writerow([harmless(cell) for cell in line])
        yield text.getvalue()
