"""Who sets the clock, and where to; what PostgreSQL itself holds of it."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM
from ofrecord.clock.actions import set_time_zone, wind
from ofrecord.clock.models import Clock
from ofrecord.clock.queries import is_demonstration, now, vendors_zone
from ofrecord.clock.refusals import ClockGoesForward, ClockGoesSlowly, ClockIsReal, DayWouldGoBack
from ofrecord.clock.rules import time_on
from ofrecord.clock.types import DEMONSTRATION, REAL
from support import story

pytestmark = pytest.mark.django_db


def test_a_demonstration_goes_forward_in_steps_and_never_back() -> None:
    wind(mode=DEMONSTRATION, day=date(2026, 11, 2))
    story.turn_clock("2026-12-01")
    assert now().date() == date(2026, 12, 1)
    with pytest.raises(ClockGoesForward):
        story.turn_clock("2026-11-30")
    with pytest.raises(ClockGoesSlowly) as refused:
        story.turn_clock("9999-12-31")
    assert refused.value.latest == date(2028, 12, 1)
    assert now().date() == date(2026, 12, 1)


def test_time_on_a_set_day_goes_on_whatever_the_real_time_of_day_is() -> None:
    wind(mode=DEMONSTRATION, day=date(2026, 11, 2))
    told = [now()]
    # Days ago it was set, as far as the row tells.
    for days in (0.1, 1, 2, 40):
        Clock.objects.update(set_at=Clock.objects.get().set_at - timedelta(days=days))
        told.append(now())
    assert all(earlier < later for earlier, later in pairwise(told))
    # To set the same day again sets nothing back. Moments that follow at once may be the same microsecond by now.
    story.turn_clock("2026-11-02")
    told.append(now())
    assert told[-2] <= told[-1]
    assert {each.date() for each in told} == {date(2026, 11, 2)}
    story.turn_clock("2026-11-03")
    assert now().date() == date(2026, 11, 3)


@pytest.mark.parametrize(("is_history", "begins"), [(False, "09:00"), (True, "18:00")])
def test_people_come_after_what_fell_due_and_after_the_people_of_the_history(
    is_history: bool, begins: str
) -> None:
    def at(hours: float) -> datetime:
        zone = ZoneInfo("Europe/Berlin")
        return time_on(date(2026, 11, 2), zone, elapsed=timedelta(hours=hours), is_history=is_history)

    assert f"{at(0):%H:%M}" == f"{at(-1):%H:%M}" == begins
    assert timedelta(minutes=9) < at(1 / 6) - at(0) < timedelta(minutes=10)
    # After a year a second still makes a difference, and the day has not ended.
    assert at(8760).date() == date(2026, 11, 2)
    assert at(8760) < at(8760 + 1 / 3600)


def test_a_real_clock_is_not_set() -> None:
    wind(mode=REAL)
    with pytest.raises(ClockIsReal):
        story.turn_clock("2030-01-01")


def test_the_mode_is_fixed_when_the_installation_begins() -> None:
    wind(mode=REAL)
    wind(mode=DEMONSTRATION, day=date(2026, 11, 2))
    assert not is_demonstration()


@pytest.mark.parametrize(
    "change",
    [{"day": date(2026, 11, 1)}, {"mode": REAL, "day": None, "set_at": None}, {"set_at": None}, {"id": 2}],
    ids=["back", "mode", "never set", "two"],
)
def test_postgresql_holds_the_clock_too(change: dict[str, object]) -> None:
    wind(mode=DEMONSTRATION, day=date(2026, 11, 2))
    with pytest.raises(DatabaseError), transaction.atomic():
        Clock.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Clock.objects.all().delete()


def test_days_are_counted_in_the_vendor_s_time_zone() -> None:
    wind(mode=REAL)
    assert str(vendors_zone()) == "UTC"
    with entered(OFFICE):
        set_time_zone(by=SYSTEM, at=now(), time_zone="Pacific/Kiritimati")
    assert str(vendors_zone()) == str(now().tzinfo) == "Pacific/Kiritimati"


def test_a_time_zone_in_which_it_is_yesterday_is_refused() -> None:
    wind(mode=REAL)
    noon = datetime(2026, 11, 1, 9, 0, tzinfo=ZoneInfo("Pacific/Auckland"))
    with entered(OFFICE):
        set_time_zone(by=SYSTEM, at=noon, time_zone="Pacific/Auckland")
        with pytest.raises(DayWouldGoBack):
            set_time_zone(by=SYSTEM, at=noon, time_zone="America/New_York")
    assert str(vendors_zone()) == "Pacific/Auckland"
