"""Whether each figure of a line is what those before it, and the version that it cites, give: all lines at once.

It states in columns what `recompute.steps_of` states of one line. What columns cannot state, or do not dare to because
a figure is beyond the limits of exact products, is doubted: a line that is doubted is worked out by itself.
"""

from typing import Any, Final

import ibis

from ofrecord.engine.columns import BOOK
from ofrecord.engine.compiled.checks import CHECKS, LISTED, NO_CLAUSE
from ofrecord.engine.compiled.clauses import (
    AMOUNT,
    GRADUATED,
    GROWTH,
    POOLED,
    RATE,
    REACHED,
    SEATS,
    UNPAID,
)
from ofrecord.engine.exact.functions import (
    MINORS,
    WIDE,
    add_days,
    add_months,
    common_divisor,
    days_between,
    dot,
    floor_share,
    inside,
    list_total,
    month_index,
    product,
    quotient,
    rounded,
    share_of,
    shares_of,
    slices_of,
)
from ofrecord.engine.steps.dues import joined
from ofrecord.engine.steps.shapes import MINOR
from ofrecord.engine.types import PAYMENT, POOL, SALE, TOP_UP
from ofrecord.program.clause_types import Basis

# What products are exact of: an amount is at most the second, a numerator or denominator the first.
_MOST: Final = 10**18
_MOST_AMOUNT: Final = 2 * 10**18
_MOST_WEIGHT: Final = 10**13
# Every amount of a line, and whether it may be none.
_AMOUNTS: Final = {each.name: each.nullable for each in BOOK if each.name.endswith("_minor")}


def currency_pairs(book: ibis.Table) -> ibis.Table:
    """The currencies between which lines were exchanged."""
    return book.filter(book.currency != book.due_currency).select("currency", "due_currency").distinct()


def doubtful(book: ibis.Table, checks: ibis.Table, scales: ibis.Table) -> ibis.Table:
    """The lines of the book that are not shown to be sound. A line that is not doubted is sound.

    `checks` are those of `compiled.checks.check_table`, `scales` those of the currencies that `currency_pairs` finds.
    """
    stated = [name for name in CHECKS.names if name not in ("stated_terms", "stated_clause")]
    lines = joined(book, checks, [("terms_sha256", "stated_terms"), ("clause", "stated_clause")], stated)
    on = [("currency", "from_currency"), ("due_currency", "to_currency")]
    lines = joined(lines, scales, on, ["scale_numerator", "scale_denominator"])
    # Nothing is worked out of what is beyond the limits; a null, which no comparison holds, is doubted.
    lines = _with_bands(lines.mutate(is_within=ibis.coalesce(_fits(lines), False)))
    sound = _cited(lines) & _asked(lines) & _earned(lines) & _booked(lines)
    shown = ibis.cases((lines.is_within, sound), else_=False)
    return lines.filter(~ibis.coalesce(shown, False)).select(*book.columns)


def _all(*conditions: Any) -> Any:
    found = ibis.literal(True)
    for condition in conditions:
        found &= condition
    return found


def _fits(lines: ibis.Table) -> Any:
    """Whether the figures are within the limits, and all that are added up are there."""
    wide = ("quantity_numerator", "exact_numerator", "share_numerator", "exchange_numerator")
    below = ("quantity_denominator", "exact_denominator", "share_denominator", "exchange_denominator")
    weights = lines.weights
    return _all(
        *(lines[name].abs() <= _MOST for name in wide),
        *((lines[name] > 0) & (lines[name] <= _MOST) for name in below),
        *(
            _is_amount(lines[name]) | lines[name].isnull()
            for name, may_be_none in _AMOUNTS.items()
            if may_be_none
        ),
        *(_is_amount(lines[name]) for name, may_be_none in _AMOUNTS.items() if not may_be_none),
        (lines.piece >= 0) & (lines.piece < weights.length()),
        (weights.length() == 1).ifelse(
            weights[0] > 0,
            (weights.mins() >= 0) & (weights.maxs() > 0) & (weights.maxs() <= _MOST_WEIGHT),
        ),
        lines.share_numerator >= 0,
        _is_amount(lines.measured),
        *(lines[name].notnull() for name in ("partner", "due_currency", "corrects")),
    )


def _is_amount(minor: Any) -> Any:
    return minor.between(-_MOST_AMOUNT, _MOST_AMOUNT)


def _is_sale(lines: ibis.Table) -> Any:
    return lines.source.isin([SALE, PAYMENT])


def _cited(lines: ibis.Table) -> Any:
    """The version and the clause are there, by their names, and the rounding is the version's."""
    return _all(
        lines.stated_kind.notnull(),
        lines.program == lines.stated_program,
        lines.version == lines.stated_version,
        lines.rounding == lines.stated_rounding,
    )


