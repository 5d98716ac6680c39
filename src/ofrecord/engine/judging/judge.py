"""All fee lines of all months, from the facts alone."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby

from ofrecord.engine.judging.begun import ANEW, Begun
from ofrecord.engine.judging.claims import Case, Claim, Considered, Considering, case_of
from ofrecord.engine.judging.division import Payees, payees_of
from ofrecord.engine.judging.events import Event, Moment, events_of, is_touched_late
from ofrecord.engine.judging.laws import Reached, Reaching
from ofrecord.engine.judging.lines import fee_line, zero_line
from ofrecord.engine.judging.measures import Sales, Totals, growth_clauses
from ofrecord.engine.judging.periods import pool_lines, top_ups
from ofrecord.engine.judging.pieces import pieces_of, recognized
from ofrecord.engine.judging.reasons import why_nothing
from ofrecord.engine.judging.reckon import Reckoned, Running, reckon, use_up
from ofrecord.engine.types import SALE, BilledFact, FeeLine, History, Laws
from ofrecord.engine.words import TAKEN_BACK_LATE
from ofrecord.kernel.money import share_minor
from ofrecord.program.clause_types import FORMER_PARTNER, Basis, Clause
from ofrecord.program.types import Terms

FACTS_AT_ONCE = 2_000
Watch = Callable[[int, int], None]
Ranks = Mapping[tuple[str, str], tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class Heard:
    """A case with every clause that was considered for it."""

    case: Case
    considered: tuple[Considered, ...]
    claiming: tuple[tuple[Terms, Clause], ...]


@dataclass(slots=True)
class Hearing:
    """The whole history, taken apart into cases; nothing is reckoned yet."""

    laws: Laws
    through: date
    begun: Begun = ANEW
    sales: Sales = field(default_factory=Sales)
    totals: Totals = field(default_factory=Totals)
    heard: list[Heard] = field(default_factory=list)
    is_lenient: bool = False


def silent(done: int, of: int) -> None:
    """Nobody watches."""


def judge(
    laws: Laws, history: History, through: date, watch: Watch = silent, begun: Begun = ANEW
) -> list[FeeLine]:
    """What every partner earned up to and with the day `through`, ordered by key.

    A function of the facts alone: the order in which they are given, or became known, makes no difference. Each
    fact is judged under the version that governs it; caps and bands are used up by the days of the events, then
    in the order in which subscriptions started, then by their ids.
    `watch` is told how many facts are done, and may end it by raising. With `begun` only what is left to judge.
    """
    strict = hear(laws, history.facts, through, watch, begun=begun)
    lines = {line.key: line for line in _lines(strict, history)}
    # Each line is made with what it earns as what is retained: that differs where something was taken back late.
    late = any(is_touched_late(fact, laws.by_sha[fact.terms_sha256], through) for fact in history.facts)
    if not late and begun.capped == begun.kept:
        return [lines[key] for key in sorted(lines)]
    lenient = hear(laws, history.facts, through, watch, is_lenient=True, begun=begun)
    kept = {line.key: line for line in _lines(lenient, history)}
    return [_retaining(lines.get(key), kept.get(key)) for key in sorted({*lines, *kept})]


def _lines(hearing: Hearing, history: History) -> Iterator[FeeLine]:
    lines = [*_sale_lines(hearing)]
    yield from lines
    yield from top_ups(hearing.laws, lines, hearing.through)
    cases = [each.case for each in hearing.heard]
    yield from pool_lines(hearing.laws, history.pools, cases, hearing.through)


def _retaining(line: FeeLine | None, kept: FeeLine | None) -> FeeLine:
    """The line with what its partner retains of it, although more was taken back after the claw window."""
    if line is not None:
        return replace(line, retained_minor=kept.earned_minor if kept is not None else 0)
    assert kept is not None, "one of the two readings has the key"
    retained = kept.earned_minor
    return replace(kept, withdrawn=True, earned_minor=0, retained_minor=retained, reason=TAKEN_BACK_LATE)


def hear(
    laws: Laws,
    facts: Sequence[BilledFact],
    through: date,
    watch: Watch = silent,
    *,
    is_lenient: bool = False,
    begun: Begun = ANEW,
) -> Hearing:
    """Every case of the facts up to and with the day, with the clauses that were considered for it."""
    hearing = Hearing(laws, through, begun, is_lenient=is_lenient)
    opened = [
        (fact, [*_left(begun, events_of(fact, laws.by_sha[fact.terms_sha256], through, is_lenient))])
        for fact in sorted(facts, key=lambda fact: (fact.invoice_day, fact.invoice_line))
    ]
    for fact in begun.sold:
        hearing.sales.add(fact, fact.billed_minor)
    for fact, events in opened:
        for event in events:
            hearing.totals.note_event(event)
            if event.source == SALE:
                hearing.sales.add(fact, event.net_minor)
    reaching, considering = Reaching(laws), Considering(hearing.sales.is_met)
    for done, (fact, events) in enumerate(opened):
        if done % FACTS_AT_ONCE == 0:
            watch(done, len(opened))
        if events:
            hearing.heard += _hear_fact(
                laws.by_sha[fact.terms_sha256], reaching.of(fact), events, considering
            )
    hearing.heard.sort(key=lambda each: _order(each.case))
    add_up(hearing)
    return hearing


def _left(begun: Begun, events: Iterator[Event]) -> Iterator[Event]:
    """The events that are still to be judged, or to be counted."""
    return events if begun.counts else filter(begun.is_open, events)


def _order(case: Case) -> tuple[Moment, int, str, str]:
    return (case.event.moment, case.piece.number, case.partner.partner, case.partner.role)


def _hear_fact(
    own: Terms, reached: Reached, events: Sequence[Event], considering: Considering
) -> Iterator[Heard]:
    fact = events[0].fact
    heard = [
        (piece, partner)
        for piece in pieces_of(own, reached, fact)
        for partner in recognized(own, reached, fact, piece)
    ]
    for event in events:
        for piece, partner in heard:
            case = case_of(own, event, piece, partner)
            yield Heard(case, *considering.of(reached, case))


def add_up(hearing: Hearing) -> None:
    """The sums that whole-amount bands and growth look at."""
    growing = growth_clauses(hearing.laws.versions)
    for each in hearing.heard:
        for terms, clause in each.claiming:
            if clause.bands is not None and not clause.bands.graduated:
                hearing.totals.count(terms, clause, each.case, _basis(clause, each.case)[1])
        for terms, clause in growing:
            if each.case.partner.role in clause.payees and clause.growth is not None:
                basis = _basis(clause, each.case)[1]
                hearing.totals.count_baseline(terms, clause, clause.growth, each.case, basis)


def _basis(clause: Clause, case: Case) -> tuple[int, int]:
    """The whole amount of the event in the clause's basis, and the part of the piece in it."""
    source = case.event.amount(clause.basis)
    return source, share_minor(source, case.piece.weights)[case.piece.number]


