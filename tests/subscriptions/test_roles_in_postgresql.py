"""What PostgreSQL refuses of roles, whoever asks it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from django.db import Error, connection, transaction

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.kernel.ids import new_id
from support import story
from support.story import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def houses() -> list[House]:
    story.begin("2009-04-01")
    return [story.partner(name) for name in ("Harbor Lane", "Quill Marsh", "Third Street")]


@pytest.fixture
def sold(houses: list[House]) -> UUID:
    return story.sell(houses[0], "Parker Mills", 50, "2009-05-01")


def insert(
    sold: UUID,
    house: House,
    share: tuple[int, int] | None = None,
    days: str = "[2009-05-01,)",
    role: str = "referrer",
) -> None:
    numerator, denominator = share or (None, None)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into subscriptions_heldrole (id, subscription_id, partner_id, role, during,"
            " share_numerator, share_denominator, learned_at) values (%s, %s, %s, %s, %s, %s, %s, now())",
            [new_id(), sold, house.id, role, days, numerator, denominator],
        )


@contextmanager
def at_its_end() -> Iterator[None]:
    """What is done, and then what PostgreSQL looks at when a transaction ends; the scope has ended before that."""
    with transaction.atomic():
        with entered(OFFICE):
            yield
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")


@contextmanager
def refused_by(rule: str) -> Iterator[None]:
    """Refused by the rule of that name."""
    with pytest.raises(Error) as caught, at_its_end():
        yield
    assert getattr(caught.value.__cause__, "diag").constraint_name == rule  # noqa: B009


def test_a_partner_holds_a_role_once_a_day(houses: list[House], sold: UUID) -> None:
    with refused_by("a_partner_holds_a_role_once_a_day"):
        insert(sold, houses[0], (1, 4))
        insert(sold, houses[0], (1, 4), "[2009-06-01,2009-06-02)")
    with entered(OFFICE):
        insert(sold, houses[0], None, "[2009-05-01,2009-06-01)")
        insert(sold, houses[0], None, "[2009-06-01,)")
        insert(sold, houses[0], None, role="host")


@pytest.mark.parametrize(
    ("shares", "fit"),
    [
        ([(1, 3), (1, 3), (1, 3)], True),
        ([(2, 7), (4, 7), (1, 7)], True),
        ([(1, 3), (1, 3), (333_333_334, 1_000_000_000)], False),
        ([None, (1, 1_000_000)], False),
        ([None, None], False),
    ],
)
def test_shares_of_a_role_make_the_whole_at_most(
    houses: list[House], sold: UUID, shares: list[tuple[int, int] | None], fit: bool
) -> None:
    with at_its_end() if fit else refused_by("shares_of_a_role_fit"):
        for house, share in zip(houses, shares, strict=False):
            insert(sold, house, share)


def test_shares_are_added_up_on_every_day(houses: list[House], sold: UUID) -> None:
    with refused_by("shares_of_a_role_fit"):
        insert(sold, houses[0], (1, 2))
        insert(sold, houses[1], (1, 2), "[2009-05-01,2009-08-01)")
        insert(sold, houses[2], (1, 9), "[2009-07-01,)")
    with at_its_end():
        insert(sold, houses[0], (1, 2))
        insert(sold, houses[1], (1, 2), "[2009-05-01,2009-08-01)")
        insert(sold, houses[2], (1, 2), "[2009-08-01,)")


@pytest.mark.parametrize(
    ("faulty", "rule"),
    [
        ({"share": (0, 1)}, "a_share_is_a_part_of_the_whole"),
        ({"share": (3, 2)}, "a_share_is_a_part_of_the_whole"),
        ({"role": "partner of record"}, "a_role_that_is_recorded"),
        ({"days": "empty"}, "a_role_is_held_on_some_day"),
    ],
)
def test_what_is_no_role_is_refused(
    houses: list[House], sold: UUID, faulty: dict[str, Any], rule: str
) -> None:
    with refused_by(rule):
        insert(sold, houses[0], **faulty)


def test_a_deal_and_a_currency_are_of_a_known_form(houses: list[House], sold: UUID) -> None:
    for statement, rule in (
        ("update subscriptions_subscription set deal = 'gift'", "a_deal_of_a_known_kind"),
        ("update partners_partner set statement_currency = 'eur'", "a_currency_has_three_letters"),
    ):
        with refused_by(rule), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_migration_decides_as_the_rule_does(houses: list[House], sold: UUID) -> None:
    story.sell(houses[0], "Parker Mills", 5, "2009-06-01")
    story.sell(houses[0], "Sutton Mills", 7, "2009-06-01")
    story.cancel(sold, "2009-07-01")
    story.sell(houses[0], "Parker Mills", 9, "2009-07-01")
    filling = import_module("ofrecord.subscriptions.migrations.0003_roles_and_deals").DEALS
    deals = "select deal from subscriptions_subscription order by added_at, id"
    with entered(OFFICE), connection.cursor() as cursor:
        cursor.execute(deals)
        decided = cursor.fetchall()
        assert [deal for (deal,) in decided] == ["new", "upsell", "new", "upsell"]
        cursor.execute("update subscriptions_subscription set deal = 'cross-sell'")
        cursor.execute(filling)
        cursor.execute(deals)
        assert cursor.fetchall() == decided


def test_a_partner_sees_and_writes_its_own_roles_only(houses: list[House], sold: UUID) -> None:
    with entered(OFFICE):
        insert(sold, houses[1], (1, 2))
        insert(sold, houses[2], (1, 2))
    with entered(houses[1].reader.scope), connection.cursor() as cursor:
        cursor.execute("select partner_id, lower(during) from subscriptions_heldrole")
        assert cursor.fetchall() == [(houses[1].id, date(2009, 5, 1))]
        with pytest.raises(Error, match="row-level security"), transaction.atomic():
            insert(sold, houses[2], (1, 9), "[2008-01-01,2008-02-01)")
