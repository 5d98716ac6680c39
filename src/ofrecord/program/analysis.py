"""What the clauses of a version claim, over the whole of what can be sold: exact, not sampled.

A case is one value of every fact that a clause can ask for (`program/facts.py`), for a partner in one role. Gaps,
overlaps, sums above the whole and clauses that never match are read off the cases that can occur, and so is the
table in the guide of what is paid in all.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import chain, combinations
from typing import TypeVar

from ofrecord.program.cells import Case, TooManyCases, Universe, merged
from ofrecord.program.clause_types import PARTNER_OF_RECORD, Basis, Clause
from ofrecord.program.facts import PLACE, Box, bits_where, is_beside, roles_named
from ofrecord.program.types import Terms

# So many clauses of one case are tried both as paying and as not; each more doubles what is to be tried.
MOST_RIVALS = 10
Found = TypeVar("Found", Case, "Excess")
BILLED_ALIKE = (Basis.BILLED, Basis.COLLECTED)


@dataclass(frozen=True, slots=True)
class Excess:
    """Clauses that may all pay for one sale, and together more than the whole of `basis`, or of a pool."""

    basis: Basis
    total: Fraction
    clauses: tuple[Clause, ...]
    case: Case | None = None
    pool: str = ""


@dataclass(frozen=True, slots=True)
class Stranger:
    """A clause that names another under `key` although they never pay the same role for the same case.

    `other_role` says that they do meet, but pay different roles.
    """

    clause: Clause
    key: str
    name: str
    other_role: bool


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is wrong with the clauses, each with the whole range in which it is.

    The clauses of a gap are those that pay in it sometimes only. Where cases are too many to be listed, some
    gaps and sums may not be known.
    """

    gaps: tuple[Case, ...]
    overlaps: tuple[Case, ...]
    over_whole: tuple[Excess, ...]
    never: tuple[Clause, ...]
    strangers: tuple[Stranger, ...]
    are_too_many: bool = False


def analyze(terms: Terms) -> Analysis:
    """Every gap and overlap, every sum above the whole, and every clause that can never match."""
    universe = Universe(terms)
    never = tuple(clause for clause in terms.clauses if universe.common((clause,)) is None)
    overlaps = tuple(_overlaps(universe))
    strangers = tuple(_strangers(universe, {clause.name for clause in never}))
    gaps = _unless_too_many(lambda: _gaps(universe))
    over_whole = _unless_too_many(lambda: _over_whole(universe))
    shown = _unless_too_many(lambda: cases(terms))  # the guide has to end, too
    return Analysis(
        gaps=gaps or (),
        overlaps=overlaps,
        over_whole=(*(over_whole or ()), *_over_pool(universe)),
        never=never,
        strangers=strangers,
        are_too_many=None in (gaps, over_whole, shown),
    )


def _unless_too_many(find: Callable[[], Iterable[Found]]) -> tuple[Found, ...] | None:
    try:
        return tuple(find())
    except TooManyCases:
        return None


def cases(terms: Terms) -> tuple[Case, ...]:
    """All that can occur for the roles that the document pays, in disjoint cases in the document's order.

    Shares of pools are not paid for a case and are left out. Raises `TooManyCases`; a version that was checked
    has not too many.
    """
    universe = Universe(terms)
    shown = [clause for clause in terms.clauses if clause.basis is not Basis.POOLED]
    found = universe.search(universe.mask(shown), roles=_role_bits(universe, shown))
    return tuple(universe.cases(found, lambda _box, mask: universe.clauses(mask)))


def is_sure(clause: Clause, terms: Terms) -> bool:
    """Whether it pays, or declares unpaid, wherever it matches.

    One that needs something first does not, nor does a fee on the fee of such a clause, nor one that only pays
    beside others.
    """
    seen: set[str] = set()
    found: Clause | None = clause
    while found is not None and found.name not in seen:
        seen.add(found.name)
        if not found.is_certain or is_beside(found):
            return False
        found = terms.clause(found.of)
    return True


