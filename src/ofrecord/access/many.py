"""Many rows written at once: by COPY, which PostgreSQL takes in several times as fast as values in statements."""

from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import uuid4

from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction

# The driver writes the values of these as Django would have it write them.
_AS_THEY_ARE: Final = frozenset(
    {
        models.BigIntegerField,
        models.BooleanField,
        models.CharField,
        models.DateField,
        models.DateTimeField,
        models.IntegerField,
        models.UUIDField,
    }
)
# Fewer are inserted: a table that is made for them and dropped again costs more.
MANY: Final = 2_000


@transaction.atomic
def insert_all(rows: Sequence[models.Model]) -> None:
    """Writes new rows of one table, all or none of them, past no trigger, constraint or policy.

    PostgreSQL copies nothing straight into a table whose rows are guarded: the rows go into a table of this
    transaction first, and from there by one INSERT.
    """
    if not rows:
        return
    model = type(rows[0])
    if len(rows) < MANY:
        model._default_manager.bulk_create(rows)
        return
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(str(field.column)) for field in fields)
    table, beside = quoted(model._meta.db_table), quoted(f"copied_{uuid4().hex}")
    with connection.cursor() as cursor:
        cursor.execute(f"create temporary table {beside} as select {columns} from {table} with no data")
        ready = [(field.attname, _readied(field)) for field in fields]
        with cursor.cursor.copy(f"copy {beside} ({columns}) from stdin") as copy:
            for row in rows:
                copy.write_row([readied(getattr(row, name)) for name, readied in ready])
        cursor.execute(f"insert into {table} ({columns}) select {columns} from {beside}")
        cursor.execute(f"drop table {beside}")


def _readied(field: "models.Field[Any, Any]") -> Callable[[Any], Any]:
    """What makes a value of the field ready for PostgreSQL; nothing where its driver takes it as it is."""
    kind = type(field.target_field if isinstance(field, models.ForeignKey) else field)
    if kind in _AS_THEY_ARE:
        return lambda value: value
    # The connection of this thread is looked up once, not for each value.
    here = connections[DEFAULT_DB_ALIAS]
    return lambda value: field.get_db_prep_save(value, here)
