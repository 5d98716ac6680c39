"""Tiers as a file states them: one line for each partner, tier and day from which it holds it."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

NEEDED = ("partner", "tier", "first")
OPTIONAL = ("until", "replaces_later", "reason")
LARGEST_BYTES = 20_000_000
_YES, _NO = ("yes", "true"), ("", "no", "false")

LineFault = tuple[int, str]


@dataclass(frozen=True, slots=True)
class TierRow:
    """One line: the partner's number, the tier, its days, and why."""

    line: int
    partner: str
    tier: str
    first: date
    until: date | None
    replaces_later: bool
    reason: str


def read_tiers(content: bytes) -> tuple[list[TierRow], list[LineFault]]:
    """The lines that can be read, and every fault of the others with its line."""
    if len(content) > LARGEST_BYTES:
        return [], [(1, f"The file is larger than {LARGEST_BYTES:,} bytes; divide it.")]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], [(1, "The file is not UTF-8 text.")]
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        return _read(reader)
    except csv.Error as fault:
        return [], [(reader.line_num, f"This is no CSV: {fault}.")]


def _read(reader: "csv.DictReader[str]") -> tuple[list[TierRow], list[LineFault]]:
    faults = _head_faults(reader.fieldnames or ())
    if faults:
        return [], faults
    rows: list[TierRow] = []
    for fields in reader:
        line = reader.line_num
        says = _faults(fields)
        faults += [(line, each) for each in says]
        if not says:
            rows.append(_row(line, fields))
    if not rows and not faults:
        faults.append((1, "The file has no line but its head."))
    return rows, faults


def _head_faults(names: Sequence[str]) -> list[LineFault]:
    known = (*NEEDED, *OPTIONAL)
    missing = [f"The column {name} is missing." for name in NEEDED if name not in names]
    unknown = [
        f"The column {name} is not known; known are {', '.join(known)}."
        for name in names
        if name not in known
    ]
    twice = [f"The column {name} stands there twice." for name in known if list(names).count(name) > 1]
    return [(1, says) for says in (*missing, *unknown, *twice)]


def _faults(fields: dict[str, str]) -> list[str]:
    if None in fields or None in fields.values():
        return ["It has not as many fields as the head."]
    found = [f"The {name} is missing." for name in NEEDED if not fields[name].strip()]
    for name in ("first", "until"):
        value = fields.get(name, "").strip()
        if value and _day(value) is None:
            found.append(f"{value!r} is no day; write it like 2026-11-03.")
    said = fields.get("replaces_later", "").strip().lower()
    if said not in (*_YES, *_NO):
        found.append(f"{said!r} is neither yes nor no.")
    return found


def _row(line: int, fields: dict[str, str]) -> TierRow:
    first = _day(fields["first"].strip())
    assert first is not None, "it was looked at"
    return TierRow(
        line=line,
        partner=fields["partner"].strip(),
        tier=fields["tier"].strip(),
        first=first,
        until=_day(fields.get("until", "").strip()),
        replaces_later=fields.get("replaces_later", "").strip().lower() in _YES,
        reason=fields.get("reason", "").strip(),
    )


def _day(text: str) -> date | None:
    """A day as 2026-11-03 and in no other way."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None
