"""Books: what came out of the settlement of a month, as Parquet.

A book has no row-level security: it is read for one partner, and there is no other way to get lines out of it.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, overload

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ofrecord.engine.columns import FORMAT, line_table
from ofrecord.engine.columns import lines_of as lines_in
from ofrecord.engine.files import Kept, file_name, keep_table, sound_path, write_json
from ofrecord.engine.recompute import is_sound
from ofrecord.engine.refusals import BookUnsound
from ofrecord.engine.storage import Folder, Root, opened, register
from ofrecord.engine.types import LINE_DIGITS, Booked, BookedLine, FeeLine, LineKey, PartnerSum, line_id
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.program.types import Terms

BOOK_KIND: Final = "book"
MANIFEST: Final = "manifest.json"
VERIFY_ROWS: Final = 10_000
# A book of more lines is verified in columns, by an engine: for few lines it takes longer to begin.
ROWS_ONE_BY_ONE: Final = 5_000


@overload
def folder_of(root: Folder, month: Month) -> Folder: ...


@overload
def folder_of(root: Root, month: Month) -> Root: ...


def folder_of(root: Root, month: Month) -> Root:
    return root / str(month)


def book_path(root: Folder, month: Month, sha256: str) -> Folder:
    """Where the month's book lies; whether it does is seen by `files.seen`, and whether it is sound by `sound_path`."""
    return folder_of(root, month) / file_name(BOOK_KIND, sha256)


def write_book(root: Folder, month: Month, lines: Sequence[FeeLine]) -> Kept:
    """Keeps the lines in their order, each with a number of its own."""
    ordered = in_order(lines)
    return keep_table(folder_of(root, month), BOOK_KIND, line_table(ordered, numbers_of(ordered)))


def in_order(lines: Iterable[FeeLine]) -> list[FeeLine]:
    """By partner, invoice and day."""
    return sorted(lines, key=lambda line: (line.partner, line.invoice, line.service.first, line.key))


def numbers_of(lines: Sequence[FeeLine]) -> list[int]:
    """A number for each line, drawn from its key: the same in every computation, and one book never has it twice.

    Numbers in a row would tell a partner how many lines the partners before it have.
    """
    taken: set[int] = set()
    numbers: dict[LineKey, int] = {}
    for key in sorted(line.key for line in lines):
        drawn = hashlib.sha256("/".join(map(str, key)).encode()).digest()
        number = int.from_bytes(drawn[:8], "big") % 10**LINE_DIGITS
        while number in taken:
            number = (number + 1) % 10**LINE_DIGITS
        taken.add(number)
        numbers[key] = number
    return [numbers[line.key] for line in lines]


def write_manifest(
    root: Folder, month: Month, snapshot: Kept, book: Kept, versions: Mapping[str, str]
) -> None:
    """What the month's files are, for whoever checks them without us; `versions` are the programs by hash."""
    files = {
        kind: {"name": kept.name, "sha256": kept.sha256, "rows": kept.rows}
        for kind, kept in (("snapshot", snapshot), (BOOK_KIND, book))
    }
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "month": str(month),
        "files": files,
        "program_versions": dict(versions),
    }
    write_json(folder_of(root, month) / MANIFEST, manifest)


def lines_of(root: Folder, month: Month, sha256: str, partner: str) -> list[BookedLine]:
    """The partner's lines of a book, in its order."""
    return _read(root, month, sha256, pc.field("partner") == partner)


def line(root: Folder, month: Month, sha256: str, number: int, partner: str) -> BookedLine | None:
    """The line with that number if it is the partner's; None when it is another's or there is none."""
    wanted = (pc.field("partner") == partner) & (pc.field("number") == number)
    return next(iter(_read(root, month, sha256, wanted)), None)


def partner_of(root: Folder, month: Month, sha256: str, number: int) -> str | None:
    """Whose line has that number; for the office, which may then ask for the line. Tells nothing else.

    Numbers are drawn, so no group of rows can be passed over: all numbers are read, and one group of partners.
    """
    path = sound_path(folder_of(root, month), BOOK_KIND, sha256)
    with duckdb.connect() as connection:
        register(connection, path)
        asked = "SELECT partner FROM read_parquet(?) WHERE number = ?"
        found = connection.execute(asked, [str(path), number]).fetchone()
    return str(found[0]) if found else None


