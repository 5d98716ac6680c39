"""The ways exchange says no."""

from collections.abc import Sequence
from dataclasses import dataclass

from ofrecord.exchange.types import Change, Fault, exact_text
from ofrecord.kernel.refusal import Kind, Refusal
from ofrecord.kernel.words import day_words

NAMED = 3


@dataclass(eq=False)
class RatesFaulty(Refusal):
    code = "rates-faulty"
    kind = Kind.INVALID
    faults: tuple[Fault, ...]

    def sentence(self) -> str:
        count = len(self.faults)
        named = "; ".join(str(fault) for fault in self.faults[:NAMED])
        return f"There {_are(count, 'fault')}, so no rate was recorded: {named}{_more(self.faults)}."

    def remedy(self) -> str:
        return "Put each of them right; a file can be taken anew from the European Central Bank."


@dataclass(eq=False)
class RatesDiffer(Refusal):
    code = "rates-differ"
    kind = Kind.CONFLICT
    changes: tuple[Change, ...]

    def sentence(self) -> str:
        named = "; ".join(_change_words(change) for change in self.changes[:NAMED])
        many = "A rate is" if len(self.changes) == 1 else f"{len(self.changes):,} rates are"
        return f"{many} known otherwise, so none was recorded: {named}{_more(self.changes)}."

    def remedy(self) -> str:
        return "If what is given now is right, record it as a correction: what rested on the former is worked out anew."


@dataclass(eq=False)
class SourceMissing(Refusal):
    code = "source-missing"
    kind = Kind.INVALID
    most: int

    def sentence(self) -> str:
        return f"Where the rates come from is not said in 1 to {self.most} letters."

    def remedy(self) -> str:
        return "Name the publication, or the reason of the correction."


def _are(count: int, noun: str) -> str:
    return f"is one {noun}" if count == 1 else f"are {count:,} {noun}s"


def _more(all_of_them: Sequence[object]) -> str:
    left = len(all_of_them) - NAMED
    return f"; and {left:,} more" if left > 0 else ""


def _change_words(change: Change) -> str:
    known, given = (exact_text(rate) for rate in (change.known, change.given))
    return f"{change.currency} on {day_words(change.day)} is {known}, not {given}"
