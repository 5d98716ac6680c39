"""The layout of `eurofxref-hist.csv` and `eurofxref.csv`.

The first line names the currencies, each further line a day and its rates, the latest first; every line ends with a
comma. The file of one day has a space after each comma and its day in words. `N/A` stands where there is no rate.
"""

import csv
import io
from collections.abc import Sequence

from ofrecord.exchange.reading import Reading

DATE, NO_RATE = "Date", "N/A"


def read_csv(text: str, reading: Reading) -> None:
    """Reads the whole file; whatever cannot be taken is a fault with its line."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = _cells(next(lines, []))
        if not _is_header(header, reading):
            return
        currencies = header[1:]
        for cells in lines:
            if cells:
                _read_line(lines.line_num, _cells(cells), currencies, reading)
    except csv.Error as error:
        reading.fault(lines.line_num, f"this is no comma-separated text: {error}")


def _cells(cells: Sequence[str]) -> list[str]:
    """The cells without the spaces around them, and without the empty one after the last comma."""
    stripped = [cell.strip() for cell in cells]
    return stripped[:-1] if len(stripped) > 1 and not stripped[-1] else stripped


def _is_header(header: Sequence[str], reading: Reading) -> bool:
    """Whether the first line names a day and currencies, each once; each fault is noted."""
    if header[:1] != [DATE] or len(header) < 2:
        reading.fault(
            1, f"the first line begins with {DATE!r} and names the currencies, such as Date,USD,JPY,"
        )
        return False
    known = [reading.currency(1, currency) for currency in header[1:]]
    twice = sorted({currency for currency in header if header.count(currency) > 1})
    for currency in twice:
        reading.fault(1, f"{currency[:20]!r} stands in the first line twice")
    return all(known) and not twice


def _read_line(number: int, cells: Sequence[str], currencies: Sequence[str], reading: Reading) -> None:
    if len(cells) != len(currencies) + 1:
        says = f"there are {len(cells)} cells under {len(currencies) + 1} headings"
        reading.fault(number, says)
        return
    day = reading.day(number, cells[0])
    if day is None:
        return
    for currency, text in zip(currencies, cells[1:], strict=True):
        if text != NO_RATE:
            reading.take(number, f"line {number}, {currency}", currency, day, text)
