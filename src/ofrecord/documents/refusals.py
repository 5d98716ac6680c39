"""The ways a document is not handed out."""

from dataclasses import dataclass

from ofrecord.documents.types import Form
from ofrecord.kernel.money import Money
from ofrecord.kernel.refusal import Kind, Refusal
from ofrecord.kernel.words import money_words


@dataclass(eq=False)
class TooLongAFile(Refusal):
    code = "statement-too-long-a-file"
    kind = Kind.CONFLICT
    form: Form
    lines: int
    most: int

    def sentence(self) -> str:
        return (
            f"This statement has {self.lines:,} lines; {self.form.noun} of up to {self.most:,} is made here."
        )

    def remedy(self) -> str:
        other = "the workbook" if self.form is Form.PDF else "its lines as CSV from its page"
        return f"Take {other}, which has every line, or ask the vendor for the file: ofrecord statement."


@dataclass(eq=False)
class StatementUnsound(Refusal):
    code = "statement-unsound"
    kind = Kind.CONFLICT
    number: str
    figure: str
    stated: Money
    summed: Money

    def sentence(self) -> str:
        return (
            f"Statement {self.number} says {money_words(self.stated)} for {self.figure}, "
            f"and its lines come to {money_words(self.summed)}. No file was made."
        )

    def remedy(self) -> str:
        return "Report it: this is a fault of the program, not of what you did."
