"""The ledger: every transfer balances, is posted once, and stays."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, Scope
from ofrecord.kernel.money import Money
from ofrecord.ledger.actions import Move, post
from ofrecord.ledger.models import PostingRow, Transfer
from ofrecord.ledger.queries import balance
from ofrecord.ledger.types import FEES, PAYABLE, Posting

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DAY = date(2026, 10, 31)
PARTNER = uuid4()
FEE = Money(9000, "USD")
A_FEE = Move("fees:2026-10:a", "Fees", (Posting(FEES, FEE), Posting(PAYABLE, -FEE, PARTNER)))


@pytest.mark.django_db
def test_a_move_is_posted_once_under_its_key() -> None:
    with entered(OFFICE):
        assert post(moves=[A_FEE], day=DAY, at=AT) == 1
        assert post(moves=[A_FEE], day=DAY, at=AT) == 0
        assert balance(FEES, "USD") == FEE
        assert balance(PAYABLE, "USD", PARTNER) == -FEE
        assert balance(PAYABLE, "USD", uuid4()) == Money.zero("USD")


@pytest.mark.django_db
def test_a_move_that_does_not_balance_is_a_mistake_of_the_program() -> None:
    crooked = Move("k", "crooked", (Posting(FEES, FEE), Posting(PAYABLE, Money(-8999, "USD"), PARTNER)))
    two = Move("k", "two currencies", (Posting(FEES, FEE), Posting(PAYABLE, Money(-9000, "EUR"), PARTNER)))
    with entered(OFFICE):
        for move in (crooked, two):
            with pytest.raises(AssertionError):
                post(moves=[move], day=DAY, at=AT)


def _post_one_side() -> None:
    with entered(OFFICE):
        transfer = Transfer.objects.create(key="crooked", day=DAY, at=AT, memo="")
        PostingRow.objects.create(transfer=transfer, account=FEES, amount_minor=1, currency="USD")


def _post_crosswise() -> None:
    """Two transfers of one side each, which together come to nothing."""
    with entered(OFFICE):
        sides = [
            (Transfer.objects.create(key=f"side {minor}", day=DAY, at=AT, memo=""), minor)
            for minor in (1, -1)
        ]
        PostingRow.objects.bulk_create(
            PostingRow(transfer=transfer, account=FEES, amount_minor=minor, currency="USD")
            for transfer, minor in sides
        )


@pytest.mark.parametrize("crooked", [_post_one_side, _post_crosswise])
def test_postgresql_refuses_a_transfer_that_does_not_balance(
    committed_db: str, crooked: Callable[[], None]
) -> None:
    with pytest.raises(IntegrityError, match="does not balance"):
        crooked()
    with entered(OFFICE):
        assert not Transfer.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["update ledger_posting set amount_minor = 0", "delete from ledger_posting"]
)
def test_what_was_posted_stays(statement: str) -> None:
    with entered(OFFICE):
        post(moves=[A_FEE], day=DAY, at=AT)
        with (
            pytest.raises(ProgrammingError, match="Cannot update or delete"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
        assert balance(FEES, "USD") == FEE


@pytest.mark.django_db
def test_a_partner_sees_its_own_postings_only() -> None:
    with entered(OFFICE):
        post(moves=[A_FEE], day=DAY, at=AT)
    with entered(Scope.partner(PARTNER)):
        assert [row.account for row in PostingRow.objects.all()] == [PAYABLE]
    with entered(Scope.partner(uuid4())):
        assert not PostingRow.objects.exists()
        assert not Transfer.objects.exists()
