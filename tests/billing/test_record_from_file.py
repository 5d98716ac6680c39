"""Payments and credits from a file: all or nothing, every fault with its line, and the same file twice."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ofrecord.access.refusals import NotPermitted
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM, Reader
from ofrecord.billing.actions.bill_month import bill_month_of_all
from ofrecord.billing.models import Credit, Invoice, Payment
from ofrecord.billing.queries import invoices
from ofrecord.billing.refusals import FileFaulty
from ofrecord.flows.record_from_file import record_credits, record_payments
from ofrecord.kernel.calendar import Month
from support import story
from support.ground import Ground

NOW = story.at("2009-06-15")
PAYMENTS = "invoice,day,amount,currency,reference"
CREDITS = "invoice,line,kind,day,amount,currency,reason,reference"


def billed() -> str:
    """April 2009: 250.00 and 800.00 on one invoice; its number."""
    story.begin()
    sold = story.sell(story.partner("Harbor Lane"), "Ball Corporation", 50, "2009-04-01")
    story.change_seats(sold, 80, "2009-04-11")
    with entered(OFFICE):
        bill_month_of_all(by=SYSTEM, at=story.at("2009-05-01"), month=Month(2009, 4))
        return Invoice.objects.get().number


@pytest.fixture
def number(db: None) -> str:
    return billed()


def file(head: str, *lines: str) -> bytes:
    return "\n".join([head, *lines]).encode()


def pay(content: bytes) -> int:
    with entered(OFFICE):
        return record_payments(reader=story.CHIEF, at=NOW, content=content)


def take(content: bytes) -> int:
    with entered(OFFICE):
        return record_credits(reader=story.CHIEF, at=NOW, content=content)


def state() -> tuple[str, int, int]:
    with entered(OFFICE):
        row = invoices(OFFICE).get()
    return row.state, row.paid_minor, row.credited_minor


def test_payments_and_credits_are_recorded_and_again_change_nothing(number: str) -> None:
    payments = file(PAYMENTS, f"{number},2009-05-04,300.00,USD,bank 1", f"{number},2009-05-20,,,bank 2")
    credits = file(
        CREDITS,
        f"{number},2,refund,2009-05-21,80.00,USD,Two days without service,desk 1",
        f"{number},,chargeback,2009-05-22,,,The bank of the customer,desk 2",
        f'{number},,chargeback won back,2009-06-02,,,"Won, in full",desk 3',
    )
    for _ in range(2):
        assert (pay(payments), take(credits)) == (2, 3)
        assert state() == ("paid", 105000, -8000)


def test_every_fault_is_listed_with_its_line_and_nothing_is_recorded(number: str) -> None:
    with pytest.raises(FileFaulty) as caught:
        pay(
            file(
                PAYMENTS,
                f"{number},2009-05-04,300.00,USD,bank 1",
                f"{number},4 May,1.00,USD,bank 2",
                f"{number},2009-05-04,1.005,USD,bank 3",
                "N-2009-1,2009-05-04,1.00,USD,bank 4",
                f"{number},2009-05-04,750.01,USD,bank 5",
                f"{number},2009-05-04,1.00,EUR,bank 6",
                f"{number},2009-05-04,1.00,USD,",
                f"{number},2009-05-04,2.00,USD,bank 1",
                f"{number},2009-05-04,2.00,USD,bank 7,more",
            )
        )
    lines = [line for line, _ in caught.value.faults]
    assert lines == [3, 4, 5, 6, 7, 8, 9, 10]
    says = dict(caught.value.faults)
    assert says[3] == "'4 May' is no day; write it like 2026-11-20."
    assert says[5].startswith("There is no such invoice as 'N-2009-1'")
    assert says[6].startswith(f"750.01 USD is more than the 750.00 USD owed on invoice {number}.")
    assert "have more cells" in says[10] or "has more cells" in says[10]
    assert str(caught.value).startswith("The file has 8 faults; nothing of it was recorded.")
    with entered(OFFICE):
        assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("1,present,2009-05-04,1.00,USD,x,r", "'present' is none of refund, credit note, chargeback"),
        ("one,refund,2009-05-04,1.00,USD,x,r", "'one' is no number of a line."),
        ("1,refund,2009-05-04,1.00,USD,,r", "A reason of at most 500 letters is needed."),
        ("1,refund,2009-05-04,1.00,USD,x,r", "No refund is possible on line 1"),
        ("3,credit note,2009-05-04,1.00,USD,x,r", "has no line 3."),
    ],
)
def test_a_credit_that_cannot_be_recorded_is_named(number: str, line: str, says: str) -> None:
    with pytest.raises(FileFaulty) as caught:
        take(file(CREDITS, f"{number},{line}"))
    [(place, fault)] = caught.value.faults
    assert place == 2
    assert says in fault
    with entered(OFFICE):
        assert not Credit.objects.exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "The first line must be: invoice,day,amount,currency,reference"),
        (b"invoice,amount\n", "The first line must be: invoice,day,amount,currency,reference"),
        (PAYMENTS.encode(), "The file has no line but its head."),
        (b"\xff\xfe", "The file is not UTF-8 text."),
    ],
)
def test_a_file_that_is_none_is_refused(db: None, content: bytes, says: str) -> None:
    story.begin()
    with pytest.raises(FileFaulty) as caught:
        pay(content)
    assert caught.value.faults == ((1, says),)


def test_who_may_not_record_payments_may_not_from_a_file(number: str) -> None:
    nobody = Reader(SYSTEM, OFFICE, None, frozenset(), role="seller")
    for record in (record_payments, record_credits):
        with entered(OFFICE), pytest.raises(NotPermitted):
            record(reader=nobody, at=NOW, content=b"")


def test_at_the_command_line(ground: Ground, committed_db: str, tmp_path: Path) -> None:
    number = billed()
    story.turn_clock("2009-06-15")
    given, faulty = tmp_path / "payments.csv", tmp_path / "faulty.csv"
    given.write_bytes(file(PAYMENTS, f"{number},2009-05-04,,,bank 1"))
    faulty.write_bytes(file(CREDITS, f"{number},,refund,2009-05-03,,,Too early,desk 1"))
    environment = os.environ | {
        "DATABASE_URL": ground.app_url(committed_db),
        "OFRECORD_DATA": str(tmp_path),
        "OFRECORD_SECRET_KEY": "the key of the tests",
    }

    def ofrecord(*words: str) -> tuple[int, str, str]:
        command = [sys.executable, "-P", "-m", "ofrecord.commands", "record", *words]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        return done.returncode, done.stdout, done.stderr

    assert ofrecord("payments", str(given)) == (0, "1 payment is on the record.\n", "")
    code, said, why = ofrecord("credits", str(faulty))
    assert (code, said) == (1, "")
    assert why.splitlines()[0].startswith(f"{faulty}:2: No refund is possible on invoice {number}")
    assert state() == ("paid", 105000, 0)
