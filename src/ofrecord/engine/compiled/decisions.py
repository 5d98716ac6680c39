"""Which clauses claim a case: worked out once for each profile that occurs, and joined to all its cases."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from ofrecord.engine.compiled.clauses import Numbered, numbered
from ofrecord.engine.compiled.lacks import Lacks, keys_of, lacking, mask_of
from ofrecord.engine.compiled.profiles import Asked, profile_columns
from ofrecord.engine.compiled.reaches import extending, parse_stage, staying
from ofrecord.engine.types import SALE, Laws
from ofrecord.program.clause_types import FORMER_PARTNER, Basis, Clause
from ofrecord.program.types import Terms


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
    for place, (row, lacks) in enumerate(lacking(laws, asked, profiles)):
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
    pooled = mask_of(each for each in numbered(laws) if each.clause.basis is Basis.POOLED)
    rows = [
        (place, key)
        for place, (_, lacks) in enumerate(lacking(laws, asked, profiles))
        for key in keys_of(pooled & lacks.nothing)
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
        self.yielding = {each.key: mask_of(self._before(each)) for each in self.clauses}
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
        return mask_of(
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
                claiming = keys_of(reach & lacks.nothing)
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
            first = next((key for reach in considered for key in keys_of(reach & near)), None)
            if first is not None:
                return f"{self.clauses[first].clause.title} {says}"
        own = self.laws.by_sha.get(row.get("terms_sha256", ""), self.laws.versions[0])
        return f"No clause of {own.title} {own.version} covers this case."
