"""Payments in parts and everything that is taken back, through the actions on PostgreSQL.

Harbor Lane sold 50 seats from 1 April 2009; from 11 April there are 80. April: 50 × 15.00 × 10/30 = 250.00 and
80 × 15.00 × 20/30 = 800.00, together 1,050.00, dated 30 April.
"""

from datetime import date
from uuid import UUID

import pytest
from django.db import Error, transaction
from django.db.models import Sum

from ofrecord.access.refusals import NotFound
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM, Scope
from ofrecord.billing import refusals
from ofrecord.billing.actions.bill_month import bill_month_of_all
from ofrecord.billing.actions.credit_invoice import credit_invoice
from ofrecord.billing.actions.receive_payment import mark_paid, receive_payment
from ofrecord.billing.models import Credit, Invoice, InvoiceLine, Payment
from ofrecord.billing.queries import books_by_invoice, invoices, totals_of
from ofrecord.billing.types import Credited, CreditKind, WantedCredit
from ofrecord.flows.credit_invoice import credit
from ofrecord.journal.models import Entry
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.ledger.models import PostingRow
from ofrecord.ledger.queries import balance
from ofrecord.ledger.types import BAD_DEBTS, BANK, CHARGED_BACK, RECEIVABLE, REVENUE
from support import story

REFUND, NOTE, CHARGEBACK, WON_BACK, WRITE_OFF = (
    CreditKind.REFUND,
    CreditKind.CREDIT_NOTE,
    CreditKind.CHARGEBACK,
    CreditKind.WON_BACK,
    CreditKind.WRITE_OFF,
)
ACCOUNTS = (RECEIVABLE, REVENUE, BANK, BAD_DEBTS, CHARGED_BACK)
NOW = story.at("2009-06-15")


@pytest.fixture
def invoice(db: None) -> UUID:
    """The invoice of April 2009 over 250.00 and 800.00."""
    story.begin()
    sold = story.sell(story.partner("Harbor Lane"), "Ball Corporation", 50, "2009-04-01")
    story.change_seats(sold, 80, "2009-04-11")
    with entered(OFFICE):
        bill_month_of_all(by=SYSTEM, at=story.at("2009-05-01"), month=Month(2009, 4))
        return Invoice.objects.get().pk


def usd(text: str) -> Money:
    return Money.parse(f"{text} USD")


def pay(invoice: UUID, day: str, amount: str | None = None, reference: str = "") -> UUID | None:
    with entered(OFFICE):
        return receive_payment(
            by=SYSTEM,
            at=NOW,
            invoice_id=invoice,
            day=date.fromisoformat(day),
            amount=usd(amount) if amount else None,
            reference=reference,
        )


def take(
    invoice: UUID,
    kind: CreditKind,
    day: str,
    amount: str | None = None,
    *,
    line: int | None = None,
    reference: str = "",
) -> tuple[Credited, ...]:
    wanted = WantedCredit(
        kind, date.fromisoformat(day), "As agreed", usd(amount) if amount else None, line, reference
    )
    with entered(OFFICE):
        return credit_invoice(by=SYSTEM, at=NOW, invoice_id=invoice, wanted=wanted)


def became(invoice: UUID) -> tuple[str, str, str, str]:
    """State, paid, taken back, owed."""
    with entered(OFFICE):
        row = invoices(OFFICE).get(pk=invoice)
    figures = (row.paid_minor, row.credited_minor, row.owed_minor)
    return (row.state, *(Money(minor, "USD").decimal_text() for minor in figures))  # type: ignore[return-value]


def ledger() -> dict[str, str]:
    """What each account holds, without those that hold nothing; together they hold nothing."""
    with entered(OFFICE):
        assert not PostingRow.objects.aggregate(sum=Sum("amount_minor"))["sum"]
        held = {account: balance(account, "USD") for account in ACCOUNTS}
    return {account: amount.decimal_text() for account, amount in held.items() if amount}


