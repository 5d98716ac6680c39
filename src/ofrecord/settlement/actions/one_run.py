"""One run of a month at a time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, connections
from django.db.backends.utils import CursorWrapper

from ofrecord.kernel.calendar import Month


@contextmanager
def one_run(month: Month, waiting: Callable[[], None]) -> Iterator[None]:
    """Holds the month while its run lasts; `waiting` is called when another run has to end first.

    A run commits step by step, so the lock lives in a transaction of its own on a connection of its own. That
    transaction reads nothing and so holds back no clean-up, and PostgreSQL ends it when the process is gone,
    however it went.
    """
    line = connections["default"].copy()
    try:
        line.set_autocommit(False)
        with line.cursor() as cursor:
            cursor.execute("set local idle_in_transaction_session_timeout = 0")
            if not _held(cursor, "pg_try_advisory_xact_lock", month):
                waiting()
                _held(cursor, "pg_advisory_xact_lock", month)
        yield
        # PostgreSQL takes a moment to notice that a connection is closed; now the month is free at once.
        line.rollback()
    finally:
        line.close()


def is_held(month: Month) -> bool:
    """Whether a run of the month lasts. If none does, none begins before the running transaction ends."""
    assert connection.in_atomic_block, "the answer holds for a transaction"
    with connection.cursor() as cursor:
        return not _held(cursor, "pg_try_advisory_xact_lock", month)


def _held(cursor: CursorWrapper, function: str, month: Month) -> bool:
    cursor.execute(f"select {function}(hashtextextended(%s, 0))", [f"settle {month}"])
    return bool(cursor.fetchone()[0])
