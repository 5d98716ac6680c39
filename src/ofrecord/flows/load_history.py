"""The history of a demonstration is loaded, one day after the other."""

from datetime import date

from ofrecord.clock.actions import play_day


def reach(*, day: date) -> None:
    """The history comes to `day`; what happens on it belongs into the same transaction."""
    play_day(day=day)
