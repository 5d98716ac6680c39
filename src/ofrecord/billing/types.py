"""What billing hands to others: frozen values, without any framework."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from ofrecord.kernel.calendar import Span
from ofrecord.kernel.money import Money
from ofrecord.program.types import CHARGEBACK, CREDIT_NOTE, REFUND, WON_BACK, WRITE_OFF


@dataclass(frozen=True, slots=True)
class SeatsFrom:
    """From this day on, so many seats; zero seats are not billed."""

    day: date
    seats: int


@dataclass(frozen=True, slots=True)
class Billable:
    """A subscription as billing needs it.

    `seats` says from which day how many, the first from the start; of two that begin on one day the later
    in the tuple holds. `cancelled_from` is the first day without service, None while it runs.
    """

    unit_price: Money
    started_on: date
    cancelled_from: date | None
    seats: tuple[SeatsFrom, ...]

    @property
    def service(self) -> Span:
        """The days of service: none when it is cancelled before it starts."""
        if self.cancelled_from is None:
            return Span(self.started_on)
        return Span(self.started_on, max(self.started_on, self.cancelled_from))


@dataclass(frozen=True, slots=True)
class LineValue:
    """One line of a monthly invoice: a stretch of days with the same seats.

    `amount` is unit price × seats × `days` / `days_in_month`, rounded once.
    """

    span: Span
    seats: int
    unit_price: Money
    days: int
    days_in_month: int
    amount: Money


@dataclass(frozen=True, slots=True)
class InvoiceTotal:
    """What some invoices in one currency come to: all of them, and those on which something is still owed.

    `unpaid_amount` is what is owed on them: what was billed less what was paid, credited and written off.
    """

    invoices: int
    billed: Money
    unpaid: int
    unpaid_amount: Money


class CreditKind(StrEnum):
    """How something is taken back of what was billed; the words are those of program documents.

    - refund: the customer gets back what it paid, and it counts as never billed (revenue → bank);
    - credit note: less is owed (revenue → receivable); no money moves;
    - chargeback: the customer's bank takes back what was paid (charged back → bank); the customer owes it no
      more, and what is not won back is lost;
    - chargeback won back: the bank gives it again (bank → charged back);
    - write-off: what is owed will not be paid (bad debts → receivable).
    """

    REFUND = REFUND
    CREDIT_NOTE = CREDIT_NOTE
    CHARGEBACK = CHARGEBACK
    WON_BACK = WON_BACK
    WRITE_OFF = WRITE_OFF

    @property
    def moves_money(self) -> bool:
        """Whether it changes what was received, not what is owed."""
        return self in (CreditKind.REFUND, CreditKind.CHARGEBACK, CreditKind.WON_BACK)

    @property
    def is_document(self) -> bool:
        """Whether the customer gets a numbered document."""
        return self in (CreditKind.REFUND, CreditKind.CREDIT_NOTE)


class InvoiceState(StrEnum):
    """What became of an invoice; in the last three nothing is owed on it any more."""

    OPEN = "open"
    PART_PAID = "part paid"
    PAID = "paid"
    CREDITED = "credited"
    WRITTEN_OFF = "written off"


@dataclass(frozen=True, slots=True)
class LineBilled:
    """One line of an invoice, as what became of it is worked out."""

    id: UUID
    number: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment of an invoice. `reference` is what the payer's bank calls it; empty where it is not known."""

    id: UUID
    day: date
    amount: Money
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Credited:
    """What was taken back of one line, negative; a chargeback that was won back is positive.

    `number` names the document, which may credit several lines; empty where there is none.
    """

    id: UUID
    line_id: UUID
    kind: CreditKind
    day: date
    amount: Money
    number: str = ""
    reason: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class WantedPayment:
    """What was paid of an invoice on `day`: an amount, or all that is still owed. `reference` as of a credit."""

    day: date
    amount: Money | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class WantedCredit:
    """What is to be taken back of an invoice, for which reason.

    Of the line with the number `line`, or of the whole invoice; without an amount all that can be. `reference` is
    the name under which it comes from elsewhere; what comes again under it changes nothing.
    """

    kind: CreditKind
    day: date
    reason: str
    amount: Money | None = None
    line: int | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class LineAccount:
    """What became of one line: `paid` is its part of all payments, the others what was taken back, negative.

    `lowered` is what is owed less (credit notes, write-offs), `refunded` and `charged_back` what was given back of
    what was paid; a chargeback that was won back is no longer in `charged_back`.
    """

    line: LineBilled
    paid: Money
    lowered: Money
    refunded: Money
    charged_back: Money

    @property
    def owed(self) -> Money:
        """What the customer still owes; negative where more was paid than is owed."""
        return self.line.amount + self.lowered - self.paid

    @property
    def taken_back(self) -> Money:
        """All credits together, negative."""
        return self.lowered + self.refunded + self.charged_back

    @property
    def kept(self) -> Money:
        """What was paid and not given back."""
        return self.paid + self.refunded + self.charged_back

    @property
    def left(self) -> Money:
        """What was billed and not taken back."""
        return self.line.amount + self.taken_back


@dataclass(frozen=True, slots=True)
class InvoiceBooks:
    """Everything that is on the record about one invoice: its lines, its payments, what was taken back of it."""

    lines: tuple[LineBilled, ...]
    payments: tuple[Paid, ...] = ()
    credits: tuple[Credited, ...] = ()

    def days_from(self, first: date) -> list[date]:
        """The days from `first` on of which anything is on the record, in order."""
        days = {payment.day for payment in self.payments} | {credit.day for credit in self.credits}
        return sorted(day for day in days if day >= first)

    def until(self, day: date) -> "InvoiceBooks":
        """The same as it stood at the end of that day."""
        return InvoiceBooks(
            self.lines,
            tuple(payment for payment in self.payments if payment.day <= day),
            tuple(credit for credit in self.credits if credit.day <= day),
        )
