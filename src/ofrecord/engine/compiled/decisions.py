"""Which clauses claim a case: worked out once for each combination of facts that occurs, and joined to all its cases.

A *profile* is such a combination, of no more than the clauses ask for: texts as they are, and numbers and days as the
*bucket* that they lie in, which is how many of the ends of the ranges that clauses ask for they have reached. Of some
million cases there are then some hundred profiles.

A clause is a bit in a whole number, at the place of its running number: so what all clauses lack of a profile is a few
numbers for each of its facts, put together by `|`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import add
from typing import Any, Final

import ibis
import pyarrow as pa

from ofrecord.engine.compiled.clauses import (
    Numbered,
    bases_of,
    needs_clauses,
    numbered,
    pays_collected,
    source_of,
)
from ofrecord.engine.compiled.reaches import extending, extensions, parse_stage, renews, staying
from ofrecord.engine.exact.functions import month_index
from ofrecord.engine.types import SALE, Laws
from ofrecord.kernel.calendar import Span
from ofrecord.program.clause_types import DESIGNATION, FORMER_PARTNER, Basis, Clause, Condition
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
# Whom a clause pays may be another than whom the clause pays whose fee it is a share of.
_OF_THE_PARTNER: Final = frozenset({"source", "role", "tier", "designation_bucket"})


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
    return {_segment("", terms) for terms in laws.versions}


def _segment(recorded: str, terms: Terms) -> str:
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


@dataclass(frozen=True, slots=True)
class Lacks:
    """What clauses lack, each a bit: the payment or the bill, another fact, a fact of their base, enough sales."""

    unearned: int = 0
    other: int = 0
    base: int = 0
    short: int = 0

    def __or__(self, more: "Lacks") -> "Lacks":
        return Lacks(
            self.unearned | more.unearned,
            self.other | more.other,
            self.base | more.base,
            self.short | more.short,
        )

    @property
    def nothing(self) -> int:
        """The clauses that match."""
        return ~(self.unearned | self.other | self.base | self.short)

    @property
    def payment(self) -> int:
        """The clauses that lack nothing that they look at but the payment, or the bill."""
        return self.unearned & ~self.other

    @property
    def sales(self) -> int:
        """The clauses that lack nothing but that the partner has sold enough."""
        return self.short & ~(self.unearned | self.other | self.base)

    @property
    def covering(self) -> int:
        """The clauses that pay for the sale, be it with the bill or with the payment.

        One that waits for the payment goes before others on the bill too, or both would pay for the same sale.
        """
        return self.nothing | (self.payment & ~self.short)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The clauses that claim a case; where there are none and it is a sale, the reason why nothing is paid."""

    claiming: tuple[int, ...] = ()
    reason: str = ""


def decide(laws: Laws, asked: Asked, profiles: pa.Table) -> pa.Table:
    """The clauses that claim each profile: its columns, `clause_key` and `reason`; a row for each clause.

    A profile of a sale that no clause claims has one row without a clause, and with the reason. One of a payment, or
    of a former partner of record whose run-off is over, has no row then.
    """
    decided: dict[Any, Verdict] = {}
    rows: list[tuple[int, int | None, str]] = []
    bench = _Bench(laws)
    for place, (row, lacks) in enumerate(_lacking(laws, asked, profiles)):
        question = (row.get("terms_sha256"), row.get("stage"), row.get("now_sha256"), _is_told(row), lacks)
        if question not in decided:
            decided[question] = bench.verdict(row, lacks)
        verdict = decided[question]
        rows += [(place, key, "") for key in verdict.claiming]
        if verdict.reason:
            rows.append((place, None, verdict.reason))
    reasons = pa.array([reason for _, _, reason in rows], pa.string())
    return _answered(asked, profiles, [row[:2] for row in rows]).append_column("reason", reasons)


def pool_claims(laws: Laws, asked: Asked, profiles: pa.Table) -> pa.Table:
    """The sales that each pooled clause counts, as if sold under its version: a profile's columns and `clause_key`.

    Which version's clauses count is another question: that in force at the end of the month of the pool.
    """
    pooled = _mask(each for each in numbered(laws) if each.clause.basis is Basis.POOLED)
    rows = [
        (place, key)
        for place, (_, lacks) in enumerate(_lacking(laws, asked, profiles))
        for key in _keys(pooled & lacks.nothing)
    ]
    return _answered(asked, profiles, rows)


def _answered(asked: Asked, profiles: pa.Table, rows: Sequence[tuple[int, int | None]]) -> pa.Table:
    """The columns of the profiles at the places, each with its clause."""
    places = pa.array([place for place, _ in rows], pa.int64())
    keys = pa.array([key for _, key in rows], pa.int32())
    return profiles.select([*profile_columns(asked)]).take(places).append_column("clause_key", keys)


def _is_told(row: Mapping[str, Any]) -> bool:
    """Whether it is said why nothing is paid; to a former partner of record it is no sale any more."""
    return bool(row.get("source", SALE) == SALE and row["role"] != FORMER_PARTNER)


