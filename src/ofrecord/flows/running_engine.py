"""An engine at work for a run: it says how far it is, and ends when the run is asked to stop."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

from django.db import connection

from ofrecord.engine.choice import SPARK, Choice
from ofrecord.engine.running.duck import duck_engine
from ofrecord.engine.running.spark import spark_engine
from ofrecord.engine.storage import Folder

SECONDS_BETWEEN: Final = 1.0

Say = Callable[[str], None]


@contextmanager
def running_engine(name: str, choice: Choice, scratch: Folder, say: Say) -> Iterator[Any]:
    """The engine, watched. What `say` raises, such as RunStopped, ends what the engine is at, and is raised here."""
    made = (
        spark_engine(choice.master, scratch) if name == SPARK else duck_engine(_local(scratch), choice.memory)
    )
    with made as engine, _watched(engine, say):
        yield engine


def _local(scratch: Folder) -> Path | None:
    """Where it can spill to: not into a store."""
    return scratch if isinstance(scratch, Path) else None


@contextmanager
def _watched(engine: Any, say: Say) -> Iterator[None]:
    """Asks from another thread: the one that waits for a query cannot."""
    if connection.in_atomic_block:
        # Another thread would not see the run: nobody can ask it to stop either.
        yield
        return
    watch = _Watch(engine, say)
    watch.start()
    try:
        yield
    except BaseException as fault:
        watch.end()
        if watch.raised is not None:
            raise watch.raised from fault
        raise
    watch.end()
    if watch.raised is not None:
        raise watch.raised


class _Watch(Thread):
    """Says every second how far the engine is with what it is at."""

    def __init__(self, engine: Any, say: Say) -> None:
        super().__init__(name="watch of an engine", daemon=True)
        self.raised: BaseException | None = None
        self._engine, self._say, self._over = engine, say, Event()

    def run(self) -> None:
        try:
            while not self._over.wait(SECONDS_BETWEEN):
                self._say(self._engine.progress())
        except BaseException as fault:
            self.raised = fault
            self._engine.stop()
        finally:
            connection.close()

    def end(self) -> None:
        self._over.set()
        self.join()
