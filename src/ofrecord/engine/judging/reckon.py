"""What a clause pays for a case: its slices, rounded once, within its cap and floor."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from fractions import Fraction

from ofrecord.engine.judging.claims import Claim
from ofrecord.engine.judging.measures import AddedUp, Totals, added_up
from ofrecord.engine.judging.slices import (
    above_baseline,
    amount_slices,
    exact_of,
    rate_reached,
    seat_slices,
    slice_at,
    within_cap,
)
from ofrecord.engine.types import Slice
from ofrecord.engine.words import (
    ALL_TAKEN_BACK,
    CAP_REACHED,
    NO_BASELINE,
    NO_FEE_BELOW,
    NO_MARGIN,
    NOT_ABOVE,
    PAID_ONCE,
    TOO_SMALL,
)
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money, Rounding, round_fraction, share_minor
from ofrecord.program.clause_types import Bands, Basis, Growth, Measure, Per, Scope, Unit


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What a clause pays for a case, in whole, with every figure on the way."""

    source_minor: int = 0
    basis_minor: int = 0
    slices: tuple[Slice, ...] = ()
    measured: int = 0
    baseline_minor: int = 0
    grown_minor: int = 0
    amount_minor: int = 0
    quantity: Fraction = Fraction(0)
    exact: Fraction = Fraction(0)
    raw_minor: int = 0
    cap_minor: int | None = None
    cap_used_minor: int = 0
    floor_minor: int | None = None
    reached_minor: int = 0
    whole_minor: int = 0
    reason: str = ""


@dataclass(slots=True)
class Running:
    """What was used so far of caps and bands, in the order of the events, and the totals that are known before."""

    totals: Totals
    capped: dict[AddedUp, int] = field(default_factory=lambda: defaultdict(int))
    banded: dict[AddedUp, int] = field(default_factory=lambda: defaultdict(int))
    grown: dict[AddedUp, int] = field(default_factory=lambda: defaultdict(int))
    # Of each event that pays an amount once, the piece for which the clause has paid it.
    once: dict[tuple[str, str, str], int] = field(default_factory=dict)


def reckon(claim: Claim, running: Running) -> Reckoned:
    """What the clause pays in whole, before it is divided between partners; uses up its caps and bands."""
    clause, rounding = claim.clause, claim.terms.rounding
    if not clause.pays:
        return Reckoned(claim.source_minor, claim.basis_minor, reason=clause.because)
    if clause.amount is not None:
        found = _amount_each(claim, clause.amount, running)
    elif clause.growth is not None:
        found = _growth(claim, clause.growth, running)
    elif clause.bands is not None:
        found = _banded(claim, clause.bands, running)
    else:
        found = _paid((slice_at(claim.basis_minor, clause.rate or Fraction(0)),), rounding)
    return _limited(claim, found, running)


def _paid(slices: tuple[Slice, ...], rounding: Rounding) -> Reckoned:
    exact = exact_of(slices)
    return Reckoned(slices=slices, exact=exact, raw_minor=round_fraction(exact, rounding))


def _added_up(claim: Claim, per: Per) -> AddedUp:
    return added_up(claim.terms, claim.clause, per, claim.case)


def _banded(claim: Claim, bands: Bands, running: Running) -> Reckoned:
    """Each slice at its own rate, or all of it at the rate that was reached."""
    rounding, basis, piece = claim.terms.rounding, claim.basis_minor, claim.case.piece
    if not bands.graduated:
        measured = running.totals.reached(claim.terms, claim.clause, claim.case)
        return replace(_paid((slice_at(basis, rate_reached(bands, measured)),), rounding), measured=measured)
    before, counted = _into_bands(claim, bands, running)
    if bands.measure is Measure.AMOUNT:
        return replace(_paid(amount_slices(bands, before, basis), rounding), measured=before)
    slices = seat_slices(bands, piece.service.first, counted, before, basis)
    return replace(_paid(slices, rounding), measured=before)


def _into_bands(claim: Claim, bands: Bands, running: Running) -> tuple[int, int]:
    """How much came before in what graduated bands are counted in, and how much the claim adds to it."""
    name, basis, piece = _added_up(claim, bands.per), claim.basis_minor, claim.case.piece
    before, counted = running.banded[name], basis
    if bands.measure is not Measure.AMOUNT:
        # Of a line of which nothing is left no seat is counted.
        counted = piece.seats * piece.service.days if basis > 0 else 0
    running.banded[name] = before + counted
    return before, counted


