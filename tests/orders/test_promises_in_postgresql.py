"""What PostgreSQL itself refuses, whatever a rule above it forgot."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import Error, connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from psycopg import errors

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.ledger.models import PostingRow, Transfer
from ofrecord.orders.models import Confirmation, Order
from ofrecord.subscriptions.models import PartnerOfRecord, SeatChange, Subscription
from support import story
from support.links import confirmed, link
from support.story import at
from support.world import World

APPEND_ONLY = (
    "billing_credit",
    "billing_invoice",
    "billing_invoiceline",
    "billing_payment",
    "catalog_offer",
    "catalog_price",
    "exchange_exchangerate",
    "journal_entry",
    "ledger_posting",
    "ledger_transfer",
    "orders_confirmation",
    "orders_decline",
    "orders_linkview",
    "orders_partnerservice",
    "orders_question",
    "partners_acceptance",
    "pools_poolamount",
    "program_programversion",
    "settlement_closedmonth",
    "settlement_heldfee",
    "statements_statement",
    "subscriptions_seatchange",
)


def append_only_tables() -> set[str]:
    """The tables that say of themselves that nothing in them is amended."""
    return {
        model._meta.db_table
        for model in apps.get_models()
        if any(trigger.name == "append_only" for trigger in getattr(model._meta, "triggers", ()))
    }


def refusing_rule(caught: pytest.ExceptionInfo[Error]) -> str | None:
    """The name of the constraint that refused."""
    cause = caught.value.__cause__
    assert isinstance(cause, errors.Error)
    return cause.diag.constraint_name


def test_the_list_is_whole() -> None:
    assert set(APPEND_ONLY) == append_only_tables()


def test_what_is_on_the_record_is_neither_changed_nor_taken_away(world: World) -> None:
    for model in apps.get_models():
        table, key = model._meta.db_table, model._meta.pk.column
        if table in APPEND_ONLY:
            _refused(table, f"update {table} set {key} = {key}")
            _refused(table, f"delete from {table}")


def _refused(table: str, words: str) -> None:
    with entered(OFFICE), connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {table}")
        assert cursor.fetchone()[0] > 0, f"the world has a row in {table}"
    with pytest.raises(Error) as caught, entered(OFFICE), connection.cursor() as cursor:
        cursor.execute(words)
    assert isinstance(caught.value.__cause__, errors.RaiseException | errors.InsufficientPrivilege), words


@pytest.fixture
def subscription(db: None) -> Subscription:
    """A confirmed order of Harbor Lane, from 1 May 2009."""
    story.begin("2009-04-01")
    given = link(story.partner("Harbor Lane Consulting"))
    confirmed(given)
    with entered(OFFICE):
        return Subscription.objects.get()


def _recognize(subscription: Subscription, partner_id: UUID, first: date, until: date | None) -> None:
    PartnerOfRecord.objects.create(
        subscription=subscription,
        partner_id=partner_id,
        during=DateRange(first, until),
        learned_at=at("2009-04-02"),
    )


@pytest.mark.parametrize(
    ("first", "until"),
    [
        (date(2009, 5, 1), None),
        (date(2009, 7, 1), date(2009, 7, 2)),
        (date(2009, 4, 1), date(2009, 5, 2)),
    ],
)
def test_two_partners_of_record_on_one_day_are_refused(
    subscription: Subscription, first: date, until: date | None
) -> None:
    other = story.partner("Quill Marsh Consulting")
    with pytest.raises(Error) as caught, entered(OFFICE):
        _recognize(subscription, other.id, first, until)
    assert isinstance(caught.value.__cause__, errors.ExclusionViolation)
    assert refusing_rule(caught) == "one_partner_of_record_a_day"
    with entered(OFFICE):
        assert PartnerOfRecord.objects.count() == 1


def test_partners_of_record_may_follow_one_another(subscription: Subscription) -> None:
    other = story.partner("Quill Marsh Consulting")
    with entered(OFFICE):
        PartnerOfRecord.objects.update(during=DateRange(date(2009, 5, 1), date(2009, 8, 1)))
        _recognize(subscription, other.id, date(2009, 8, 1), None)
        assert PartnerOfRecord.objects.count() == 2


def _insert_another(model: type[models.Model], **other: object) -> None:
    """A copy of the only row, with other values where they are given."""
    with entered(OFFICE):
        row = model._default_manager.get()
        values = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
        model._default_manager.create(**values | other)


@pytest.mark.parametrize(
    ("model", "other"), [(Confirmation, {"seats": 90}), (Subscription, {"number": "S-999999"})]
)
def test_a_second_yes_to_an_order_is_refused(
    subscription: Subscription, model: type[models.Model], other: dict[str, object]
) -> None:
    with pytest.raises(Error) as caught:
        _insert_another(model, id=uuid4(), **other)
    assert isinstance(caught.value.__cause__, errors.UniqueViolation)


@pytest.mark.parametrize(
    ("model", "other"),
    [(Order, {"id": uuid4(), "number": "O-999999"}), (SeatChange, {"id": None})],
)
def test_no_seats_are_refused(
    subscription: Subscription, model: type[models.Model], other: dict[str, object]
) -> None:
    with pytest.raises(Error) as caught:
        _insert_another(model, seats=0, **other)
    assert isinstance(caught.value.__cause__, errors.CheckViolation)


def _transfer(*amounts: tuple[int, str]) -> None:
    with transaction.atomic(), entered(OFFICE):
        transfer = Transfer.objects.create(
            key=f"try {uuid4()}", day=date(2009, 4, 1), at=at("2009-04-01"), memo="A try"
        )
        PostingRow.objects.bulk_create(
            PostingRow(transfer=transfer, account="bank", amount_minor=minor, currency=currency)
            for minor, currency in amounts
        )


@pytest.mark.parametrize(
    "amounts",
    [
        ((100_00, "USD"),),
        ((100_00, "USD"), (-99_99, "USD")),
        ((100_00, "USD"), (-100_00, "EUR")),
    ],
)
def test_a_transfer_that_does_not_balance_is_refused(
    committed_db: str, amounts: tuple[tuple[int, str], ...]
) -> None:
    with pytest.raises(Error, match="does not balance"):
        _transfer(*amounts)
    with entered(OFFICE):
        assert not Transfer.objects.exists()


def test_a_transfer_that_balances_is_kept(committed_db: str) -> None:
    # 100.00 − 60.00 − 40.00 = 0
    _transfer((100_00, "USD"), (-60_00, "USD"), (-40_00, "USD"))
    with entered(OFFICE):
        assert PostingRow.objects.count() == 3
