"""The ways billing says no."""

from dataclasses import dataclass
from datetime import date

from ofrecord.billing.types import CreditKind
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.kernel.refusal import Kind, Refusal
from ofrecord.kernel.words import day_words, money_words, month_words


@dataclass(eq=False)
class MonthRuns(Refusal):
    code = "month-runs"
    kind = Kind.CONFLICT
    month: Month

    def sentence(self) -> str:
        return f"{month_words(self.month)} is not over, so it cannot be billed."

    def remedy(self) -> str:
        return f"It is billed from {day_words(self.month.plus(1).first)} on."


@dataclass(eq=False)
class PaymentDayFaulty(Refusal):
    code = "payment-day-faulty"
    kind = Kind.INVALID
    day: date
    issued: date
    today: date

    def sentence(self) -> str:
        return f"An invoice of {day_words(self.issued)} cannot have been paid on {day_words(self.day)}."

    def remedy(self) -> str:
        return f"Choose a day from {day_words(self.issued)} to {day_words(self.today)}."


@dataclass(eq=False)
class ReferenceUsed(Refusal):
    code = "reference-used"
    kind = Kind.CONFLICT
    invoice: str
    reference: str

    def sentence(self) -> str:
        return f"{self.reference!r} is on the record of invoice {self.invoice} already, with other contents."

    def remedy(self) -> str:
        return "What is on the record stays. Give what is new a reference of its own."


@dataclass(eq=False)
class CurrencyDiffers(Refusal):
    code = "currency-differs"
    kind = Kind.INVALID
    invoice: str
    asked: Money
    currency: str

    def sentence(self) -> str:
        return f"Invoice {self.invoice} is in {self.currency}, and {money_words(self.asked)} is not."

    def remedy(self) -> str:
        return f"State the amount in {self.currency}."


@dataclass(eq=False)
class AmountNotPositive(Refusal):
    code = "amount-not-positive"
    kind = Kind.INVALID
    invoice: str
    asked: Money

    def sentence(self) -> str:
        return f"{money_words(self.asked)} is not an amount that can be recorded on invoice {self.invoice}."

    def remedy(self) -> str:
        return "State an amount above zero, or none for all of it."


@dataclass(eq=False)
class PaymentTooLarge(Refusal):
    code = "payment-too-large"
    kind = Kind.INVALID
    invoice: str
    asked: Money
    owed: Money

    def sentence(self) -> str:
        if not self.owed:
            return (
                f"Nothing is owed on invoice {self.invoice}, so {money_words(self.asked)} cannot be received."
            )
        return f"{money_words(self.asked)} is more than the {money_words(self.owed)} owed on invoice {self.invoice}."

    def remedy(self) -> str:
        if not self.owed:
            return "Look for the invoice that was meant."
        return f"Record at most {money_words(self.owed)} here, and the rest on the invoice that it is for."


@dataclass(eq=False)
class LineUnknown(Refusal):
    code = "line-unknown"
    kind = Kind.INVALID
    invoice: str
    line: int
    last: int

    def sentence(self) -> str:
        return f"Invoice {self.invoice} has no line {self.line}."

    def remedy(self) -> str:
        return f"Its lines are numbered from 1 to {self.last}; without a line the whole invoice is meant."


@dataclass(eq=False)
class CreditDayFaulty(Refusal):
    code = "credit-day-faulty"
    kind = Kind.INVALID
    invoice: str
    day: date
    issued: date
    today: date

    def sentence(self) -> str:
        return (
            f"Nothing can be taken back of invoice {self.invoice} on {day_words(self.day)}: "
            f"it is dated {day_words(self.issued)}, and today is {day_words(self.today)}."
        )

    def remedy(self) -> str:
        return f"Choose a day from {day_words(self.issued)} to {day_words(self.today)}."


@dataclass(eq=False)
class ReasonMissing(Refusal):
    code = "reason-missing"
    kind = Kind.INVALID
    invoice: str

    def sentence(self) -> str:
        return f"What is taken back of invoice {self.invoice} needs a reason."

    def remedy(self) -> str:
        return "Say in a sentence why; the partner reads it beside the amount."


@dataclass(eq=False)
class InvoiceBeforeProgram(Refusal):
    code = "invoice-before-program"
    kind = Kind.INVALID
    invoice: str
    day: date
    began: date

    def sentence(self) -> str:
        return (
            f"Invoice {self.invoice} of {day_words(self.day)} is older than the program, which began on "
            f"{day_words(self.began)}: no version governs it, so nothing of it can be corrected here."
        )

    def remedy(self) -> str:
        return "Settle it where it was settled at the time."


# What limits each kind of credit, as the refusal says it.
_LIMITS = {
    CreditKind.CREDIT_NOTE: "what is left of what was billed",
    CreditKind.REFUND: "what was paid and not given back",
    CreditKind.CHARGEBACK: "what was paid and not given back",
    CreditKind.WRITE_OFF: "what is still owed",
    CreditKind.WON_BACK: "what was charged back and not won back",
}
_REMEDIES = {
    CreditKind.CREDIT_NOTE: "Nothing can be taken back twice; look at what was taken back already.",
    CreditKind.REFUND: "Use a credit note for what was billed and not paid.",
    CreditKind.CHARGEBACK: "A bank can only take back what was paid; record the payment first.",
    CreditKind.WRITE_OFF: "Use a refund or a credit note for what was paid.",
    CreditKind.WON_BACK: "Record the chargeback first.",
}


@dataclass(eq=False)
class CreditTooLarge(Refusal):
    code = "credit-too-large"
    kind = Kind.INVALID
    invoice: str
    line: int | None
    kind_of_credit: CreditKind
    day: date
    asked: Money
    most: Money

    def sentence(self) -> str:
        where = (
            f"invoice {self.invoice}" if self.line is None else f"line {self.line} of invoice {self.invoice}"
        )
        limit = _LIMITS[self.kind_of_credit]
        if not self.most:
            return f"No {self.kind_of_credit} is possible on {where} for {day_words(self.day)}: {limit} is nothing."
        return (
            f"A {self.kind_of_credit} of {money_words(self.asked)} is too much for {where}: "
            f"{limit} on {day_words(self.day)} and after is {money_words(self.most)}."
        )

    def remedy(self) -> str:
        at_most = f"State at most {money_words(self.most)}. " if self.most else ""
        return at_most + _REMEDIES[self.kind_of_credit]


@dataclass(eq=False)
class RefundedUnpaid(Refusal):
    code = "refunded-unpaid"
    kind = Kind.CONFLICT
    invoice: str
    line: int
    day: date
    first: date

    def sentence(self) -> str:
        return (
            f"Dated {day_words(self.first)} it would leave line {self.line} of invoice {self.invoice} with less "
            f"paid on {day_words(self.day)} than was given back of it."
        )

    def remedy(self) -> str:
        return "Date it after the payments and refunds that are on the record."


@dataclass(eq=False)
class FileFaulty(Refusal):
    """A file of payments or credits in which rows cannot be recorded, each with its line."""

    code = "file-faulty"
    kind = Kind.INVALID
    faults: tuple[tuple[int, str], ...]

    def sentence(self) -> str:
        count = len(self.faults)
        return f"The file has {count} fault{'' if count == 1 else 's'}; nothing of it was recorded."

    def remedy(self) -> str:
        return "Mend them all and record the file again."
