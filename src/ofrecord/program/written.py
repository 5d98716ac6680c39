"""A table as it is written: which keys it has, and the faults that are noted of them."""

from dataclasses import dataclass
from typing import Any

from ofrecord.program.positions import Path
from ofrecord.program.reading import MISSING, Reading

Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """A table as it is written: which keys it has, and where a fault of one stands."""

    reading: Reading
    path: Path
    table: Table

    def has(self, key: str) -> bool:
        """Whether the key is written, however faulty."""
        return self.table[key] is not None

    def sound(self, key: str) -> Any:
        """The value of the key; None if there is none, or it could not be read."""
        value = self.table[key]
        return None if value is MISSING else value

    def inside(self, key: str) -> "Written | None":
        """The table inside the key, if there is one."""
        table = self.sound(key)
        return None if table is None else Written(self.reading, (*self.path, key), table)

    def is_faulty(self, key: str) -> bool:
        return self.reading.is_faulty((*self.path, key))

    def fault(self, key: str, says: str, remedy: str) -> None:
        """Notes a fault at the value of the key."""
        self.reading.fault((*self.path, key), says, remedy)

    def needless(self, key: str, says: str, remedy: str) -> None:
        """Notes a fault at the key itself."""
        self.reading.fault((*self.path, key), says, remedy, at_key=True)

    def incomplete(self, says: str, remedy: str) -> None:
        """Notes that something is missing, unless an unknown key may be meant for it."""
        if self.path not in self.reading.with_unknown:
            self.reading.fault(self.path, says, remedy, at_key=True)

    def lacks(self, key: str, what: str, example: str) -> None:
        """Notes that the key is needed, if it is not there."""
        if not self.has(key):
            self.incomplete(f"`{key}` is missing: {what}.", f"Write it like `{key} = {example}`.")

    def needs_other(self, key: str, holds: bool, other: str) -> None:
        """Notes that the key, if it is there, means something only beside another one."""
        if self.has(key) and not holds:
            says = f"`{key}` means nothing without `{other}`."
            self.needless(key, says, f"Write `{other}` too, or leave `{key}` out.")

    def one_of(self, keys: tuple[str, ...], what: str) -> None:
        """Notes that none or several of the keys are there."""
        found = [key for key in keys if self.has(key)]
        ticked = [f"`{key}`" for key in keys]
        choice = f"{', '.join(ticked[:-1])} or {ticked[-1]}"
        if not found:
            self.incomplete(f"The clause does not say {what}.", f"Write {choice}.")
        for key in found[1:]:
            says = f"`{found[0]}` and `{key}` both say {what}."
            self.needless(key, says, f"A clause has one of {choice}: leave the other out.")
