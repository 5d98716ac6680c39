"""What the customers room hands to others."""

from dataclasses import dataclass

from ofrecord.kernel.calendar import Span


@dataclass(frozen=True, slots=True)
class SegmentHeld:
    """The segment in which a customer is on the days of the span; empty is the first that the program names."""

    segment: str
    span: Span
