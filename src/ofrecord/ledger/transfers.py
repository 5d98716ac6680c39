"""Reads of whole transfers, for whoever keeps the ledger elsewhere. For the office."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Final

from django.db.models import Max, Min, Sum

from ofrecord.kernel.money import Money
from ofrecord.ledger.export import Held, TransferCard
from ofrecord.ledger.models import PostingRow, Transfer
from ofrecord.ledger.types import Posting

ROWS_AT_ONCE: Final = 2_000


def last_day() -> date | None:
    """The day of the last transfer; None before the first."""
    found: date | None = Transfer.objects.aggregate(last=Max("day"))["last"]
    return found


def held_on(day: date) -> list[Held]:
    """What every account holds on the evening of the day, in one query."""
    sums = (
        PostingRow.objects.filter(transfer__day__lte=day)
        .order_by()
        .values_list("account", "partner_id", "currency")
        .annotate(since=Min("transfer__day"), total=Sum("amount_minor"))
    )
    return [
        Held(account, partner_id, since, Money(int(total), currency))
        for account, partner_id, currency, since, total in sums
    ]


def transfers_until(day: date) -> Iterator[TransferCard]:
    """All transfers up to the day, by day and key: one query, read some rows at a time however many there are."""
    found = (
        PostingRow.objects.filter(transfer__day__lte=day)
        .select_related("transfer")
        .order_by("transfer__day", "transfer__key", "pk")
    )
    for transfer, rows in groupby(found.iterator(ROWS_AT_ONCE), key=lambda row: row.transfer):
        postings = tuple(
            Posting(row.account, Money(row.amount_minor, row.currency), row.partner_id) for row in rows
        )
        yield TransferCard(transfer.key, transfer.day, transfer.memo, postings)
