"""What the clauses lack of each profile.

A clause is a bit in a whole number, at the place of its running number: so what all clauses lack of a profile is a few
numbers for each of its facts, put together by `|`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from ofrecord.engine.compiled.clauses import Numbered, bases_of, numbered, source_of
from ofrecord.engine.compiled.profiles import LISTED, RANGED, RECORDED, Asked, profile_columns, segment_of
from ofrecord.engine.types import Laws
from ofrecord.program.clause_types import Basis, Clause

# Whom a clause pays may be another than whom the clause pays whose fee it is a share of.
_OF_THE_PARTNER: Final = frozenset({"source", "role", "tier", "designation_bucket"})


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


def lacking(laws: Laws, asked: Asked, profiles: pa.Table) -> Iterator[tuple[dict[str, Any], Lacks]]:
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
        return Lacks(unearned=mask_of(each for each in clauses if source_of(each.clause) != value))
    other = mask_of(each for each in clauses if _differs(each, asked, column, value))
    if column in _OF_THE_PARTNER:
        return Lacks(other=other)
    base = mask_of(
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
        return _asks_else(each.clause, "segment", segment_of(value, each.terms))
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


def mask_of(clauses: Iterable[Numbered]) -> int:
    return sum(1 << each.key for each in clauses)


def keys_of(mask: int) -> Iterator[int]:
    """The running numbers of the clauses, in their order."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
