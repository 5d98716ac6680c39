"""All cases that can occur under a version, each with the clauses that claim it: exact, not sampled.

Facts are decided one after the other, and of the clauses those remain that claim what was decided. Where the
same clauses remain with the same choices before them, the cases below are the same and are worked out once (a
decision diagram), so a program of hundreds of regions and offers takes as long as it tells cases apart.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from functools import reduce
from itertools import product
from operator import and_
from typing import Any

from ofrecord.kernel.calendar import Span
from ofrecord.program.clause_types import Clause, CountRange
from ofrecord.program.facts import (
    FACTS,
    PLACE,
    RANGES,
    Box,
    asked_boxes,
    bits_of,
    bits_where,
    counts_of,
    facts_of,
    span_of,
)
from ofrecord.program.market import IMPOSSIBLE, Market, can_be
from ofrecord.program.types import Terms

Values = tuple[str, ...]
# A guide with more rows is read by nobody; more steps take longer than a check may.
MOST_CASES = 20_000
MOST_STEPS = 1_000_000
# Whether nothing more is to be known of what the clauses claim, facts from a place on being undecided.
Settled = Callable[[int, int], bool]


@dataclass(frozen=True, slots=True)
class Case:
    """All combinations of these values in these ranges, and the clauses that claim every one of them.

    Without tiers or segments in the program there is one, without a name. `months` are counted from the start
    of the subscription, `designated` from the day on which the partner was; `sold` and `billed` are days.
    """

    ways: Values
    roles: Values
    tiers: Values
    regions: Values
    segments: Values
    offers: Values
    deals: Values
    seats: CountRange
    sold: Span
    billed: Span
    months: CountRange
    designated: CountRange
    clauses: tuple[Clause, ...] = ()


RANGES_FROM = PLACE[RANGES[0]]
DIMENSIONS = tuple(field.name for field in fields(Case) if field.name != "clauses")


class TooManyCases(Exception):
    """A version tells more cases apart than people read or a machine works out at a check."""


class Universe:
    """The facts of one version with their values, and the clauses as bits of a number."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        values, self.asked = asked_boxes(terms)
        self.facts = facts_of(terms, values, self.asked)
        self.market = Market(terms, self.facts)
        self.everything: Box = tuple(fact.all for fact in self.facts)

    def clauses(self, mask: int) -> tuple[Clause, ...]:
        """The clauses whose bits are set, in the order of the document."""
        return tuple(self.terms.clauses[place] for place in bits_of(mask))

    def mask(self, clauses: Iterable[Clause]) -> int:
        """The bits of the clauses."""
        names = {clause.name for clause in clauses}
        return bits_where(self.terms.clauses, lambda clause: clause.name in names)

    def common(self, clauses: Iterable[Clause], role: bool = True) -> Box | None:
        """All that every one of the clauses claims; None when nothing of it can occur.

        It is a box: what clauses ask of one fact does not depend on another. Without `role` they need not pay
        the same one.
        """
        boxes = [self.asked[clause.name] for clause in clauses]
        box = tuple(reduce(and_, bits) for bits in zip(*boxes, strict=True))
        if not role:
            box = (self.everything[0], *box[1:])
        return box if all(box) and self._can_be(box) and self.market.sellable(box) else None

    def case(self, box: Box, clauses: tuple[Clause, ...]) -> Case:
        """The box as a case, without values that cannot be sold with any other in it; its ranges have no holes."""
        found = self.market.sellable(box)
        assert found is not None, "a case can occur"
        return Case(**{name: self._values(name, found[PLACE[name]]) for name in DIMENSIONS}, clauses=clauses)

    def cases(
        self, found: dict[int, list[Box]], named: Callable[[Box, int], tuple[Clause, ...]]
    ) -> list[Case]:
        """Boxes as cases, in the order in which the document states their values."""
        boxes = [(box, mask) for mask, some in found.items() for box in some]
        boxes.sort(key=lambda pair: self._order(pair[0]))
        return [self.case(box, named(box, mask)) for box, mask in boxes if self._can_be(box)]

    def search(self, mask: int, settled: Settled | None = None, roles: int = 0) -> dict[int, list[Box]]:
        """What can occur for these clauses, in boxes, by those that claim them.

        Of `roles` cases are told apart; without any all of them are taken together, whoever is paid. What is
        settled is left out. Raises `TooManyCases`.
        """
        diagram = _Diagram(self, settled or (lambda _place, _mask: False))
        found: dict[int, list[Box]] = defaultdict(list)
        for number, (box, claimed) in enumerate(diagram.paths(mask, roles)):
            if number >= MOST_CASES:
                raise TooManyCases
            found[claimed].append(box)
        return {claimed: merged(boxes) for claimed, boxes in found.items()}

    def _can_be(self, box: Box) -> bool:
        months, designated = self.facts[PLACE["months"]].values, self.facts[PLACE["designated"]].values
        return can_be(box, self.market, months, designated)

    def _values(self, name: str, bits: int) -> Any:
        values = self.facts[PLACE[name]].values
        if name not in RANGES:
            return tuple(values[place] for place in bits_of(bits))
        places = list(bits_of(bits))
        piece = (values[places[0]][0], values[places[-1]][1])
        return span_of(piece) if name in ("sold", "billed") else counts_of(piece)

    def _order(self, box: Box) -> tuple[int, ...]:
        """By the first value of each fact as the document orders them."""
        return tuple(next(bits_of(box[PLACE[name]])) for name in DIMENSIONS)


