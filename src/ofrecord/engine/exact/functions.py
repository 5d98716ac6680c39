"""The functions that every engine defines, as expressions: integers of 128 bits, days, and shares by largest remainder.

Why not the engine's own operators: a division of whole numbers is a division of floats in the portable expressions,
engines truncate or floor negative quotients differently, and none rounds as a program states.

Stated limits: an amount has at most 10^17 minor units, a numerator or denominator at most 10^18, a product of two of
them therefore fits into 38 digits. A weight is at most 10^13.
"""

from typing import Any

import ibis
import ibis.expr.datatypes as dt

WIDE = dt.Decimal(38, 0)
MINORS = dt.Array(dt.int64)
WIDES = dt.Array(WIDE)
SLICES = dt.Array(dt.Struct({"amount_minor": dt.int64, "rate_numerator": WIDE, "rate_denominator": WIDE}))


@ibis.udf.scalar.builtin(name="of_product", signature=((WIDE, WIDE), WIDE))
def product(left: Any, right: Any) -> Any:
    """The exact product of two whole numbers."""


@ibis.udf.scalar.builtin(name="of_quotient", signature=((WIDE, WIDE), WIDE))
def quotient(number: Any, by: Any) -> Any:
    """How often `by`, which is positive, goes into `number`: cut off towards zero."""


@ibis.udf.scalar.builtin(name="of_rest", signature=((WIDE, WIDE), WIDE))
def rest(number: Any, by: Any) -> Any:
    """What is left of `number`, with its sign, when the quotient is taken out."""


@ibis.udf.scalar.builtin(name="of_divisor", signature=((WIDE, WIDE), WIDE))
def common_divisor(number: Any, of: Any) -> Any:
    """The greatest whole number that divides both; `of` is positive."""


@ibis.udf.scalar.builtin(name="of_rounded", signature=((WIDE, WIDE, dt.string), dt.int64))
def rounded(numerator: Any, denominator: Any, rounding: Any) -> Any:
    """The fraction as a whole number by the rounding's name in program documents; the denominator is positive."""


@ibis.udf.scalar.builtin(name="of_share", signature=((dt.int64, MINORS, dt.int32), dt.int64))
def share_of(minor: Any, weights: Any, place: Any) -> Any:
    """The share at `place` (from 0) of the amount, divided by the weights by largest remainder."""


@ibis.udf.scalar.builtin(name="of_floor_share", signature=((dt.int64, WIDE, WIDE), dt.int64))
def floor_share(minor: Any, numerator: Any, denominator: Any) -> Any:
    """The part of the amount's size, whole units alone."""


@ibis.udf.scalar.builtin(name="of_add_months", signature=((dt.date, dt.int64), dt.date))
def add_months(day: Any, months: Any) -> Any:
    """The same day of the month so many months later, clamped to the last day of a shorter month."""


@ibis.udf.scalar.builtin(name="of_month_index", signature=((dt.date, dt.date), dt.int32))
def month_index(start: Any, day: Any) -> Any:
    """Which month since `start` the day is in: 1 on the first day."""


@ibis.udf.scalar.builtin(name="of_month_start", signature=((dt.date,), dt.date))
def month_start(day: Any) -> Any:
    """The first day of the day's month; an engine's own truncation gives an instant."""


@ibis.udf.scalar.builtin(name="of_add_days", signature=((dt.date, dt.int64), dt.date))
def add_days(day: Any, days: Any) -> Any:
    """The day so many days later."""


@ibis.udf.scalar.builtin(name="of_days", signature=((dt.date, dt.date), dt.int64))
def days_between(first: Any, until: Any) -> Any:
    """How many days from `first` to `until`, which is not counted."""


@ibis.udf.scalar.builtin(
    name="of_period_first", signature=((dt.date, dt.string, dt.int32, dt.int32), dt.date)
)
def period_first(day: Any, period: Any, year_month: Any, year_day: Any) -> Any:
    """The first day of the period, by its name in program documents, that the day is in; a lifetime has always been.

    The program's year begins on that month and day; quarters are counted from it.
    """


@ibis.udf.scalar.builtin(
    name="of_period_until", signature=((dt.date, dt.string, dt.int32, dt.int32), dt.date)
)
def period_until(day: Any, period: Any, year_month: Any, year_day: Any) -> Any:
    """The first day after the period that the day is in; null for a lifetime."""


@ibis.udf.scalar.builtin(name="of_number", signature=((dt.string,), dt.int64))
def number_of(key: Any) -> Any:
    """The number with so many digits as a line's public name has, drawn from the text by SHA-256."""


@ibis.udf.scalar.builtin(name="of_used", signature=((MINORS, MINORS), MINORS))
def used_before(amounts: Any, caps: Any) -> Any:
    """How much of a cap was used before each of the amounts, in their order, where the cap itself changes."""


@ibis.udf.scalar.builtin(name="of_inside", signature=((dt.int64, dt.int64, MINORS, dt.int64), MINORS))
def inside(before: Any, amount: Any, ends: Any, times: Any) -> Any:
    """How much of the amount, which comes after `before`, lies in each band; a band ends at its end `times` over."""


@ibis.udf.scalar.builtin(name="of_band", signature=((dt.int64, MINORS), dt.int32))
def band_of(measured: Any, ends: Any) -> Any:
    """The place (from 0) of the first band that reaches up to and with what was measured."""


@ibis.udf.scalar.builtin(name="of_shares", signature=((dt.int64, MINORS), MINORS))
def shares_of(minor: Any, weights: Any) -> Any:
    """The amount divided by the weights by largest remainder; no shares of an amount that is not positive."""


@ibis.udf.scalar.builtin(name="of_dot", signature=((MINORS, WIDES), WIDE))
def dot(amounts: Any, factors: Any) -> Any:
    """The sum of the products."""


@ibis.udf.scalar.builtin(name="of_slices", signature=((MINORS, MINORS, WIDES, WIDES), SLICES))
def slices_of(amounts: Any, insides: Any, numerators: Any, denominators: Any) -> Any:
    """The amounts with their rates, of those bands in which something lies."""


@ibis.udf.scalar.builtin(name="of_list_total", signature=((MINORS,), dt.int64))
def list_total(numbers: Any) -> Any:
    """The sum of the numbers of a list."""


@ibis.udf.scalar.builtin(name="of_multiple", signature=((MINORS,), dt.int64))
def common_multiple(numbers: Any) -> Any:
    """The least number that all numbers of the list divide."""


@ibis.udf.scalar.builtin(name="of_divided", signature=((MINORS, dt.int32, MINORS, dt.int64), MINORS))
def divided_weights(weights: Any, place: Any, parts: Any, scale: Any) -> Any:
    """The weights times `scale`, with the one at `place` divided into its parts and what they leave of it."""


@ibis.udf.scalar.builtin(name="of_scaled", signature=((MINORS, MINORS, dt.int64), MINORS))
def scaled(numerators: Any, denominators: Any, scale: Any) -> Any:
    """Each fraction times `scale`, which all denominators divide."""


@ibis.udf.scalar.builtin(name="of_with_rest", signature=((MINORS, dt.int64), MINORS))
def with_rest(parts: Any, whole: Any) -> Any:
    """The parts and what they leave of the whole."""


def total(column: Any) -> Any:
    """The sum of whole numbers as one of 64 bits; an engine's own sum may widen, or become a float."""
    return column.sum().cast(WIDE).cast(dt.int64)


def no_items(kind: Any) -> Any:
    """An empty list of the kind: to Spark a bare one is a list of nothing at all."""
    return ibis.coalesce(ibis.null(kind), ibis.literal([], kind))
