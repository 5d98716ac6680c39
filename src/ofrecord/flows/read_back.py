"""A month's book read back: every line worked out again, then what the lines come to."""

from collections.abc import Mapping

from ofrecord.engine import books
from ofrecord.engine.choice import DUCKDB, USUAL, Choice
from ofrecord.engine.files import sound_path
from ofrecord.engine.types import PartnerSum
from ofrecord.flows.watching import Say
from ofrecord.kernel.calendar import Month
from ofrecord.program.types import Terms
from ofrecord.settlement.queries import books_folder


def _silent(says: str) -> None:
    """Nobody watches."""


def read_back(
    month: Month,
    sha256: str,
    lines: int,
    versions: Mapping[str, Terms],
    *,
    choice: Choice = USUAL,
    say: Say = _silent,
) -> list[PartnerSum]:
    """As `books.sums_of`; a book of many `lines` is read by an engine, which is watched, within its memory."""
    root = books_folder()
    if lines <= books.ROWS_ONE_BY_ONE:
        return books.sums_of(root, month, sha256, versions)
    # Engines take a second to be loaded.
    from ofrecord.engine.book_sums import sums_in_columns  # noqa: PLC0415
    from ofrecord.flows.running_engine import running_engine  # noqa: PLC0415

    path = sound_path(books.folder_of(root, month), books.BOOK_KIND, sha256)
    with running_engine(DUCKDB, choice, root, say) as engine:
        engine.doing = "Working out every line of the book again"
        return sums_in_columns(engine, path, versions)