def test_an_invoice_is_paid_in_parts(invoice: UUID) -> None:
    assert became(invoice) == ("open", "0.00", "0.00", "1050.00")
    pay(invoice, "2009-05-04", "300.00")
    assert became(invoice) == ("part paid", "300.00", "0.00", "750.00")
    pay(invoice, "2009-05-20")
    assert became(invoice) == ("paid", "1050.00", "0.00", "0.00")
    assert ledger() == {REVENUE: "-1050.00", BANK: "1050.00"}
    with entered(OFFICE):
        row = invoices(OFFICE).get(pk=invoice)
        assert (row.paid, row.paid_on) == (True, date(2009, 5, 20))
        told = [
            entry.data["amount"] for entry in Entry.objects.filter(verb="payment received").order_by("pk")
        ]
    assert told == ["300.00 USD", "750.00 USD"]
    assert pay(invoice, "2009-05-21") is None


def test_marking_pays_the_rest_and_again_nothing(invoice: UUID) -> None:
    pay(invoice, "2009-05-04", "300.00")
    with entered(OFFICE):
        assert mark_paid(by=SYSTEM, at=NOW, invoice_ids=[invoice], day=date(2009, 5, 20)) == 1
        assert mark_paid(by=SYSTEM, at=NOW, invoice_ids=[invoice], day=date(2009, 5, 21)) == 0
        assert list(Payment.objects.order_by("day").values_list("amount_minor", flat=True)) == [30000, 75000]


def test_a_payment_that_comes_twice_is_received_once(invoice: UUID) -> None:
    first = pay(invoice, "2009-05-04", "300.00", "bank 4711")
    assert pay(invoice, "2009-05-04", "300.00", "bank 4711") == first
    assert pay(invoice, "2009-05-04", None, "bank 4711") == first
    assert became(invoice)[1] == "300.00"
    with pytest.raises(refusals.ReferenceUsed):
        pay(invoice, "2009-05-04", "301.00", "bank 4711")


def test_what_cannot_be_paid_is_refused_and_nothing_happens(invoice: UUID) -> None:
    pay(invoice, "2009-05-04", "300.00")
    before = ledger()
    for day, amount, refusal in (
        ("2009-05-05", "750.01", refusals.PaymentTooLarge),
        ("2009-04-29", "1.00", refusals.PaymentDayFaulty),
        ("2009-06-16", "1.00", refusals.PaymentDayFaulty),
        ("2009-05-05", "0.00", refusals.AmountNotPositive),
    ):
        with pytest.raises(refusal):
            pay(invoice, day, amount)
    assert became(invoice)[1] == "300.00"
    assert ledger() == before


def test_a_refund_gives_money_back_and_lowers_what_was_billed(invoice: UUID) -> None:
    pay(invoice, "2009-05-04")
    [one, other] = take(invoice, REFUND, "2009-05-10", "105.00")
    assert (one.amount, other.amount, one.number) == (usd("-25.00"), usd("-80.00"), other.number)
    assert one.number.startswith("C-2009-")
    assert became(invoice) == ("paid", "1050.00", "-105.00", "0.00")
    assert ledger() == {REVENUE: "-945.00", BANK: "945.00"}
    take(invoice, REFUND, "2009-05-11")
    assert became(invoice) == ("credited", "1050.00", "-1050.00", "0.00")
    assert ledger() == {}


def test_a_credit_note_lowers_what_is_owed(invoice: UUID) -> None:
    [noted] = take(invoice, NOTE, "2009-05-10", line=1)
    assert (noted.amount, became(invoice)) == (usd("-250.00"), ("open", "0.00", "-250.00", "800.00"))
    assert ledger() == {RECEIVABLE: "800.00", REVENUE: "-800.00"}
    take(invoice, NOTE, "2009-05-11")
    assert became(invoice) == ("credited", "0.00", "-1050.00", "0.00")
    with entered(OFFICE):
        [total] = totals_of(invoices(OFFICE))
    assert (total.unpaid, total.unpaid_amount, total.billed) == (0, usd("0.00"), usd("1050.00"))


