"""The arithmetic of a fee, from figures to figures: what the judge works out, and what checks a line again."""

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction

from ofrecord.engine.types import Slice
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import share_minor
from ofrecord.program.clause_types import Band, Bands


def slice_at(amount_minor: int, rate: Fraction) -> Slice:
    return Slice(amount_minor, rate.numerator, rate.denominator)


def exact_of(slices: Sequence[Slice]) -> Fraction:
    """What the slices pay, before it is rounded."""
    if len(slices) == 1:
        return Fraction(slices[0].amount_minor * slices[0].rate_numerator, slices[0].rate_denominator)
    return sum((part.amount_minor * part.rate for part in slices), Fraction(0))


def rate_reached(bands: Bands, measured: int) -> Fraction:
    """The rate of the band that a whole amount, or count, lies in; a band reaches up to and with its end."""
    return next(band.rate for band in bands.bands if band.up_to is None or measured <= band.up_to)


def amount_slices(bands: Bands, before: int, basis_minor: int) -> tuple[Slice, ...]:
    """The basis, which comes after `before`, in the bands that it lies in."""
    return tuple(slice_at(part, rate) for part, rate in _inside(bands.bands, before, basis_minor))


def seat_slices(bands: Bands, day: date, seat_days: int, before: int, basis_minor: int) -> tuple[Slice, ...]:
    """The basis in proportion to the seat-days that lie in each band of the day's month.

    A band of ten seats has as many seat-days as ten seats have in the month.
    """
    if basis_minor <= 0:
        return ()
    parts = list(_inside(bands.bands, before, seat_days, times=Month.of(day).span.days))
    amounts = share_minor(basis_minor, [inside for inside, _ in parts])
    return tuple(slice_at(amount, rate) for amount, (_, rate) in zip(amounts, parts, strict=True))


def _inside(
    bands: tuple[Band, ...], before: int, amount: int, times: int = 1
) -> Iterator[tuple[int, Fraction]]:
    """How much of `amount`, that comes after `before`, lies in each band, with the band's rate."""
    start, after = 0, before + amount
    for band in bands:
        end = after if band.up_to is None else band.up_to * times
        inside = min(after, end) - max(before, start)
        if inside > 0:
            yield inside, band.rate
        start = end


def above_baseline(baseline: int, before: int, basis_minor: int) -> int:
    """How much of the basis, which comes after `before`, lies above the baseline."""
    return max(0, before + basis_minor - max(baseline, before))


def within_cap(raw_minor: int, cap_minor: int | None, used_minor: int) -> int:
    """What a cap leaves of an amount."""
    return raw_minor if cap_minor is None else min(raw_minor, max(0, cap_minor - used_minor))


def part_of(whole_minor: int, part: Fraction, remainder: int) -> int:
    """A share of what is divided: the whole units, and the one that the largest remainder gave it, if any."""
    size = abs(whole_minor) * part.numerator // part.denominator + remainder
    return -size if whole_minor < 0 else size