def _sale_lines(hearing: Hearing) -> Iterator[FeeLine]:
    running = Running(hearing.totals)
    running.capped.update(hearing.begun.kept if hearing.is_lenient else hearing.begun.capped)
    ranks = ranks_of(hearing.laws)
    for heard in pieces_heard(hearing):
        if not hearing.begun.is_open(heard[0].case.event):
            _count(heard, running)
            continue
        yield from piece_lines(hearing, heard, running, ranks)


def ranks_of(laws: Laws) -> Ranks:
    """In which order clauses are reckoned for a piece: by version and name."""
    return {
        (terms.sha256, clause.name): (*_depth(terms, clause), position)
        for position, terms in enumerate(laws.versions)
        for clause in terms.clauses
    }


def pieces_heard(hearing: Hearing) -> Iterator[list[Heard]]:
    """All that was heard of each piece, in the order in which caps and bands are used up."""
    for _, group in groupby(hearing.heard, key=lambda each: _order(each.case)[:2]):
        yield list(group)


def piece_lines(
    hearing: Hearing, heard: Sequence[Heard], running: Running, ranks: Ranks
) -> Iterator[FeeLine]:
    """All lines of a piece, also of those for whom nothing is paid."""
    yield from _piece_lines(heard, running, ranks)
    for each in heard:
        if _leaves_a_trace(each):
            yield _unclaimed(hearing, each)


