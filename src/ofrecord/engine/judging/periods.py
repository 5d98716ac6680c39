"""Lines that rest on a whole period: floors that were not reached, and pools that are shared."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from ofrecord.engine.judging.claims import Case, Claim, case_of, failing
from ofrecord.engine.judging.lines import Dealt, release_day, stated, worked
from ofrecord.engine.judging.reckon import Reckoned
from ofrecord.engine.judging.slices import exact_of, slice_at
from ofrecord.engine.types import POOL, SALE, TOP_UP, FeeLine, Laws, PoolFact
from ofrecord.kernel.calendar import Span
from ofrecord.kernel.money import round_fraction, share_minor
from ofrecord.program.clause_types import Basis, Clause, Limit, PoolKey, Scope, period_of
from ofrecord.program.types import Terms


def top_ups(laws: Laws, lines: Iterable[FeeLine], through: date) -> Iterator[FeeLine]:
    """A line for each period that is over and in which a clause with a floor paid, but less than its floor.

    It is paid to who was paid last in the period; where nothing is left of what was billed there is no floor.
    """
    floored = {
        (terms.sha256, clause.name): (terms, clause.floor)
        for terms in laws.versions
        for clause in terms.clauses
        if clause.floor is not None and clause.floor.per.scope is not Scope.LINE
    }
    sums: dict[tuple[str, str, str, Span, str], list[FeeLine]] = defaultdict(list)
    for line in lines if floored else ():
        terms, floor = floored.get((line.terms_sha256, line.clause), (None, None))
        if terms is not None and floor is not None:
            period = period_of(floor.per.period, line.event_day, terms.year_from)
            name = (line.program, line.clause, _scope_id(floor, line), period, line.currency)
            sums[name].append(line)
    for (_, _, scope, period, _), found in sums.items():
        over = period.last is not None and period.last <= through
        if over and any(line.basis_minor > 0 for line in found):
            yield from _top_up(laws, found, scope, period)


def _scope_id(floor: Limit, line: FeeLine) -> str:
    return {
        Scope.SUBSCRIPTION: line.subscription,
        Scope.CUSTOMER: line.customer,
        Scope.PARTNER: line.partner,
    }[floor.per.scope]


def _moment(line: FeeLine) -> tuple[object, ...]:
    """When a line counts; no two lines have the same."""
    sold = (line.event_day, line.started_on, line.subscription, line.service.first)
    return (*sold, line.deal, line.partner, line.role, line.event, line.clause)


def _top_up(laws: Laws, found: Sequence[FeeLine], scope: str, period: Span) -> Iterator[FeeLine]:
    last = max(found, key=_moment)
    terms = laws.by_sha[last.terms_sha256]
    clause = terms.clause(last.clause)
    assert clause is not None, "the clause has paid"
    assert clause.floor is not None, "it has a floor"
    assert period.last is not None, "its period has an end"
    floor, reached = clause.floor.amount.minor, sum(line.earned_minor for line in found)
    if reached < floor:
        reckoned = Reckoned(floor_minor=floor, reached_minor=reached, whole_minor=floor - reached)
        yield replace(
            last,
            **worked(terms, reckoned),
            source=TOP_UP,
            event=f"{TOP_UP}/{clause.name}/{scope}/{period.first}/{last.currency}",
            event_day=period.last,
            invoice_line="",
            service=period,
            credited_minor=0,
            credited_on=None,
            billed_minor=0,
            facts=(),
            weights=(1,),
            piece=0,
            share_numerator=1,
            share_denominator=1,
            share_remainder=0,
            earned_minor=floor - reached,
            retained_minor=floor - reached,
            release_on=release_day(terms, clause, period.last),
        )


def pool_lines(
    laws: Laws, pools: Iterable[PoolFact], cases: Sequence[Case], through: date
) -> Iterator[FeeLine]:
    """Each pool of a month, divided between the partners that its clause pays, by the clause's key."""
    by_month: dict[date, list[Case]] = defaultdict(list)
    pools = list(pools)
    for case in cases if pools else ():
        if case.event.source == SALE and case.event.net_minor > 0:
            by_month[case.event.day.replace(day=1)].append(case)
    for pool in pools:
        terms = laws.in_force(pool.month.last)
        if terms is None or pool.month.last > through:
            continue
        for clause in terms.clauses:
            if clause.basis is Basis.POOLED and clause.pool == pool.pool:
                yield from _pool_lines(terms, clause, pool, by_month[pool.month.first])