def use_up(claim: Claim, running: Running) -> None:
    """Uses up the clause's bands and growth as `reckon` does; its cap is not touched."""
    clause = claim.clause
    if not clause.pays or clause.amount is not None:
        return
    if clause.growth is not None:
        if running.totals.baseline(claim.terms, clause, clause.growth, claim.case):
            running.grown[_added_up(claim, clause.growth.per)] += claim.basis_minor
    elif clause.bands is not None and clause.bands.graduated:
        _into_bands(claim, clause.bands, running)


def _growth(claim: Claim, growth: Growth, running: Running) -> Reckoned:
    """Only what is above the baseline is paid for."""
    baseline = running.totals.baseline(claim.terms, claim.clause, growth, claim.case)
    if not baseline:
        return Reckoned(reason=NO_BASELINE)
    name = _added_up(claim, growth.per)
    before = running.grown[name]
    running.grown[name] = before + claim.basis_minor
    above = above_baseline(baseline, before, claim.basis_minor)
    found = _paid((slice_at(above, claim.clause.rate or Fraction(0)),), claim.terms.rounding)
    return replace(found, baseline_minor=baseline, grown_minor=before, reason="" if above else NOT_ABOVE)


def _amount_each(claim: Claim, amount: Money, running: Running) -> Reckoned:
    """So much for each seat, month, line, or once for a new subscription or customer."""
    quantity = _quantity(claim, running)
    exact = amount.minor * quantity
    return Reckoned(
        amount_minor=amount.minor,
        quantity=quantity,
        exact=exact,
        raw_minor=round_fraction(exact, claim.terms.rounding),
        reason="" if quantity else PAID_ONCE if claim.basis_minor > 0 else ALL_TAKEN_BACK,
    )


def _quantity(claim: Claim, running: Running) -> Fraction:
    """How often the amount is paid. What was taken back of the bill takes its part of seats and months too."""
    case, unit = claim.case, claim.clause.unit or Unit.LINE
    piece = case.piece
    if unit in (Unit.SUBSCRIPTION, Unit.CUSTOMER):
        return Fraction(int(running.totals.is_first(unit, case) and _is_paid_here(claim, running)))
    if unit is Unit.LINE:
        # A piece of a line is its part of what is paid for the line.
        return case.event.kept * Fraction(piece.weights[piece.number], sum(piece.weights))
    month = Fraction(piece.service.days, Month.of(piece.service.first).span.days)
    # Seats of several kinds of deal have their part of the month, so that it is paid once.
    seats = piece.seats if unit is Unit.SEAT else Fraction(piece.seats, case.event.fact.seats)
    return case.event.kept * month * seats


def _is_paid_here(claim: Claim, running: Running) -> bool:
    """Whether this is the first piece of the event that the clause claims: a partner may come in its course."""
    name = (claim.terms.sha256, claim.clause.name, claim.case.event.id)
    return running.once.setdefault(name, claim.case.piece.number) == claim.case.piece.number


def _limited(claim: Claim, found: Reckoned, running: Running) -> Reckoned:
    """Not below the floor of a line, and within the cap: where both are stated the cap holds."""
    clause, whole, reason, cap, used = claim.clause, found.raw_minor, found.reason, None, 0
    floor = None
    if clause.floor is not None and clause.floor.per.scope is Scope.LINE and claim.basis_minor > 0:
        # A piece of a line has its part of the line's floor.
        weights, number = claim.case.piece.weights, claim.case.piece.number
        floor = share_minor(clause.floor.amount.minor, weights)[number]
        whole = max(whole, floor)
    if clause.cap is not None:
        name = _added_up(claim, clause.cap.per)
        cap, used = clause.cap.amount.minor, running.capped[name]
        reason = reason or (CAP_REACHED if whole > 0 and used >= cap else "")
        whole = within_cap(whole, cap, used)
        running.capped[name] += whole
    if not whole and not reason:
        reason = _why_zero(claim)
    return Reckoned(
        source_minor=claim.source_minor,
        basis_minor=claim.basis_minor,
        slices=found.slices,
        measured=found.measured,
        baseline_minor=found.baseline_minor,
        grown_minor=found.grown_minor,
        amount_minor=found.amount_minor,
        quantity=found.quantity,
        exact=found.exact,
        raw_minor=found.raw_minor,
        cap_minor=cap,
        cap_used_minor=used,
        floor_minor=floor,
        whole_minor=whole,
        reason=reason,
    )


def _why_zero(claim: Claim) -> str:
    if claim.basis_minor > 0:
        return TOO_SMALL
    if claim.clause.basis is Basis.MARGIN and claim.case.event.net_minor > 0:
        return NO_MARGIN
    return NO_FEE_BELOW if claim.clause.basis is Basis.FEE else ALL_TAKEN_BACK
