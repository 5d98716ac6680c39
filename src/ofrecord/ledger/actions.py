"""Writes of the ledger; every room downstream may call them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from ofrecord.access.many import insert_all
from ofrecord.ledger.models import PostingRow, Transfer
from ofrecord.ledger.rules import balances
from ofrecord.ledger.types import Posting


@dataclass(frozen=True, slots=True)
class Move:
    """A transfer to post: its key, what it is, and its postings."""

    key: str
    memo: str
    postings: tuple[Posting, ...]


@transaction.atomic
def post(*, moves: Sequence[Move], day: date, at: datetime) -> int:
    """Posts the moves whose keys are new, in as many statements however many they are; says how many were new.

    A move that does not balance is a programmer's mistake.
    """
    assert all(balances(move.postings) for move in moves), "every move sums to zero"
    keys = [move.key for move in moves]
    known = set(Transfer.objects.filter(key__in=keys).values_list("key", flat=True))
    new = [move for move in moves if move.key not in known]
    transfers = [Transfer(key=move.key, day=day, at=at, memo=move.memo[:250]) for move in new]
    insert_all(transfers)
    insert_all(
        [
            PostingRow(
                transfer=transfer,
                account=posting.account,
                partner_id=posting.partner_id,
                amount_minor=posting.amount.minor,
                currency=posting.amount.currency,
            )
            for transfer, move in zip(transfers, new, strict=True)
            for posting in move.postings
        ]
    )
    return len(new)