def _pool_lines(terms: Terms, clause: Clause, pool: PoolFact, cases: Sequence[Case]) -> Iterator[FeeLine]:
    qualified: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in cases:
        own = case_of(terms, case.event, case.piece, case.partner)
        if failing(clause, own) is None:
            qualified[case.partner.partner, case.partner.role].append(own)
    sellers = sorted(qualified)
    weights = [
        _weight(clause.pool_key or PoolKey.EQUALLY, qualified[seller], pool.currency) for seller in sellers
    ]
    if not sum(weights):
        return
    slices = (slice_at(pool.amount_minor, clause.rate or Fraction(0)),)
    exact = exact_of(slices)
    whole = round_fraction(exact, terms.rounding)
    reckoned = Reckoned(
        pool.amount_minor, pool.amount_minor, slices, exact=exact, raw_minor=whole, whole_minor=whole
    )
    for seller, weight, earned in zip(sellers, weights, share_minor(whole, weights), strict=True):
        part = Fraction(weight, sum(weights))
        dealt = Dealt(part, abs(earned) - abs(whole) * part.numerator // part.denominator, earned)
        yield _pool_line(
            Claim(terms, clause, qualified[seller][0], *(pool.amount_minor,) * 2), pool, reckoned, dealt
        )


def _weight(key: PoolKey, cases: Sequence[Case], currency: str) -> int:
    """What a partner brings into the division: its seats at the end of the month, its customers, its revenue."""
    if key is PoolKey.EQUALLY:
        return 1
    if key is PoolKey.CUSTOMERS:
        return len({case.event.fact.customer for case in cases})
    if key is PoolKey.REVENUE:
        return sum(_billed(case) for case in cases if case.event.fact.currency == currency)
    latest: dict[str, tuple[date, int]] = {}
    for case in cases:
        fact = case.event.fact
        latest[fact.subscription] = max(
            latest.get(fact.subscription, (date.min, 0)), (case.piece.service.first, fact.seats)
        )
    return sum(seats for _, seats in latest.values())


def _billed(case: Case) -> int:
    return share_minor(case.event.net_minor, case.piece.weights)[case.piece.number]


def _pool_line(claim: Claim, pool: PoolFact, reckoned: Reckoned, dealt: Dealt) -> FeeLine:
    """One partner's share. The line says its part of the whole, and nothing of who has the rest."""
    terms, clause, partner = claim.terms, claim.clause, claim.case.partner
    return FeeLine(
        source=POOL,
        event=pool.id,
        event_day=pool.month.last,
        invoice_line="",
        invoice="",
        invoice_day=None,
        subscription="",
        customer="",
        partner=partner.partner,
        role=partner.role,
        recognized_from=partner.span.first,
        offer="",
        family="",
        way="",
        region="",
        segment="",
        deal="",
        tier=partner.tier,
        service=pool.month.span,
        started_on=None,
        month_first=0,
        month_last=0,
        seats=0,
        unit_price_minor=0,
        billed_minor=0,
        credited_minor=0,
        credited_on=None,
        facts=(pool.id,),
        basis=clause.basis.value,
        weights=(1,),
        piece=0,
        currency=pool.currency,
        **stated(terms, clause),
        **worked(terms, reckoned),
        share_numerator=dealt.part.numerator,
        share_denominator=dealt.part.denominator,
        share_remainder=dealt.remainder,
        earned_minor=dealt.earned_minor,
        release_on=release_day(terms, clause, pool.month.last),
        due_currency=pool.currency,
        retained_minor=dealt.earned_minor,
    )
