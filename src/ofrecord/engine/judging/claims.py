"""Which clauses claim a piece for a partner, and why the others do not."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ofrecord.engine.judging.events import Event, source_of
from ofrecord.engine.judging.laws import Reach, Reached
from ofrecord.engine.judging.pieces import Piece
from ofrecord.engine.types import SALE, Recognition
from ofrecord.kernel.calendar import month_index
from ofrecord.program.clause_types import DESIGNATION, Basis, Clause
from ofrecord.program.types import Terms


@dataclass(frozen=True, slots=True)
class Case:
    """A piece of an event and a partner recognized on it: what clauses look at."""

    event: Event
    piece: Piece
    partner: Recognition
    family: str
    segment: str

    @property
    def months(self) -> tuple[int, int]:
        return self.piece.month_first, self.piece.month_last

    def month_from(self, anchor: str) -> int:
        """The month that counts for the first day of the piece."""
        if anchor == DESIGNATION:
            return month_index(self.partner.span.first, self.piece.service.first)
        return self.piece.month_first


@dataclass(frozen=True, slots=True)
class Considered:
    """A clause that was looked at for a case. `failed` names the first fact that did not match; empty: it claims.

    `asked` is what the clause asks of that fact, `found` what there was; both in the words of the document.
    """

    terms: Terms
    clause: Clause
    failed: str = ""
    asked: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A clause that claims a case, with the amount that it looks at: of the whole event, and of the piece."""

    terms: Terms
    clause: Clause
    case: Case
    source_minor: int
    basis_minor: int


# Whether the partner has sold what a clause needs: measured elsewhere, over all of its sales.
IsMet = Callable[[Terms, Clause, Case], bool]


def case_of(terms: Terms, event: Event, piece: Piece, partner: Recognition) -> Case:
    offer = terms.offer(event.fact.offer)
    segment = event.fact.segment or (terms.segments[0] if terms.segments else "")
    return Case(event, piece, partner, offer.family if offer else "", segment)


def consider(reaches: Sequence[Reach], case: Case, is_met: IsMet) -> list[Considered]:
    """Every clause that reaches the case, in the order in which they are heard, each with what it lacks, if anything.

    Those that go before are heard first: where one of them claims the case for the partner, a clause of another
    version does not.
    """
    found: list[Considered] = []
    covered = False
    for reach in reaches:
        if not reach.span.has(case.piece.service.first):
            continue
        if covered:
            found += _after_others(reach, case)
        else:
            some, covered = _considered(reach, case, is_met)
            found += some
    return found


class Considering:
    """`consider`, asked once for all cases between which no clause tells a difference.

    What clauses with needs ask is another thing for each case; their answers stand beside what was asked.
    """

    def __init__(self, is_met: IsMet) -> None:
        self._is_met = is_met
        self._asks: dict[Reached, Asks] = {}
        self._pending: dict[Hashable, tuple[tuple[Terms, Clause], ...]] = {}
        self._found: dict[Hashable, tuple[tuple[Considered, ...], tuple[tuple[Terms, Clause], ...]]] = {}

    def of(
        self, reached: Reached, case: Case
    ) -> tuple[tuple[Considered, ...], tuple[tuple[Terms, Clause], ...]]:
        """What `consider` gives, and of that the clauses that claim the case."""
        asks = self._asks.get(reached)
        if asks is None:
            asks = self._asks[reached] = Asks.of(reached)
        key: Hashable = (reached, asks.key(case))
        if asks.needs:
            if key not in self._pending:
                self._pending[key] = tuple(each for each in asks.needs if _hangs_on_needs(each[1], case))
            key = (key, *(self._is_met(terms, clause, case) for terms, clause in self._pending[key]))
        found = self._found.get(key)
        if found is None:
            considered = tuple(consider(reached.reaches, case, self._is_met))
            claiming = tuple((each.terms, each.clause) for each in considered if not each.failed)
            found = self._found[key] = (considered, claiming)
        return found


def _hangs_on_needs(clause: Clause, case: Case) -> bool:
    """Whether nothing else is missing but, at most, the payment."""
    return all(name == "earned" for name, _, _ in failures(clause, case))


@dataclass(frozen=True, slots=True)
class Asks:
    """Which of the facts that differ much any clause asks for, and the clauses with needs."""

    days: bool
    months: bool
    designated: bool
    seats: bool
    sold: bool
    billed: bool
    needs: tuple[tuple[Terms, Clause], ...]

    @staticmethod
    def of(reached: Reached) -> "Asks":
        # All clauses of the versions: one that pays a share of another's fee asks what that one asks.
        whens = [clause.when for reach in reached.reaches for clause in reach.terms.clauses]
        return Asks(
            days=bool(reached.days),
            months=any(when.months is not None for when in whens),
            designated=any(when.months_from == DESIGNATION for when in whens),
            seats=any(when.seats is not None for when in whens),
            sold=any(when.sold is not None for when in whens),
            billed=any(when.billed is not None for when in whens),
            needs=tuple(
                (reach.terms, clause)
                for reach in reached.reaches
                for clause in reach.clauses
                if clause.needs is not None
            ),
        )

    def key(self, case: Case) -> Hashable:
        """All that clauses look at: equal for two cases of which each clause says the same."""
        fact, piece, partner = case.event.fact, case.piece, case.partner
        return (
            (case.event.source, partner.role, partner.tier, piece.deal),
            (fact.way, fact.region, case.segment, case.family, fact.offer),
            piece.service.first if self.days else None,
            piece.month_first if self.months else None,
            case.month_from(DESIGNATION) if self.designated else None,
            fact.seats if self.seats else None,
            fact.started_on if self.sold else None,
            fact.invoice_day if self.billed else None,
        )


