"""The scope of rows, held twice: in each query by `rows`, and in PostgreSQL by policies that read `ofrecord.scope`."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar
from uuid import UUID

from django.db import connection, models, transaction
from django.db.migrations import RunSQL

from ofrecord.access.types import OFFICE, Scope

M = TypeVar("M", bound=models.Model)


class Scoped(Protocol):
    """A model whose rows belong to partners: `of_partner` is the condition on its rows."""

    @classmethod
    def of_partner(cls, partner_id: UUID) -> models.Q: ...


def condition(model: type[Scoped], scope: Scope) -> models.Q:
    """Which rows of a scoped model the scope may see."""
    if scope == OFFICE:
        return models.Q()
    if scope.partner_id is not None:
        return model.of_partner(scope.partner_id)
    return models.Q(pk__in=())


def rows(queryset: models.QuerySet[M], scope: Scope) -> models.QuerySet[M]:
    """Those rows of a scoped model that the scope may see."""
    model: type[Scoped] = queryset.model  # type: ignore[assignment]
    return queryset.filter(condition(model, scope))


def enter(scope: Scope) -> None:
    """Sets the scope until the end of the running transaction."""
    assert connection.in_atomic_block, "a scope lives in a transaction"
    with connection.cursor() as cursor:
        cursor.execute("select set_config('ofrecord.scope', %s, true)", [scope.text])


@contextmanager
def entered(scope: Scope) -> Iterator[None]:
    """One transaction, or a part of the running one, under this scope; the former scope is put back."""
    with transaction.atomic():
        former = _exchange(scope)
        yield
        if former != scope:
            enter(former)


def _exchange(scope: Scope) -> Scope:
    """Enters the scope and gives the one before, in one statement: scopes are entered more often than anything."""
    assert connection.in_atomic_block, "a scope lives in a transaction"
    with connection.cursor() as cursor:
        cursor.execute(
            "with former as materialized (select coalesce(current_setting('ofrecord.scope', true), '') as scope) "
            "select scope, set_config('ofrecord.scope', %s, true) from former",
            [scope.text],
        )
        return Scope(cursor.fetchone()[0])


# PostgreSQL's half. Each function is evaluated once a statement because policies call it in a sub-select. A scope that
# names no id shows nothing; it does not fail the statement, whose error would then depend on the rows it meets.
FUNCTIONS = RunSQL(
    """
    create function ofrecord_office() returns boolean language sql stable as
      $$ select coalesce(current_setting('ofrecord.scope', true), '') = 'office' $$;
    create function ofrecord_scoped(kind text) returns text language sql stable as
      $$ select substr(scope, length(kind) + 2)
           from coalesce(current_setting('ofrecord.scope', true), '') as scope
          where starts_with(scope, kind || ':') $$;
    create function ofrecord_scoped_id(kind text) returns uuid language sql stable as
      $$ select case when id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then id::uuid end
           from ofrecord_scoped(kind) as id $$;
    create function ofrecord_partner() returns uuid language sql stable as
      $$ select ofrecord_scoped_id('partner') $$;
    create function ofrecord_person() returns uuid language sql stable as
      $$ select ofrecord_scoped_id('person') $$;
    """,
    """
    drop function ofrecord_person(); drop function ofrecord_partner(); drop function ofrecord_scoped_id(text);
    drop function ofrecord_scoped(text); drop function ofrecord_office();
    """,
)


_OFFICE = "(select ofrecord_office())"


def policy(table: str, own: str, *, besides: str = "false") -> RunSQL:
    """Row-level security for a table: the office sees all rows, a partner those for which `own` holds.

    Whoever sees a row may write it; `written_by_office` takes that away, and follows every table's policy.

    `own` is SQL in which `{partner}` stands for the partner of the scope; `besides` opens rows to whoever sees a row
    upstream.
    """
    own = own.format(partner="(select ofrecord_partner())")
    seen = f"(select ofrecord_office()) or ({own}) or ({besides})"
    return RunSQL(
        f"alter table {table} enable row level security;"
        f"create policy seen on {table} using ({seen}) with check ({seen})",
        f"drop policy seen on {table}; alter table {table} disable row level security",
    )


def readable(table: str, shown: str) -> RunSQL:
    """Opens rows of a table under `policy` to another scope, such as a link's: to read, never to write."""
    return RunSQL(
        f"create policy readable on {table} for select using ({shown})", f"drop policy readable on {table}"
    )


def written_by_office(table: str, *, but_adds: bool = False, but_changes: bool = False) -> RunSQL:
    """Lets the office alone write the rows of a table under `policy`, whoever else sees them.

    What a partner, or a link, does to the rows that it sees is stated: it adds some, or changes some. To remove is
    the office's, and to lock a row in order to read it is everybody's who sees it.
    """
    rules = {
        "added": None if but_adds else f"for insert with check ({_OFFICE})",
        "changed": None if but_changes else f"for update using (true) with check ({_OFFICE})",
        "removed": f"for delete using ({_OFFICE})",
    }
    held = {name: rule for name, rule in rules.items() if rule}
    return RunSQL(
        ";".join(f"create policy {name} on {table} as restrictive {rule}" for name, rule in held.items()),
        ";".join(f"drop policy {name} on {table}" for name in held),
    )
