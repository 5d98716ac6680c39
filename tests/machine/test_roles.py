"""The application's role: whoever could step around row-level security is refused before anything is served."""

from collections.abc import Iterator

import psycopg
import pytest

from ofrecord.machine.postgres import SUPERUSER, database_url
from ofrecord.machine.refusals import DatabaseUnreachable, NoSuchRole, RoleTooMighty
from ofrecord.machine.roles import OWNER, check_app_role, grant
from support.ground import Ground

_PASSWORD = "a password of one test"


@pytest.fixture
def database(ground: Ground) -> Iterator[str]:
    with ground.cloned() as name:
        yield name


@pytest.fixture
def stranger(ground: Ground, database: str) -> Iterator[str]:
    """The address for a role that is made for the test, with no right of its own."""
    superuser = database_url(ground.socket, SUPERUSER, ground.superuser_password, database)
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(f"create role stranger login password '{_PASSWORD}'")
        yield f"postgresql://stranger:{_PASSWORD}@/{database}?host={ground.socket}".replace(" ", "%20")
        connection.execute("drop owned by stranger")
        connection.execute("drop role stranger")


def _as_superuser(ground: Ground, database: str, statement: str) -> None:
    url = database_url(ground.socket, SUPERUSER, ground.superuser_password, database)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def test_the_application_role_is_taken(ground: Ground, database: str) -> None:
    check_app_role(ground.app_url(database))


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("alter role stranger superuser", "is a superuser"),
        ("alter role stranger bypassrls", "has BYPASSRLS"),
        ("create table own (a int); alter table own owner to stranger", r"owns tables \(own\)"),
        (f"grant {OWNER} to stranger", "is a member of their owner"),
    ],
)
def test_a_mighty_role_is_refused(
    ground: Ground, database: str, stranger: str, statement: str, reason: str
) -> None:
    check_app_role(stranger)
    _as_superuser(ground, database, statement)
    with pytest.raises(RoleTooMighty, match=reason):
        check_app_role(stranger)


def test_the_owner_is_refused(ground: Ground, database: str) -> None:
    with pytest.raises(RoleTooMighty, match="owns tables"):
        check_app_role(ground.owner_url(database))


def test_grants_reach_tables_that_come_later(ground: Ground, database: str, stranger: str) -> None:
    with psycopg.connect(stranger) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("select * from clock_clock")
    grant(ground.owner_url(database), "stranger")
    with psycopg.connect(ground.owner_url(database)) as connection:
        connection.execute("create table later (a int)")
    with psycopg.connect(stranger) as connection:
        assert connection.execute("select * from clock_clock").fetchall() == []
        connection.execute("insert into later values (1)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("truncate later")


def test_a_role_that_does_not_exist_is_named(ground: Ground, database: str) -> None:
    with pytest.raises(NoSuchRole, match="nobody_at_all"):
        grant(ground.owner_url(database), "nobody_at_all")


@pytest.mark.parametrize(
    "url", ["postgresql:///x?host=/nowhere", "postgresql://localhost:1/x", "not an address"]
)
def test_a_database_that_does_not_answer_is_said_in_a_sentence(url: str) -> None:
    with pytest.raises(DatabaseUnreachable, match="DATABASE_URL names does not answer"):
        check_app_role(url)
