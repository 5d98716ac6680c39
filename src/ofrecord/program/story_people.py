"""The partners of a story, and the tiers that they hold."""

from collections import defaultdict
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

from ofrecord.kernel.calendar import Span
from ofrecord.kernel.rate import rate_text
from ofrecord.kernel.words import day_words
from ofrecord.program.clause_types import PARTNER_OF_RECORD
from ofrecord.program.positions import Path
from ofrecord.program.reading import Reading
from ofrecord.program.story_types import StoryPartner, StoryTier

Table = dict[str, Any]


def partners_of(rows: tuple[Table, ...], start: date) -> tuple[StoryPartner, ...]:
    """The partners of a sale that starts on the day; those that were gone by then are none of it."""
    partners = (
        StoryPartner(row["name"], row["role"], row["from"] or start, row["until"], row["share"])
        for row in rows
    )
    return tuple(partner for partner in partners if partner.until is None or partner.until > start)


def check_partners(reading: Reading, path: Path, rows: tuple[Table, ...], start: date) -> None:
    """Notes where at any time a role is held by several, and not by shares of the whole."""
    by_role: dict[str, list[tuple[int, StoryPartner]]] = defaultdict(list)
    for number, row in enumerate(rows):
        first, until = row["from"] or start, row["until"]
        if until is not None and until <= first:
            says = f"It ends on {day_words(until)}, before it has been a day in the role."
            remedy = "`until` is the first day on which it no longer has the role."
            reading.fault((*path, "partners", number, "until"), says, remedy)
        else:
            partner = StoryPartner(row["name"], row["role"], first, until, row["share"])
            by_role[partner.role].append((number, partner))
    for role, some in by_role.items():
        _check_role(reading, path, role, some)


def _check_role(reading: Reading, path: Path, role: str, some: list[tuple[int, StoryPartner]]) -> None:
    """On each day on which somebody takes up the role: one holds it, or all have shares of at most 100%."""
    for number, partner in some:
        held = [other for _, other in some if Span(other.first, other.until).has(partner.first)]
        at, day = (*path, "partners", number), day_words(partner.first)
        shares = [other.share for other in held if other.share is not None]
        total = sum(shares, Fraction(0))
        if role == PARTNER_OF_RECORD and len(held) > 1:
            says = f"On {day} a sale would have {len(held)} partners of record, and it has one at a time."
            reading.fault(at, says, "Let one end with `until`, or let the others have another role.")
        elif role == PARTNER_OF_RECORD and shares:
            says = "The partner of record holds its role alone."
            reading.fault(
                (*at, "share"), says, "Leave `share` out; roles share a fee by `split` of a clause."
            )
        elif len(held) > 1 and len(shares) < len(held):
            says = f"On {day} {len(held)} partners have the role {role}, not all by a share."
            reading.fault(at, says, "State the `share` of each, or let one end with `until`.")
        elif total > 1:
            says = f"On {day} the shares of the role {role} come to {rate_text(total)}."
            reading.fault((*at, "share"), says, "They are at most 100% together.")
        else:
            continue
        return


def tiers_of(rows: tuple[Table, ...]) -> tuple[StoryTier, ...]:
    """The later tiers of the partners."""
    return tuple(StoryTier(row["day"], row["tier"]) for row in rows)


def check_tiers(reading: Reading, path: Path, rows: tuple[Table, ...]) -> None:
    """Notes a tier that is not later than the one before."""
    for number, (before, row) in enumerate(pairwise(rows), start=1):
        if row["day"] <= before["day"]:
            says = f"{day_words(row['day'])} is not after {day_words(before['day'])}."
            reading.fault(
                (*path, "tiers", number, "day"), says, "Write the tiers in the order of their days."
            )
