"""What the columns cannot do and the judge can: said before a settlement begins, with the clause and why."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from math import lcm
from typing import Final

from ofrecord.engine.compiled.clauses import bases_of, numbered
from ofrecord.engine.types import Laws
from ofrecord.program.clause_types import Clause

# A product of it and an amount at the stated limit has 32 digits: room in 38 for a sum of a million of them.
DENOMINATOR_LIMIT: Final = 10**15


def needs_judge(laws: Laws) -> str | None:
    """Why these laws need the judge, in a sentence; None where the columns do all that they ask for."""
    return next(chain(_depths_that_differ(laws), _denominators(laws)), None)


def _depths_that_differ(laws: Laws) -> Iterator[str]:
    """Fees of one name are added up over versions, and fees on them come after: at one depth in all."""
    depths: dict[str, int] = {}
    for each in numbered(laws):
        depth = len(bases_of(each.terms, each.clause))
        if depths.setdefault(each.clause.name, depth) != depth:
            yield (
                f"{each.terms.title} {each.terms.version}, {each.clause.name}: it stands on {_fees(depth)} here, "
                f"and in another version on {_fees(depths[each.clause.name])}."
            )


def _fees(count: int) -> str:
    return {0: "no fee", 1: "1 fee"}.get(count, f"{count} fees")


def _denominators(laws: Laws) -> Iterator[str]:
    for each in numbered(laws):
        for what, exact in _fractions(each.clause):
            denominator = lcm(*(fraction.denominator for fraction in exact))
            if denominator > DENOMINATOR_LIMIT:
                yield (
                    f"{each.terms.title} {each.terms.version}, {each.clause.name}: the denominator of {what} "
                    f"is {denominator}, which is above {DENOMINATOR_LIMIT}."
                )


def _fractions(clause: Clause) -> Iterator[tuple[str, list[Fraction]]]:
    if clause.rate is not None:
        yield "its rate", [clause.rate]
    if clause.bands is not None:
        yield "its rates together", [band.rate for band in clause.bands.bands]
    if clause.growth is not None:
        yield "what growth starts from", [clause.growth.factor]
    if clause.split:
        yield "its shares together", [share for _, share in clause.split]
