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


def rows(queryset: models.QuerySet[M], scope: Scope) -> models.QuerySet[M]:
    """Those rows of a scoped model that the scope may see."""
    model: type[Scoped] = queryset.model  # type: ignore[assignment]
    if scope == OFFICE:
        return queryset
    if scope.partner_id is not None:
        return queryset.filter(model.of_partner(scope.partner_id))
    return queryset.none()


def enter(scope: Scope) -> None:
    """Sets the scope until the end of the running transaction."""
    assert connection.in_atomic_block, "a scope lives in a transaction"
    with connection.cursor() as cursor:
        cursor.execute("select set_config('ofrecord.scope', %s, true)", [scope.text])


def current() -> Scope:
    """The scope that PostgreSQL sees now."""
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(current_setting('ofrecord.scope', true), '')")
        return Scope(cursor.fetchone()[0])


@contextmanager
def entered(scope: Scope) -> Iterator[None]:
    """One transaction, or a part of the running one, under this scope; the former scope is put back."""
    with transaction.atomic():
        former = current()
        enter(scope)
        yield
        enter(former)


# PostgreSQL's half. Each function is evaluated once a statement because policies call it in a sub-select.
FUNCTIONS = RunSQL(
    """
    create function ofrecord_office() returns boolean language sql stable as
      $$ select coalesce(current_setting('ofrecord.scope', true), '') = 'office' $$;
    create function ofrecord_scoped(kind text) returns text language sql stable as
      $$ select case when split_part(current_setting('ofrecord.scope', true), ':', 1) = kind
                     then split_part(current_setting('ofrecord.scope', true), ':', 2) end $$;
    create function ofrecord_partner() returns uuid language sql stable as
      $$ select ofrecord_scoped('partner')::uuid $$;
    """,
    """
    drop function ofrecord_partner(); drop function ofrecord_scoped(text);
    drop function ofrecord_office();
    """,
)


def policy(table: str, own: str, *, besides: str = "false") -> RunSQL:
    """Row-level security for a table: the office sees all rows, a partner those for which `own` holds.

    `own` is SQL in which `{partner}` stands for the partner of the scope; `besides` opens rows to another scope, such
    as a link's, or to whoever sees a row upstream.
    """
    own = own.format(partner="(select ofrecord_partner())")
    condition = f"(select ofrecord_office()) or ({own}) or ({besides})"
    return RunSQL(
        f"alter table {table} enable row level security;"
        f"create policy seen on {table} using ({condition}) with check ({condition})",
        f"drop policy seen on {table}; alter table {table} disable row level security",
    )
