"""The ways statements says no."""

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