def test_a_credit_note_on_a_paid_invoice_leaves_a_balance_in_favor_of_the_customer(invoice: UUID) -> None:
    pay(invoice, "2009-05-04")
    take(invoice, NOTE, "2009-05-10", "50.00", line=2)
    assert became(invoice) == ("paid", "1050.00", "-50.00", "-50.00")
    assert ledger() == {RECEIVABLE: "-50.00", REVENUE: "-1000.00", BANK: "1050.00"}


def test_a_chargeback_is_won_back(invoice: UUID) -> None:
    pay(invoice, "2009-05-04")
    take(invoice, CHARGEBACK, "2009-05-10")
    assert ledger() == {REVENUE: "-1050.00", CHARGED_BACK: "1050.00"}
    assert became(invoice) == ("credited", "1050.00", "-1050.00", "0.00")
    [won] = take(invoice, WON_BACK, "2009-06-01", "200.00", line=1)
    assert (won.amount, won.number) == (usd("200.00"), "")
    take(invoice, WON_BACK, "2009-06-02")
    assert became(invoice) == ("paid", "1050.00", "0.00", "0.00")
    assert ledger() == {REVENUE: "-1050.00", BANK: "1050.00"}
    with pytest.raises(refusals.CreditTooLarge, match="what was charged back and not won back is nothing"):
        take(invoice, WON_BACK, "2009-06-03")


def test_what_is_never_paid_is_written_off(invoice: UUID) -> None:
    pay(invoice, "2009-05-04", "1000.00")
    with pytest.raises(refusals.CreditTooLarge, match=r"what is still owed .* is 50\.00 USD"):
        take(invoice, WRITE_OFF, "2009-06-01", "50.01")
    take(invoice, WRITE_OFF, "2009-06-01")
    assert became(invoice) == ("written off", "1000.00", "-50.00", "0.00")
    assert ledger() == {REVENUE: "-1050.00", BANK: "1000.00", BAD_DEBTS: "50.00"}


def test_a_credit_that_comes_twice_is_made_once(invoice: UUID) -> None:
    first = take(invoice, NOTE, "2009-05-10", "105.00", reference="desk 12")
    assert take(invoice, NOTE, "2009-05-10", "105.00", reference="desk 12") == first
    assert take(invoice, NOTE, "2009-05-10", reference="desk 12") == first
    assert became(invoice)[2] == "-105.00"
    for kind, day, amount, line in (
        (WRITE_OFF, "2009-05-10", "105.00", None),
        (NOTE, "2009-05-11", "105.00", None),
        (NOTE, "2009-05-10", "106.00", None),
        (NOTE, "2009-05-10", "105.00", 1),
    ):
        with pytest.raises(refusals.ReferenceUsed, match="'desk 12' is on the record of invoice N-2009-"):
            take(invoice, kind, day, amount, line=line, reference="desk 12")


def test_what_cannot_be_taken_back_is_refused_and_nothing_happens(invoice: UUID) -> None:
    pay(invoice, "2009-05-04", "105.00")
    before = ledger()
    for kind, day, amount, refusal in (
        (REFUND, "2009-05-10", "105.01", refusals.CreditTooLarge),
        (REFUND, "2009-05-03", "1.00", refusals.CreditTooLarge),
        (CHARGEBACK, "2009-05-10", "105.01", refusals.CreditTooLarge),
        (NOTE, "2009-05-10", "1050.01", refusals.CreditTooLarge),
        (WRITE_OFF, "2009-05-10", "945.01", refusals.CreditTooLarge),
        (NOTE, "2009-04-29", "1.00", refusals.CreditDayFaulty),
        (NOTE, "2009-06-16", "1.00", refusals.CreditDayFaulty),
    ):
        with pytest.raises(refusal):
            take(invoice, kind, day, amount)
    wanted = WantedCredit(NOTE, date(2009, 5, 10), "  ")
    with entered(OFFICE), pytest.raises(refusals.ReasonMissing):
        credit_invoice(by=SYSTEM, at=NOW, invoice_id=invoice, wanted=wanted)
    with entered(OFFICE):
        assert not Credit.objects.exists()
    assert ledger() == before


