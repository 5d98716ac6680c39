"""Reading a table by its keys.

Every wrong value, missing key and unknown key becomes a fault, and none of them stops the rest.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final

from ofrecord.program.faults import Fault, Mistake
from ofrecord.program.positions import Path, Positions, path_text
from ofrecord.program.unsaid import unknown_key

MISSING: Final = object()
MOST_FAULTS: Final = 1_000


class FloatText(str):
    """A float as it was written: never turned into a number, always a fault."""


@dataclass(slots=True)
class Reading:
    """The faults found so far, and what values depend on that the document states elsewhere.

    Amounts without a currency are in `currency`; ranges of days hold their last day if
    `last_day_is_included`. `with_unknown` are the tables with an unknown key: what they seem to lack may be
    what that key meant. `faulty` are the places of faults, and all that they are inside of.
    `amounts_are_stated` ends when a stand-in was taken for something that amounts are computed with.
    """

    positions: Positions
    faults: list[Fault] = field(default_factory=list)
    currency: str = ""
    last_day_is_included: bool = True
    with_unknown: set[Path] = field(default_factory=set)
    faulty: set[Path] = field(default_factory=set)
    amounts_are_stated: bool = True

    @property
    def is_full(self) -> bool:
        """Whether so many faults were noted that no more are: nobody reads them, and remedies take time."""
        return len(self.faults) >= MOST_FAULTS

    def fault(self, path: Path, says: str, remedy: str = "", at_key: bool = False) -> None:
        """Notes a fault at the value, or at the key, of the path."""
        if self.is_full:
            return
        place = self.positions.of_key(path) if at_key else self.positions.of_value(path)
        self.faults.append(Fault(*place, path_text(path), says, remedy))
        self.faulty.update(path[: length + 1] for length in range(len(path)))

    def is_faulty(self, path: Path) -> bool:
        """Whether a fault was noted at the path or inside it."""
        return path in self.faulty


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value: in words, and how it is read: `read` gives it, or MISSING, or raises Mistake."""

    says: str
    read: Callable[[Reading, Path, Any], Any]


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table.

    A `default` makes it optional. A `standin` lets the rest be checked when a value, or a part of it, is
    faulty or missing: it is given only to keys whose value does not decide which cases a clause claims. When
    it is `in_amounts` the examples are not run: what they pay would be an echo of the fault.
    """

    name: str
    kind: Kind
    means: str
    example: str
    default: Any = MISSING
    standin: Any = MISSING
    default_says: str = ""
    in_amounts: bool = False


def in_words(value: object) -> str:
    """What a value is, for a person who wrote something else."""
    match value:
        case bool():
            words = "true" if value else "false"
        case int():
            words = f"the number {value}" if abs(value) < 10**20 else "a number"
        case str():
            words = f'the text "{value if len(value) <= 40 else value[:40] + "…"}"'
        case datetime() | time():
            words = "a time of day"
        case date():
            words = f"the date {value}"
        case list():
            words = "a list"
        case _:
            words = "a table"
    return words


def wrong_kind(kind: str, value: object) -> Mistake:
    """The mistake of writing another kind of value."""
    if isinstance(value, FloatText):
        return Mistake(f"{value} is a float, and no float is exact.", f"Write {kind}.")
    return Mistake(f"This is {in_words(value)}.", f"Write {kind}.")


def read_value(reading: Reading, path: Path, kind: Kind, value: Any) -> Any:
    """The value, or MISSING after its fault was noted."""
    try:
        return kind.read(reading, path, value)
    except Mistake as mistake:
        reading.fault(path, mistake.says, mistake.remedy)
        return MISSING


def is_whole(value: Any) -> bool:
    """Whether nothing inside is MISSING."""
    if isinstance(value, dict):
        return all(is_whole(inner) for inner in value.values())
    if isinstance(value, tuple | list):
        return all(is_whole(inner) for inner in value)
    return value is not MISSING


def read_table(reading: Reading, path: Path, value: Any, keys: tuple[Key, ...]) -> Any:
    """The table's values by key, MISSING in place of each that could not be read; MISSING if it is no table.

    Unknown keys are faults; a missing key that one of them nearly is, is not another.
    """
    if not isinstance(value, dict):
        mistake = wrong_kind("a table", value)
        reading.fault(path, mistake.says, mistake.remedy)
        return MISSING
    known = [key.name for key in keys]
    unstated = [name for name in known if name not in value]
    misspelled: set[str | None] = set()
    for name in (name for name in value if name not in known):
        if reading.is_full:
            break
        unknown = unknown_key(name, unstated, known)
        misspelled.add(unknown.meant)
        reading.with_unknown.add(path)
        reading.fault((*path, name), unknown.says, unknown.remedy, at_key=True)
    return {key.name: _read_key(reading, path, value, key, misspelled) for key in keys}


def _read_key(
    reading: Reading, path: Path, table: dict[str, Any], key: Key, misspelled: set[str | None]
) -> Any:
    if key.name in table:
        value = read_value(reading, (*path, key.name), key.kind, table[key.name])
        if is_whole(value):
            return value
        return _standin(reading, key) if value is MISSING or key.standin is not MISSING else value
    if key.default is not MISSING and key.name not in misspelled:
        return key.default
    if key.name not in misspelled:
        says = f"`{key.name}` is missing."
        reading.fault((*path, key.name), says, f"Write it like `{key.name} = {key.example}`.", at_key=True)
    return _standin(reading, key)


def _standin(reading: Reading, key: Key) -> Any:
    reading.amounts_are_stated &= not key.in_amounts
    return key.standin


def rows_of(keys: tuple[Key, ...], says: str, most: int) -> Kind:
    """A list of tables that all have these keys."""

    def read(reading: Reading, path: Path, value: Any) -> Any:
        if not isinstance(value, list):
            raise wrong_kind(says, value)
        if len(value) > most:
            raise Mistake(f"This lists {len(value)} rows.", f"At most {most} are allowed.")
        return tuple(read_table(reading, (*path, number), row, keys) for number, row in enumerate(value))

    return Kind(says, read)


def table_of(keys: tuple[Key, ...], says: str) -> Kind:
    """A table with these keys. With an unknown one it is not whole: that could have changed its meaning."""

    def read(reading: Reading, path: Path, value: Any) -> Any:
        found = read_table(reading, path, value, keys)
        if found is not MISSING and not {key.name for key in keys}.issuperset(value):
            return {**found, "unknown": MISSING}
        return found

    return Kind(says, read)
