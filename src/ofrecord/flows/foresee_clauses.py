"""How each clause would pay for a foreseen order: its condition, its cap, its bands, and when it is paid out."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from ofrecord.engine.judging.measures import Progress
from ofrecord.engine.types import FeeLine, Laws
from ofrecord.kernel.calendar import Span
from ofrecord.kernel.money import Money
from ofrecord.kernel.rate import rate_text
from ofrecord.kernel.words import day_words, money_words
from ofrecord.program.clause_types import Basis, Clause, Earned, Needs, period_of
from ofrecord.program.clause_words import basis_words, pays_words, per_words
from ofrecord.program.types import Terms
from ofrecord.program.words import and_list, capital, count_words


@dataclass(frozen=True, slots=True)
class Sold:
    """How far the condition of a clause is met with the order, and whether it pays for any of its bills."""

    terms: Terms
    clause: Clause
    progress: Progress
    is_met: bool


@dataclass(frozen=True, slots=True)
class CapUse:
    """A cap during one period: what other sales use of it, what the order uses, and what is left then."""

    span: Span
    cap: Money
    others: Money
    own: Money
    left: Money


@dataclass(frozen=True, slots=True)
class RateUse:
    """How much of the basis is paid at a rate; `paid` is that before caps, shares and rounding of the whole."""

    rate: Fraction
    basis: Money


@dataclass(frozen=True, slots=True)
class ForeseenClause:
    """A clause that pays for the order, or would once its condition is met.

    `says` is how much of what it pays; `sentences` are what a partner should know of it: its condition with what is
    there and what is missing, its cap, its bands, what is held back, when it is earned.
    """

    terms: Terms
    clause: Clause
    fee: Money
    says: str
    sentences: tuple[str, ...]
    caps: tuple[CapUse, ...]
    rates: tuple[RateUse, ...]

    @property
    def pays(self) -> bool:
        return bool(self.fee)


def foreseen_clauses(
    laws: Laws, lines: Sequence[FeeLine], sold: Sequence[Sold], currency: str
) -> tuple[ForeseenClause, ...]:
    """The clauses behind the lines, the most first; then those whose condition is not met."""
    named: dict[tuple[str, str], list[FeeLine]] = defaultdict(list)
    for line in lines:
        if line.clause:
            named[line.terms_sha256, line.clause].append(line)
    asked = {(each.terms.sha256, each.clause.name): each for each in sold}
    found = []
    for key in [*named, *(key for key in asked if key not in named)]:
        terms = laws.by_sha[key[0]]
        clause = terms.clause(key[1])
        assert clause is not None, "a line cites a clause of its version"
        found.append(_clause(terms, clause, named.get(key, []), asked.get(key), currency))
    return tuple(sorted(found, key=lambda each: -each.fee.minor))


def _clause(
    terms: Terms, clause: Clause, lines: Sequence[FeeLine], sold: Sold | None, currency: str
) -> ForeseenClause:
    ordered = sorted(lines, key=lambda line: (line.event_day, line.event, line.service.first))
    caps, rates = tuple(_caps(terms, clause, ordered)), tuple(_rates(clause, ordered))
    told = [
        *_condition(clause, sold),
        *_cap_words(clause, caps),
        *_rate_words(terms, clause, rates),
        *_growth_words(clause, ordered),
        *_paid_out(clause, ordered),
    ]
    return ForeseenClause(
        terms=terms,
        clause=clause,
        fee=Money(sum(line.earned_minor for line in lines), currency),
        says=capital(pays_words(clause, terms)) if clause.pays else "It pays nothing",
        sentences=tuple(told),
        caps=caps,
        rates=rates,
    )


def _condition(clause: Clause, sold: Sold | None) -> Iterator[str]:
    if not clause.pays:
        yield clause.because
    if sold is None or clause.needs is None:
        return
    there = and_list([*_there(clause.needs, sold.progress)])
    if sold.is_met and not sold.progress.is_enough(clause.needs):
        yield f"With the first bill of this order you have {there}; it pays from the bill on with which all is there."
    elif sold.is_met:
        yield f"With this order you have {there}, so it pays."
    else:
        yield f"With this order you have {there}, so it does not pay yet."


def _there(needs: Needs, progress: Progress) -> Iterator[str]:
    """2 of 3 new customers, 61 of 75 seats"""
    if needs.new_customers:
        yield f"{progress.new_customers:,} of {count_words(needs.new_customers, 'new customer')}"
    if needs.seats:
        yield f"{progress.seats:,} of {count_words(needs.seats, 'seat')}"
    if needs.subscriptions:
        yield f"{progress.subscriptions:,} of {count_words(needs.subscriptions, 'subscription')}"
    if needs.billed is not None:
        there = Money(progress.billed_minor, needs.billed.currency)
        yield f"{money_words(there)} of {money_words(needs.billed)} billed"


def _caps(terms: Terms, clause: Clause, lines: Sequence[FeeLine]) -> Iterator[CapUse]:
    if clause.cap is None:
        return
    per = clause.cap.per

    def period(line: FeeLine) -> Span:
        return period_of(per.period, line.event_day, terms.year_from)

    for span, group in groupby((line for line in lines if line.cap_minor is not None), key=period):
        own = list(group)
        cap, left = own[-1].cap_minor or 0, own[-1].cap_left_minor or 0
        used = sum(line.whole_minor for line in own)
        amounts = (cap, cap - left - used, used, left)
        yield CapUse(span, *(Money(minor, own[0].currency) for minor in amounts))


def _cap_words(clause: Clause, caps: Sequence[CapUse]) -> Iterator[str]:
    if clause.cap is None or not caps:
        return
    yield f"It pays at most {money_words(clause.cap.amount)} {per_words(clause.cap.per)}."
    first = caps[0]
    others = f"{money_words(first.others)} is used by other sales, " if first.others else ""
    when = f"Until {day_words(first.span.last)} " if first.span.last else "Of it "
    yield f"{when}{others}{money_words(first.own)} by this order, and {money_words(first.left)} is left."


def _rates(clause: Clause, lines: Sequence[FeeLine]) -> Iterator[RateUse]:
    if clause.bands is None:
        return
    found: dict[Fraction, int] = defaultdict(int)
    for line in lines:
        for part in line.slices:
            found[part.rate] += part.amount_minor
    for rate, minor in sorted(found.items()):
        yield RateUse(rate, Money(minor, lines[0].currency))


def _rate_words(terms: Terms, clause: Clause, rates: Sequence[RateUse]) -> Iterator[str]:
    if clause.bands is None or not rates:
        return
    parts = and_list([f"{money_words(each.basis)} at {rate_text(each.rate)}" for each in rates])
    kind = (
        "Each slice has its own rate" if clause.bands.graduated else "All is paid at the rate that is reached"
    )
    yield f"{kind}, {per_words(clause.bands.per)}: of {basis_words(clause, terms)} it pays {parts}."


def _growth_words(clause: Clause, lines: Sequence[FeeLine]) -> Iterator[str]:
    if clause.growth is None or not lines:
        return
    base = Money(max(line.baseline_minor for line in lines), lines[0].currency)
    if base:
        yield f"It pays for what is above {money_words(base)} per {clause.growth.per.period.value}."
    else:
        yield "Nothing was billed a year before, so there is no growth that it could pay for."


def _paid_out(clause: Clause, lines: Sequence[FeeLine]) -> Iterator[str]:
    if clause.basis is Basis.COLLECTED or clause.earned is Earned.WHEN_COLLECTED:
        yield "It is earned only as the customer pays; here every bill is taken as paid on its day."
    if clause.holdback is None:
        return
    share, days = rate_text(clause.holdback.share), count_words(clause.holdback.days, "day")
    first = next((line.release_on for line in lines if line.earned_minor and line.release_on), None)
    until = f"; of the first bill it is released on {day_words(first)}" if first else ""
    yield f"{share} of it is held back for {days}{until}."