def test_an_invoice_that_is_older_than_the_program_is_not_corrected_here(invoice: UUID) -> None:
    with entered(OFFICE):
        row = Invoice.objects.get()
        early = earlier_invoice(row, date(2009, 3, 31))
        wanted = WantedCredit(NOTE, date(2009, 5, 10), "As agreed")
        with pytest.raises(refusals.InvoiceBeforeProgram) as caught:
            credit_invoice(by=SYSTEM, at=NOW, invoice_id=early, wanted=wanted)
    assert str(caught.value) == (
        "Invoice N-2009-999999 of 31 March 2009 is older than the program, which began on 1 April 2009: no version "
        "governs it, so nothing of it can be corrected here. Settle it where it was settled at the time."
    )


def earlier_invoice(row: Invoice, day: date) -> UUID:
    """A copy of the invoice, of an earlier day."""
    copy = Invoice.objects.create(
        number="N-2009-999999",
        subscription_id=row.subscription_id,
        month=day.replace(day=1),
        during=row.during,
        day=day,
        total_minor=100,
        currency="USD",
        learned_at=row.learned_at,
    )
    InvoiceLine.objects.create(
        invoice=copy, number=1, first=day, until=day, seats=1, unit_price_minor=100, amount_minor=100
    )
    return copy.pk


def test_another_partner_neither_sees_nor_changes_anything(invoice: UUID) -> None:
    pay(invoice, "2009-05-04")
    take(invoice, REFUND, "2009-05-10", "105.00")
    ridge = story.partner("Ridge").reader
    with entered(ridge.scope):
        assert (Payment.objects.count(), Credit.objects.count()) == (0, 0)
        assert books_by_invoice([invoice], OFFICE) == {}
        with pytest.raises(NotFound):
            credit(
                reader=ridge, at=NOW, invoice_id=invoice, wanted=WantedCredit(NOTE, date(2009, 5, 11), "x")
            )
    with entered(OFFICE):
        assert books_by_invoice([invoice], ridge.scope) == {}


def test_the_partner_itself_sees_what_was_paid_and_taken_back_and_writes_nothing(invoice: UUID) -> None:
    pay(invoice, "2009-05-04")
    take(invoice, REFUND, "2009-05-10", "105.00")
    with entered(OFFICE):
        [harbor] = {*Invoice.objects.values_list("subscription__order__partner_id", flat=True)}
        whole = books_by_invoice([invoice], OFFICE)
    with entered(Scope.partner(harbor)):
        assert books_by_invoice([invoice], Scope.partner(harbor)) == whole
        seen = Credit.objects.first()
        with pytest.raises(Error, match="row-level security"), transaction.atomic():
            Credit.objects.create(
                line_id=seen.line_id, kind="refund", day=seen.day, amount_minor=-1, reason="x", at=seen.at
            )


def test_a_late_bill_of_a_month_is_harmless(invoice: UUID) -> None:
    """A subscription that is recorded after its month was billed gets its invoice; the others are as they were."""
    with entered(OFFICE):
        before = list(Invoice.objects.values())
    story.sell_directly("Snap-on", 10, "2009-04-21")
    with entered(OFFICE):
        assert bill_month_of_all(by=SYSTEM, at=NOW, month=Month(2009, 4)) == 1
        assert bill_month_of_all(by=SYSTEM, at=NOW, month=Month(2009, 4)) == 0
        assert [row for row in Invoice.objects.values() if row in before] == before
        late = Invoice.objects.exclude(pk=invoice).get()
    assert (late.total_minor, late.day) == (5000, date(2009, 4, 30))  # 10 × 15.00 × 10/30
