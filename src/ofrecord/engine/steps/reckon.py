"""What each claim comes to before caps and floors: its slices, or its amount times a quantity, rounded once."""

from collections.abc import Collection, Mapping
from typing import Any

import ibis

from ofrecord.engine.compiled.clauses import AMOUNT, GRADUATED, GROWTH, RATE, REACHED, SEATS
from ofrecord.engine.exact.functions import (
    MINORS,
    SLICES,
    WIDE,
    add_months,
    band_of,
    common_divisor,
    days_between,
    dot,
    inside,
    list_total,
    product,
    quotient,
    rounded,
    shares_of,
    slices_of,
)
from ofrecord.engine.steps.counting import Counted, named, names, of_leader, sum_before
from ofrecord.engine.steps.shapes import DAY, MINOR, TEXT
from ofrecord.engine.words import ALL_TAKEN_BACK, NO_BASELINE, NOT_ABOVE, PAID_ONCE
from ofrecord.program.clause_types import Unit

ONE: Any = ibis.literal(1).cast(WIDE)
NOTHING: Any = ibis.literal(0, MINOR)
# The columns that this step gives, with what they hold where a kind of clause does not use them.
UNUSED: Mapping[str, Any] = {
    "slices": ibis.literal([], SLICES),
    "measured": NOTHING,
    "baseline_minor": NOTHING,
    "grown_minor": NOTHING,
    "each_minor": NOTHING,
    "quantity_numerator": ibis.literal(0).cast(WIDE),
    "quantity_denominator": ONE,
    "exact_numerator": ibis.literal(0).cast(WIDE),
    "exact_denominator": ONE,
    "said": ibis.literal("", TEXT),
}


def reckon(
    claims: ibis.Table, kinds: Collection[str], counted: Mapping[str, Counted], shares: bool
) -> ibis.Table:
    """The claims with `raw_minor` and every figure on the way to it, as far as the kinds of clauses need them.

    Claims come with `basis_minor`; with `reached` and `baseline` where those kinds occur, `is_first` and `is_paid_here`
    where an amount is paid once. Only who leads a group counts for those that come after.
    """
    found = claims
    for what, kind in (("bands", GRADUATED), ("bands", SEATS), ("growth", GROWTH)):
        if kind in kinds and f"{what}_before" not in found.columns:
            found = _with_before(found, what, counted[what], shares)
    figures = {name: _by_kind(found, name, kinds) for name in UNUSED}
    found = found.mutate(**figures)
    return found.mutate(raw_minor=rounded(found.exact_numerator, found.exact_denominator, found.rounding))


def _with_before(claims: ibis.Table, what: str, counted: Counted, shares: bool) -> ibis.Table:
    """How much was counted before in what bands or growth are counted in."""
    found = claims.mutate(**named(claims, what, counted))
    amount = _in_bands(found) if what == "bands" else _in_growth(found)
    found = found.mutate(**{f"{what}_counted": amount})
    found = found.mutate(**{f"{what}_led": (found.payee == 0).ifelse(found[f"{what}_counted"], NOTHING)})
    found = found.mutate(**{f"{what}_before": sum_before(found, found[f"{what}_led"], names(what))})
    return found.mutate(**{f"{what}_before": of_leader(found, found[f"{what}_before"], shares)})


def _in_bands(claims: ibis.Table) -> Any:
    """What is counted in graduated bands. Of a line of which nothing is left no seat is counted."""
    seat_days = claims.piece_seats.cast(MINOR) * days_between(claims.piece_first, claims.piece_until)
    by_seats = (claims.basis_minor > 0).ifelse(seat_days, NOTHING)
    return ibis.cases(
        (claims.kind == SEATS, by_seats), (claims.kind == GRADUATED, claims.basis_minor), else_=NOTHING
    )


def _in_growth(claims: ibis.Table) -> Any:
    """Where there is no baseline nothing is counted."""
    return ((claims.kind == GROWTH) & (claims.baseline > 0)).ifelse(claims.basis_minor, NOTHING)


def _by_kind(claims: ibis.Table, name: str, kinds: Collection[str]) -> Any:
    """The column's expression: that of each kind which has one, else nothing."""
    every = {kind: FIGURES[kind](claims) for kind in sorted(kinds) if kind in FIGURES}
    branches = [(claims.kind == kind, figures[name]) for kind, figures in every.items() if name in figures]
    return ibis.cases(*branches, else_=UNUSED[name]) if branches else UNUSED[name]


def _slice(amount: Any, numerator: Any, denominator: Any) -> Any:
    return ibis.array(
        [ibis.struct({"amount_minor": amount, "rate_numerator": numerator, "rate_denominator": denominator})]
    ).cast(SLICES)


def _exact(numerator: Any, denominator: Any) -> dict[str, Any]:
    """The fraction in lowest terms."""
    by = common_divisor(numerator, denominator)
    return {"exact_numerator": quotient(numerator, by), "exact_denominator": quotient(denominator, by)}


def _rate(claims: ibis.Table) -> dict[str, Any]:
    exact = product(claims.basis_minor.cast(WIDE), claims.rate_numerator)
    return {
        "slices": _slice(claims.basis_minor, claims.rate_numerator, claims.rate_denominator),
        **_exact(exact, claims.rate_denominator),
    }


