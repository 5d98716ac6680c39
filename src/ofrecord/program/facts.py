"""The facts by which the clauses of a version tell cases apart, each with its values.

The values of a named fact, such as the region, are the names that the document states. A counted or dated one,
such as the month, is cut wherever a clause begins or ends, and its values are the pieces in between. Sets of
values and sets of clauses are bits of whole numbers, so that what two clauses have in common is an `&`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Final

from ofrecord.kernel.calendar import Span
from ofrecord.program.clause_types import (
    DEALS,
    DESIGNATION,
    PARTNER_OF_RECORD,
    ROLES,
    START,
    Basis,
    Clause,
    CountRange,
)
from ofrecord.program.types import Offer, Terms

# In the order in which cases are told apart: roles first, since no clause of one role concerns another.
NAMED: Final = ("roles", "ways", "tiers", "regions", "segments", "offers", "deals")
RANGES: Final = ("seats", "sold", "billed", "months", "designated")
FACTS: Final = (*NAMED, *RANGES)
PLACE: Final = {name: place for place, name in enumerate(FACTS)}

# What of a partner may differ from another partner of the same sale: a fee on a fee does not hand it on.
OF_THE_PARTNER: Final = ("roles", "tiers", "designated")

# Whole numbers (days by their ordinals) from the first until before the second, None without end.
Piece = tuple[int, int | None]
Box = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact: its values, names or pieces, and for each value the clauses that claim cases with it."""

    name: str
    values: tuple[Any, ...]
    claims: tuple[int, ...]

    @property
    def all(self) -> int:
        """Every value."""
        return (1 << len(self.values)) - 1


def bits_of(number: int) -> Iterator[int]:
    """The places of the bits that are set, from the lowest."""
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


def bits_where(values: Iterable[Any], holds: Callable[[Any], bool]) -> int:
    """The values for which it holds, a bit for each."""
    return sum(1 << place for place, value in enumerate(values) if holds(value))


def is_beside(clause: Clause) -> bool:
    """Whether it pays beside what others pay, and so covers no case: a share of a pool, a share of growth."""
    return clause.basis is Basis.POOLED or clause.growth is not None


def roles_named(clauses: Iterable[Clause]) -> set[str]:
    return {role for clause in clauses for role in (*clause.payees, *clause.when.roles)}


def asked_boxes(terms: Terms) -> tuple[tuple[tuple[Any, ...], ...], dict[str, Box]]:
    """The values of all facts, and for each clause the values that it asks for.

    A fee on another clause's fee is claimed where that one claims too, but for what is the partner's own.
    """
    values = (*(_names(name, terms) for name in NAMED), *(_pieces(name, terms) for name in RANGES))
    own = {
        clause.name: tuple(
            bits_where(of_fact, _asker(clause, name, terms))
            for name, of_fact in zip(FACTS, values, strict=True)
        )
        for clause in terms.clauses
    }
    return values, {clause.name: _with_basis(clause, terms, own) for clause in terms.clauses}


def facts_of(terms: Terms, values: tuple[tuple[Any, ...], ...], asked: dict[str, Box]) -> tuple[Fact, ...]:
    """The facts with the clauses that claim each of their values."""
    boxes = [asked[clause.name] for clause in terms.clauses]
    return tuple(
        Fact(
            name,
            values[place],
            tuple(
                sum(1 << number for number, box in enumerate(boxes) if box[place] >> value & 1)
                for value in range(len(values[place]))
            ),
        )
        for place, name in enumerate(FACTS)
    )


def _names(name: str, terms: Terms) -> tuple[str, ...]:
    """The values of a named fact, in the order of the document."""
    if name == "roles":
        named = {PARTNER_OF_RECORD, *roles_named(terms.clauses)}
        return tuple(role for role in ROLES if role in named)
    if name == "regions":
        return tuple(dict.fromkeys(region for way in terms.ways for region, _ in way.open))
    stated = {
        "ways": tuple(way.code for way in terms.ways),
        "tiers": terms.tiers or ("",),
        "segments": terms.segments or ("",),
        "offers": tuple(offer.code for offer in terms.offers),
        "deals": DEALS,
    }
    return stated[name]


def _pieces(name: str, terms: Terms) -> tuple[Piece, ...]:
    """The axis of a counted or dated fact, cut where a clause begins or ends."""
    start = date.min.toordinal() if name in ("sold", "billed") else 1
    asked = [piece for clause in terms.clauses if (piece := range_asked(clause, name)) is not None]
    inner = {edge for piece in asked for edge in piece if edge is not None and edge > start}
    starts: list[int | None] = [*sorted({start, *inner}), None]
    return tuple((first, until) for first, until in pairwise(starts) if first is not None)


def range_asked(clause: Clause, name: str) -> Piece | None:
    """What the clause asks of a counted or dated fact; None when it asks nothing."""
    when = clause.when
    if name == "months":
        return _of_count(when.months) if when.months_from == START else None
    if name == "designated":
        return _of_count(when.months) if when.months_from == DESIGNATION else None
    if name == "seats":
        return _of_count(when.seats)
    return _of_span(when.sold if name == "sold" else when.billed)


def _of_count(counts: CountRange | None) -> Piece | None:
    if counts is None:
        return None
    return counts.first, None if counts.last is None else counts.last + 1


def _of_span(span: Span | None) -> Piece | None:
    if span is None:
        return None
    return span.first.toordinal(), None if span.until is None else span.until.toordinal()


def counts_of(piece: Piece) -> CountRange:
    return CountRange(piece[0], None if piece[1] is None else piece[1] - 1)


def span_of(piece: Piece) -> Span:
    return Span(date.fromordinal(piece[0]), None if piece[1] is None else date.fromordinal(piece[1]))


def _asker(clause: Clause, name: str, terms: Terms) -> Callable[[Any], bool]:
    """Whether the clause asks for a value of the fact, or for nothing."""
    when = clause.when
    if name in RANGES:
        piece = range_asked(clause, name)
        return lambda value: piece is None or _holds(piece, value)
    if name == "roles" and clause.pays:
        return lambda role: role in clause.payees
    if name == "offers":
        offers = {offer.code: offer for offer in terms.offers}
        return lambda code: _asks_offer(clause, offers[code])
    asked: tuple[str, ...] = getattr(when, name)
    return lambda value: not asked or value in asked


def _holds(piece: Piece, part: Piece) -> bool:
    """Whether the part, which no clause cuts, lies in the piece."""
    return piece[0] <= part[0] and (piece[1] is None or part[0] < piece[1])


def _asks_offer(clause: Clause, offer: Offer) -> bool:
    """An offer decides its family: a clause that asks for a family asks for the offers in it."""
    when = clause.when
    return (not when.offers or offer.code in when.offers) and (
        not when.families or offer.family in when.families
    )


def _with_basis(clause: Clause, terms: Terms, own: dict[str, Box]) -> Box:
    """What the clause asks for, and what the clauses ask for whose fees it is a fee on."""
    box, of, seen = own[clause.name], terms.clause(clause.of), {clause.name}
    while of is not None and of.name not in seen:
        seen.add(of.name)
        box = tuple(
            mine if name in OF_THE_PARTNER else mine & theirs
            for name, mine, theirs in zip(FACTS, box, own[of.name], strict=True)
        )
        of = terms.clause(of.of)
    return box
