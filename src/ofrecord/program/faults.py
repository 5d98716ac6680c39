"""What is wrong with a document: each fault with its place and its remedy."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault. `line` and `column` count from 1; `path` is its key, empty for the whole file."""

    line: int
    column: int
    path: str
    says: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.path}: " if self.path else ""
        return f"{self.line}:{self.column} {place}{self.says} {self.remedy}".strip()


class Mistake(ValueError):
    """A value that cannot be read: what is wrong with it, and what to write instead."""

    def __init__(self, says: str, remedy: str = "") -> None:
        super().__init__(says)
        self.says = says
        self.remedy = remedy


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like the one that was written, if any is like it."""
    by_fold = {name.casefold(): name for name in known}
    found = get_close_matches(word.casefold(), by_fold, n=1, cutoff=0.6)
    return by_fold[found[0]] if found else None


def known_words(word: str, known: Iterable[str], most: int = 12) -> str:
    """A remedy for an unknown word: the nearest known one, otherwise what there is to choose from."""
    names = list(known)
    if near := nearest(word, names):
        return f'Did you mean "{near}"?'
    if not names:
        return "The document states none."
    more = f", and {len(names) - most} more" if len(names) > most else ""
    return f"There is {', '.join(chr(34) + name + chr(34) for name in names[:most])}{more}."
