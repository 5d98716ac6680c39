"""An event cut where a fact changes that a clause asks for, and its amount shared between the pieces."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from ofrecord.engine.judging.laws import Reached
from ofrecord.engine.types import BilledFact, Recognition
from ofrecord.kernel.calendar import Span, add_months, month_index
from ofrecord.program.clause_types import FORMER_PARTNER, RENEWAL, UPSELL, Clause
from ofrecord.program.types import Proration, Terms


@dataclass(frozen=True, slots=True)
class Piece:
    """Days of a billed line, and the seats of one kind of deal, on which nothing changes that a clause asks for.

    `weights` are those of all pieces of the line; this one is at `number`.
    """

    number: int
    service: Span
    deal: str
    seats: int
    weights: tuple[int, ...]
    month_first: int
    month_last: int


def pieces_of(terms: Terms, reached: Reached, fact: BilledFact) -> list[Piece]:
    """The pieces of the line, in the order of their days; `terms` are those of the sale."""
    asks_deal = reached.asks_deal
    spans = [fact.service]
    if terms.proration is not Proration.FIRST_DAY:
        service = fact.service
        inside = [day for day in _boundaries(reached, fact) if day > service.first and service.has(day)]
        spans = service.cut(inside) if inside or service.until == service.first else spans
    parts = [
        (span, deal, seats)
        for span in spans
        for deal, seats in (_deals(fact, span.first) if asks_deal else [(fact.deal, fact.seats)])
    ]
    weights = tuple(_length(span, terms) * (seats if asks_deal else 1) for span, _, seats in parts)
    return [
        Piece(number, span, deal, seats, weights, *_months(span, fact.started_on))
        for number, (span, deal, seats) in enumerate(parts)
    ]


def _length(span: Span, terms: Terms) -> int:
    """Days, or the seconds between their midnights where the program counts so."""
    if terms.proration is not Proration.BY_SECONDS:
        return span.days
    assert span.until is not None, "a billed line has an end"
    zone = ZoneInfo(terms.time_zone)
    ends = [datetime.combine(day, time(), zone).astimezone(UTC) for day in (span.first, span.until)]
    return int((ends[1] - ends[0]).total_seconds())


def _boundaries(reached: Reached, fact: BilledFact) -> Iterator[date]:
    yield from reached.days
    for months in reached.months_of_start:
        yield add_months(fact.started_on, months)
    for clause in reached.of_designation:
        yield from _month_boundaries(clause, fact)
    for partner in fact.partners:
        if partner.role != FORMER_PARTNER or FORMER_PARTNER in reached.roles:
            yield partner.span.first
            if partner.span.until is not None:
                yield partner.span.until
    if reached.asks_deal:
        yield add_months(fact.started_on, fact.commitment_months)


def _month_boundaries(clause: Clause, fact: BilledFact) -> Iterator[date]:
    """The days on which the clause's range of months, counted from designation, begins or is over."""
    months = clause.when.months
    assert months is not None, "only such a clause is asked"
    for partner in fact.partners:
        if partner.role in (*clause.payees, *clause.when.roles):
            yield add_months(partner.span.first, months.first - 1)
            if months.last is not None:
                yield add_months(partner.span.first, months.last)


def _deals(fact: BilledFact, day: date) -> list[tuple[str, int]]:
    """What kind of deal the seats are: renewed once the commitment is over, sold in addition above the first."""
    if day >= add_months(fact.started_on, fact.commitment_months):
        return [(RENEWAL, fact.seats)]
    if fact.deal == UPSELL:
        return [(UPSELL, fact.seats)]
    first = min(fact.first_seats or fact.seats, fact.seats)
    more = fact.seats - first
    return [(fact.deal, first), *([(UPSELL, more)] if more else [])]


def _months(span: Span, started_on: date) -> tuple[int, int]:
    """The first and last month of the subscription that the days touch."""
    assert span.last is not None, "a billed line has an end"
    return month_index(started_on, span.first), month_index(started_on, span.last)


def recognized(terms: Terms, reached: Reached, fact: BilledFact, piece: Piece) -> list[Recognition]:
    """The partners recognized on the days of the piece, each with a tier: without one it has the program's first.

    A former partner of record is heard only where a clause names that role.
    """
    lowest = terms.tiers[0] if terms.tiers else ""
    return [
        partner if partner.tier or not lowest else replace(partner, tier=lowest)
        for partner in fact.partners
        if partner.span.has(piece.service.first)
        and (partner.role != FORMER_PARTNER or FORMER_PARTNER in reached.roles)
    ]