class _Diagram:
    """The decision diagram of some clauses. A node is the number of a set of branches, each with its values."""

    def __init__(self, universe: Universe, settled: Settled) -> None:
        self.facts, self.market, self.settled = universe.facts, universe.market, settled
        self.classes = [self._classes(place) for place in range(len(FACTS))]
        self.nodes: list[tuple[tuple[int, int], ...]] = [()]
        self.numbers: dict[tuple[tuple[int, int], ...], int] = {(): 0}
        self.known: dict[tuple[int, int, int], int] = {}
        self.steps = 0

    def paths(self, mask: int, roles: int) -> Iterator[tuple[Box, int]]:
        """Every box with the clauses that claim it."""
        if not roles:
            for box, claimed in self._paths(self._node(1, mask, 0), 1):
                yield (self.facts[0].all, *box), claimed
            return
        for role in bits_of(roles):
            node = self._node(1, mask & self.facts[0].claims[role], 0)
            for box, claimed in self._paths(node, 1):
                yield (1 << role, *box), claimed

    def _classes(self, place: int) -> list[tuple[int, int, int]]:
        """The values that no clause, opening or price list tells apart: one of them, all, and who claims them."""
        fact = self.facts[place]
        found: dict[tuple[int, tuple[int, ...]], int] = defaultdict(int)
        for value, claims in enumerate(fact.claims):
            found[claims, self.market.signature(fact.name, value)] |= 1 << value
        return [(next(bits_of(values)), values, claims) for (claims, _), values in found.items()]

    def _node(self, place: int, mask: int, state: int) -> int:
        key = (place, mask, state)
        if key not in self.known:
            self.known[key] = self._new_node(place, mask, state)
        return self.known[key]

    def _new_node(self, place: int, mask: int, state: int) -> int:
        if self.settled(place, mask):
            return 0
        if place == len(FACTS):
            return self._number(((mask, 0),))
        self.steps += len(self.classes[place])
        if self.steps > MOST_STEPS:
            raise TooManyCases
        choices: dict[tuple[int, int], int] = defaultdict(int)
        for value, values, claims in self.classes[place]:
            after = self.market.after(FACTS[place], state, value)
            if after != IMPOSSIBLE:
                choices[mask & claims, after] |= values
        branches: dict[int, int] = defaultdict(int)
        for (left, after), values in choices.items():
            branches[self._node(place + 1, left, after)] |= values
        branches.pop(0, None)
        return self._number(tuple((values, node) for node, values in branches.items()))

    def _number(self, branches: tuple[tuple[int, int], ...]) -> int:
        if branches not in self.numbers:
            self.numbers[branches] = len(self.nodes)
            self.nodes.append(branches)
        return self.numbers[branches]

    def _paths(self, node: int, place: int) -> Iterator[tuple[Box, int]]:
        if node == 0:
            return
        if place == len(FACTS):
            yield (), self.nodes[node][0][0]
            return
        for values, below in self.nodes[node]:
            for box, claimed in self._paths(below, place + 1):
                yield (values, *box), claimed


def merged(boxes: Iterable[Box]) -> list[Box]:
    """Disjoint boxes put together until no two differ in one fact only; no range has a hole."""
    found = [piece for box in boxes for piece in _without_holes(box)]
    count = 0
    while count != len(found):
        count = len(found)
        for name in reversed(DIMENSIONS):
            found = _merged_along(name, found)
    return found


def _without_holes(box: Box) -> Iterator[Box]:
    ranges = product(*(_runs_of(bits) for bits in box[RANGES_FROM:]))
    return ((*box[:RANGES_FROM], *some) for some in ranges)


def _merged_along(name: str, boxes: list[Box]) -> list[Box]:
    place = PLACE[name]
    groups: dict[Box, int] = defaultdict(int)
    for box in boxes:
        groups[box[:place] + box[place + 1 :]] |= box[place]
    return [
        (*rest[:place], values, *rest[place:])
        for rest, all_values in groups.items()
        for values in (_runs_of(all_values) if name in RANGES else (all_values,))
    ]


def _runs_of(bits: int) -> Iterator[int]:
    """The bits in runs of neighbors."""
    while bits:
        lowest = bits & -bits
        run = bits & ~(bits + lowest)
        yield run
        bits &= ~run