def _after_others(reach: Reach, case: Case) -> Iterator[Considered]:
    return (Considered(reach.terms, clause, "version", "", reach.terms.version) for clause in reach.clauses)


def _considered(reach: Reach, case: Case, is_met: IsMet) -> tuple[list[Considered], bool]:
    """What each clause of the reach lacks, and whether any of them covers the case."""
    some = [
        _checked(reach.terms, clause, case, is_met)
        for clause in reach.clauses
        if clause.basis is not Basis.POOLED
    ]
    covering = [each.clause for each in some if _covers(each, case, is_met)]
    return [_giving_way(each, covering) for each in some], bool(covering)


def _covers(each: Considered, case: Case, is_met: IsMet) -> bool:
    """Whether the clause pays for the sale, be it with the bill or with the payment.

    One that waits for the payment goes before others on the bill too, or both would pay for the same sale.
    """
    if each.failed != "earned":
        return not each.failed
    needs_are_met = each.clause.needs is None or is_met(each.terms, each.clause, case)
    return len([*failures(each.clause, case)]) == 1 and needs_are_met


def _giving_way(each: Considered, covering: Sequence[Clause]) -> Considered:
    winner = next((other for other in covering if each.clause.gives_way_to(other)), None)
    if each.failed or winner is None:
        return each
    return Considered(each.terms, each.clause, "precedence", "", winner.name)


def _checked(terms: Terms, clause: Clause, case: Case, is_met: IsMet) -> Considered:
    failure = failing(clause, case)
    if failure is not None:
        return Considered(terms, clause, *failure)
    if any(_base_failures(terms, clause, case)):
        return Considered(terms, clause, "of", clause.of)
    if clause.needs is not None and not is_met(terms, clause, case):
        return Considered(terms, clause, "needs")
    return Considered(terms, clause)


def failing(clause: Clause, case: Case) -> tuple[str, str, str] | None:
    """The first fact that does not match, with what is asked and what was found; None when all match."""
    return next(failures(clause, case), None)


def failures(clause: Clause, case: Case) -> Iterator[tuple[str, str, str]]:
    """Every fact that does not match, with what is asked and what was found, in the order of looking."""
    when, fact = clause.when, case.event.fact
    if clause.pays and source_of(clause) != case.event.source:
        yield "earned", source_of(clause), case.event.source
    if not clause.pays and case.event.source != SALE:
        yield "earned", SALE, case.event.source
    if clause.payees and case.partner.role not in clause.payees:
        yield "role", " or ".join(clause.payees), case.partner.role
    yield from _unlisted("role", when.roles, case.partner.role)
    yield from static_failures(clause, case)
    yield from _unlisted("tier", when.tiers, case.partner.tier)
    yield from _unlisted("deal", when.deals, case.piece.deal)
    month = case.month_from(when.months_from)
    if when.months is not None and not when.months.has(month):
        yield "month", range_words(when.months.first, when.months.last), str(month)
    if when.seats is not None and not when.seats.has(fact.seats):
        yield "seats", range_words(when.seats.first, when.seats.last), str(fact.seats)
    if when.sold is not None and not when.sold.has(fact.started_on):
        yield "sold", range_words(when.sold.first, when.sold.last), str(fact.started_on)
    if when.billed is not None and not when.billed.has(fact.invoice_day):
        yield "billed", range_words(when.billed.first, when.billed.last), str(fact.invoice_day)


def _base_failures(terms: Terms, clause: Clause, case: Case) -> Iterator[str]:
    """What of the sale does not match the clauses whose fee this one is a share of; who is paid may differ."""
    seen, base = {clause.name}, terms.clause(clause.of)
    while base is not None and base.name not in seen:
        seen.add(base.name)
        own = ("earned", "role", "tier", *(("month",) if base.when.months_from == DESIGNATION else ()))
        yield from (name for name, _, _ in failures(base, case) if name not in own)
        base = terms.clause(base.of)


def static_failures(clause: Clause, case: Case) -> Iterator[tuple[str, str, str]]:
    """What a subscription keeps for life: how, where, to whom and what was sold."""
    when, fact = clause.when, case.event.fact
    yield from _unlisted("way", when.ways, fact.way)
    yield from _unlisted("region", when.regions, fact.region)
    yield from _unlisted("segment", when.segments, case.segment)
    yield from _unlisted("family", when.families, case.family)
    yield from _unlisted("offer", when.offers, fact.offer)


def _unlisted(name: str, asked: Iterable[str], found: str) -> Iterator[tuple[str, str, str]]:
    if asked and found not in asked:
        yield name, " or ".join(asked), found


def range_words(first: object, last: object) -> str:
    """1..12, 13.. or 7, as the document writes them."""
    return f"{first}.." if last is None else str(first) if first == last else f"{first}..{last}"
