"""How every room says no: a type with a stable code, the data of the case, and a sentence a customer could read."""

from enum import IntEnum
from typing import ClassVar


class Kind(IntEnum):
    """What sort of no it is. The number is the HTTP status with which every entry point answers it."""

    INVALID = 422
    FORBIDDEN = 403
    NOT_FOUND = 404
    CONFLICT = 409
    GONE = 410


class Refusal(Exception):
    """A no that is part of the business. Subclasses state `code` and `kind`, and say `sentence` and `remedy`.

    Subclass it as `@dataclass(eq=False)` with the data of the case as fields, so that a caller can read
    the data and a page can show the sentence. A programmer's mistake is never a Refusal.

    A sentence for whoever runs the server names what nobody else may know, such as a path: `told_others` is then
    the refusal that everybody else is told in its place.
    """

    code: ClassVar[str]
    kind: ClassVar[Kind]
    told_others: ClassVar["type[Refusal] | None"] = None

    def sentence(self) -> str:
        """What is refused and why, in words for the person who asked."""
        raise AssertionError(f"{type(self).__name__} must say its sentence")

    def remedy(self) -> str:
        """What the person can do about it; empty when nothing can be done."""
        return ""

    def as_told(self, *, of_vendor: bool) -> "Refusal":
        """What the person who asked is told of it: the vendor's people all, anybody else what is for others."""
        return self if of_vendor or self.told_others is None else self.told_others()

    def __str__(self) -> str:
        return f"{self.sentence()} {self.remedy()}".strip()
