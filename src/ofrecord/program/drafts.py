"""A draft: what was read of a document, section by section, MISSING in place of what could not be read."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from ofrecord.program.faults import known_words
from ofrecord.program.positions import Path
from ofrecord.program.reading import MISSING, Reading

Draft = dict[str, Any]


def names_of(draft: Draft, section: str) -> list[str]:
    """The names of a section's tables, read or not."""
    return [] if draft[section] is MISSING else list(draft[section])


def tables_of(draft: Draft, section: str) -> dict[str, Any]:
    """The tables of a section."""
    tables = {} if draft[section] is MISSING else draft[section]
    return {name: table for name, table in tables.items() if table is not MISSING}


def stated(table: Any, key: str) -> Any:
    """The value of a key; nothing if it, or its table, could not be read."""
    value = MISSING if table is MISSING else table[key]
    return () if value is MISSING or value is None else value


def opened(draft: Draft, ways: Sequence[str] = ()) -> dict[str, date]:
    """The regions where any of the ways (of all, if none is named) is open, with the first day."""
    found: dict[str, date] = {}
    for name, way in tables_of(draft, "ways").items():
        for region, day in stated(way, "open") if not ways or name in ways else ():
            if region is not MISSING and day is not MISSING:
                found[region] = min(day, found.get(region, day))
    return found


def element(reading: Reading, path: Path, number: int) -> Path:
    """The place of one of several values; where only one is written, that of the key."""
    return (*path, number) if reading.positions.has((*path, number)) else path


_UNKNOWN = {
    "region": "No way to sell is open in {}.",
    "tier": "The program has no tier {}.",
    "segment": "The program has no segment {}.",
    "pool": "The program has no pool {}.",
    "family": "No offer is of the family {}.",
}


def check_known(reading: Reading, path: Path, values: Sequence[str], known: Sequence[str], noun: str) -> None:
    """Notes each value that is not among the known ones, with the known one that is most like it."""
    for number, value in enumerate(values):
        if value not in known and not reading.is_full:
            at = element(reading, path, number)
            sentence = _UNKNOWN.get(noun, "There is no {1} {0}.").format(f'"{value}"', noun)
            reading.fault(at, sentence, known_words(value, known))
