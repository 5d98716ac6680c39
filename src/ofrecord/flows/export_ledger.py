"""The ledger leaves the house as plain-text accounting, to be added up by programs that are not ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TextIO

from django.db import connection, transaction

from ofrecord.access.rules import require
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, Permission, Reader
from ofrecord.ledger.export import Owner, Style, journal
from ofrecord.ledger.transfers import held_on, last_day, transfers_until
from ofrecord.partners.queries import partners


def export_ledger(*, reader: Reader, style: Style, until: date | None, into: TextIO) -> date:
    """Writes every transfer up to `until` (None: all), and what each account holds then; says the last day.

    It is a transaction of its own, which must not run within another one.
    """
    require(reader, Permission.SETTLEMENT_READ)
    with _one_state():
        day = until or last_day() or date.min
        known = partners(OFFICE).values_list("pk", "number", "name")
        owners = {partner_id: Owner(number, name) for partner_id, number, name in known}
        into.writelines(journal(style, held_on(day), transfers_until(day), owners, day))
    return day


@contextmanager
def _one_state() -> Iterator[None]:
    """One state of the ledger, however long the export takes: what is posted meanwhile is not in it.

    Otherwise balances and transfers, read one after the other, could differ.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read, read only")
        with entered(OFFICE):
            yield
