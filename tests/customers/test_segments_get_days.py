"""What was recorded before segments had days has held since the program began, so no fee changes by the upgrade."""

from collections.abc import Iterator, Sequence

import pytest
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from ofrecord.machine.roles import OWNER
from support import story
from support.ground import Ground

WITHOUT_DAYS, WITH_DAYS = ("customers", "0003_segment"), ("customers", "0004_segments_have_days")


@pytest.fixture
def owned_db(ground: Ground, committed_db: str) -> Iterator[None]:
    """A database of its own, under the role that migrates."""
    told = connections.settings["default"]
    former = {name: told[name] for name in ("USER", "PASSWORD")}
    connection.close()
    told.update({"USER": OWNER, "PASSWORD": ground.owner_password})
    yield
    connection.close()
    told.update(former)


def _migrate(to: tuple[str, str]) -> None:
    MigrationExecutor(connection).migrate([to])


def _asked(statement: str) -> Sequence[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def test_a_segment_without_a_day_becomes_one_since_the_program_began(owned_db: None) -> None:
    story.begin("2009-04-01")
    harbor = story.partner("Harbor Lane")
    for name in ("Parker Mills", "Sutton Mills"):
        story.sell(harbor, name, 50, "2009-05-01")
    _migrate(WITHOUT_DAYS)
    with connection.cursor() as cursor:
        cursor.execute("update customers_customer set segment = 'midsize' where name = 'Parker Mills'")
    _migrate(WITH_DAYS)
    assert _asked(
        "select name, segment, during::text from customers_segmentspan s"
        " join customers_customer c on c.id = s.customer_id"
    ) == [("Parker Mills", "midsize", "[2009-04-01,)")]
    _migrate(WITHOUT_DAYS)
    assert _asked("select name, segment from customers_customer order by name") == [
        ("Parker Mills", "midsize"),
        ("Sutton Mills", ""),
    ]