class _Bench:
    """What hears a profile: the clauses of the laws in the order in which they are heard."""

    def __init__(self, laws: Laws) -> None:
        self.laws = laws
        self.clauses = numbered(laws)
        self.yielding = {each.key: _mask(self._before(each)) for each in self.clauses}
        self.heard = {
            terms.sha256: (self._reach(terms, terms.clauses), self._reach(terms, staying(terms)))
            for terms in laws.versions
        }
        self.extended = {terms.sha256: self._reach(terms, extending(terms)) for terms in laws.versions}

    def _before(self, each: Numbered) -> list[Numbered]:
        """The clauses that pay instead of it."""
        return [one for one in self._of(each.terms) if each.clause.gives_way_to(one.clause)]

    def _of(self, terms: Terms) -> list[Numbered]:
        return [each for each in self.clauses if each.terms.sha256 == terms.sha256]

    def _reach(self, terms: Terms, clauses: Sequence[Clause]) -> int:
        """The clauses as bits; what is paid from a pool claims no sale."""
        return _mask(
            each
            for each in self._of(terms)
            if each.clause in clauses and each.clause.basis is not Basis.POOLED
        )

    def verdict(self, row: Mapping[str, Any], lacks: Lacks) -> Verdict:
        """Those that go before are heard first; the next only where none of them pays for the sale."""
        considered = []
        for reach in self._reaches(row):
            considered.append(reach)
            covering = reach & lacks.covering
            if covering:
                claiming = _keys(reach & lacks.nothing)
                found = tuple(key for key in claiming if not self.yielding[key] & covering)
                return Verdict(found, "" if found else self._reason(row, lacks, considered))
        return Verdict((), self._reason(row, lacks, considered))

    def _reaches(self, row: Mapping[str, Any]) -> Iterator[int]:
        """What the version of the day says to all sales, then what stays of those before, then that which governs."""
        if row.get("now_sha256"):
            yield self.extended[row["now_sha256"]]
        own = row.get("terms_sha256", self.laws.versions[0].sha256)
        for sha256, stays in parse_stage(row.get("stage", own)):
            yield self.heard[sha256][stays]

    def _reason(self, row: Mapping[str, Any], lacks: Lacks, considered: Sequence[int]) -> str:
        """The nearest that a clause came to paying: it waits for the payment, or for more sales; else none covers."""
        if not _is_told(row):
            return ""
        for near, says in (
            (lacks.payment, "pays as far as the customer has paid."),
            (lacks.sales, "needs more sales than the partner had made."),
        ):
            first = next((key for reach in considered for key in _keys(reach & near)), None)
            if first is not None:
                return f"{self.clauses[first].clause.title} {says}"
        own = self.laws.by_sha.get(row.get("terms_sha256", ""), self.laws.versions[0])
        return f"No clause of {own.title} {own.version} covers this case."


def _lacking(laws: Laws, asked: Asked, profiles: pa.Table) -> Iterator[tuple[dict[str, Any], Lacks]]:
    """Each profile with what the clauses lack of it. What they lack of one value is worked out once."""
    clauses = numbered(laws)
    bases = {each.key: bases_of(each.terms, each.clause) for each in clauses}
    ranged = {each.column: each for each in asked.ranged}
    columns = profile_columns(asked)
    values = [profiles.column(column).to_pylist() for column in columns]
    known: list[dict[Any, Lacks]] = []
    for column, found in zip(columns, values, strict=True):
        of = ranged[column].value if column in ranged else _itself
        known.append(
            {value: _lacks(clauses, bases, asked, column, of(value)) for value in dict.fromkeys(found)}
        )
    for row in zip(*values, strict=True):
        lacks = Lacks()
        for value, lacking in zip(row, known, strict=True):
            lacks |= lacking[value]
        yield dict(zip(columns, row, strict=True)), lacks


def _itself(value: Any) -> Any:
    return value


def _lacks(
    clauses: Sequence[Numbered],
    bases: Mapping[int, Sequence[Clause]],
    asked: Asked,
    column: str,
    value: Any,
) -> Lacks:
    """What the clauses lack where the column has the value."""
    if column.startswith("met_"):
        return Lacks(short=0 if value else 1 << int(column.removeprefix("met_")))
    if column == "source":
        return Lacks(unearned=_mask(each for each in clauses if source_of(each.clause) != value))
    other = _mask(each for each in clauses if _differs(each, asked, column, value))
    if column in _OF_THE_PARTNER:
        return Lacks(other=other)
    base = _mask(
        each for each in clauses if any(_asks_else(below, column, value) for below in bases[each.key])
    )
    return Lacks(other=other, base=base)


def _differs(each: Numbered, asked: Asked, column: str, value: Any) -> bool:
    """Whether the clause asks for something else; a pooled one looks at a sale as if it were of its own version."""
    if each.clause.basis is not Basis.POOLED:
        return column != RECORDED and _asks_else(each.clause, column, value)
    if column == "family" or (column == "segment" and RECORDED in asked.plain):
        return False
    if column == RECORDED:
        return _asks_else(each.clause, "segment", _segment(value, each.terms))
    if column == "offer":
        offer = each.terms.offer(value)
        family = offer.family if offer is not None else ""
        return _asks_else(each.clause, "offer", value) or _asks_else(each.clause, "family", family)
    return _asks_else(each.clause, column, value)


def _asks_else(clause: Clause, column: str, value: Any) -> bool:
    """Whether the clause asks for something else of a fact than what there is."""
    if column == "role":
        return any(roles and value not in roles for roles in (clause.payees, clause.when.roles))
    if column in LISTED:
        listed = LISTED[column](clause.when)
        return bool(listed) and value not in listed
    if column in RANGED:
        asked = RANGED[column](clause.when)
        return asked is not None and not asked.has(value)
    # Which versions govern decides which clauses are heard, and not what they lack.
    return False


def _mask(clauses: Iterable[Numbered]) -> int:
    return sum(1 << each.key for each in clauses)


def _keys(mask: int) -> Iterator[int]:
    """The running numbers of the clauses, in their order."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
