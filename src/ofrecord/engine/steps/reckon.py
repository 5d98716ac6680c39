"""What each claim comes to before caps and floors: its slices, or its amount times a quantity, rounded once."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

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
    month_start,
    no_items,
    product,
    quotient,
    rounded,
    shares_of,
    slices_of,
    total,
)
from ofrecord.engine.steps.counting import Counted, beside_others, named, sum_before, with_carried
from ofrecord.engine.steps.payees import weights_of
from ofrecord.engine.steps.shapes import MINOR, TEXT
from ofrecord.engine.words import ALL_TAKEN_BACK, NO_BASELINE, NOT_ABOVE, PAID_ONCE
from ofrecord.program.clause_types import Basis, Unit

ONE: Any = ibis.literal(1).cast(WIDE)
NOTHING: Any = ibis.literal(0, MINOR)
NONE: Any = ibis.literal(0).cast(WIDE)
# Of which kinds the clauses are that count something up.
_COUNTING: Final[Mapping[str, tuple[str, ...]]] = {"bands": (GRADUATED, SEATS), "growth": (GROWTH,)}
# What a kind of clause says of a claim, and what stands there where it says nothing. An exact amount, and the quantity
# that an amount is multiplied by, are fractions that need not be in lowest terms yet.
UNUSED: Mapping[str, Any] = {
    "slices": no_items(SLICES),
    "measured": NOTHING,
    "baseline_minor": NOTHING,
    "grown_minor": NOTHING,
    "each_minor": NOTHING,
    "quantity_numerator": NONE,
    "quantity_denominator": ONE,
    "exact_n": NONE,
    "exact_d": ONE,
    "said": ibis.literal("", TEXT),
}


def reckon(
    claims: ibis.Table,
    kinds: Collection[str],
    counted: Mapping[str, Counted],
    carried: ibis.Table | None = None,
) -> ibis.Table:
    """The claims with `raw_minor` and every figure on the way to it, as far as the kinds of clauses need them.

    Claims come with `basis_minor`; with `reached` and `baseline` where those kinds occur, `is_first` and `is_paid_here`
    where an amount is paid once. Only who leads a group counts for those that come after. `carried` says what graduated
    bands had counted before the first of the claims; None: nothing.
    """
    found = claims
    if {GRADUATED, SEATS} & set(kinds):
        found = _with_before(found, "bands", counted["bands"], carried)
    if GROWTH in kinds:
        found = _with_before(found, "growth", counted["growth"])
    for kind, prepared in PREPARED.items():
        if kind in kinds:
            found = prepared(found)
    if AMOUNT in kinds:
        found = _with_quantity(found)
    found = found.mutate(**figures(found, kinds, ("exact_n", "exact_d")))
    found = found.mutate(raw_minor=rounded(found.exact_n, found.exact_d, found.rounding))
    return found.drop("exact_n", "exact_d")


def figures(claims: ibis.Table, kinds: Collection[str], names: Collection[str]) -> dict[str, Any]:
    """Some of the figures of UNUSED for each claim, by the kind of its clause. They follow from its other columns."""
    every = {kind: FIGURES[kind](claims) for kind in sorted(kinds) if kind in FIGURES}
    return {name: _by_kind(claims, name, every) for name in names}


def with_working(claims: ibis.Table, kinds: Collection[str]) -> ibis.Table:
    """The claims with all that is written down of how `raw_minor` came about.

    Worked out once more from what it follows from: to carry it through what puts rows in order costs more.
    """
    return lowest(claims.mutate(**figures(claims, kinds, UNUSED)), "exact")


def lowest(table: ibis.Table, name: str) -> ibis.Table:
    """The fraction of `name`_n and `name`_d in lowest terms, as `name`_numerator and `name`_denominator.

    Each figure is a column before the next is worked out from it: an expression is written out wherever it is used.
    """
    n, d = table[f"{name}_n"], table[f"{name}_d"]
    found = table.mutate(**{f"{name}_by": common_divisor(n, d)})
    by = found[f"{name}_by"]
    return found.mutate(
        **{
            f"{name}_numerator": quotient(found[f"{name}_n"], by),
            f"{name}_denominator": quotient(found[f"{name}_d"], by),
        }
    )


def _by_kind(claims: ibis.Table, name: str, every: Mapping[str, Mapping[str, Any]]) -> Any:
    """The column's expression: that of each kind which has one, else nothing."""
    branches = [(claims.kind == kind, figures[name]) for kind, figures in every.items() if name in figures]
    return ibis.cases(*branches, else_=UNUSED[name]) if branches else UNUSED[name]


