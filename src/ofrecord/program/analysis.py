"""What the clauses of a version claim, over the whole of what can be sold: exact, not sampled.

A case is a way to sell, a role, a tier, a region, an offer and a month of the subscription. Values that no
clause and no price list tells apart are taken together, so that a program of hundreds of regions and offers
has few classes; months are cut where a clause begins or ends. `cases` lists all that can occur, each with the
clauses that claim it. Overlaps, gaps and clauses that never match are read off that list, and so is the table
in the guide of what is paid in all.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, product

from ofrecord.program.types import ROLES, Clause, MonthRange, Terms

Values = tuple[str, ...]
DIMENSIONS = ("ways", "roles", "tiers", "regions", "offers")


@dataclass(frozen=True, slots=True)
class Case:
    """All combinations of these values in these months, and the clauses that claim every one of them.

    Without tiers in the program `tiers` is one empty name.
    """

    ways: Values
    roles: Values
    tiers: Values
    regions: Values
    offers: Values
    months: MonthRange
    clauses: tuple[Clause, ...]

    @property
    def rate(self) -> Fraction:
        """What is paid in all, as a share of what is billed."""
        return sum((clause.rate for clause in self.clauses if clause.rate is not None), Fraction(0))


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is wrong with the clauses, each with the whole range in which it is."""

    gaps: tuple[Case, ...]
    overlaps: tuple[Case, ...]
    over_whole: tuple[Case, ...]
    never: tuple[Clause, ...]
    never_together: tuple[tuple[Clause, str], ...]


def analyze(terms: Terms) -> Analysis:
    """Every gap and overlap, every sum above the whole, and every clause that can never match."""
    universe = _Universe(terms)
    found = universe.cases()
    never = tuple(clause for clause in terms.clauses if universe.common((clause,)) is None)
    common = [case for pair in combinations(terms.clauses, 2) if (case := universe.common(pair)) is not None]
    return Analysis(
        gaps=tuple(case for case in found if not case.clauses),
        overlaps=tuple(case for case in common if _clash(*case.clauses)),
        over_whole=tuple(_over_whole(found)),
        never=never,
        never_together=tuple(_never_together(terms, common, never)),
    )


def cases(terms: Terms) -> tuple[Case, ...]:
    """All that can occur, in disjoint cases, in the order in which the document states their values."""
    return _Universe(terms).cases()


