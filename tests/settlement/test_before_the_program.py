"""What lies before the program began is refused with the reason, whatever is recorded or corrected; nothing happens."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.billing.models import Credit, Invoice, InvoiceLine
from ofrecord.billing.refusals import InvoiceBeforeProgram
from ofrecord.billing.types import CreditKind, WantedCredit
from ofrecord.flows import change_partner, credit_invoice, record_pool, record_role, set_tier
from ofrecord.journal.models import Entry
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.kernel.refusal import Refusal
from ofrecord.ledger.models import Transfer
from ofrecord.pools.refusals import MonthBeforeProgram
from ofrecord.program.clause_types import REFERRER
from ofrecord.program.refusals import BeforeProgram
from support import story
from support.story import CHIEF, House, at

pytestmark = pytest.mark.django_db

NOW = at("2009-05-10")
BEFORE = date(2009, 3, 31)


@pytest.fixture
def harbor() -> House:
    """The program began on 1 April 2009."""
    story.begin("2009-04-01")
    return story.partner("Harbor Lane")


@pytest.fixture
def sold(harbor: House) -> UUID:
    return story.sell(harbor, "Ball Corporation", 50, "2009-04-01")


def _credit(sold: UUID, harbor: House) -> None:
    """Of an invoice that some system before this one has written."""
    invoice = Invoice.objects.get(number="N-2009-000000")
    wanted = WantedCredit(CreditKind.CREDIT_NOTE, NOW.date(), "As agreed")
    credit_invoice.credit(reader=CHIEF, at=NOW, invoice_id=invoice.pk, wanted=wanted)


def _change_of_partner(sold: UUID, harbor: House) -> None:
    change_partner.change_partner(
        reader=CHIEF, at=NOW, subscription_id=sold, partner_id=None, first=BEFORE, reason="As agreed"
    )


def _role(sold: UUID, harbor: House) -> None:
    record_role.record_role(
        reader=CHIEF, at=NOW, subscription_id=sold, partner_id=harbor.id, role=REFERRER, first=BEFORE
    )


def _tier(sold: UUID, harbor: House) -> None:
    set_tier.set_tier(
        reader=CHIEF, at=NOW, partner_id=harbor.id, tier="Gold", first=BEFORE, reason="As agreed"
    )


def _pool(sold: UUID, harbor: House) -> None:
    record_pool.record_amount(
        reader=CHIEF,
        at=NOW,
        amount_id=uuid4(),
        pool="advertising",
        month=Month.of(BEFORE),
        amount=Money(100, "USD"),
        reason="As agreed",
    )


def _everything() -> tuple[Any, ...]:
    with entered(OFFICE):
        return (Entry.objects.count(), Transfer.objects.count(), Credit.objects.count())


def _bill_of_before(sold: UUID) -> None:
    with entered(OFFICE):
        invoice = Invoice.objects.create(
            number="N-2009-000000",
            subscription_id=sold,
            month=BEFORE.replace(day=1),
            during=(BEFORE.replace(day=1), date(2009, 4, 1)),
            day=BEFORE,
            total_minor=100,
            currency="USD",
            learned_at=NOW,
        )
        InvoiceLine.objects.create(
            invoice=invoice,
            number=1,
            first=BEFORE,
            until=date(2009, 4, 1),
            seats=1,
            unit_price_minor=100,
            amount_minor=100,
        )


@pytest.mark.parametrize(
    ("correct", "refusal"),
    [
        (_credit, InvoiceBeforeProgram),
        (_change_of_partner, BeforeProgram),
        (_role, BeforeProgram),
        (_tier, BeforeProgram),
        (_pool, MonthBeforeProgram),
    ],
)
def test_a_correction_for_a_day_before_the_program_is_refused(
    harbor: House, sold: UUID, correct: Callable[[UUID, House], None], refusal: type[Refusal]
) -> None:
    _bill_of_before(sold)
    before = _everything()
    with entered(OFFICE), pytest.raises(refusal) as refused:
        correct(sold, harbor)
    assert "1 April 2009" in str(refused.value), "it says since when there is a program"
    assert _everything() == before
