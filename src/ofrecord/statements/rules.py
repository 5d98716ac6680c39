"""Why a line pays what it pays. Nothing is told a second time: each figure is one of the line's working."""

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from ofrecord.engine.recompute import is_sound
from ofrecord.engine.types import BookedLine, FeeLine
from ofrecord.kernel.money import sum_money
from ofrecord.program.types import Terms
from ofrecord.statements.cited import facts
from ofrecord.statements.refusals import LineUnsound
from ofrecord.statements.sentences import sentences
from ofrecord.statements.subject import Subject
from ofrecord.statements.types import ClauseTotal, Explanation, NamedLine, Names
from ofrecord.statements.working import working


def explain(booked: BookedLine, terms: Terms, names: Names) -> Explanation:
    """The line in words, its working and the facts it rests on; `terms` is the version that the line cites.

    Raises LineUnsound when any stored figure is not what the figures before it and the version give; then nothing
    of the line is shown.
    """
    line = booked.line
    if not adds_up(line, terms):
        raise LineUnsound(line=booked.id)
    subject = Subject(booked, terms, names)
    return Explanation(
        line=booked.id,
        words=" ".join(sentences(subject)),
        working=working(subject),
        facts=facts(subject),
        fee=line.fee,
        due=line.due,
        clause=line.clause,
        version=line.version,
        reason=line.reason,
        corrects=line.corrects,
    )


def adds_up(line: FeeLine, terms: Terms) -> bool:
    """Whether every step of the line holds; figures that nothing can be worked out from do not."""
    try:
        return is_sound(line, terms)
    except (ArithmeticError, LookupError, ValueError):
        return False


def by_clause(lines: Sequence[NamedLine]) -> tuple[ClauseTotal, ...]:
    """What each clause adds to a statement, the most first. The lines are due in one currency."""
    found: dict[tuple[str, str], list[NamedLine]] = defaultdict(list)
    for named in lines:
        found[named.booked.line.terms_sha256, named.booked.line.clause].append(named)
    totals = [_clause_total(group) for group in found.values()]
    return tuple(sorted(totals, key=lambda total: (-total.fee.minor, total.version, total.clause)))


def _clause_total(lines: Sequence[NamedLine]) -> ClauseTotal:
    first = lines[0].booked.line
    subscriptions = {named.booked.line.subscription for named in lines} - {""}
    return ClauseTotal(
        clause=first.clause,
        title=lines[0].names.clause,
        version=first.version,
        rate=_rate_of(lines),
        fee=sum_money((named.due for named in lines), first.due_currency),
        lines=len(lines),
        subscriptions=len(subscriptions),
    )


def _rate_of(lines: Sequence[NamedLine]) -> Fraction:
    """The rate at which all of the lines were paid; zero where there are several, or none."""
    rates = {named.booked.line.rate for named in lines if named.booked.line.slices}
    return rates.pop() if len(rates) == 1 else Fraction(0)
