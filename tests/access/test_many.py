"""Many rows at once are held to what each row alone is held to."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from ofrecord.access import many
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.kernel.money import Money
from ofrecord.ledger.actions import Move, post
from ofrecord.ledger.models import PostingRow, Transfer
from ofrecord.ledger.types import BALANCE, FEES, Posting

pytestmark = pytest.mark.usefixtures("committed_db")
AT = datetime(2009, 5, 1, tzinfo=UTC)


def moves(count: int) -> list[Move]:
    partner = uuid4()
    ten = Money(10_00, "USD")
    return [
        Move(f"many/{n}", f"The {n}th, \t with a tab", (Posting(FEES, ten), Posting(BALANCE, -ten, partner)))
        for n in range(count)
    ]


def test_as_many_as_are_copied_are_there_with_all_that_they_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "MANY", 3)
    with entered(OFFICE):
        assert post(moves=moves(5), day=date(2009, 4, 30), at=AT) == 5
        assert post(moves=moves(6), day=date(2009, 4, 30), at=AT) == 1
        assert Transfer.objects.count() == 6
        assert PostingRow.objects.count() == 12
        assert Transfer.objects.get(key="many/4").memo == "The 4th, \t with a tab"
        assert sum(PostingRow.objects.values_list("amount_minor", flat=True)) == 0


def test_a_copy_is_all_or_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "MANY", 3)
    twice = [Transfer(key="same", day=date(2009, 4, 30), at=AT, memo="") for _ in range(4)]
    with entered(OFFICE):
        with pytest.raises(IntegrityError), transaction.atomic():
            many.insert_all(twice)
        assert not Transfer.objects.exists()


def test_what_is_copied_is_still_looked_at_when_it_is_posted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The trigger that sums each transfer sees rows that were copied."""
    monkeypatch.setattr(many, "MANY", 2)
    transfers = [Transfer(key=f"one side {n}", day=date(2009, 4, 30), at=AT, memo="") for n in range(2)]

    def write() -> None:
        with entered(OFFICE):
            many.insert_all(transfers)
            many.insert_all(
                [
                    PostingRow(transfer=each, account=FEES, amount_minor=1, currency="USD")
                    for each in transfers
                ]
            )

    with pytest.raises(IntegrityError):
        write()
    with entered(OFFICE):
        assert not Transfer.objects.exists()
