"""Fixtures for all tests.

- `db` (pytest-django): the test's transaction is rolled back. For most tests.
- `committed_db`: a database of its own, where commits stay and threads see them. For races, jobs, and the
site.
- `world`, `own_world`: the whole story of support.world, told already; to look at, or to go on with.
- `serve_site`: starts the real web server and worker on `committed_db`, when the test has prepared it.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from support.browser import chromium_launch_arguments
from support.ground import Ground, pointed_at, started_ground
from support.site import running_site
from support.world import World, built

_GROUND = pytest.StashKey[Ground]()
_STARTED = pytest.StashKey[ExitStack]()
_NEEDS_TRUNCATE = {
    "transactional_db",
    "live_server",
    "django_db_reset_sequences",
    "django_db_serialized_rollback",
}


def pytest_configure(config: pytest.Config) -> None:
    settings.SECRET_KEY = "the key of the tests"
    settings.MODE = "demonstration"
    # Playwright keeps an event loop in the thread of the tests, in which nothing of ours runs; Django cannot tell.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"


def pytest_unconfigure(config: pytest.Config) -> None:
    if _STARTED in config.stash:
        config.stash[_STARTED].close()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """Several test processes share one PostgreSQL, which the process above them starts."""
    _start_ground(config)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["ground"] = asdict(node.config.stash[_GROUND])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuses what would empty tables: the application may not, and append-only tables do not let it."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & _NEEDS_TRUNCATE or (marker and marker.kwargs.get("transaction")):
            raise pytest.UsageError(
                f"{item.nodeid}: use the fixture committed_db; tables are never emptied here"
            )


def _start_ground(config: pytest.Config) -> Ground:
    if _GROUND not in config.stash:
        stack = config.stash[_STARTED] = ExitStack()
        config.stash[_GROUND] = stack.enter_context(started_ground())
    return config.stash[_GROUND]


@pytest.fixture(scope="session")
def ground(request: pytest.FixtureRequest) -> Ground:
    """The test run's PostgreSQL."""
    handed = getattr(request.config, "workerinput", None)
    return Ground(**handed["ground"]) if handed else _start_ground(request.config)


@pytest.fixture(scope="session")
def django_db_setup(ground: Ground, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """In place of pytest-django's: this test process's own clone, under the application's role."""
    with django_db_blocker.unblock(), ground.cloned() as database, pointed_at(ground, database):
        yield


@pytest.fixture
def committed_db(ground: Ground, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The name of a fresh database for this test alone, to which Django's connections lead."""
    with ground.cloned() as database, pointed_at(ground, database), django_db_blocker.unblock():
        yield database


@pytest.fixture(scope="session")
def _built(
    ground: Ground, django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: Any
) -> Iterator[tuple[World, str, Path]]:
    """A world, its database and its data folder; built once and only copied from then on."""
    folder = tmp_path_factory.mktemp("world")
    with ground.cloned() as database:
        former, settings.DATA = settings.DATA, folder
        with pointed_at(ground, database), django_db_blocker.unblock():
            world = built()
        settings.DATA = former
        yield world, database, folder


@pytest.fixture
def world(
    ground: Ground, _built: tuple[World, str, Path], settings: Any, django_db_blocker: DjangoDbBlocker
) -> Iterator[World]:
    """A world (support.world) that many tests look at; commits stay, so a test leaves it as it is."""
    whole, database, settings.DATA = _built
    with pointed_at(ground, database), django_db_blocker.unblock():
        yield whole


@pytest.fixture
def own_world(
    ground: Ground, _built: tuple[World, str, Path], settings: Any, django_db_blocker: DjangoDbBlocker
) -> Iterator[World]:
    """A copy of the world for this test alone, in which it may do what it likes."""
    whole, database, settings.DATA = _built
    with ground.cloned(database) as copy, pointed_at(ground, copy), django_db_blocker.unblock():
        yield whole


@pytest.fixture
def serve_site(ground: Ground, committed_db: str, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Call it when the database is prepared: it starts web and worker on it, and returns the address."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(running_site(ground, committed_db, tmp_path))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """In place of Playwright's own browsers: the system's Chromium."""
    return browser_type_launch_args | chromium_launch_arguments()
