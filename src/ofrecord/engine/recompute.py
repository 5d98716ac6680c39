"""A stored line worked out again, step by step, from its own figures and the program document alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from ofrecord.engine.conditions import asked_of
from ofrecord.engine.judging.exchange import exchanged
from ofrecord.engine.judging.slices import (
    above_baseline,
    amount_slices,
    exact_of,
    part_of,
    rate_reached,
    seat_slices,
    slice_at,
    within_cap,
)
from ofrecord.engine.types import PAYMENT, POOL, SALE, TOP_UP, FeeLine, Slice
from ofrecord.kernel.money import Rounding, round_fraction, share_minor
from ofrecord.program.clause_types import Bands, Basis, Clause, Measure, Scope
from ofrecord.program.types import Terms


@dataclass(frozen=True, slots=True)
class Step:
    """One figure of a line: what is stored, and what the figures before it give."""

    name: str
    stored: object
    worked_out: object

    @property
    def holds(self) -> bool:
        return self.stored == self.worked_out


def steps_of(line: FeeLine, terms: Terms) -> list[Step]:
    """Every step from the facts to the amount; a line is sound when all of them hold.

    A line that was altered, or is held against another version than the one that it cites, has a step that
    does not.
    """
    return [*_cited(line, terms), *_asked(line, terms), *_earned(line, terms), *_booked(line)]


def is_sound(line: FeeLine, terms: Terms) -> bool:
    """Whether every figure of the line is what the ones before it, and the version, give."""
    return all(step.holds for step in steps_of(line, terms))


def _cited(line: FeeLine, terms: Terms) -> Iterator[Step]:
    yield Step("program version", line.terms_sha256, terms.sha256)
    yield Step("version name", (line.program, line.version), (terms.program, terms.version))
    yield Step("rounding", line.rounding, terms.rounding.value)
    known = not line.clause or terms.clause(line.clause) is not None
    yield Step("clause", line.clause, line.clause if known else "")


def _asked(line: FeeLine, terms: Terms) -> Iterator[Step]:
    return (Step(*each) for each in asked_of(line, terms.clause(line.clause)))


def _earned(line: FeeLine, terms: Terms) -> Iterator[Step]:
    clause = terms.clause(line.clause)
    if line.withdrawn:
        yield Step("earned", line.earned_minor, 0)
        return
    yield from _basis_steps(line, clause)
    if clause is None or not clause.pays:
        yield Step("earned", line.earned_minor, 0)
        return
    yield from _pay_steps(line, clause)
    yield Step("whole", line.whole_minor, _whole(line, clause))
    earned = part_of(line.whole_minor, line.part, line.share_remainder)
    yield Step("remainder of the share", line.share_remainder in (0, 1), True)
    yield Step("earned", line.earned_minor, earned)


def _basis_steps(line: FeeLine, clause: Clause | None) -> Iterator[Step]:
    if line.source in (SALE, PAYMENT):
        basis = clause.basis if clause is not None else Basis.BILLED
        if basis in (Basis.BILLED, Basis.COLLECTED):
            yield Step("amount", line.source_minor, line.billed_minor + line.credited_minor)
        yield Step("basis", line.basis_minor, share_minor(line.source_minor, line.weights)[line.piece])
    elif line.source == POOL:
        yield Step("basis", line.basis_minor, line.source_minor)


def _pay_steps(line: FeeLine, clause: Clause) -> Iterator[Step]:
    if line.source == TOP_UP:
        return
    if clause.amount is not None:
        yield Step("amount each", line.amount_minor, clause.amount.minor)
        yield Step("exact", line.exact, line.amount_minor * line.quantity)
    else:
        yield Step("slices", line.slices, _slices(line, clause))
        yield Step("exact", line.exact, exact_of(line.slices))
    yield Step("rounded", line.raw_minor, round_fraction(line.exact, Rounding(line.rounding)))
    if line.source != POOL:
        yield Step("cap", line.cap_minor, clause.cap.amount.minor if clause.cap is not None else None)


def _slices(line: FeeLine, clause: Clause) -> tuple[Slice, ...]:
    """The parts of the basis with the rates that the clause states for them."""
    rate = clause.rate or Fraction(0)
    if clause.bands is not None:
        return _banded(line, clause.bands)
    if clause.growth is None:
        return (slice_at(line.basis_minor, rate),)
    if not line.baseline_minor:
        return ()
    return (slice_at(above_baseline(line.baseline_minor, line.grown_minor, line.basis_minor), rate),)


def _banded(line: FeeLine, bands: Bands) -> tuple[Slice, ...]:
    if not bands.graduated:
        return (slice_at(line.basis_minor, rate_reached(bands, line.measured)),)
    if bands.measure is Measure.AMOUNT:
        return amount_slices(bands, line.measured, line.basis_minor)
    seat_days = line.seats * line.days
    return seat_slices(bands, line.service.first, seat_days, line.measured, line.basis_minor)


def _whole(line: FeeLine, clause: Clause) -> int:
    floor = clause.floor.amount.minor if clause.floor is not None else 0
    if line.source == TOP_UP:
        return floor - line.reached_minor
    cap = clause.cap.amount.minor if clause.cap is not None else None
    by_line = clause.floor is not None and clause.floor.per.scope is Scope.LINE and line.basis_minor > 0
    least = share_minor(floor, line.weights)[line.piece] if by_line else line.raw_minor
    return within_cap(max(line.raw_minor, least), cap, line.cap_used_minor)


def _booked(line: FeeLine) -> Iterator[Step]:
    yield Step("fee", line.fee_minor, line.earned_minor - line.booked_minor)
    earned = 0 if line.waits else exchanged(line.earned_minor, line)
    yield Step("in the statement's currency", line.due_earned_minor, earned)
    yield Step("due", line.due_minor, line.due_earned_minor - line.due_booked_minor)
