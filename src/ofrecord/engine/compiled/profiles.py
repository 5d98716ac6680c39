"""Profiles: the combinations of facts that clauses ask for. Of some million cases there are some hundred.

Texts are as they are, and numbers and days are the *bucket* that they lie in, which is how many of the ends of the
ranges that clauses ask for they have reached.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import add
from typing import Any, Final

import ibis

from ofrecord.engine.compiled.clauses import needs_clauses, numbered, pays_collected
from ofrecord.engine.compiled.reaches import extensions, renews
from ofrecord.engine.exact.functions import month_index
from ofrecord.engine.types import Laws
from ofrecord.kernel.calendar import Span
from ofrecord.program.clause_types import DESIGNATION, Basis, Condition
from ofrecord.program.types import Terms

# The columns of a case that clauses ask for by a list of texts.
LISTED: Final[Mapping[str, Callable[[Condition], tuple[str, ...]]]] = {
    "way": lambda when: when.ways,
    "region": lambda when: when.regions,
    "segment": lambda when: when.segments,
    "family": lambda when: when.families,
    "offer": lambda when: when.offers,
    "tier": lambda when: when.tiers,
    "piece_deal": lambda when: when.deals,
}
# The buckets of what clauses ask for by a range.
RANGED: Final[Mapping[str, Callable[[Condition], Any]]] = {
    "month_bucket": lambda when: None if when.months_from == DESIGNATION else when.months,
    "designation_bucket": lambda when: when.months if when.months_from == DESIGNATION else None,
    "seats_bucket": lambda when: when.seats,
    "sold_bucket": lambda when: when.sold,
    "billed_bucket": lambda when: when.billed,
}
# What the segment was recorded as, "" where it was not: FACT has it beside `segment`, which is never without.
RECORDED: Final = "segment_recorded"


@dataclass(frozen=True, slots=True)
class Ranged:
    """The column of a bucket, with the numbers or days at which the next bucket begins."""

    column: str
    ends: tuple[Any, ...]

    def value(self, bucket: int) -> Any:
        """Any value of the bucket: all of them are the same to every clause."""
        if bucket:
            return self.ends[bucket - 1]
        first = self.ends[0]
        return first - timedelta(days=1) if isinstance(first, date) else first - 1


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a case decides which clauses claim it; `needing` are the clauses that ask for sales."""

    plain: tuple[str, ...]
    ranged: tuple[Ranged, ...]
    needing: tuple[int, ...]


def asked_of(laws: Laws) -> Asked:
    """What any clause of the laws asks for, without what is the same in all cases.

    Where no clause pays for what was paid, the cases are those of sales alone. A pooled clause is asked under its own
    version, which need not be that of the sale: it finds the family by `offer`, and the segment by
    `segment_recorded` where versions differ in the segment of those who have none.
    """
    return Asked(
        (*_governing(laws), "role", *_listed(laws)),
        tuple(_ranged(laws)),
        tuple(key for key, _, _ in needs_clauses(laws)),
    )


def _governing(laws: Laws) -> Iterator[str]:
    if pays_collected(laws):
        yield "source"
    if len(laws.versions) > 1:
        yield "terms_sha256"
        if renews(laws):
            yield "stage"
        if extensions(laws):
            yield "now_sha256"


def _listed(laws: Laws) -> Iterator[str]:
    whens = [(each.clause.when, each.clause.basis is Basis.POOLED) for each in numbered(laws)]
    by_offer = any(when.families for when, is_pooled in whens if is_pooled)
    for column, listed in LISTED.items():
        if column == "family":
            if any(when.families for when, is_pooled in whens if not is_pooled):
                yield column
        elif any(listed(when) for when, _ in whens) or (column == "offer" and by_offer):
            yield column
    if any(when.segments for when, is_pooled in whens if is_pooled) and len(_defaults(laws)) > 1:
        yield RECORDED


def _defaults(laws: Laws) -> set[str]:
    return {segment_of("", terms) for terms in laws.versions}


def segment_of(recorded: str, terms: Terms) -> str:
    """The segment under a version: what is recorded, or else the first that the version states."""
    return recorded or (terms.segments[0] if terms.segments else "")


def _ranged(laws: Laws) -> Iterator[Ranged]:
    for column, asked in RANGED.items():
        ranges = [asked(each.clause.when) for each in numbered(laws)]
        ends = sorted({end for each in ranges if each is not None for end in _ends(each)})
        if ends:
            yield Ranged(column, tuple(ends))


def _ends(asked: Any) -> Iterator[Any]:
    """Where a range of numbers or of days begins, and what first comes after it."""
    # No day comes before the first, so nothing begins with it.
    if asked.first != date.min:
        yield asked.first
    if asked.last is not None:
        yield asked.until if isinstance(asked, Span) else asked.last + 1


def met_column(clause_key: int) -> str:
    """The column that says whether a case's partner has sold what the clause needs."""
    return f"met_{clause_key}"


def profile_columns(asked: Asked) -> tuple[str, ...]:
    """The columns of a profile."""
    buckets = (each.column for each in asked.ranged)
    return (*asked.plain, *buckets, *(met_column(key) for key in asked.needing))


def profiled(cases: ibis.Table, asked: Asked) -> ibis.Table:
    """The cases with the columns of their profile; whether what clauses need is met they must have already."""
    return cases.mutate(
        **{each.column: _bucket(_value(cases, each.column), each.ends) for each in asked.ranged}
    )


def _value(cases: ibis.Table, column: str) -> ibis.Value:
    if column == "designation_bucket":
        return month_index(cases.recognized_from, cases.piece_first)
    known = {"month": "month_first", "seats": "seats", "sold": "started_on", "billed": "invoice_day"}
    return cases[known[column.removesuffix("_bucket")]]


def _bucket(value: Any, ends: Sequence[Any]) -> ibis.Value:
    return reduce(add, [(value >= ibis.literal(end)).cast("int32") for end in ends]).cast("int32")
