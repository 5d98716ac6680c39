"""The ways the command itself says no."""

from dataclasses import dataclass

from ofrecord.kernel.refusal import Kind, Refusal


@dataclass(eq=False)
class NotBegun(Refusal):
    code = "not-begun"
    kind = Kind.CONFLICT

    def sentence(self) -> str:
        return "This installation has no clock yet."

    def remedy(self) -> str:
        return "Run `ofrecord migrate` with the owner's OFRECORD_OWNER_DATABASE_URL first."


@dataclass(eq=False)
class FileThere(Refusal):
    code = "file-there"
    kind = Kind.CONFLICT
    file: str

    def sentence(self) -> str:
        return f"{self.file} is there already, and was not written over."

    def remedy(self) -> str:
        return "Name a new file, or remove that one first."


@dataclass(eq=False)
class FileNotWritable(Refusal):
    code = "file-not-writable"
    kind = Kind.INVALID
    file: str
    why: str

    def sentence(self) -> str:
        return f"{self.file} cannot be written: {self.why}."

    def remedy(self) -> str:
        return "Name a file in a folder that is there and that you may write to."
