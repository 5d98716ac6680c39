"""One run of a month at a time for each purpose."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, connections
from django.db.backends.utils import CursorWrapper

from ofrecord.kernel.calendar import Month
from ofrecord.settlement.types import Purpose


@contextmanager
def one_run(purpose: Purpose, month: Month, waiting: Callable[[], None]) -> Iterator[None]:
    """Holds the month for this purpose while its run lasts; `waiting` is called when another run has to end first.

    A run commits step by step, so the lock lives in a transaction of its own on a connection of its own. That
    transaction reads nothing and so holds back no clean-up, and PostgreSQL ends it when the process is gone,
    however it went.
    """
    line = connections["default"].copy()
    try:
        line.set_autocommit(False)
        with line.cursor() as cursor:
            cursor.execute("set local idle_in_transaction_session_timeout = 0")
            if not _held(cursor, "pg_try_advisory_xact_lock", purpose, month):
                waiting()
                _held(cursor, "pg_advisory_xact_lock", purpose, month)
        yield
        # PostgreSQL takes a moment to notice that a connection is closed; now the month is free at once.
        line.rollback()
    finally:
        line.close()


def is_held(purpose: Purpose, month: Month) -> bool:
    """Whether such a run of the month lasts. If none does, none begins before the running transaction ends."""
    assert connection.in_atomic_block, "the answer holds for a transaction"
    with connection.cursor() as cursor:
        return not _held(cursor, "pg_try_advisory_xact_lock", purpose, month)


def _held(cursor: CursorWrapper, function: str, purpose: Purpose, month: Month) -> bool:
    cursor.execute(f"select {function}(hashtextextended(%s, 0))", [f"{purpose.value} {month}"])
    return bool(cursor.fetchone()[0])