def clash(first: Clause, second: Clause) -> bool:
    """Whether the two may not claim one case of a role: nothing says that both pay, or which one gives way.

    A share of a pool is paid beside anything; what is declared unpaid is not paid together with anything.
    """
    if Basis.POOLED in (first.basis, second.basis):
        return False
    if first.gives_way_to(second) or second.gives_way_to(first):
        return False
    return not (first.pays and second.pays and first.goes_with(second))


def whole_rate(clause: Clause, terms: Terms) -> tuple[Basis, Fraction] | None:
    """The highest share that the clause pays to all roles, and of what; None for an amount, which has no share.

    A fee on a fee is the product of the two. What is collected is at most what is billed, and counts with it.
    """
    rates = [band.rate for band in clause.bands.bands] if clause.bands else [clause.rate]
    known = [rate for rate in rates if rate is not None]
    if not known:
        return None
    parts = sum((part for _, part in clause.split), Fraction(0)) if clause.split else Fraction(1)
    rate = max(known) * parts
    if clause.basis is not Basis.FEE:
        return Basis.BILLED if clause.basis in BILLED_ALIKE else clause.basis, rate
    of = terms.clause(clause.of)
    found = whole_rate(of, terms) if of is not None and of.basis is not Basis.FEE else None
    return (found[0], found[1] * rate) if found else None


def _role_bits(universe: Universe, clauses: Iterable[Clause]) -> int:
    """The partner of record, and the roles that the clauses name."""
    named = {PARTNER_OF_RECORD, *roles_named(clauses)}
    return bits_where(universe.facts[PLACE["roles"]].values, lambda role: role in named)


def _gaps(universe: Universe) -> list[Case]:
    """The cases of which no clause is sure.

    The partner of record is to be covered in every case, another role where a clause names it: in the ways to
    sell of that clause. Along every path it is enough that one clause that is left asks nothing of the facts
    that follow.
    """
    terms = universe.terms
    sure = [clause for clause in terms.clauses if is_sure(clause, terms)]
    unsure = [clause for clause in terms.clauses if not (clause in sure or is_beside(clause))]
    boxes = [universe.asked[clause.name] for clause in terms.clauses]
    open_from = [_open_from(boxes, universe.everything, place) for place in range(len(universe.facts) + 1)]
    found: list[Box] = []
    for role, ways in _ways_in_question(universe).items():
        bare = universe.search(
            universe.mask(sure), lambda place, mask: bool(mask & open_from[place]), 1 << role
        )
        found += [box for whole in bare.get(0, ()) if (box := _within_ways(whole, ways)) is not None]
    return universe.cases(
        {0: merged(found)}, lambda box, _mask: tuple(c for c in unsure if _touches(universe, c, box))
    )


def _ways_in_question(universe: Universe) -> dict[int, int]:
    """For each role that must be covered, by its place, the ways to sell in which it must be."""
    ways: dict[int, int] = defaultdict(int)
    for place, role in enumerate(universe.facts[PLACE["roles"]].values):
        if role == PARTNER_OF_RECORD:
            ways[place] = universe.everything[PLACE["ways"]]
        for clause in universe.terms.clauses:
            if not is_beside(clause) and role in roles_named((clause,)):
                ways[place] |= universe.asked[clause.name][PLACE["ways"]]
    return ways


def _within_ways(box: Box, ways: int) -> Box | None:
    place = PLACE["ways"]
    within = box[place] & ways
    return (*box[:place], within, *box[place + 1 :]) if within else None


def _open_from(boxes: list[Box], everything: Box, place: int) -> int:
    """The clauses that ask nothing of the facts from the place on."""
    return bits_where(boxes, lambda box: box[place:] == everything[place:])


def _touches(universe: Universe, clause: Clause, box: Box) -> bool:
    return all(one & other for one, other in zip(universe.asked[clause.name], box, strict=True))


def _overlaps(universe: Universe) -> Iterator[Case]:
    """For each two clauses that may not claim one case, all that both claim."""
    for pair in combinations(universe.terms.clauses, 2):
        if clash(*pair) and (box := universe.common(pair)) is not None:
            yield universe.case(box, pair)


