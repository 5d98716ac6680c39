"""A fee line worked out again by whoever has the book and the program document, and nothing else of ours.

No database, no data folder, no framework: the same two files give the same answer on any machine.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ofrecord.engine.book_file import Found, find_line
from ofrecord.engine.recompute import Step, steps_of
from ofrecord.engine.refusals import VersionNotGiven
from ofrecord.engine.types import FeeLine
from ofrecord.program.document import check
from ofrecord.program.refusals import DocumentFaulty
from ofrecord.program.types import Terms

# What a line takes from other lines and from billing, as far as it states any of it.
TAKEN: Final = (
    ("what was billed and taken back", ("billed_minor", "credited_minor")),
    ("for how many seats, months or sales an amount is paid", ("quantity_numerator",)),
    ("what bands had counted before", ("measured",)),
    ("the baseline of growth", ("baseline_minor",)),
    ("what the cap had paid before", ("cap_used_minor",)),
    ("what the period had paid before", ("reached_minor",)),
    ("what was booked before", ("booked_minor", "due_booked_minor")),
    ("the exchange rate", ("exchange_day",)),
)


@dataclass(frozen=True, slots=True)
class Verified:
    """A line with every step of its working, each as stored and as worked out.

    `taken` says which figures rest on other lines and facts: they are taken as they stand.
    """

    found: Found
    terms: Terms
    steps: tuple[Step, ...]
    taken: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return all(step.holds for step in self.steps)


def verify_line(book: Path, wanted: str, documents: Sequence[bytes]) -> Verified:
    """Finds the line in the book, the version that it cites among the documents, and works the line out again.

    Raises BookFileMissing, BookAltered, BookUnreadable, LineNotThere, VersionNotGiven, DocumentFaulty.
    """
    found = find_line(book, wanted)
    line = found.booked.line
    terms = _cited(line, documents)
    return Verified(found, terms, _steps(line, terms), tuple(_taken(line)))


def _cited(line: FeeLine, documents: Sequence[bytes]) -> Terms:
    by_sha = {hashlib.sha256(document).hexdigest(): document for document in documents}
    document = by_sha.get(line.terms_sha256)
    if document is None:
        raise VersionNotGiven(program=line.program, version=line.version, sha256=line.terms_sha256)
    checked = check(document)
    if checked.terms is None:
        raise DocumentFaulty(faults=tuple(map(str, checked.faults)))
    return checked.terms


def _steps(line: FeeLine, terms: Terms) -> tuple[Step, ...]:
    """The steps; a line with figures from which nothing can be worked out has one step, which does not hold."""
    try:
        return tuple(steps_of(line, terms))
    except (ArithmeticError, LookupError, ValueError) as fault:
        return (Step("the working", f"figures that give nothing: {fault}", "an amount"),)


def _taken(line: FeeLine) -> list[str]:
    return [says for says, names in TAKEN if any(getattr(line, name) for name in names)]
