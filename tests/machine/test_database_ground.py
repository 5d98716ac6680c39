"""The tests' own ground: they work under the application's role, on databases that are really theirs."""

import threading
from collections.abc import Callable
from datetime import date
from urllib.request import urlopen

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from ofrecord.clock.actions import wind
from ofrecord.clock.queries import is_wound
from ofrecord.clock.types import DEMONSTRATION
from support.ground import Ground


def _one(statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_tests_run_as_the_application() -> None:
    assert _one("select current_user") == "ofrecord_app"
    assert _one("select count(*) from pg_class where relowner = current_user::regrole") == 0


@pytest.mark.django_db
def test_a_rolled_back_test_leaves_nothing() -> None:
    assert not is_wound()
    wind(mode=DEMONSTRATION, day=date(2026, 10, 1))


@pytest.mark.django_db
def test_a_rolled_back_test_left_nothing() -> None:
    assert not is_wound()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "truncate clock_clock",
        "create table mine (a int)",
        "drop table clock_clock",
        "delete from django_migrations",
        "alter table clock_clock disable trigger all",
    ],
)
def test_the_application_may_write_rows_and_nothing_else(statement: str) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_commits_in_a_committed_database_are_seen_by_other_threads(committed_db: str) -> None:
    wind(mode=DEMONSTRATION, day=date(2026, 10, 1))
    seen = []

    def look() -> None:
        seen.append((_one("select current_database()"), is_wound()))
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [(committed_db, True)]


def test_a_committed_database_is_fresh(committed_db: str) -> None:
    assert not is_wound()


def test_the_application_cannot_sign_in_as_another(ground: Ground) -> None:
    url = ground.owner_url("ofrecord").replace(ground.owner_password, ground.app_password)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url)


def test_the_site_runs_on_what_the_test_prepared(serve_site: Callable[[], str]) -> None:
    wind(mode=DEMONSTRATION, day=date(2026, 10, 1))
    with urlopen(f"{serve_site()}/healthz") as answer:
        assert answer.status == 200
