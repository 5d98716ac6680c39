"""The exchange rates of a month's last day, while that day is still to come."""

from dataclasses import replace
from datetime import date, timedelta

from ofrecord.engine.types import History, RateFact
from ofrecord.kernel.calendar import Month


def with_later_rates(
    history: History, month: Month, today: date, rate_days: int
) -> tuple[History, date | None]:
    """The history in which the last rates known stand in for those of the month's last day, and their day.

    Only of a month that runs, and only rates that could be used today.
    """
    latest: dict[str, RateFact] = {}
    for rate in sorted(history.rates, key=lambda rate: rate.day):
        if rate.day >= today - timedelta(days=rate_days):
            latest[rate.currency] = rate
    if month.last <= today or not latest:
        return history, None
    later = [replace(rate, day=month.last) for rate in latest.values() if rate.day < month.last]
    if not later:
        return history, None
    return replace(history, rates=(*history.rates, *later)), max(rate.day for rate in latest.values())