def _read(root: Folder, month: Month, sha256: str, wanted: pc.Expression) -> list[BookedLine]:
    path = sound_path(folder_of(root, month), BOOK_KIND, sha256)
    return [
        BookedLine(month, number, found)
        for number, found in lines_in(pq.read_table(opened(path), filters=wanted))
    ]


def corrections_of(
    root: Folder, books: Iterable[tuple[Month, str]], corrected: str, partner: str
) -> list[BookedLine]:
    """The partner's lines in these books that correct the line with that public name, in the order of the books."""
    wanted = (pc.field("partner") == partner) & (pc.field("corrects") == corrected)
    return [booked for month, sha256 in books for booked in _read(root, month, sha256, wanted)]


def on_record(
    root: Folder, books: Iterable[tuple[Month, str]], partner: str | None = None
) -> dict[LineKey, Booked]:
    """What the books, given in the order of their months, hold under each key; of one partner, or of all."""
    own = None if partner is None else pc.field("partner") == partner
    found: dict[LineKey, Booked] = {}
    for month, sha256 in books:
        path = sound_path(folder_of(root, month), BOOK_KIND, sha256)
        for number, booked in lines_in(pq.read_table(opened(path), filters=own)):
            name = line_id(month, number)
            found[booked.key] = added(found.get(booked.key), name, booked)
    return found


def added(before: Booked | None, name: str, line: FeeLine) -> Booked:
    """What books hold under a key once one more line of it is booked."""
    if before is None:
        return Booked(name, line, line.fee_minor, line.due_minor, line.waived_minor, line.held_minor)
    return Booked(
        line_id=before.line_id,
        latest=line,
        fee_minor=before.fee_minor + line.fee_minor,
        due_minor=before.due_minor + line.due_minor,
        waived_minor=before.waived_minor + line.waived_minor,
        held_minor=before.held_minor + line.held_minor,
    )


def sums_of(root: Folder, month: Month, sha256: str, terms_by_sha: Mapping[str, Terms]) -> list[PartnerSum]:
    """What the book pays, by partner and currency, once every line was read back and worked out again: of few lines.

    Raises BookUnsound at the first line of which a figure is not what its working, or its version, gives.
    """
    path = sound_path(folder_of(root, month), BOOK_KIND, sha256)
    found: dict[tuple[str, str], list[FeeLine]] = defaultdict(list)
    for batch in pq.ParquetFile(opened(path)).iter_batches(batch_size=VERIFY_ROWS):
        for number, booked in lines_in(pa.Table.from_batches([batch])):
            if not is_sound(booked, terms_by_sha[booked.terms_sha256]):
                raise BookUnsound(file=str(path), line=number)
            found[booked.partner, booked.due_currency].append(booked)
    return [sum_of(*key, lines) for key, lines in sorted(found.items())]


def _taken(lines: Sequence[FeeLine]) -> int:
    """What is taken back, and what is waived of that: not positive.

    Corrections are one reckoning, with what is new for the events that they correct: what goes from one clause to
    another, or frees a cap that another month then uses, is not taken from the partner.
    """
    corrected = {each.event for each in lines if each.is_correction}
    reckoned = [each for each in lines if each.event in corrected]
    waived = sum(each.waived_minor for each in reckoned)
    return min(0, sum(each.due_minor for each in reckoned) + waived) - max(0, waived)


def sum_of(partner: str, currency: str, lines: Sequence[FeeLine]) -> PartnerSum:
    """What one partner's lines come to; they are due in one currency."""
    held: dict[Month, int] = defaultdict(int)
    for each in lines:
        if each.held_minor and each.release_on:
            held[Month.of(each.release_on)] += each.held_minor
    corrections = [each.due_minor for each in lines if each.is_correction]
    return PartnerSum(
        partner=partner,
        currency=currency,
        new=Money(sum(each.due_minor for each in lines if not each.is_correction), currency),
        corrected=Money(sum(corrections), currency),
        waived=Money(sum(each.waived_minor for each in lines), currency),
        taken=Money(_taken(lines), currency),
        held=tuple((release, Money(minor, currency)) for release, minor in sorted(held.items())),
        freed=Money(sum(each.freed_minor for each in lines), currency),
        lines=len(lines),
        zero_lines=sum(not each.due_minor and not each.waits for each in lines),
        corrections=len(corrections),
        waiting=sum(bool(each.waits) for each in lines),
    )
