"""Something is taken back of an invoice that was billed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import OFFICE, Actor
from ofrecord.billing.models import Credit, Invoice
from ofrecord.billing.queries import books_by_invoice
from ofrecord.billing.refusals import CreditDayFaulty, InvoiceBeforeProgram, ReasonMissing, ReferenceUsed
from ofrecord.billing.rules import credit_parts, require_sound
from ofrecord.billing.types import Credited, CreditKind, InvoiceBooks, WantedCredit
from ofrecord.journal.actions import record
from ofrecord.kernel.ids import new_id
from ofrecord.kernel.money import Money, sum_money
from ofrecord.ledger.actions import Move, post
from ofrecord.ledger.types import BAD_DEBTS, BANK, CHARGED_BACK, RECEIVABLE, REVENUE, Posting
from ofrecord.program.queries import began_on

# Which account bears what is taken back, and which one gives it; see CreditKind. Won back goes the other way.
_ACCOUNTS = {
    CreditKind.REFUND: (REVENUE, BANK),
    CreditKind.CREDIT_NOTE: (REVENUE, RECEIVABLE),
    CreditKind.CHARGEBACK: (CHARGED_BACK, BANK),
    CreditKind.WON_BACK: (CHARGED_BACK, BANK),
    CreditKind.WRITE_OFF: (BAD_DEBTS, RECEIVABLE),
}


@transaction.atomic
def credit_invoice(
    *, by: Actor, at: datetime, invoice_id: UUID, wanted: WantedCredit
) -> tuple[Credited, ...]:
    """Writes what is taken back of the invoice's lines; again under the same reference it changes nothing.

    Raises NotFound, ReferenceUsed, InvoiceBeforeProgram, CreditDayFaulty, ReasonMissing, LineUnknown, CurrencyDiffers,
    AmountNotPositive, CreditTooLarge, RefundedUnpaid.
    """
    invoice = Invoice.objects.select_for_update().filter(pk=invoice_id).first()
    if invoice is None:
        raise NotFound(what="invoice")
    books = books_by_invoice([invoice_id], OFFICE)[invoice_id]
    before = tuple(each for each in books.credits if wanted.reference and each.reference == wanted.reference)
    if before:
        _require_same(invoice, books, before, wanted)
        return before
    _require_open(invoice, wanted, at)
    made = _made(invoice, books, wanted)
    known = InvoiceBooks(books.lines, books.payments, (*books.credits, *made))
    require_sound(known, wanted.day, invoice.number)
    _write(invoice, made, by, at)
    _tell(invoice, made, by, at)
    return made


def _require_same(
    invoice: Invoice, books: InvoiceBooks, before: Sequence[Credited], wanted: WantedCredit
) -> None:
    """What comes again under a reference must be what came first."""
    numbers = {line.id: line.number for line in books.lines}
    total = abs(sum_money((each.amount for each in before), invoice.currency).minor)
    is_same = (
        all((each.kind, each.day) == (wanted.kind, wanted.day) for each in before)
        and (wanted.amount is None or wanted.amount == Money(total, invoice.currency))
        and (wanted.line is None or {numbers[each.line_id] for each in before} == {wanted.line})
    )
    if not is_same:
        raise ReferenceUsed(invoice=invoice.number, reference=wanted.reference)


def _require_open(invoice: Invoice, wanted: WantedCredit, at: datetime) -> None:
    began = began_on()
    if began is not None and invoice.day < began:
        raise InvoiceBeforeProgram(invoice=invoice.number, day=invoice.day, began=began)
    if not invoice.day <= wanted.day <= at.date():
        raise CreditDayFaulty(invoice=invoice.number, day=wanted.day, issued=invoice.day, today=at.date())
    if not wanted.reason.strip():
        raise ReasonMissing(invoice=invoice.number)


def _made(invoice: Invoice, books: InvoiceBooks, wanted: WantedCredit) -> tuple[Credited, ...]:
    """The credits to write, one for each line on which anything falls."""
    parts = credit_parts(books, wanted, invoice.number)
    number = _next_number(wanted.day.year) if wanted.kind.is_document else ""
    return tuple(
        Credited(
            id=new_id(),
            line_id=line.id,
            kind=wanted.kind,
            day=wanted.day,
            amount=part if wanted.kind is CreditKind.WON_BACK else -part,
            number=number,
            reason=wanted.reason.strip(),
            reference=wanted.reference,
        )
        for line, part in zip(books.lines, parts, strict=True)
        if part
    )


def _next_number(year: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select nextval('credit_note_number')")
        return f"C-{year}-{cursor.fetchone()[0]:06}"


def _write(invoice: Invoice, made: Sequence[Credited], by: Actor, at: datetime) -> None:
    Credit.objects.bulk_create(
        Credit(
            id=each.id,
            line_id=each.line_id,
            kind=each.kind.value,
            day=each.day,
            amount_minor=each.amount.minor,
            number=each.number,
            reason=each.reason,
            reference=each.reference,
            made_by=by.id,
            at=at,
        )
        for each in made
    )
    post(moves=[_move(invoice, each) for each in made], day=made[0].day, at=at)


def _move(invoice: Invoice, credit: Credited) -> Move:
    bears, gives = _ACCOUNTS[credit.kind]
    postings = (Posting(bears, -credit.amount), Posting(gives, credit.amount))
    title = credit.kind.value.capitalize()
    memo = f"{title} {credit.number}".strip() + f" on invoice {invoice.number}"
    return Move(f"credit:{credit.id}", memo, postings)


def _tell(invoice: Invoice, made: Sequence[Credited], by: Actor, at: datetime) -> None:
    record(
        by=by,
        at=at,
        verb="invoice credited",
        subject=("invoice", invoice.pk),
        invoice=invoice.number,
        kind=made[0].kind.value,
        amount=str(sum_money((each.amount for each in made), invoice.currency)),
        day=str(made[0].day),
        number=made[0].number,
        reason=made[0].reason,
    )
