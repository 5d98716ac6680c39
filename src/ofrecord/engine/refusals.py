"""The ways the engine says no to a file."""

from dataclasses import dataclass

from ofrecord.kernel.refusal import Kind, Refusal

_RESTORE = "Restore it from a copy: its SHA-256 is on the record, so the right one is known."


@dataclass(eq=False)
class BookMissing(Refusal):
    code = "book-missing"
    kind = Kind.CONFLICT
    file: str

    def sentence(self) -> str:
        return f"The file {self.file} of a closed month is not there."

    def remedy(self) -> str:
        return _RESTORE


@dataclass(eq=False)
class BookAltered(Refusal):
    code = "book-altered"
    kind = Kind.CONFLICT
    file: str

    def sentence(self) -> str:
        return f"The file {self.file} is not what was put on the record when its month was closed."

    def remedy(self) -> str:
        return _RESTORE


@dataclass(eq=False)
class BookUnsound(Refusal):
    """What was written does not give its own amounts: never posted."""

    code = "book-unsound"
    kind = Kind.CONFLICT
    file: str
    line: int

    def sentence(self) -> str:
        return f"Line {self.line} of {self.file} does not pay what its working gives."

    def remedy(self) -> str:
        return "Nothing was posted. Keep the file and report it: this is a fault of the program."
