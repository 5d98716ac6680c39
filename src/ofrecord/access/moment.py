"""One moment of the database, which several connections can read under one scope."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from psycopg.conninfo import make_conninfo

from ofrecord.access.scope import entered
from ofrecord.access.types import Scope


@dataclass(frozen=True, slots=True)
class Moment:
    """What another connection needs in order to see the same rows: where, which moment, under which settings."""

    address: str
    name: str
    settings: dict[str, str]


@contextmanager
def moment(scope: Scope) -> Iterator[Moment]:
    """A transaction that only reads, and all of it as it was at its beginning. It must be nobody's part."""
    assert not connection.in_atomic_block, (
        "what a transaction has written itself is seen at no other's moment"
    )
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read, read only")
            cursor.execute("select pg_export_snapshot()")
            (name,) = cursor.fetchone()
        with entered(scope):
            yield Moment(_address(), name, {"ofrecord.scope": scope.text})


def _address() -> str:
    known = connection.get_connection_params()
    named = {name: known[name] for name in ("host", "port", "user", "password", "dbname") if known.get(name)}
    return make_conninfo(**named)