def _reached(claims: ibis.Table) -> dict[str, Any]:
    """All of it at the rate of the band that the whole period reached."""
    measured = ibis.coalesce(claims.reached, NOTHING)
    place = band_of(measured, claims.band_ends)
    numerator, denominator = claims.band_numerators[place], claims.band_denominators[place]
    return {
        "slices": _slice(claims.basis_minor, numerator, denominator),
        "measured": measured,
        **_exact(product(claims.basis_minor.cast(WIDE), numerator), denominator),
    }


def _graduated(claims: ibis.Table) -> dict[str, Any]:
    parts = inside(claims.bands_before, claims.basis_minor, claims.band_ends, ibis.literal(1, MINOR))
    return _banded(claims, parts, parts)


def _seats(claims: ibis.Table) -> dict[str, Any]:
    """The basis in proportion to the seat-days in each band; a band of ten seats has those of ten in the month."""
    month = claims.piece_first.truncate("M").cast(DAY)
    days = days_between(month, add_months(month, ibis.literal(1, MINOR)))
    parts = inside(claims.bands_before, claims.bands_counted, claims.band_ends, days)
    return _banded(claims, shares_of(claims.basis_minor, parts), parts)


def _banded(claims: ibis.Table, amounts: Any, parts: Any) -> dict[str, Any]:
    none = ibis.literal([], MINORS)
    amounts = (claims.basis_minor > 0).ifelse(amounts, none)
    return {
        "slices": slices_of(amounts, parts, claims.band_numerators, claims.band_denominators),
        "measured": claims.bands_before,
        **_exact(dot(amounts, claims.bands_scaled), claims.bands_common),
    }


def _growth(claims: ibis.Table) -> dict[str, Any]:
    """Only what is above the baseline is paid for."""
    there = claims.baseline > 0
    before, basis = claims.growth_before, claims.basis_minor
    above = ibis.greatest(NOTHING, before + basis - ibis.greatest(claims.baseline, before))
    exact = _exact(product(above.cast(WIDE), claims.rate_numerator), claims.rate_denominator)
    said = ibis.cases((~there, NO_BASELINE), (above == 0, NOT_ABOVE), else_="")
    return {
        "slices": there.ifelse(
            _slice(above, claims.rate_numerator, claims.rate_denominator), ibis.literal([], SLICES)
        ),
        "baseline_minor": there.ifelse(claims.baseline, NOTHING),
        "grown_minor": there.ifelse(before, NOTHING),
        "exact_numerator": there.ifelse(exact["exact_numerator"], UNUSED["exact_numerator"]),
        "exact_denominator": there.ifelse(exact["exact_denominator"], ONE),
        "said": said,
    }


def _amount(claims: ibis.Table) -> dict[str, Any]:
    """So much for each seat, month, line, or once for a new subscription or customer."""
    numerator, denominator = _quantity(claims)
    by = common_divisor(numerator, denominator)
    numerator, denominator = quotient(numerator, by), quotient(denominator, by)
    nothing = (claims.basis_minor > 0).ifelse(ibis.literal(PAID_ONCE), ibis.literal(ALL_TAKEN_BACK))
    return {
        "each_minor": claims.amount_minor,
        "quantity_numerator": numerator,
        "quantity_denominator": denominator,
        **_exact(product(numerator, claims.amount_minor.cast(WIDE)), denominator),
        "said": (numerator == 0).ifelse(nothing, ibis.literal("")),
    }


def _quantity(claims: ibis.Table) -> tuple[Any, Any]:
    """How often the amount is paid. What was taken back of the bill takes its part of seats and months too."""
    once = claims.unit.isin([Unit.SUBSCRIPTION.value, Unit.CUSTOMER.value])
    here = (claims.is_first & claims.is_paid_here).ifelse(ONE, ibis.literal(0).cast(WIDE))
    billed = claims.billed_minor
    sign = (billed < 0).ifelse(-1, 1).cast(WIDE)
    kept = (billed == 0).ifelse(ONE, product(claims.net_minor.cast(WIDE), sign))
    of = (billed == 0).ifelse(ONE, billed.abs().cast(WIDE))
    by = common_divisor(kept, of)
    kept, of = quotient(kept, by), quotient(of, by)
    month = claims.piece_first.truncate("M").cast(DAY)
    month_days = days_between(month, add_months(month, ibis.literal(1, MINOR)))
    days = days_between(claims.piece_first, claims.piece_until)
    by_line = claims.unit == Unit.LINE.value
    by_seat = claims.unit == Unit.SEAT.value
    part = by_line.ifelse(claims.weights[claims.piece], days * claims.piece_seats.cast(MINOR)).cast(WIDE)
    whole = ibis.cases(
        (by_line, list_total(claims.weights)),
        (by_seat, month_days),
        else_=month_days * claims.seats.cast(MINOR),
    ).cast(WIDE)
    return once.ifelse(here, product(kept, part)), once.ifelse(ONE, product(of, whole))


FIGURES: Mapping[str, Any] = {
    RATE: _rate,
    REACHED: _reached,
    GRADUATED: _graduated,
    SEATS: _seats,
    GROWTH: _growth,
    AMOUNT: _amount,
}