def _asked(lines: ibis.Table) -> Any:
    """The facts that the line stores are those that its clause asks for."""
    of_sale = _all(
        lines.source == lines.stated_source,
        *(_is_listed(lines, name, listed) for name, listed in LISTED.items()),
        _is_in_months(lines),
        _is_within(lines.started_on, lines.stated_sold_first, lines.stated_sold_until),
        _is_within(lines.invoice_day, lines.stated_billed_first, lines.stated_billed_until),
    )
    is_free = (lines.stated_kind == NO_CLAUSE) | lines.withdrawn
    return (~_is_sale(lines) | _has_months(lines)) & (
        is_free | (_is_listed(lines, "role", "roles") & (~_is_sale(lines) | of_sale))
    )


def _is_listed(lines: ibis.Table, name: str, listed: str) -> Any:
    asked = lines[f"stated_{listed}"]
    return asked.isnull() | asked.contains(lines[name])


def _has_months(lines: ibis.Table) -> Any:
    """The months of the subscription that the days touch."""
    last = add_days(lines.service_until, ibis.literal(-1, MINOR))
    first_counts = lines.month_first == month_index(lines.started_on, lines.service_first)
    return lines.started_on.isnull() | (
        first_counts & (lines.month_last == month_index(lines.started_on, last))
    )


def _is_in_months(lines: ibis.Table) -> Any:
    month = lines.stated_by_designation.ifelse(
        month_index(lines.recognized_from, lines.service_first), lines.month_first
    )
    first, last = lines.stated_month_first, lines.stated_month_last
    return first.isnull() | ((month >= first) & (last.isnull() | (month <= last)))


def _is_within(day: Any, first: Any, until: Any) -> Any:
    return first.isnull() | day.isnull() | ((day >= first) & (until.isnull() | (day < until)))


def _earned(lines: ibis.Table) -> Any:
    """From the basis to what the partner has of it."""
    nothing = lines.earned_minor == 0
    unpaid = lines.stated_kind.isin([NO_CLAUSE, UNPAID])
    paid = _all(
        _pay(lines),
        lines.whole_minor == _whole(lines),
        lines.share_remainder.isin([0, 1]),
        lines.earned_minor == _part(lines),
    )
    return ibis.cases((lines.withdrawn, nothing), else_=_basis(lines) & unpaid.ifelse(nothing, paid))


def _shared(lines: ibis.Table, minor: Any) -> Any:
    """The part of the amount at the line's piece."""
    return (lines.weights.length() == 1).ifelse(minor, share_of(minor, lines.weights, lines.piece))


def _basis(lines: ibis.Table) -> Any:
    by_bill = lines.stated_basis.isin([Basis.BILLED.value, Basis.COLLECTED.value])
    billed = ~by_bill | (lines.source_minor == lines.billed_minor + lines.credited_minor)
    return ibis.cases(
        (_is_sale(lines), billed & (lines.basis_minor == _shared(lines, lines.source_minor))),
        (lines.source == POOL, lines.basis_minor == lines.source_minor),
        else_=True,
    )


def _pay(lines: ibis.Table) -> Any:
    """What is paid before caps, floors and shares: an amount each, or slices."""
    by_slices = lines.stated_kind.isin([RATE, POOLED, REACHED, GROWTH])
    exact = ibis.cases(
        (lines.stated_kind == AMOUNT, _amount_each(lines)),
        (by_slices, _one_slice(lines)),
        (lines.stated_kind.isin([GRADUATED, SEATS]), _slices_of_bands(lines)),
        else_=False,
    )
    raw = rounded(lines.exact_numerator, lines.exact_denominator, lines.rounding)
    capped = (lines.source == POOL) | lines.cap_minor.identical_to(lines.stated_cap)
    return (lines.source == TOP_UP) | (exact & (lines.raw_minor == raw) & capped)


def _amount_each(lines: ibis.Table) -> Any:
    paid = product(lines.amount_minor.cast(WIDE), lines.quantity_numerator)
    return (lines.amount_minor == lines.stated_amount) & _is_exact(lines, paid, lines.quantity_denominator)


def _is_exact(lines: ibis.Table, numerator: Any, denominator: Any) -> Any:
    """Whether the fraction, in lowest terms, is the exact fee."""
    divisor = common_divisor(numerator, denominator)
    return (lines.exact_numerator == quotient(numerator, divisor)) & (
        lines.exact_denominator == quotient(denominator, divisor)
    )


def _one_slice(lines: ibis.Table) -> Any:
    """All of the basis, or what of it lies above a baseline, at one rate."""
    has_none = (lines.stated_kind == GROWTH) & (lines.baseline_minor == 0)
    above = lines.grown_minor + lines.basis_minor - ibis.greatest(lines.baseline_minor, lines.grown_minor)
    amount = (lines.stated_kind == GROWTH).ifelse(
        ibis.greatest(ibis.literal(0, MINOR), above), lines.basis_minor
    )
    numerator, denominator = _rate(lines)
    only = lines.slices[0]
    same = _all(
        lines.slices.length() == 1,
        only.amount_minor == amount,
        only.rate_numerator == numerator,
        only.rate_denominator == denominator,
        _is_exact(lines, product(amount.cast(WIDE), numerator), denominator),
    )
    return has_none.ifelse(_no_slices(lines), same)


