"""Snapshots and books: what a month's settlement counted, and what came out, as Parquet.

A book has no row-level security: it is read for one partner, and there is no other way to get lines out of it.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ofrecord.engine.columns import FORMAT, fact_table, facts_of, line_table
from ofrecord.engine.columns import lines_of as lines_in
from ofrecord.engine.files import Kept, keep_table, sound_path, write_json
from ofrecord.engine.judge import recompute
from ofrecord.engine.refusals import BookUnsound
from ofrecord.engine.types import LINE_DIGITS, BilledFact, BookedLine, FeeLine, LineKey, PartnerSum
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.program.types import Terms

SNAPSHOT_KIND: Final = "snapshot"
BOOK_KIND: Final = "book"
MANIFEST: Final = "manifest.json"
VERIFY_ROWS: Final = 10_000


def folder_of(root: Path, month: Month) -> Path:
    return root / str(month)


def write_snapshot(root: Path, month: Month, facts: Sequence[BilledFact]) -> Kept:
    """Keeps the facts, ordered by invoice and day."""
    ordered = sorted(facts, key=lambda fact: (fact.invoice, fact.service.first, fact.invoice_line))
    return keep_table(folder_of(root, month), SNAPSHOT_KIND, fact_table(ordered))


def read_snapshot(root: Path, month: Month, sha256: str) -> list[BilledFact]:
    """The very facts that were kept under the hash."""
    return facts_of(pq.read_table(sound_path(folder_of(root, month), SNAPSHOT_KIND, sha256)))


def write_book(root: Path, month: Month, lines: Sequence[FeeLine]) -> Kept:
    """Keeps the lines in the order of partner, invoice and day, each with a number of its own."""
    ordered = sorted(lines, key=lambda line: (line.partner, line.invoice, line.service.first, line.key))
    return keep_table(folder_of(root, month), BOOK_KIND, line_table(ordered, numbers_of(ordered)))


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


def write_manifest(root: Path, month: Month, snapshot: Kept, book: Kept, versions: Mapping[str, str]) -> None:
    """What the month's files are, for whoever checks them without us; `versions` are the programs by hash."""
    files = {
        kind: {"name": kept.name, "sha256": kept.sha256, "rows": kept.rows}
        for kind, kept in ((SNAPSHOT_KIND, snapshot), (BOOK_KIND, book))
    }
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "month": str(month),
        "files": files,
        "program_versions": dict(versions),
    }
    write_json(folder_of(root, month) / MANIFEST, manifest)


def lines_of(root: Path, month: Month, sha256: str, partner: str) -> list[BookedLine]:
    """The partner's lines of a book, in its order."""
    return _read(root, month, sha256, pc.field("partner") == partner)


def line(root: Path, month: Month, sha256: str, number: int, partner: str) -> BookedLine | None:
    """The line with that number if it is the partner's; None when it is another's or there is none."""
    wanted = (pc.field("partner") == partner) & (pc.field("number") == number)
    return next(iter(_read(root, month, sha256, wanted)), None)


def partner_of(root: Path, month: Month, sha256: str, number: int) -> str | None:
    """Whose line has that number; for the office, which may then ask for the line. Tells nothing else."""
    path = sound_path(folder_of(root, month), BOOK_KIND, sha256)
    found = pq.read_table(path, columns=["partner"], filters=pc.field("number") == number)
    return found["partner"][0].as_py() if found.num_rows else None


def _read(root: Path, month: Month, sha256: str, wanted: pc.Expression) -> list[BookedLine]:
    path = sound_path(folder_of(root, month), BOOK_KIND, sha256)
    return [
        BookedLine(month, number, found) for number, found in lines_in(pq.read_table(path, filters=wanted))
    ]


def sums_of(root: Path, month: Month, sha256: str, terms_by_sha: Mapping[str, Terms]) -> list[PartnerSum]:
    """What the book pays, by partner and currency, once every line was read back and worked out again.

    Raises BookUnsound at the first line whose amount is not what its working, or its version, gives.
    """
    path = sound_path(folder_of(root, month), BOOK_KIND, sha256)
    fees: dict[tuple[str, str], list[int]] = defaultdict(list)
    for batch in pq.ParquetFile(path).iter_batches(batch_size=VERIFY_ROWS):
        for number, found in lines_in(pa.Table.from_batches([batch])):
            fee = found.recomputed()
            if fee != found.fee or fee != recompute(found, terms_by_sha[found.terms_sha256]):
                raise BookUnsound(file=str(path), line=number)
            fees[found.partner, found.currency].append(fee.minor)
    return [
        PartnerSum(partner, Money(sum(minor), currency), len(minor), minor.count(0))
        for (partner, currency), minor in sorted(fees.items())
    ]