def _leaves_a_trace(each: Heard) -> bool:
    """Whether nothing pays the sale; to a former partner of record it is no sale any more once its run-off is over."""
    is_sale = each.case.event.source == SALE and each.case.partner.role != FORMER_PARTNER
    return is_sale and not each.claiming


def _count(heard: Sequence[Heard], running: Running) -> None:
    """Uses up bands and growth as the lines of the piece did, which were judged before."""
    cases: dict[str, list[Case]] = defaultdict(list)
    clauses: dict[str, tuple[Terms, Clause]] = {}
    for each in heard:
        for terms, clause in each.claiming:
            if clause.bands is not None or clause.growth is not None:
                name = f"{terms.sha256} {clause.name}"
                clauses[name] = (terms, clause)
                cases[name].append(each.case)
    for name, found in cases.items():
        for payees in payees_of(clauses[name][1], found):
            use_up(_claim(*clauses[name], payees.cases[0], {}), running)


def _piece_lines(heard: Sequence[Heard], running: Running, ranks: Ranks) -> Iterator[FeeLine]:
    for claim, payees, (reckoned,) in piece_claims(heard, [running], ranks):
        for case, dealt in zip(payees.cases, payees.divide(reckoned.whole_minor), strict=True):
            yield fee_line(claim, case, reckoned, dealt)


def piece_claims(
    heard: Sequence[Heard], runnings: Sequence[Running], ranks: Ranks
) -> Iterator[tuple[Claim, Payees, list[Reckoned]]]:
    """What is paid for one piece, and to whom, clause by clause; a clause on another's fee comes after it. Each amount
    once for every state that caps and bands may be in; the claim is of the last of them.

    Clauses go by their depth, their place, the position of their version; whom a clause pays by partner and role.
    """
    cases: dict[tuple[str, str], list[Case]] = defaultdict(list)
    clauses: dict[tuple[str, str], tuple[Terms, Clause]] = {}
    for each in heard:
        for terms, clause in each.claiming:
            clauses[terms.sha256, clause.name] = (terms, clause)
            cases[terms.sha256, clause.name].append(each.case)
    fees: list[dict[str, int]] = [defaultdict(int) for _ in runnings]
    for name in sorted(clauses, key=ranks.__getitem__):
        terms, clause = clauses[name]
        for payees in sorted(payees_of(clause, cases[name]), key=_first_paid):
            claim, found = _claim(terms, clause, payees.cases[0], fees[0]), []
            for running, paid in zip(runnings, fees, strict=True):
                if clause.basis is Basis.FEE:
                    claim = _claim(terms, clause, payees.cases[0], paid)
                reckoned = reckon(claim, running)
                paid[clause.name] += reckoned.whole_minor
                found.append(reckoned)
            yield claim, payees, found


def _first_paid(payees: Payees) -> tuple[str, str]:
    partner = payees.cases[0].partner
    return partner.partner, partner.role


def _claim(terms: Terms, clause: Clause, case: Case, fees: Mapping[str, int]) -> Claim:
    amounts = (fees.get(clause.of, 0),) * 2 if clause.basis is Basis.FEE else _basis(clause, case)
    return Claim(terms, clause, case, *amounts)


def _depth(terms: Terms, clause: Clause) -> tuple[int, int]:
    """How many fees a clause stands on, then its place in the document."""
    depth, below = 0, clause
    while below.of and (next_below := terms.clause(below.of)) is not None:
        depth, below = depth + 1, next_below
    return depth, terms.clauses.index(clause)


def _unclaimed(hearing: Hearing, each: Heard) -> FeeLine:
    """A sale that pays nothing leaves a line too, and says why."""
    own = hearing.laws.by_sha[each.case.event.fact.terms_sha256]
    return zero_line(own, each.case, why_nothing(own, each.considered, each.case))
