"""What is explained: a line, with everything that its explanation is put into words from."""

from dataclasses import dataclass

from ofrecord.engine.types import BookedLine, FeeLine
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.kernel.words import money_words
from ofrecord.program.clause_types import Clause
from ofrecord.program.types import Terms
from ofrecord.statements.types import Names
from ofrecord.statements.words import days_words


@dataclass(frozen=True, slots=True)
class Subject:
    """A booked line with its clause (None where no clause covers the case), its version and the names of things."""

    booked: BookedLine
    terms: Terms
    names: Names

    @property
    def line(self) -> FeeLine:
        return self.booked.line

    @property
    def clause(self) -> Clause | None:
        return self.terms.clause(self.booked.line.clause)

    @property
    def days(self) -> str:
        """The days that the line pays for; with the year when they are not of the month of its book."""
        service = self.line.service
        return days_words(service, year=Month.of(service.first) != self.booked.month)

    @property
    def is_exchanged(self) -> bool:
        """Whether the statement is in another currency than the line."""
        return self.line.due_currency != self.line.currency

    def money(self, minor: int) -> Money:
        """An amount in the line's currency."""
        return Money(minor, self.line.currency)

    def said(self, minor: int) -> str:
        """An amount in the line's currency, in words."""
        return money_words(self.money(minor))

    def due(self, minor: int) -> Money:
        """An amount in the statement's currency."""
        return Money(minor, self.line.due_currency)

    def cited_clause(self) -> str:
        """clause First year of version 2009.1"""
        return f"clause {self.names.clause} of version {self.line.version}"
