"""What the columns cannot do and the judge can: said before a settlement begins, with the clause and why."""

from collections.abc import Collection, Iterator
from fractions import Fraction
from itertools import chain
from math import lcm
from typing import Final

from ofrecord.engine.compiled.clauses import bases_of, numbered
from ofrecord.engine.types import Laws
from ofrecord.program.clause_types import Clause

# A product of it and an amount at the stated limit has 32 digits: room in 38 for a sum of a million of them.
DENOMINATOR_LIMIT: Final = 10**15
# Times the seconds of some years it has 19 digits: whole numbers of 64 bits, by which those who share divide a piece.
SHARES_LIMIT: Final = 10**10


def needs_judge(laws: Laws, shared: Collection[Collection[int]] = ()) -> str | None:
    """Why these laws need the judge, in a sentence; None where the columns do all that they ask for.

    `shared` are the denominators of the shares on the record, of all that share a sale together.
    """
    scales = {lcm(*denominators) for denominators in shared}
    most = max(scales, default=1)
    return next(chain(_depths_that_differ(laws), _denominators(laws), _shares(laws, most)), None)


def _shares(laws: Laws, scale: int) -> Iterator[str]:
    """Those who share divide in whole numbers; where a clause splits by roles as well, in the product of both."""
    if scale > SHARES_LIMIT:
        yield (
            f"The shares on the record of those who share a sale have the common denominator {scale}, which is "
            f"above {SHARES_LIMIT}."
        )
    for each in numbered(laws):
        split = lcm(*(share.denominator for _, share in each.clause.split))
        if split * scale > DENOMINATOR_LIMIT:
            yield (
                f"{each.terms.title} {each.terms.version}, {each.clause.name}: the denominator of its shares and of "
                f"those on the record together is {split * scale}, which is above {DENOMINATOR_LIMIT}."
            )


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