def _rate(lines: ibis.Table) -> tuple[Any, Any]:
    """The rate of the clause, or of the band that was reached: the first that does not end before."""
    place = lines.stated_ends.filter(lambda end: end < lines.measured).length()
    is_reached = lines.stated_kind == REACHED
    return (
        is_reached.ifelse(lines.stated_numerators[place], lines.stated_rate_numerator),
        is_reached.ifelse(lines.stated_denominators[place], lines.stated_rate_denominator),
    )


def _with_bands(lines: ibis.Table) -> ibis.Table:
    """How much of what graduated bands count lies in each of them, and the parts of the basis that go with it."""
    start = add_days(lines.service_first, (1 - lines.service_first.day()).cast(MINOR))
    days = days_between(start, add_months(start, ibis.literal(1, MINOR)))
    seat_days = lines.seats.cast(MINOR) * days_between(lines.service_first, lines.service_until)
    is_seats = lines.is_within & (lines.stated_kind == SEATS) & (lines.basis_minor > 0)
    none = ibis.null(MINORS)
    found = lines.mutate(
        band_parts=ibis.cases(
            (
                lines.is_within & (lines.stated_kind == GRADUATED),
                inside(lines.measured, lines.basis_minor, lines.stated_ends, ibis.literal(1, MINOR)),
            ),
            (is_seats, inside(lines.measured, seat_days, lines.stated_ends, days)),
            else_=none,
        )
    )
    by_seats = (list_total(found.band_parts) > 0).ifelse(shares_of(found.basis_minor, found.band_parts), none)
    return found.mutate(band_amounts=(found.stated_kind == SEATS).ifelse(by_seats, found.band_parts))


def _slices_of_bands(lines: ibis.Table) -> Any:
    """Each part of the basis at the rate of its band; of seats of which nothing is left no part."""
    expected = slices_of(
        lines.band_amounts, lines.band_parts, lines.stated_numerators, lines.stated_denominators
    )
    same = (lines.slices == expected) & _is_exact(
        lines, dot(lines.band_amounts, lines.stated_scaled), lines.stated_common
    )
    no_seats = (lines.stated_kind == SEATS) & (lines.basis_minor <= 0)
    return no_seats.ifelse(_no_slices(lines), same)


def _no_slices(lines: ibis.Table) -> Any:
    return (lines.slices.length() == 0) & (lines.exact_numerator == 0) & (lines.exact_denominator == 1)


def _whole(lines: ibis.Table) -> Any:
    """Not below the floor of a line, and within the cap."""
    by_line = lines.stated_line_floor.notnull() & (lines.basis_minor > 0)
    least = by_line.ifelse(_shared(lines, lines.stated_line_floor), lines.raw_minor)
    topped = ibis.greatest(lines.raw_minor, least)
    left = ibis.greatest(ibis.literal(0, MINOR), lines.stated_cap - lines.cap_used_minor)
    within = lines.stated_cap.isnull().ifelse(topped, ibis.least(topped, left))
    return (lines.source == TOP_UP).ifelse(lines.stated_floor - lines.reached_minor, within)


def _part(lines: ibis.Table) -> Any:
    """The share of the whole, and the unit that the largest remainder gave it, if any."""
    is_all = (lines.share_numerator == 1) & (lines.share_denominator == 1)
    floor = floor_share(lines.whole_minor, lines.share_numerator, lines.share_denominator)
    size = is_all.ifelse(lines.whole_minor.abs(), floor) + lines.share_remainder
    return (lines.whole_minor < 0).ifelse(-size, size)


def _booked(lines: ibis.Table) -> Any:
    """What is new of it, in the currency of the line and in that of the statement."""
    earned = (lines.waits == "").ifelse(_exchanged(lines), ibis.literal(0, MINOR))
    return _all(
        lines.fee_minor == lines.earned_minor - lines.booked_minor,
        lines.due_earned_minor == earned,
        lines.due_minor == lines.due_earned_minor - lines.due_booked_minor,
    )


def _exchanged(lines: ibis.Table) -> Any:
    """At the line's rate; between two currencies that have no scale nothing is shown, and the line is doubted."""
    is_own = lines.currency == lines.due_currency
    is_plain = is_own & (lines.exchange_numerator == 1) & (lines.exchange_denominator == 1)
    one = ibis.literal(1, WIDE)
    by = product(lines.exchange_numerator, is_own.ifelse(one, lines.scale_numerator))
    below = product(lines.exchange_denominator, is_own.ifelse(one, lines.scale_denominator))
    is_small = (by <= _MOST) & (below <= _MOST)
    there = rounded(product(lines.earned_minor.cast(WIDE), by), below, lines.rounding)
    return ibis.cases((is_plain, lines.earned_minor), (is_small, there), else_=ibis.null(MINOR))
