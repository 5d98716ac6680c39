"""What PostgreSQL itself refuses of payments and credits, whatever a rule above it forgot."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from importlib import import_module
from uuid import UUID

import psycopg
import pytest
from django.db import Error, connection, transaction
from psycopg import errors

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM
from ofrecord.billing.actions.bill_month import bill_month_of_all
from ofrecord.billing.actions.receive_payment import receive_payment
from ofrecord.billing.models import Credit, Invoice, InvoiceLine, Payment
from ofrecord.billing.refusals import PaymentTooLarge
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from support import story
from support.ground import Ground

NOW = story.at("2009-06-15")
MAY = date(2009, 5, 10)


def _billed() -> UUID:
    """April 2009: one line of 250.00 and one of 800.00."""
    story.begin()
    sold = story.sell(story.partner("Harbor Lane"), "Ball Corporation", 50, "2009-04-01")
    story.change_seats(sold, 80, "2009-04-11")
    with entered(OFFICE):
        bill_month_of_all(by=SYSTEM, at=story.at("2009-05-01"), month=Month(2009, 4))
        return Invoice.objects.get().pk


@pytest.fixture
def lines(db: None) -> list[UUID]:
    """The ids of the two lines."""
    _billed()
    with entered(OFFICE):
        return list(InvoiceLine.objects.order_by("number").values_list("pk", flat=True))


def _paid(minor: int, day: date = MAY) -> None:
    with entered(OFFICE):
        invoice = Invoice.objects.get()
        Payment.objects.create(invoice=invoice, day=day, amount_minor=minor, at=NOW)


def _taken(line: UUID, kind: str, minor: int, day: date = MAY) -> None:
    with entered(OFFICE):
        Credit.objects.create(line_id=line, kind=kind, day=day, amount_minor=minor, reason="x", at=NOW)


def _rule(caught: pytest.ExceptionInfo[Error]) -> str | None:
    cause = caught.value.__cause__
    assert isinstance(cause, errors.CheckViolation)
    return cause.diag.constraint_name


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ([("pay", 105001)], "no_more_is_paid_than_is_owed"),
        ([("pay", 100000), ("pay", 5001)], "no_more_is_paid_than_is_owed"),
        ([("credit note", 0, -10000), ("pay", 95001)], "no_more_is_paid_than_is_owed"),
        ([("write-off", 0, -10000), ("pay", 95001)], "no_more_is_paid_than_is_owed"),
        ([("pay", -1)], "a_payment_is_not_negative"),
        ([("credit note", 0, -25001)], "no_more_is_taken_back_than_was_billed"),
        ([("credit note", 0, -20000), ("write-off", 0, -5001)], "no_more_is_taken_back_than_was_billed"),
        ([("chargeback won back", 0, 1)], "no_more_is_taken_back_than_was_billed"),
        (
            [
                ("pay", 50000),
                ("chargeback", 0, -5000),
                ("credit note", 0, -9000),
                ("chargeback won back", 0, 5001),
            ],
            "no_more_is_won_back_than_was_charged_back",
        ),
        ([("refund", 0, -1)], "no_more_is_given_back_than_was_paid"),
        ([("pay", 10000), ("chargeback", 1, -10001)], "no_more_is_given_back_than_was_paid"),
        (
            [("pay", 10000), ("chargeback", 1, -6000), ("refund", 0, -4001)],
            "no_more_is_given_back_than_was_paid",
        ),
        ([("pay", 100000), ("write-off", 1, -5001)], "no_more_is_written_off_than_is_owed"),
        ([("refund", 0, 1)], "a_credit_takes_back"),
        ([("credit note", 0, 0)], "a_credit_takes_back"),
        ([("chargeback won back", 0, -1)], "a_credit_takes_back"),
        ([("present", 0, -1)], "a_credit_is_of_a_known_kind"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_passes_a_limit_is_refused(lines: list[UUID], facts: list[tuple], rule: str) -> None:
    *before, last = [
        (_paid, each[1:]) if each[0] == "pay" else (_taken, _credit(lines, each)) for each in facts
    ]
    for record, values in before:
        record(*values)
    counts = _counts()
    record, values = last
    with pytest.raises(Error) as caught, transaction.atomic():
        record(*values)
    assert _rule(caught) == rule
    assert _counts() == counts


def _credit(lines: list[UUID], fact: tuple) -> tuple[UUID, str, int]:
    kind, place, minor = fact
    return lines[place], kind, minor


def _counts() -> tuple[int, int]:
    with entered(OFFICE):
        return Payment.objects.count(), Credit.objects.count()


def test_nothing_becomes_of_an_invoice_before_its_day(lines: list[UUID]) -> None:
    with pytest.raises(Error) as caught, transaction.atomic():
        _paid(100, date(2009, 4, 29))
    assert _rule(caught) == "a_payment_comes_after_its_invoice"
    with pytest.raises(Error) as caught, transaction.atomic():
        _taken(lines[0], "credit note", -1, date(2009, 4, 29))
    assert _rule(caught) == "a_credit_comes_after_its_invoice"


def test_what_stays_within_the_limits_is_written(lines: list[UUID]) -> None:
    _paid(100000)
    _taken(lines[0], "chargeback", -25000)
    _taken(lines[0], "chargeback won back", 25000)
    _taken(lines[0], "refund", -25000)
    _taken(lines[1], "write-off", -5000)
    assert _counts() == (1, 4)


def test_one_reference_is_written_once(lines: list[UUID]) -> None:
    with entered(OFFICE):
        invoice = Invoice.objects.get()
        for minor in (1, 2):
            Payment.objects.create(invoice=invoice, day=MAY, amount_minor=minor, at=NOW)
        Payment.objects.create(invoice=invoice, day=MAY, amount_minor=3, reference="bank 1", at=NOW)
        with pytest.raises(Error, match="a_payment_is_received_once"), transaction.atomic():
            Payment.objects.create(invoice=invoice, day=MAY, amount_minor=4, reference="bank 1", at=NOW)


@pytest.mark.usefixtures("committed_db")
def test_two_at_once_do_not_pay_more_than_is_owed() -> None:
    invoice = _billed()

    def pay(_: int) -> bool:
        try:
            with entered(OFFICE):
                receive_payment(by=SYSTEM, at=NOW, invoice_id=invoice, day=MAY, amount=Money(60000, "USD"))
        except PaymentTooLarge:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(pay, range(4))) == [False, False, False, True]


@pytest.fixture
def former(ground: Ground, committed_db: str) -> Iterator[psycopg.Connection]:
    """Tables as they were before payments came in parts, in a schema beside ours."""
    with psycopg.connect(ground.owner_url(committed_db)) as line:
        line.execute("create schema former")
        line.execute("set search_path = former, public")
        line.execute("create table billing_invoice (id uuid primary key, total_minor bigint)")
        line.execute(
            "create table billing_payment (id bigserial primary key, day date, at timestamptz,"
            " invoice_id uuid unique references billing_invoice deferrable initially deferred)"
        )
        yield line


def test_payments_that_were_on_the_record_were_for_the_whole_invoice(former: psycopg.Connection) -> None:
    for number, total in ((1, 75000), (2, 0)):
        former.execute("insert into billing_invoice values (%s, %s)", [UUID(int=number), total])
        former.execute("insert into billing_payment (invoice_id) values (%s)", [UUID(int=number)])
    former.commit()
    former.execute("set search_path = former, public")
    former.execute(import_module("ofrecord.billing.migrations.0003_credits").IN_PARTS)
    rows = former.execute("select id, invoice_id, amount_minor from billing_payment order by 2").fetchall()
    assert [(invoice.int, minor) for _, invoice, minor in rows] == [(1, 75000), (2, 0)]
    assert len({row[0] for row in rows if isinstance(row[0], UUID)}) == 2