def _over_whole(universe: Universe) -> Iterator[Excess]:
    """A case for each set of clauses that may all pay for one sale, to whatever roles, above the whole.

    Bands count with their highest rate. Amounts have no share and are left out, as are what different bases
    come to together: whether they exceed the whole shows only with the sale.
    """
    terms = universe.terms
    rates = {clause.name: found for clause in terms.clauses if (found := whole_rate(clause, terms))}
    for basis in sorted({basis for basis, _ in rates.values()} - {Basis.POOLED}, key=lambda b: b.value):
        shares = {name: rate for name, (of, rate) in rates.items() if of is basis}
        yield from _excesses(universe, basis, shares)


def _excesses(universe: Universe, basis: Basis, shares: dict[str, Fraction]) -> Iterator[Excess]:
    """One for each set of clauses: those of the basis, searched where they can come to more than the whole."""

    @cache
    def within_whole(mask: int) -> bool:
        return _total(universe.clauses(mask), shares) <= 1

    mask = universe.mask(clause for clause in universe.terms.clauses if clause.name in shares)
    found = universe.search(mask, lambda _place, mask: within_whole(mask))
    seen = set()
    for case in universe.cases(found, lambda _box, mask: universe.clauses(mask)):
        paid = _most_paid(case.clauses, shares, universe.terms)
        if paid not in seen and not _contradict(case.clauses):
            seen.add(paid)
            total = _total(paid, shares)
            if total > 1:
                yield Excess(basis, total, paid, case)


def _total(clauses: Iterable[Clause], shares: dict[str, Fraction]) -> Fraction:
    return sum((shares[clause.name] for clause in clauses), Fraction(0))


def _contradict(clauses: tuple[Clause, ...]) -> bool:
    """Whether two of them may not claim one case anyway: that is a fault of its own."""
    return any(_share_role(*pair) and clash(*pair) for pair in combinations(clauses, 2))


def _share_role(first: Clause, second: Clause) -> bool:
    return not set(first.payees).isdisjoint(second.payees)


def _most_paid(clauses: tuple[Clause, ...], shares: dict[str, Fraction], terms: Terms) -> tuple[Clause, ...]:
    """Of clauses that claim one case, those that pay when most is paid.

    One that gives way pays where the other one does not, since what that one needs was not sold. Of more than
    a few such clauses those that are stated last are taken to pay.
    """
    rivals = [c for c in clauses if not is_sure(c, terms) and any(_gives_way(o, c) for o in clauses)]
    most: tuple[Clause, ...] = ()
    for unmet in _subsets(rivals[:MOST_RIVALS]):
        claiming = [clause for clause in clauses if clause not in unmet]
        paid = tuple(c for c in claiming if not any(_gives_way(c, other) for other in claiming))
        most = max(most, paid, key=lambda some: _total(some, shares))
    return most


def _gives_way(clause: Clause, other: Clause) -> bool:
    return clause.gives_way_to(other) and _share_role(clause, other)


def _subsets(clauses: list[Clause]) -> Iterator[tuple[Clause, ...]]:
    return chain.from_iterable(combinations(clauses, size) for size in range(len(clauses) + 1))


def _over_pool(universe: Universe) -> Iterator[Excess]:
    """Pools of which at some time more is shared than there is, whoever has a part."""
    terms = universe.terms
    for pool in terms.pools:
        mask = universe.mask(clause for clause in terms.clauses if clause.pool == pool)
        shares = {c.name: rate[1] for c in universe.clauses(mask) if (rate := whole_rate(c, terms))}
        at_once = [universe.clauses(claims & mask) for claims in universe.facts[PLACE["billed"]].claims]
        most = max(at_once, key=lambda clauses: _total(clauses, shares))
        if (total := _total(most, shares)) > 1:
            yield Excess(Basis.POOLED, total, most, pool=pool)


def _strangers(universe: Universe, never: set[str]) -> Iterator[Stranger]:
    """The names in `together_with` and `instead_of` of clauses that do not meet the one that names them."""
    terms = universe.terms
    for clause in terms.clauses:
        for key in ("together_with", "instead_of"):
            for name in getattr(clause, key):
                other = terms.clause(name)
                if other is None or {clause.name, name} & never or universe.common((clause, other)):
                    continue
                yield Stranger(clause, key, name, universe.common((clause, other), role=False) is not None)
