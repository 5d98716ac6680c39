"""A book of many lines read back by an engine: every line worked out again, then the sums. Never all in Python."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

import ibis
import pyarrow as pa

from ofrecord.engine.columns import BOOK, lines_of
from ofrecord.engine.compiled.checks import check_table, scale_table
from ofrecord.engine.recompute import is_sound
from ofrecord.engine.refusals import BookUnsound
from ofrecord.engine.running.duck import Duck
from ofrecord.engine.steps.sound import currency_pairs, doubtful
from ofrecord.engine.steps.sums import exchanged_on, expected, held, sums
from ofrecord.engine.storage import Folder
from ofrecord.engine.types import PartnerSum
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.program.types import Terms

ROWS_AT_ONCE = 10_000


def sums_in_columns(engine: Duck, path: Folder, terms_by_sha: Mapping[str, Terms]) -> list[PartnerSum]:
    """As `books.sums_of`. Raises BookUnsound at the first line of which a figure is not what it must be."""
    book = engine.read([path], BOOK)
    require_sound(engine, path, book, terms_by_sha)
    return partner_sums(engine, book)


def require_sound(engine: Duck, path: Folder, book: ibis.Table, terms_by_sha: Mapping[str, Terms]) -> None:
    """Raises BookUnsound at the first such line.

    What columns doubt is worked out line by line: what is wrong, and what is beyond the limits of exact products.
    """
    pairs = engine.fetch(currency_pairs(book)).to_pylist()
    scales = scale_table((pair["currency"], pair["due_currency"]) for pair in pairs)
    doubted = doubtful(book, engine.bring(check_table(terms_by_sha.values())), engine.bring(scales))
    query = engine.sql(doubted.select(BOOK.names))
    for batch in engine.connection.sql(query).to_arrow_reader(ROWS_AT_ONCE):
        for number, line in lines_of(pa.Table.from_batches([batch])):
            if not is_sound(line, terms_by_sha[line.terms_sha256]):
                raise BookUnsound(file=str(path), line=number)


def partner_sums(engine: Duck, book: ibis.Table) -> list[PartnerSum]:
    """What the lines come to, by partner and currency, in this order."""
    kept: dict[tuple[str, str], list[tuple[Month, int]]] = defaultdict(list)
    for row in engine.fetch(held(book).order_by("release")).to_pylist():
        kept[row["partner"], row["due_currency"]].append((Month.of(row["release"]), row["held_minor"]))
    rows = engine.fetch(sums(book).order_by("partner", "due_currency")).to_pylist()
    return [_sum(row, kept.get((row["partner"], row["due_currency"]), [])) for row in rows]


def expected_sums(
    engine: Duck, book: ibis.Table, name: str, since: date | None
) -> dict[tuple[str, str], Money]:
    """What of the lines is not certain yet (`sums.expected`), by partner and currency."""
    rows = engine.fetch(expected(book, name, since)).to_pylist()
    return {
        (row["partner"], row["due_currency"]): Money(int(row["expected_minor"]), row["due_currency"])
        for row in rows
    }


def is_exchanged_on(engine: Duck, book: ibis.Table, day: date) -> bool:
    """Whether a line is exchanged at the rates of the day."""
    return bool(engine.fetch(exchanged_on(book, day))["lines"][0].as_py())


def _sum(row: Mapping[str, int | str], kept: list[tuple[Month, int]]) -> PartnerSum:
    currency = str(row["due_currency"])

    def money(name: str) -> Money:
        return Money(int(row[f"{name}_minor"]), currency)

    return PartnerSum(
        partner=str(row["partner"]),
        currency=currency,
        new=money("new"),
        corrected=money("corrected"),
        waived=money("waived"),
        taken=money("taken"),
        held=tuple((release, Money(minor, currency)) for release, minor in kept),
        freed=money("freed"),
        lines=int(row["lines"]),
        zero_lines=int(row["zero_lines"]),
        corrections=int(row["corrections"]),
        waiting=int(row["waiting"]),
    )
