"""A program document: its bytes in, Terms and every fault out.

`check` finds all faults that can be found without running the examples: the flow that runs them through the
rules that pay is `flows/check_program.py`.
"""

import hashlib
import re
import tomllib
from dataclasses import dataclass, field
from typing import Any, Final

from ofrecord.program.build import build_terms
from ofrecord.program.clauses import check_clauses
from ofrecord.program.faults import Fault
from ofrecord.program.grammar import SECTIONS, Section
from ofrecord.program.kinds import CODE
from ofrecord.program.positions import Path, Positions, path_text, read_positions, without_repeated
from ofrecord.program.reading import MISSING, MOST_FAULTS, FloatText, Reading, read_table, read_value
from ofrecord.program.references import check_references
from ofrecord.program.story_build import build_examples
from ofrecord.program.story_types import Example
from ofrecord.program.types import Terms
from ofrecord.program.unsaid import unknown_key

LARGEST_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. `terms` is None as soon as there is one fault: a faulty document pays nobody.

    `compiled` is there as soon as the clauses could be read: the examples can then be run although other
    faults remain. `examples` are the ones that can be run, with their places in the document.
    """

    compiled: Terms | None
    examples: tuple[tuple[Path, Example], ...]
    faults: tuple[Fault, ...]
    positions: Positions = field(default_factory=Positions, repr=False)

    @property
    def terms(self) -> Terms | None:
        return None if self.faults else self.compiled


def check(document: bytes) -> Checked:
    """Reads the document; every fault at once, in the order of the text."""
    try:
        return _check(document)
    except RecursionError:
        return _unreadable(
            "The document is nested too deeply.", "Write no list or table that deep inside others."
        )


def _check(document: bytes) -> Checked:
    if len(document) > LARGEST_BYTES:
        return _unreadable(
            f"The document has {len(document)} bytes.", f"At most {LARGEST_BYTES} are allowed."
        )
    try:
        text = document.decode("utf-8")
    except UnicodeDecodeError as error:
        line = document.count(b"\n", 0, error.start) + 1
        return _unreadable("The document is not UTF-8 text.", "Save it in the encoding UTF-8.", line)
    positions = read_positions(document)
    reading = Reading(positions)
    data = _parse(text, document, reading)
    if data is None:
        return Checked(None, (), _ordered(reading))
    return _check_data(data, reading, hashlib.sha256(document).hexdigest())


def _check_data(data: dict[str, Any], reading: Reading, sha256: str) -> Checked:
    draft = read_draft(reading, data)
    whole = check_references(reading, draft)
    terms = build_terms(draft, sha256) if whole else None
    if terms is not None:
        check_clauses(reading, terms)
    examples = build_examples(reading, draft, terms) if terms else ()
    if not reading.amounts_are_stated:
        examples = ()
    return Checked(terms, examples, _ordered(reading), reading.positions)


def _ordered(reading: Reading) -> tuple[Fault, ...]:
    faults = tuple(sorted(set(reading.faults)))
    if not reading.is_full:
        return faults
    after = faults[-1].line + 1
    more = Fault(after, 1, "", "There may be more faults than these.", "Mend these and check again.")
    return (*faults, more)


def _unreadable(says: str, remedy: str, line: int = 1) -> Checked:
    return Checked(None, (), (Fault(line, 1, "", says, remedy),))


def _parse(text: str, document: bytes, reading: Reading) -> dict[str, Any] | None:
    """The values. Of a name stated twice the first is read; other faults of syntax end the reading."""
    try:
        return tomllib.loads(text, parse_float=FloatText)
    except ValueError as first:
        if not reading.positions.repeated:
            reading.faults.append(_syntax_fault(first, text))
            return None
    _note_repeated(reading)
    try:
        once = without_repeated(document, reading.positions).decode("utf-8")
        return tomllib.loads(once, parse_float=FloatText)
    except ValueError as second:
        reading.faults.append(_syntax_fault(second, text))
        return None


def _note_repeated(reading: Reading) -> None:
    for repeated in reading.positions.repeated:
        says = f"This name was stated before, in line {repeated.first[0]}."
        remedy = "Every name is stated once: rename one of the two, or leave it out."
        reading.faults.append(Fault(*repeated.place, path_text(repeated.path), says, remedy))


def _syntax_fault(error: ValueError, text: str) -> Fault:
    """What `tomllib` found, with its place."""
    said = str(error)
    place = re.search(r" \(at line (\d+), column (\d+)\)$", said)
    line, column = (int(place[1]), int(place[2])) if place else (text.count("\n") + 1, 1)
    said = re.sub(r" \(at [^)]*\)$", "", said)
    remedy = "Text stands in straight quotes, dates stand without, and every [ and { is closed."
    return Fault(line, column, "", f"This is no TOML: {said[:1].lower()}{said[1:]}.", remedy)


def read_draft(reading: Reading, data: dict[str, Any]) -> dict[str, Any]:
    """The document's tables by section, MISSING in place of all that could not be read."""
    known = [section.name for section in SECTIONS]
    unknown = [name for name in data if name not in known]
    for name in unknown[:MOST_FAULTS]:
        table = unknown_key(name, [], known)
        says = table.says.replace("This key", "This table")
        reading.fault((name,), says, table.remedy, at_key=True)
    draft = {section.name: _read_section(reading, section, data) for section in SECTIONS}
    # What an unknown table was meant to say could change everything, so the draft is not whole.
    return {**draft, "unknown": MISSING} if unknown else draft


def _read_section(reading: Reading, section: Section, data: dict[str, Any]) -> Any:
    path: Path = (section.name,)
    value = data.get(section.name, [] if section.each == "list" else {})
    if section.required and value == {}:
        header = f"[{section.name}{'.NAME' if section.each else ''}]"
        reading.fault(path, f"The document has no {header}.", f"Write one: {_lowered(section.says)}")
        return MISSING
    if section.name == "program" and isinstance(value, dict):
        _take_what_values_need(reading, value)
    if section.each == "name":
        return _read_named(reading, section, path, value)
    if section.each == "list":
        return _read_list(reading, section, path, value)
    return read_table(reading, path, value, section.keys)


def _take_what_values_need(reading: Reading, program: dict[str, Any]) -> None:
    if isinstance(program.get("currency"), str):
        reading.currency = program["currency"]
    reading.last_day_is_included = program.get("last_day") != "excluded"


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _read_named(reading: Reading, section: Section, path: Path, value: Any) -> Any:
    if not isinstance(value, dict):
        reading.fault(path, "These are tables with names.", f"Write [{section.name}.NAME].")
        return MISSING
    if len(value) > section.most:
        reading.fault(path, f"There are {len(value)} of these.", f"At most {section.most} are allowed.")
        return MISSING
    for name in value:
        read_value(reading, (*path, name), CODE, name)
    return {name: read_table(reading, (*path, name), table, section.keys) for name, table in value.items()}


def _read_list(reading: Reading, section: Section, path: Path, value: Any) -> list[Any]:
    if not isinstance(value, list):
        reading.fault(path, "This is a list of tables.", f"Write [[{section.name}]].")
        return []
    if len(value) > section.most:
        reading.fault(path, f"There are {len(value)} of these.", f"At most {section.most} are allowed.")
    rows = enumerate(value[: section.most])
    return [read_table(reading, (*path, number), row, section.keys) for number, row in rows]