class _Universe:
    """The classes of values of one version, and the clauses as bits of a number."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.open = {way.code: {region for region, _ in way.open} for way in terms.ways}
        self.sold = {offer.code: set(offer.regions()) for offer in terms.offers}
        regions = tuple(dict.fromkeys(region for way in terms.ways for region, _ in way.open))
        self.values: tuple[Values, ...] = (
            tuple(self.open),
            ROLES,
            terms.tiers or ("",),
            regions,
            tuple(self.sold),
        )
        self.bits = {clause.name: bit for bit, clause in enumerate(terms.clauses)}
        self.places = [{value: place for place, value in enumerate(values)} for values in self.values]
        self.claims = [
            {value: self._claims(dimension, value) for value in values}
            for dimension, values in zip(DIMENSIONS, self.values, strict=True)
        ]
        self.classes = [self._classes(number) for number in range(len(DIMENSIONS))]
        self.segments = lru_cache(maxsize=None)(self._segments)

    def _claims(self, dimension: str, value: str) -> int:
        """The clauses that ask nothing else than this value of the dimension, a bit for each."""
        return sum(
            1 << bit for bit, clause in enumerate(self.terms.clauses) if _asks(clause, dimension, value)
        )

    def _classes(self, number: int) -> list[Values]:
        """The values of a dimension in groups that no clause, opening or price list tells apart."""
        groups: dict[tuple[object, ...], list[str]] = defaultdict(list)
        for value in self.values[number]:
            groups[self.claims[number][value], *self._sales(DIMENSIONS[number], value)].append(value)
        return [tuple(group) for group in groups.values()]

    def _sales(self, dimension: str, value: str) -> tuple[object, ...]:
        """Where the value can be sold, as far as its dimension decides that."""
        if dimension == "ways":
            return (frozenset(self.open[value]),)
        if dimension == "offers":
            return (frozenset(self.sold[value]),)
        if dimension == "regions":
            ways = frozenset(way for way, regions in self.open.items() if value in regions)
            return (ways, frozenset(offer for offer, regions in self.sold.items() if value in regions))
        return ()

    def cells(self) -> Iterator[tuple[tuple[MonthRange, int], tuple[Values, ...]]]:
        """Each combination of classes that can occur, in pieces of months, with the clauses that claim it."""
        ways, roles, tiers, regions, offers = self.classes
        claims = self.claims
        for way, role, tier in product(ways, roles, tiers):
            outer = claims[0][way[0]] & claims[1][role[0]] & claims[2][tier[0]]
            for region in (group for group in regions if group[0] in self.open[way[0]]):
                inner = outer & claims[3][region[0]]
                for offer in (group for group in offers if region[0] in self.sold[group[0]]):
                    for piece in self.segments(inner & claims[4][offer[0]]):
                        yield piece, (way, role, tier, region, offer)

    def _segments(self, mask: int) -> tuple[tuple[MonthRange, int], ...]:
        """All months, cut where one of the clauses begins or ends, each piece with those that claim it."""
        some = [
            (1 << n, clause.when.months or MonthRange(1))
            for n, clause in enumerate(self.terms.clauses)
            if mask >> n & 1
        ]
        nexts = [months.last + 1 for _, months in some if months.last is not None]
        starts = sorted({1, *(months.first for _, months in some), *nexts})
        pieces: list[tuple[MonthRange, int]] = []
        for start, after in zip(starts, [*starts[1:], None], strict=True):
            claimed = sum(bit for bit, months in some if months.has(start))
            first = start
            if pieces and pieces[-1][1] == claimed:
                first = pieces.pop()[0].first
            pieces.append((MonthRange(first, None if after is None else after - 1), claimed))
        return tuple(pieces)

    def cases(self) -> tuple[Case, ...]:
        boxes = _merged(self.cells())
        found = [self.case(months, mask, box) for (months, mask), some in boxes.items() for box in some]
        return tuple(sorted(found, key=self.order))

    def case(self, months: MonthRange, mask: int, box: Sequence[Iterable[str]]) -> Case:
        clauses = tuple(clause for bit, clause in enumerate(self.terms.clauses) if mask >> bit & 1)
        values = [
            tuple(sorted(values, key=place.__getitem__))
            for place, values in zip(self.places, box, strict=True)
        ]
        return _case(values, months, clauses)

    def common(self, clauses: tuple[Clause, ...]) -> Case | None:
        """All that every one of the clauses claims; None when nothing of it can occur.

        It is a box: what clauses ask of one fact does not depend on another. Of its values those are left out
        that cannot be sold with any other in it.
        """
        months = _common_months([clause.when.months or MonthRange(1) for clause in clauses])
        mask = sum(1 << self.bits[clause.name] for clause in clauses)
        ways, roles, tiers, regions, offers = (
            tuple(value for value, claims in claimed.items() if claims & mask == mask)
            for claimed in self.claims
        )
        regions = tuple(
            region
            for region in regions
            if any(region in self.open[way] for way in ways)
            and any(region in self.sold[offer] for offer in offers)
        )
        ways = tuple(way for way in ways if not self.open[way].isdisjoint(regions))
        offers = tuple(offer for offer in offers if not self.sold[offer].isdisjoint(regions))
        if months is None or not (regions and roles and tiers):
            return None
        return Case(ways, roles, tiers, regions, offers, months, clauses)

    def order(self, case: Case) -> tuple[int, ...]:
        """By the first value of each dimension as the document orders them, then by month."""
        places = [
            place[getattr(case, dimension)[0]]
            for place, dimension in zip(self.places, DIMENSIONS, strict=True)
        ]
        return (*places, case.months.first)


def _case(values: list[Values], months: MonthRange, clauses: tuple[Clause, ...]) -> Case:
    ways, roles, tiers, regions, offers = values
    return Case(ways, roles, tiers, regions, offers, months, clauses)


def _asks(clause: Clause, dimension: str, value: str) -> bool:
    """Whether the clause claims cases with this value."""
    if dimension == "roles" and clause.role not in ("", value):
        return False
    asked: Values = getattr(clause.when, dimension)
    return not asked or value in asked


def _merged(
    cells: Iterable[tuple[tuple[MonthRange, int], tuple[Values, ...]]],
) -> dict[tuple[MonthRange, int], list[tuple[Values, ...]]]:
    """Cells with the same months and clauses, put together."""
    boxes: dict[tuple[MonthRange, int], list[tuple[Values, ...]]] = defaultdict(list)
    for key, cell in cells:
        boxes[key].append(cell)
    for key, some in boxes.items():
        boxes[key] = _merged_fully(some)
    return boxes


def _merged_fully(boxes: list[tuple[Values, ...]]) -> list[tuple[Values, ...]]:
    """Put together until no two boxes differ in one dimension only."""
    count = 0
    while count != len(boxes):
        count = len(boxes)
        for number in reversed(range(len(DIMENSIONS))):
            boxes = _merged_along(number, boxes)
    return boxes


def _merged_along(number: int, boxes: list[tuple[Values, ...]]) -> list[tuple[Values, ...]]:
    groups: dict[tuple[Values, ...], list[str]] = {}
    for box in boxes:
        groups.setdefault(box[:number] + box[number + 1 :], []).extend(box[number])
    return [(*rest[:number], tuple(values), *rest[number:]) for rest, values in groups.items()]


def _common_months(ranges: list[MonthRange]) -> MonthRange | None:
    first = max(months.first for months in ranges)
    last = min((months.last for months in ranges if months.last is not None), default=None)
    return MonthRange(first, last) if last is None or first <= last else None


def _clash(first: Clause, second: Clause) -> bool:
    """Two clauses may claim one case only when both pay and the document says that they go together."""
    return first.rate is None or second.rate is None or not first.goes_with(second)


def _over_whole(found: Iterable[Case]) -> Iterator[Case]:
    """One case for each set of clauses that may go together and pay more than what is billed."""
    seen = set()
    for case in found:
        names = tuple(clause.name for clause in case.clauses)
        if names not in seen:
            seen.add(names)
            if case.rate > 1 and not any(_clash(*pair) for pair in combinations(case.clauses, 2)):
                yield case


def _never_together(
    terms: Terms, common: Iterable[Case], never: tuple[Clause, ...]
) -> Iterator[tuple[Clause, str]]:
    """The clauses that name another one as going together with them, although no case is claimed by both."""
    met = {frozenset(clause.name for clause in case.clauses) for case in common}
    idle = {clause.name for clause in never}
    for clause in terms.clauses:
        for name in clause.together_with:
            if frozenset((clause.name, name)) not in met and not {clause.name, name} & idle:
                yield clause, name
