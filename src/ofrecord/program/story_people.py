"""The partners of a story, and the tiers that they hold."""

from collections import defaultdict
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

from ofrecord.kernel.calendar import Span
from ofrecord.kernel.rate import rate_text
from ofrecord.kernel.words import day_words
from ofrecord.program.positions import Path
from ofrecord.program.reading import Reading
from ofrecord.program.story_types import StoryPartner, StoryTier

Table = dict[str, Any]


def build_partners(
    reading: Reading, path: Path, rows: tuple[Table, ...], start: date
) -> tuple[StoryPartner, ...]:
    """The partners of a sale that starts on the day; at any time a role is held by one, or by shares."""
    partners = tuple(
        StoryPartner(row["name"], row["role"], row["from"] or start, row["until"], row["share"])
        for row in rows
    )
    spans = [
        (number, partner)
        for number, partner in enumerate(partners)
        if _days_are_in_order(reading, (*path, "partners", number), partner)
    ]
    by_role: dict[str, list[tuple[int, StoryPartner]]] = defaultdict(list)
    for number, partner in spans:
        by_role[partner.role].append((number, partner))
    for role, some in by_role.items():
        _check_role(reading, path, role, some)
    return partners


def _days_are_in_order(reading: Reading, path: Path, partner: StoryPartner) -> bool:
    if partner.until is None or partner.first < partner.until:
        return True
    says = f"It ends on {day_words(partner.until)}, before it has been a day in the role."
    reading.fault((*path, "until"), says, "`until` is the first day on which it no longer has the role.")
    return False


def _check_role(reading: Reading, path: Path, role: str, some: list[tuple[int, StoryPartner]]) -> None:
    """On each day on which somebody takes up the role: one holds it, or all have shares of at most 100%."""
    for number, partner in some:
        held = [other for _, other in some if Span(other.first, other.until).has(partner.first)]
        at = (*path, "partners", number)
        shares = [other.share for other in held if other.share is not None]
        total = sum(shares, Fraction(0))
        if len(held) > 1 and len(shares) < len(held):
            says = f"On {day_words(partner.first)} {len(held)} partners have the role {role}, not all by a share."
            reading.fault(at, says, "State the `share` of each, or let one end with `until`.")
            return
        if total > 1:
            says = f"On {day_words(partner.first)} the shares of the role {role} come to {rate_text(total)}."
            reading.fault((*at, "share"), says, "They are at most 100% together.")
            return


def build_tiers(reading: Reading, path: Path, rows: tuple[Table, ...]) -> tuple[StoryTier, ...]:
    """The later tiers, from the first day on."""
    for number, (before, row) in enumerate(pairwise(rows), start=1):
        if row["day"] <= before["day"]:
            says = f"{day_words(row['day'])} is not after {day_words(before['day'])}."
            reading.fault(
                (*path, "tiers", number, "day"), says, "Write the tiers in the order of their days."
            )
    return tuple(StoryTier(row["day"], row["tier"]) for row in rows)
