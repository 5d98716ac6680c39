"""Work that lasts is watched: it says every second how far it is, and ends soon after it was asked to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final, Protocol

from django.db import connection

SECONDS_BETWEEN: Final = 1.0
SECONDS_BETWEEN_STOPS: Final = 0.1

Say = Callable[[str], None]


class Work(Protocol):
    """What can be watched. Both are called from another thread."""

    def progress(self) -> str:
        """How far it is, in words."""

    def stop(self) -> None:
        """Ends what it is at; called again and again until the work has ended, since it may be between two things."""


class Ended(Exception):
    """What was asked to stop has looked whether it was."""


class InBatches:
    """Work that says itself how far it is, and looks each time whether it was asked to stop."""

    def __init__(self, says: str) -> None:
        self._says, self._ends = says, False

    def at(self, says: str) -> None:
        """Raises Ended."""
        if self._ends:
            raise Ended
        self._says = says

    def progress(self) -> str:
        return self._says

    def stop(self) -> None:
        self._ends = True


@contextmanager
def watched(work: Work, say: Say, *, is_seen: bool = True) -> Iterator[None]:
    """Watches the work that is done meanwhile. What `say` raises, such as RunStopped, stops it, and is raised here.

    Another thread asks, since the one that waits for a query cannot. It is of no use unless the run `is_seen` by other
    connections, as it is not where all is one transaction: then nobody can ask it to stop either.
    """
    if not is_seen:
        yield
        return
    watch = _Watch(work, say)
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
    def __init__(self, work: Work, say: Say) -> None:
        super().__init__(name="watch of a run", daemon=True)
        self.raised: BaseException | None = None
        self._work, self._say, self._over = work, say, Event()

    def run(self) -> None:
        try:
            while not self._over.wait(SECONDS_BETWEEN):
                self._say(self._work.progress())
        except BaseException as fault:
            self.raised = fault
            self._work.stop()
            while not self._over.wait(SECONDS_BETWEEN_STOPS):
                self._work.stop()
        finally:
            connection.close()

    def end(self) -> None:
        self._over.set()
        self.join()
