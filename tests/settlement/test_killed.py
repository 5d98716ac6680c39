"""A settlement run that is killed with `kill -9` leaves all or nothing; the next run completes it and posts once.

Some points with every run of the tests; fifty with `bin/killed`, and fifty more of a run in columns, marked slow. The
points are drawn from a seed and lie over the whole time that a run takes, some of them within the transaction that
posts, and of a run in columns some within each of its stages. What was half written is gone after the next run.
"""

import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from ofrecord.engine.choice import AUTO, DUCKDB
from ofrecord.settlement.models import Run
from settlement.killed_runs import (
    MAY,
    POSTING,
    WITHIN,
    Installation,
    Nursery,
    files_are_whole,
    founded,
    kill,
    nursery,
    posted,
    rests,
    wait_for_step,
    wait_until_alone,
    whole,
)
from support.ground import Ground, pointed_at

SEED = 20090531
SALES = 24
# What a run in columns says, in the order in which it comes to it.
STAGES = ("Keeping what was billed", *WITHIN, "Reading the book back")


@dataclass(frozen=True)
class Undisturbed:
    """What closing May comes to when nobody disturbs it, and how long it takes: in all, and from the posting on."""

    comes_to: dict[str, Any]
    seconds: float
    posting_seconds: float


@dataclass(frozen=True)
class Ward:
    """The nursery, copies of one installation, and what an undisturbed run comes to on such a copy."""

    nursery: Nursery
    copied: Callable[[], Any]
    undisturbed: Undisturbed

    def in_columns(self) -> Undisturbed:
        """The same by the engine: it comes to the same."""
        with self.copied() as installation:
            found = _undisturbed(self.nursery, installation, DUCKDB)
        assert found.comes_to == self.undisturbed.comes_to
        return found


@pytest.fixture(scope="module")
def ward(
    ground: Ground,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Ward]:
    folder, former = tmp_path_factory.mktemp("founded"), settings.DATA
    with ground.cloned() as database, django_db_blocker.unblock():
        settings.DATA = folder
        with pointed_at(ground, database):
            founded(SALES)

        @contextmanager
        def copied() -> Iterator[Installation]:
            data = tmp_path_factory.mktemp("copy") / "data"
            shutil.copytree(folder, data)
            settings.DATA = data
            with ground.cloned(database) as copy, pointed_at(ground, copy):
                yield Installation(ground, copy, data)

        with nursery(ground, database, folder) as born:
            with copied() as installation:
                undisturbed = _undisturbed(born, installation, AUTO)
            yield Ward(born, copied, undisturbed)
        settings.DATA = former


def _undisturbed(born: Nursery, installation: Installation, engine: str) -> Undisturbed:
    began = time.monotonic()
    born.start(installation, MAY, engine)
    wait_for_step(POSTING)
    posting = time.monotonic()
    assert born.ended() == 0, installation.said
    ended = time.monotonic()
    return Undisturbed(whole(MAY), ended - began, ended - posting)


def _points(number: int, in_posting: int, undisturbed: Undisturbed) -> list[tuple[str, float]]:
    """When to kill: so long after the start, one point in each part of the run, or so long after posting began."""
    chance, spread = random.Random(SEED), number - in_posting
    whole_run = [("", undisturbed.seconds * (part + chance.random()) / spread) for part in range(spread)]
    posting = [
        (POSTING, undisturbed.posting_seconds * (part + chance.random()) / in_posting)
        for part in range(in_posting)
    ]
    return [*whole_run, *posting]


def _in_stages(each: int, seconds: float) -> list[tuple[str, float]]:
    """When to kill: so many points after each stage of a run in columns has begun."""
    chance = random.Random(SEED)
    return [(stage, seconds * chance.random()) for stage in STAGES for _ in range(each)]


def _killed_at(point: tuple[str, float], born: Nursery, installation: Installation, engine: str) -> str:
    """Kills the run there; how far it said it was."""
    step, delay = point
    child = born.start(installation, MAY, engine)
    if step:
        wait_for_step(step)
    time.sleep(delay)
    kill(child)
    born.ended()
    wait_until_alone()
    run = Run.objects.filter(month=MAY.first).first()
    return run.says if run else "before it began"


def _require_all_or_nothing(point: tuple[str, float], ward: Ward, engine: str = AUTO) -> str:
    """Kills one run of a fresh copy and lets the next one do its work; where it was killed, and what it left."""
    comes_to = ward.undisturbed.comes_to
    with ward.copied() as installation:
        says = _killed_at(point, ward.nursery, installation, engine)
        left = posted(MAY)
        assert left in ({}, {name: comes_to[name] for name in left}), (
            f"half posted, killed at {point}: {says}"
        )
        assert not left or set(left) == set(posted_names(comes_to))
        assert files_are_whole(installation.data)
        ward.nursery.start(installation, MAY, engine)
        assert ward.nursery.ended() == 0, installation.said
        assert ("nothing was added" in installation.said) == bool(left)
        assert whole(MAY) == comes_to, f"killed at {point}: {says}"
        assert not Run.objects.filter(status="running").exists()
        assert not rests(installation.data), f"killed at {point}: {says}"
    return "all was posted" if left else f"nothing was posted: {says}"


def posted_names(comes_to: dict[str, Any]) -> list[str]:
    return [
        name for name in ("closed", "statements", "held", "transfers", "journal", "runs") if name in comes_to
    ]


def test_a_run_that_is_killed_at_five_points_leaves_all_or_nothing(ward: Ward) -> None:
    found = [_require_all_or_nothing(point, ward) for point in _points(5, 2, ward.undisturbed)]
    assert any(each.startswith("nothing") for each in found)


@pytest.mark.slow
def test_a_run_that_is_killed_at_fifty_points_leaves_all_or_nothing(ward: Ward) -> None:
    found = [_require_all_or_nothing(point, ward) for point in _points(50, 20, ward.undisturbed)]
    _tell(found)
    within = [each for each in found if each == f"nothing was posted: {POSTING}"]
    assert within, "no run was killed within the transaction that posts"
    assert len(set(found)) > 4, "the points do not lie over the whole run"


@pytest.mark.parametrize("stage", ["Keeping what was billed", "Writing the lines"])
def test_a_run_in_columns_that_is_killed_leaves_nothing_to_the_next(ward: Ward, stage: str) -> None:
    assert _require_all_or_nothing((stage, 0.02), ward, DUCKDB).startswith("nothing was posted")


@pytest.mark.slow
def test_a_run_in_columns_that_is_killed_at_fifty_points_leaves_all_or_nothing(ward: Ward) -> None:
    undisturbed = ward.in_columns()
    points = [*_points(26, 12, undisturbed), *_in_stages(4, undisturbed.seconds / 12)]
    found = [_require_all_or_nothing(point, ward, DUCKDB) for point in points]
    _tell(found)
    assert len(set(found)) > 6, "the points do not lie over the whole run"


def _tell(found: list[str]) -> None:
    for where in sorted(set(found)):
        print(f"{found.count(where):3} × {where}")  # noqa: T201  what bin/killed is to tell
