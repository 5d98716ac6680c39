"""Who looks around while the history loads is told how far it is, on every page, and that the clock cannot be set."""

from datetime import date

import pytest
from django.test import Client

from ofrecord.clock.actions import play_day, wind
from ofrecord.clock.types import DEMONSTRATION, REAL

pytestmark = pytest.mark.django_db
FIRST, UNTIL = date(2025, 8, 25), date(2026, 11, 2)


def _page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_sign_in_page_says_how_far_the_history_is(client: Client) -> None:
    wind(mode=DEMONSTRATION, day=FIRST, history_until=UNTIL)
    play_day(day=date(2026, 3, 2))
    # 25 August to 2 March are 189 of the 434 days to 2 November of the next year: 43.5%.
    page = _page(client, "/account/login/")
    assert "History is loading: March 2026" in page
    assert "43%" in page


def test_the_part_asks_again_until_the_history_is_loaded(client: Client) -> None:
    wind(mode=DEMONSTRATION, day=FIRST, history_until=UNTIL)
    assert "hx-get" in _page(client, "/loading")
    play_day(day=UNTIL)
    last = _page(client, "/loading")
    assert "The history is loaded" in last
    assert "hx-get" not in last
    assert 'id="history"' not in _page(client, "/account/login/")


def test_where_nothing_loads_nothing_is_said(client: Client) -> None:
    wind(mode=REAL)
    assert 'id="history"' not in _page(client, "/account/login/")
