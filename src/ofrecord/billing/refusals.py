"""The ways billing says no."""

from dataclasses import dataclass
from datetime import date

from ofrecord.kernel.calendar import Month
from ofrecord.kernel.refusal import Kind, Refusal
from ofrecord.kernel.words import day_words, month_words


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