def with_fees(claims: ibis.Table, below: Sequence[ibis.Table]) -> ibis.Table:
    """The claims of a level with the fee that each is a share of: all that was paid under its name for the piece.

    `below` are the claims of the levels beneath it, with their `whole_minor`.
    """
    paid = ibis.union(
        *(
            _leading(each).select(
                fee_event="event", fee_piece="piece", fee_clause="clause", fee_minor="whole_minor"
            )
            for each in below
        ),
        distinct=False,
    )
    fees = paid.group_by(["fee_event", "fee_piece", "fee_clause"]).aggregate(fee_minor=total(paid.fee_minor))
    found = claims.left_join(
        fees,
        [claims.event == fees.fee_event, claims.piece == fees.fee_piece, claims.of == fees.fee_clause],
    )
    is_share = found.basis == Basis.FEE.value
    fee = ibis.coalesce(found.fee_minor, NOTHING)
    return found.mutate(
        source_minor=is_share.ifelse(fee, found.source_minor),
        basis_minor=is_share.ifelse(fee, found.basis_minor),
    )


def _leading(claims: ibis.Table) -> ibis.Table:
    return claims.filter(claims.payee == 0) if "payee" in claims.columns else claims


def _with_before(
    claims: ibis.Table, what: str, counted: Counted, carried: ibis.Table | None = None
) -> ibis.Table:
    """How much was counted before in what bands or growth are counted in."""
    name = f"{what}_before"
    found = claims.mutate(**{f"{what}_counted": _in_bands(claims) if what == "bands" else _in_growth(claims)})

    def work_out(some: ibis.Table) -> ibis.Table:
        added = with_carried(some.mutate(**named(some, what, counted)), what, counted, carried)
        added = added.mutate(**{f"{what}_led": counted.led(added, added[f"{what}_counted"])})
        before = added[f"{what}_carried"] + sum_before(added[f"{what}_led"], what, counted)
        added = added.mutate(**{name: before})
        return added.mutate(**{name: counted.of_leader(added[name])})

    return beside_others(found, found.kind.isin(_COUNTING[what]), counted, name, work_out)


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


def _slice(amount: Any, numerator: Any, denominator: Any) -> Any:
    return ibis.array(
        [ibis.struct({"amount_minor": amount, "rate_numerator": numerator, "rate_denominator": denominator})]
    ).cast(SLICES)


def _rate(claims: ibis.Table) -> dict[str, Any]:
    return {
        "slices": _slice(claims.basis_minor, claims.rate_numerator, claims.rate_denominator),
        "exact_n": product(claims.basis_minor.cast(WIDE), claims.rate_numerator),
        "exact_d": claims.rate_denominator,
    }


def _band_reached(claims: ibis.Table) -> ibis.Table:
    """The rate of the band that the whole period reached."""
    found = claims.mutate(reached=ibis.coalesce(claims.reached, NOTHING))
    found = found.mutate(band=band_of(found.reached, found.band_ends))
    return found.mutate(
        reached_n=found.band_numerators[found.band], reached_d=found.band_denominators[found.band]
    )


def _reached(claims: ibis.Table) -> dict[str, Any]:
    """All of it at the rate of the band that was reached."""
    return {
        "slices": _slice(claims.basis_minor, claims.reached_n, claims.reached_d),
        "measured": claims.reached,
        "exact_n": product(claims.basis_minor.cast(WIDE), claims.reached_n),
        "exact_d": claims.reached_d,
    }


def _in_amounts(claims: ibis.Table) -> ibis.Table:
    """How much of the basis lies in each band."""
    parts = inside(claims.bands_before, claims.basis_minor, claims.band_ends, ibis.literal(1, MINOR))
    return claims.mutate(amount_parts=(claims.basis_minor > 0).ifelse(parts, ibis.literal([], MINORS)))


def _graduated(claims: ibis.Table) -> dict[str, Any]:
    return _banded(claims, claims.amount_parts, claims.amount_parts)


def _in_seats(claims: ibis.Table) -> ibis.Table:
    """How many seat-days lie in each band, and the basis in proportion to them.

    A band of ten seats has as many seat-days as ten seats have in the month.
    """
    found = claims.mutate(days_of_month=_days_of_month(claims))
    parts = inside(found.bands_before, found.bands_counted, found.band_ends, found.days_of_month)
    found = found.mutate(seat_parts=parts)
    amounts = shares_of(found.basis_minor, found.seat_parts)
    is_seats = (found.kind == SEATS) & (found.basis_minor > 0)
    return found.mutate(seat_amounts=is_seats.ifelse(amounts, ibis.literal([], MINORS)))


def _seats(claims: ibis.Table) -> dict[str, Any]:
    return _banded(claims, claims.seat_amounts, claims.seat_parts)


