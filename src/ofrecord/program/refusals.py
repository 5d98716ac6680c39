"""The ways the program room says no to a publication."""

from dataclasses import dataclass
from datetime import date

from ofrecord.kernel.refusal import Kind, Refusal
from ofrecord.kernel.words import day_words


@dataclass(eq=False)
class VersionTaken(Refusal):
    code = "version-taken"
    kind = Kind.CONFLICT
    program: str
    version: str

    def sentence(self) -> str:
        return f"Version {self.version} of {self.program} was published before, with other contents."

    def remedy(self) -> str:
        return "A published version never changes: give the document a new version."


@dataclass(eq=False)
class NoticeTooShort(Refusal):
    code = "notice-too-short"
    kind = Kind.INVALID
    effective: date
    earliest: date
    notice_days: int

    def sentence(self) -> str:
        return (
            f"The version would take effect on {day_words(self.effective)}; partners have {self.notice_days} days "
            f"of notice, which end on {day_words(self.earliest)}."
        )

    def remedy(self) -> str:
        return f"State an effective date of {day_words(self.earliest)} or later."


@dataclass(eq=False)
class NoProgram(Refusal):
    code = "no-program"
    kind = Kind.CONFLICT

    def sentence(self) -> str:
        return "No program version is in force on this day, so nothing can be sold."

    def remedy(self) -> str:
        return "The channel chief publishes one on the page Program."


@dataclass(eq=False)
class DocumentFaulty(Refusal):
    code = "document-faulty"
    kind = Kind.INVALID
    faults: tuple[str, ...]

    def sentence(self) -> str:
        return (
            f"The document has {len(self.faults)} fault{'s' if len(self.faults) > 1 else ''}: "
            + "; ".join(self.faults[:3])
        )

    def remedy(self) -> str:
        return "Mend them all; `ofrecord program check FILE` lists each with its line."


@dataclass(eq=False)
class BeforeProgram(Refusal):
    code = "before-program"
    kind = Kind.INVALID
    day: date
    began: date | None

    def sentence(self) -> str:
        if self.began is None:
            return "No program version was published, so there is nothing to record."
        return f"{day_words(self.day)} lies before the program began, and no version governs it."

    def remedy(self) -> str:
        if self.began is None:
            return "The channel chief publishes one on the page Program."
        return f"Choose {day_words(self.began)} or a later day."
