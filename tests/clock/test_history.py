"""While a demonstration's history loads, its clock belongs to the history."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from ofrecord.clock.actions import play_day, wind
from ofrecord.clock.models import Clock
from ofrecord.clock.queries import began_on, history, now
from ofrecord.clock.refusals import HistoryLoading
from ofrecord.clock.types import DEMONSTRATION, REAL, History
from support import story

pytestmark = pytest.mark.django_db


def _begin() -> None:
    wind(mode=DEMONSTRATION, day=date(2025, 9, 1), history_until=date(2025, 9, 4))


def test_the_history_moves_the_clock_day_by_day_to_its_end() -> None:
    _begin()
    assert history() == History(date(2025, 9, 1), date(2025, 9, 1), date(2025, 9, 4))
    for number in (2, 3, 4):
        play_day(day=date(2025, 9, number))
    told = history()
    assert told is not None
    assert (told.is_loaded, told.days_loaded, told.days) == (True, 3, 3)
    assert (now().date(), began_on()) == (date(2025, 9, 4), date(2025, 9, 1))


def test_people_set_the_clock_when_the_history_is_loaded_and_not_before() -> None:
    _begin()
    with pytest.raises(HistoryLoading) as refused:
        story.turn_clock("2026-01-01")
    assert "1 September 2025" in refused.value.sentence()
    assert now().date() == date(2025, 9, 1)

    play_day(day=date(2025, 9, 4))
    story.turn_clock("2026-01-01")
    assert now().date() == date(2026, 1, 1)
    told = history()
    assert told is not None
    assert (told.is_loaded, told.days_loaded) == (True, 3)


@pytest.mark.parametrize("day", [date(2025, 9, 1), date(2025, 9, 5)])
def test_a_history_goes_forward_and_no_further_than_its_end(day: date) -> None:
    _begin()
    with pytest.raises(AssertionError):
        play_day(day=day)


def test_a_real_installation_has_no_history() -> None:
    wind(mode=REAL)
    assert history() is None
    with pytest.raises(DatabaseError), transaction.atomic():
        Clock.objects.update(history_until=date(2025, 9, 4))