def _banded(claims: ibis.Table, amounts: Any, parts: Any) -> dict[str, Any]:
    return {
        "slices": slices_of(amounts, parts, claims.band_numerators, claims.band_denominators),
        "measured": claims.bands_before,
        "exact_n": dot(amounts, claims.bands_scaled),
        "exact_d": claims.bands_common,
    }


def _above_baseline(claims: ibis.Table) -> ibis.Table:
    """How much of the basis lies above the baseline."""
    start = ibis.greatest(claims.baseline, claims.growth_before)
    above = ibis.greatest(NOTHING, claims.growth_before + claims.basis_minor - start)
    return claims.mutate(above=above, is_based=claims.baseline > 0)


def _growth(claims: ibis.Table) -> dict[str, Any]:
    """Only what is above the baseline is paid for."""
    there = claims.is_based
    slices = _slice(claims.above, claims.rate_numerator, claims.rate_denominator)
    return {
        "slices": there.ifelse(slices, UNUSED["slices"]),
        "baseline_minor": there.ifelse(claims.baseline, NOTHING),
        "grown_minor": there.ifelse(claims.growth_before, NOTHING),
        "exact_n": there.ifelse(product(claims.above.cast(WIDE), claims.rate_numerator), NONE),
        "exact_d": there.ifelse(claims.rate_denominator, ONE),
        "said": ibis.cases((~there, NO_BASELINE), (claims.above == 0, NOT_ABOVE), else_=""),
    }


def _amount(claims: ibis.Table) -> dict[str, Any]:
    """So much for each seat, month, line, or once for a new subscription or customer."""
    nothing = (claims.basis_minor > 0).ifelse(ibis.literal(PAID_ONCE), ibis.literal(ALL_TAKEN_BACK))
    return {
        "each_minor": claims.amount_minor,
        "quantity_numerator": claims.counted_numerator,
        "quantity_denominator": claims.counted_denominator,
        "exact_n": product(claims.counted_numerator, claims.amount_minor.cast(WIDE)),
        "exact_d": claims.counted_denominator,
        "said": (claims.counted_numerator == 0).ifelse(nothing, ibis.literal("")),
    }


def _with_quantity(claims: ibis.Table) -> ibis.Table:
    """How often the amount is paid. What was taken back of the bill takes its part of seats and months too."""
    billed, is_amount = claims.billed_minor, claims.kind == AMOUNT
    size, sign = billed.abs().cast(WIDE), (billed < 0).ifelse(-1, 1).cast(WIDE)
    found = claims.mutate(
        kept_n=(billed == 0).ifelse(ONE, product(claims.net_minor.cast(WIDE), sign)),
        kept_d=(billed == 0).ifelse(ONE, size),
        part=_part(claims).cast(WIDE),
        whole=_whole(claims).cast(WIDE),
    )
    found = lowest(found, "kept")
    once = found.unit.isin([Unit.SUBSCRIPTION.value, Unit.CUSTOMER.value])
    is_here = found.is_first & found.is_paid_here if "is_first" in found.columns else ibis.literal(False)
    found = found.mutate(
        counted_n=ibis.cases(
            (~is_amount, NONE),
            (once, is_here.ifelse(ONE, NONE)),
            else_=product(found.kept_numerator, found.part),
        ),
        counted_d=(is_amount & ~once).ifelse(product(found.kept_denominator, found.whole), ONE),
    )
    return lowest(found, "counted")


def _part(claims: ibis.Table) -> Any:
    days = days_between(claims.piece_first, claims.piece_until)
    by_line = claims.unit == Unit.LINE.value
    return by_line.ifelse(weights_of(claims)[claims.piece], days * claims.piece_seats.cast(MINOR))


def _whole(claims: ibis.Table) -> Any:
    """Seats of several kinds of deal have their part of the month, so that it is paid once."""
    return ibis.cases(
        (claims.unit == Unit.LINE.value, list_total(weights_of(claims))),
        (claims.unit == Unit.SEAT.value, _days_of_month(claims)),
        else_=_days_of_month(claims) * claims.seats.cast(MINOR),
    )


def _days_of_month(claims: ibis.Table) -> Any:
    month = month_start(claims.piece_first)
    return days_between(month, add_months(month, ibis.literal(1, MINOR)))


PREPARED: Mapping[str, Any] = {
    REACHED: _band_reached,
    GRADUATED: _in_amounts,
    SEATS: _in_seats,
    GROWTH: _above_baseline,
}
FIGURES: Mapping[str, Any] = {
    RATE: _rate,
    REACHED: _reached,
    GRADUATED: _graduated,
    SEATS: _seats,
    GROWTH: _growth,
    AMOUNT: _amount,
}
