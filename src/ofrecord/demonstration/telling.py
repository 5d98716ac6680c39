"""The story is told: founded once, then day by day, each whole or not at all."""

import logging
import time as clock
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from django.db import connection, transaction

# Its deeds are done as soon as it is imported.
import ofrecord.demonstration.office_acts  # noqa: F401
from ofrecord.access.scope import entered
from ofrecord.access.types import VendorRole
from ofrecord.clock.queries import history, is_wound, now
from ofrecord.clock.types import DEMONSTRATION
from ofrecord.demonstration.acts import PASSWORD, act
from ofrecord.demonstration.cast import CHIEF
from ofrecord.demonstration.packaged import packaged
from ofrecord.demonstration.script import Script
from ofrecord.demonstration.stage import Stage
from ofrecord.demonstration.types import Close, Scene
from ofrecord.flows import found_installation, load_history, publish_program
from ofrecord.jobs.due import run_due
from ofrecord.kernel.refusal import Refusal

PROGRAM: Final = "online-services-2025.toml"
_log = logging.getLogger(__name__)


@transaction.atomic
def found(script: Script, stage: Stage) -> None:
    """The first day: the vendor opens its installation, publishes its program, and takes on its first partners.

    Once; again it changes nothing.
    """
    if is_wound():
        return
    found_installation.found(mode=DEMONSTRATION, day=script.first, history_until=script.until)
    found_installation.add_colleague(
        at=now(), name=CHIEF.name, email=CHIEF.email, password=PASSWORD, role=VendorRole.CHANNEL_CHIEF
    )
    chief = stage.reader(CHIEF)
    with entered(chief.scope):
        publish_program.publish(reader=chief, at=now(), document=packaged(PROGRAM))
    _play(script, stage, script.first)


def tell_on(script: Script, stage: Stage, *, seconds: float) -> bool:
    """Tells the next days, for about so long; says whether there is more to tell.

    Only one process tells at a time; another one finds that it need not.
    """
    with _only_teller() as is_teller:
        if not is_teller:
            return False
        try:
            return _tell_on(script, stage, clock.monotonic() + seconds)
        except BaseException:
            stage.forget()
            raise


def _tell_on(script: Script, stage: Stage, until: float) -> bool:
    told = history()
    if told is None or told.is_loaded:
        return False
    # The day's own work commits by itself, so the last one may have been interrupted in it.
    _end_day(script, stage, told.today)
    day = told.today
    while day < told.until and clock.monotonic() < until:
        day += timedelta(days=1)
        tell_day(script, stage, day)
    return day < told.until


def tell_day(script: Script, stage: Stage, day: date) -> None:
    """The clock moves to the day, and what people do on it is done, in one transaction; then what falls due."""
    with transaction.atomic():
        load_history.reach(day=day)
        _play(script, stage, day)
    _end_day(script, stage, day)


def _play(script: Script, stage: Stage, day: date) -> None:
    zone = now().tzinfo
    for scene in script.scenes.get(day, ()):
        if not isinstance(scene.deed, Close):
            _perform(scene, stage, zone)


def _end_day(script: Script, stage: Stage, day: date) -> None:
    """What commits step by step, and does nothing when it was done before: due jobs, and closing a month."""
    run_due()
    for scene in script.scenes.get(day, ()):
        if isinstance(scene.deed, Close):
            _perform(scene, stage, now().tzinfo)


def _perform(scene: Scene, stage: Stage, zone: tzinfo | None) -> None:
    """One scene. Visitors may do what they like while the story is told, so a scene that they made impossible is
    left out: it was refused, and nothing of it is done."""
    at = datetime.combine(scene.day, time(*divmod(scene.minute, 60)), tzinfo=zone)
    try:
        with _whole(scene):
            act(scene.deed, stage, at)
    except Refusal as refusal:
        _log.info("%s: %s left out: %s", scene.day, type(scene.deed).__name__, refusal)


@contextmanager
def _whole(scene: Scene) -> Iterator[None]:
    """A scene is a part of its day that is undone alone; closing a month has transactions of its own."""
    if isinstance(scene.deed, Close):
        yield
    else:
        with transaction.atomic():
            yield


@contextmanager
def _only_teller() -> Iterator[bool]:
    """Whether nobody else is telling; held until the end, or until the connection ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(hashtext('demonstration'))")
        is_teller = bool(cursor.fetchone()[0])
    try:
        yield is_teller
    finally:
        if is_teller:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(hashtext('demonstration'))")
