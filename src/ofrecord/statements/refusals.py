"""The ways statements says no, in order of precedence."""

from dataclasses import dataclass

from ofrecord.kernel.refusal import Kind, Refusal


@dataclass(eq=False)
class LineUnsound(Refusal):
    """The stored fee of a line is not what its working gives under the version it cites: nobody is shown it."""

    code = "line-unsound"
    kind = Kind.CONFLICT
    line: str

    def sentence(self) -> str:
        return f"The amount of line {self.line} is not what its working gives, so it is not shown."

    def remedy(self) -> str:
        return "Ask the vendor's finance people to check the book of that month."


@dataclass(eq=False)
class WordsMissing(Refusal):
    """A dispute without a reason, or an outcome without an answer."""

    code = "words-missing"
    kind = Kind.INVALID
    what: str
    limit: int

    def sentence(self) -> str:
        return f"The {self.what} is missing, or is longer than {self.limit:,} letters."

    def remedy(self) -> str:
        return f"Write the {self.what} in a few sentences: the other side reads it."


@dataclass(eq=False)
class AlreadyDisputed(Refusal):
    code = "already-disputed"
    kind = Kind.CONFLICT
    line: str

    def sentence(self) -> str:
        return f"Line {self.line} is disputed already, and that dispute is open."

    def remedy(self) -> str:
        return "Wait for its answer, or withdraw it and open another one."


@dataclass(eq=False)
class DisputeOver(Refusal):
    code = "dispute-over"
    kind = Kind.CONFLICT
    line: str
    outcome: str

    def sentence(self) -> str:
        return f"The dispute of line {self.line} is over: it was {self.outcome}."

    def remedy(self) -> str:
        return "An answer is final. Its partner may open another dispute of the line."
