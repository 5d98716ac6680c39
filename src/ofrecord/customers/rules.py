"""Decisions about customers: values in, values out."""

from collections.abc import Collection
from datetime import date

from ofrecord.customers.types import SegmentHeld
from ofrecord.kernel.calendar import Span


def with_segment(
    held: Collection[SegmentHeld], segment: str, first: date, *, replaces_later: bool
) -> list[SegmentHeld]:
    """The segments of a customer after it is in one from `first` on, in the order of the days.

    It lasts until the next that is recorded already, or for good where it replaces those too. Before the first
    that is stated it is in none, so an empty one there says nothing.
    """
    later = [] if replaces_later else [each.span.first for each in held if each.span.first > first]
    span = Span(first, min(later, default=None))
    kept = [SegmentHeld(each.segment, rest) for each in held for rest in each.span.without(span)]
    return _joined([*kept, SegmentHeld(segment, span)])


def _joined(held: Collection[SegmentHeld]) -> list[SegmentHeld]:
    joined: list[SegmentHeld] = []
    for each in sorted(held, key=lambda one: one.span.first):
        former = joined[-1] if joined else None
        if former and former.segment == each.segment and former.span.until == each.span.first:
            joined[-1] = SegmentHeld(each.segment, Span(former.span.first, each.span.until))
        elif former or each.segment:
            joined.append(each)
    return joined
